"""Why: reasons of placements, funnels of gaps, substitutes and the first rule in the way."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.matching.small import at, problem, session, volunteer
from volunteers.matching import explain
from volunteers.matching.answer import Answer
from volunteers.matching.generate import generate
from volunteers.matching.problem import Lock, Placement, Window, load
from volunteers.matching.rank import rank
from volunteers.matching.rules import broken
from volunteers.matching.solve import solve

COMMUNITY = Path(__file__).parent / "fixtures" / "community-1.json"


@pytest.fixture(scope="module")
def community():
    return load(COMMUNITY)


@pytest.fixture(scope="module")
def answer(community):
    return solve(community, seconds=60)


def planned(question, *placements):
    """An answer with these placements, whatever they are worth."""
    return Answer(tuple(Placement(*placement) for placement in placements), 0)


class TestReasons:
    def test_a_placement_tells_when_why_and_how_often(self):
        desk = session(starts_at=at(2, 16), dialect_wished=1)
        window = Window(at(2, 16), at(2, 18, 30), True)
        person = volunteer(dialect=True, availability=(window,), recent_load=3)
        question = problem([desk], [person], history=((0, 0),), known=((0, 0, 2),))

        (why,) = explain.placements(question, planned(question, (0, 0, "helper")))

        told = [(reason.label, reason.text) for reason in why.reasons]
        assert ("有空", "周三 16:00-18:30，本人优先的时间") in told
        assert ("合适", "会说本地话") in told
        assert ("熟悉", "这个班来过") in told
        assert ("熟悉", "认识这里的 2 位学员") in told
        assert ("公平", "这段时间排 1 次，来的人平均 1 次，最近来过 3 次") in told
        assert ("方便", "就在本社区") in told

    def test_what_to_mind_comes_last(self):
        child = session(programme="child", minimum=2, two_adults=True, community=1)
        new = volunteer(0, newcomer=True, reach=(0, 1), child_clearance_until=at(5, 0).date())
        question = problem([child], [new, volunteer(1, reach=(1,), home=1)])

        why, _ = explain.placements(question, planned(question, (0, 0, "helper"), (1, 0, "helper")))

        labels = [reason.label for reason in why.reasons]
        told = {reason.code: reason for reason in why.reasons}
        assert labels == sorted(labels, key=lambda label: label == "留意")
        assert told["clearance-ends"].numbers == {"days": 5}
        assert told["accompanied"].text == "有 1 位有经验的人一起"
        assert told["far"].numbers == {"km": 5.0}
        assert {"newcomer", "first-time"} < set(told)

    def test_alternatives_are_the_two_cheapest_sound_exchanges(self):
        desk = session(wished=1, maximum=1)
        people = [volunteer(n, recent_load=n) for n in range(4)]
        question = problem([desk], people, history=((3, 0),))

        (why,) = explain.placements(question, planned(question, (0, 0, "helper")))

        assert [(other.volunteer, other.costs["uneven"], other.costs["strange"]) for other in why.alternatives] == [
            (3, 6, -2),
            (1, 2, 0),
        ]
        assert why.alternatives[0].text == "更差：公平；更好：熟悉"

    def test_every_alternative_of_a_real_plan_breaks_no_rule(self, community, answer):
        reasons = explain.placements(community, answer)

        exchanged = 0
        for why in reasons:
            rest = [placement for placement in answer.placements if placement != why.placement]
            for other in why.alternatives:
                placement = replace(why.placement, volunteer=other.volunteer)
                assert broken(community, [*rest, placement]) == []
                exchanged += 1
        assert exchanged > 20
        assert all(why.reasons for why in reasons)


class TestGaps:
    def test_everybody_is_counted_once_at_the_first_gate(self):
        child = session(programme="child", minimum=2, wished=4, maximum=4, two_adults=True)
        people = [
            volunteer(0),
            volunteer(1),
            volunteer(2, reach=()),
            volunteer(3, does=("desk",), child_clearance_until=None),
            volunteer(4, child_clearance_until=None, availability=()),
            volunteer(5, availability=()),
            volunteer(6, adult_from=at(99, 0).date()),
        ]
        question = problem([child], people)

        (gap,) = explain.gaps(question, planned(question, (0, 0, "helper"), (1, 0, "helper")))

        assert (gap.session, gap.role, gap.missing, gap.held) == (0, "helper", 2, True)
        assert gap.text == "辅导还缺 2 位，想要 4 位"
        assert [(cause.rule, cause.volunteers, cause.remaining) for cause in gap.because] == [
            ("here", (0, 1), 5),
            ("community", (2,), 4),
            ("programme", (3,), 3),
            ("adult", (6,), 2),
            ("clearance", (4,), 1),
            ("free", (5,), 0),
        ]

    def test_many_free_to_help_and_nobody_who_may_lead(self):
        senior = session(programme="senior", needs_lead=True, lesson="pay", wished=2)
        question = problem([senior], [volunteer(n) for n in range(11)])

        lead, helper = explain.gaps(question, solve(question))

        assert (lead.role, lead.held, lead.missing) == ("lead", False, 1)
        assert lead.text == "开不了：没有人能来当讲师，至少要 1 位"
        assert [(cause.rule, cause.count) for cause in lead.because] == [("lesson", 11)]
        assert helper.text == "这一场没开：能来当助教的有 11 位，至少要 1 位，缺的在别处"
        assert [(cause.rule, cause.count) for cause in helper.because] == [("not-held", 11)]

    def test_a_session_under_its_floor_says_how_many_could_come(self):
        desk = session(minimum=3, wished=3)
        question = problem([desk], [volunteer(0), volunteer(1, newcomer=True), volunteer(2, availability=())])

        (gap,) = explain.gaps(question, solve(question))

        assert gap.text == "开不了：答疑至少要 3 位，能来的只有 2 位"
        assert [(cause.rule, cause.count) for cause in gap.because] == [("free", 1), ("not-held", 2)]

    def test_counts_of_a_real_plan_add_up_to_everybody(self, community, answer):
        gaps = explain.gaps(community, answer)

        assert {(gap.session, gap.role) for gap in gaps if not gap.held} == {(10, "lead"), (10, "helper")}
        for gap in gaps:
            people = [person for cause in gap.because for person in cause.volunteers]
            assert sorted(people) == [person.id for person in community.volunteers]
            assert gap.because[-1].remaining == 0

    def test_a_full_plan_has_no_gap(self):
        question = problem([session(wished=1)], [volunteer()])

        assert explain.gaps(question, solve(question)) == []


class TestRank:
    def test_substitutes_come_best_first_with_reasons(self):
        desk = session()
        people = [volunteer(0), volunteer(1, recent_load=5), volunteer(2), volunteer(3)]
        question = problem([desk], people, history=((2, 0),), known=((2, 0, 1),))

        ranking = rank(question, [Placement(0, 0, "helper")], 0, "helper", limit=2)

        assert [candidate.volunteer for candidate in ranking.candidates] == [2, 3]
        assert ranking.possible == 3
        assert ranking.candidates[0].costs["strange"] == -1
        assert ("熟悉", "这个班来过") in [(r.label, r.text) for r in ranking.candidates[0].reasons]

    def test_the_organisers_order_decides(self):
        question = problem([session()], [volunteer(0, recent_load=2), volunteer(1)], history=((0, 0),))

        fair = rank(question, [], 0, "helper", order=("uneven", "strange"))
        familiar = rank(question, [], 0, "helper", order=("strange", "uneven"))

        assert [one.volunteer for one in fair.candidates] == [1, 0]
        assert [one.volunteer for one in familiar.candidates] == [0, 1]

    def test_each_of_the_others_has_one_obstacle(self):
        desks = [session(0), session(1, starts_at=at(0, 15)), session(2, starts_at=at(1, 9), maximum=2)]
        people = [
            volunteer(0),
            volunteer(1, max_per_week=1),
            volunteer(2, newcomer=True),
            volunteer(3, club=1, not_alone=True),
            volunteer(4, max_total=0),
        ]
        question = problem(desks, people, barred=((4, 1),))
        placed = [Placement(0, 0, "helper"), Placement(1, 2, "helper")]

        ranking = rank(question, placed, 1, "helper")

        assert ranking.candidates == ()
        assert [(group.rule, group.volunteers) for group in ranking.excluded] == [
            ("barred", (4,)),
            ("one-place", (0,)),
            ("week-limit", (1,)),
            ("newcomers", (2,)),
            ("club", (3,)),
        ]

    def test_a_full_session_takes_nobody(self):
        question = problem([session(maximum=2)], [volunteer(n) for n in range(3)])
        placed = [Placement(0, 0, "helper"), Placement(1, 0, "helper")]

        ranking = rank(question, placed, 0, "helper")

        assert [(group.rule, group.count) for group in ranking.excluded] == [("here", 2), ("staffed", 1)]

    def test_every_candidate_of_a_real_plan_breaks_no_rule(self, community, answer):
        for dropped in answer.placements[::7]:
            rest = [placement for placement in answer.placements if placement != dropped]
            for candidate in rank(community, rest, dropped.session, dropped.role).candidates:
                substitute = replace(dropped, volunteer=candidate.volunteer)
                faults = broken(community, [*rest, substitute])
                assert not [fault for fault in faults if candidate.volunteer in fault.volunteers]

    def test_nobody_is_forgotten(self):
        question = generate(seed=1, weeks=1, volunteers=30)
        plan = solve(question).placements
        for meeting in question.sessions:
            for role in ("lead", "helper"):
                ranking = rank(question, plan, meeting.id, role, limit=99)
                excluded = [person for group in ranking.excluded for person in group.volunteers]
                able = [candidate.volunteer for candidate in ranking.candidates]
                assert sorted(excluded + able) == list(range(30))


def test_locked_people_are_explained_like_others():
    question = problem([session()], [volunteer()], locked=(Lock(0, 0),))

    (why,) = explain.placements(question, solve(question))

    assert why.placement == Placement(0, 0, "helper")
