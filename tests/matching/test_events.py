"""New sessions, new needs, cancellations and many drop-outs at once; and what everybody is asked."""

import json
from dataclasses import replace
from random import Random

import pytest

from tests.matching.reading_of_rules import faults
from tests.matching.small import at, problem, rich_problem, session, volunteer
from volunteers.matching import events
from volunteers.matching import problem as problems
from volunteers.matching.__main__ import main
from volunteers.matching.events import Cancelled, DropOut, Need, NewSession
from volunteers.matching.problem import Placement
from volunteers.matching.reading import BadDocument
from volunteers.matching.repair import repair
from volunteers.matching.solve import solve

MORNING = at(0, 9)


def helper(person, where):
    return Placement(person, where, "helper")


def texts(mended):
    return [one.text for one in mended.asks]


class TestNewSession:
    def test_is_filled_with_who_is_free(self):
        question = problem([session()], [volunteer(n, name=f"甲{n}", recent_load=n) for n in range(4)])
        fresh = session(5, starts_at=MORNING)

        mended = repair(question, [helper(0, 0), helper(1, 0)], events=[NewSession(fresh)])

        assert sorted(mended.added) == [helper(0, 5), helper(1, 5)]
        assert mended.problem.session[5] == fresh
        assert texts(mended)[0] == "请甲0来：9 月 7 日 周一 09:00-11:00 手机门诊 答疑"

    def test_gets_somebody_over_whose_own_place_another_can_take(self):
        day_off = {"max_per_day": 1}
        people = [volunteer(0, name="甲", **day_off), volunteer(1, name="乙", does=("senior",))]
        early = session(0, wished=1, maximum=1, programme="senior")
        fresh = session(5, starts_at=MORNING, wished=1, maximum=1, programme="desk")

        mended = repair(problem([early], people), [helper(0, 0)], events=[NewSession(fresh)])

        assert mended.placements == (helper(1, 0), helper(0, 5))
        assert [(one.kind, one.volunteer, one.session, one.instead_of) for one in mended.asks] == [
            ("move", 0, 5, 0),
            ("come", 1, 0, None),
        ]
        assert texts(mended)[0].startswith("请甲换一场：不去9 月 7 日 周一 14:00-16:00 菜鸟学堂 助教，改去")

    def test_with_an_id_that_is_taken_is_refused(self):
        with pytest.raises(ValueError, match="there is a session 0 already"):
            repair(problem([session()], [volunteer()]), [], events=[NewSession(session())])


class TestNeed:
    def test_more_people_are_asked_in(self):
        question = problem([session(wished=1, maximum=1)], [volunteer(n) for n in range(4)])

        mended = repair(question, [helper(0, 0)], events=[Need(0, 2, 3, 3)])

        assert len(mended.added) == 2
        assert mended.removed == ()

    def test_whoever_is_too_many_now_is_told_and_nobody_else(self):
        question = problem([session(maximum=3)], [volunteer(n, name=f"甲{n}") for n in range(3)])

        mended = repair(question, [helper(n, 0) for n in range(3)], events=[Need(0, 1, 1, 1)])

        assert len(mended.placements) == 1
        assert {one.kind for one in mended.asks} == {"rest"}
        assert texts(mended)[0].endswith("不用来：9 月 7 日 周一 14:00-16:00 手机门诊 答疑，人手已经够了")

    def test_a_need_nobody_can_meet_gives_the_session_up(self):
        question = problem([session()], [volunteer(0), volunteer(1)])

        mended = repair(question, [helper(0, 0), helper(1, 0)], events=[Need(0, 3, 3, 3)])

        assert (mended.placements, mended.given_up) == ((), (0,))
        assert texts(mended)[0].endswith("这一场开不了")


class TestCancelled:
    def test_its_people_are_free_for_a_gap_of_the_same_moment(self):
        people = [volunteer(0), volunteer(1)]
        desks = [session(0, wished=1, maximum=1), session(1, wished=1, maximum=1)]

        mended = repair(problem(desks, people), [helper(0, 0), helper(1, 1)], events=[Cancelled(0), DropOut(1, 1)])

        assert mended.placements == (helper(0, 1),)
        assert mended.given_up == ()
        assert list(mended.problem.session) == [1]


def test_a_repair_does_not_fill_what_was_empty_before():
    """Everybody it moves has been told: other gaps are for the next plan."""
    desks = [session(0, wished=3, maximum=3), session(1, wished=2, starts_at=MORNING)]
    question = problem(desks, [volunteer(n, max_per_day=1) for n in range(6)])

    mended = repair(question, [helper(0, 0), helper(1, 0), helper(2, 1)], [(0, 0)])

    assert len(mended.added) == 1
    assert mended.removed == ()


def test_nobody_changes_roles_for_a_helper_who_drops_out():
    senior = session(programme="senior", needs_lead=True, lesson="pay", minimum=1, wished=2)
    people = [*(volunteer(n, leads=("pay",)) for n in range(3)), volunteer(3)]
    plan = [Placement(0, 0, "lead"), helper(1, 0), helper(2, 0)]

    mended = repair(problem([senior], people), plan, [(1, 0)])

    assert mended.added == (helper(3, 0),)
    assert mended.removed == ()


def test_a_long_chain_is_gone_only_for_a_session_that_would_be_lost():
    """Four people in a row move one session on: too much for a second helper, right for the only one."""
    days = [session(n, starts_at=at(n, 14), wished=1, maximum=1) for n in range(4)]
    free = [volunteer(n, max_total=1, availability=_days(n - 1, n)) for n in range(5)]
    plan = [helper(n, n) for n in range(4)]

    mended = repair(problem(days, free), plan, [(0, 0)])

    assert mended.placements == (helper(1, 0), helper(2, 1), helper(3, 2), helper(4, 3))

    pairs = [replace(one, wished=2, maximum=2) for one in days]
    steady = [volunteer(10 + n, availability=_days(n), max_total=1) for n in range(4)]
    plan += [helper(10 + n, n) for n in range(4)]

    assert repair(problem(pairs, [*free, *steady]), plan, [(0, 0)]).added == ()


def _days(*days):
    return tuple(replace(volunteer().availability[0], starts_at=at(d, 0), ends_at=at(d, 24)) for d in days if d >= 0)


def test_thirty_random_events_break_no_rule_and_lose_no_session_that_could_stay():
    for seed in range(40):
        chance, question = Random(seed), replace(rich_problem(seed), locked=())
        plan = solve(question, seconds=5).placements
        happened = _random_events(chance, question, plan)

        mended = repair(question, plan, events=happened, seconds=chance.choice((0, 5)))

        now, there = mended.problem, set(mended.placements)
        assert faults(now, list(mended.placements)) == set(), seed
        left = events.happen(question, plan, happened).left
        assert len(held_alone(now, left)) <= len({placement.session for placement in there}), seed
        assert there == set(left) - set(mended.removed) | set(mended.added)
        told = {one.volunteer for one in mended.asks}
        assert told == {placement.volunteer for placement in (*mended.added, *mended.removed)}


def _random_events(chance, question, plan):
    found = [DropOut(p.volunteer, p.session) for p in chance.sample(plan, min(len(plan), 2))]
    one, other = chance.sample(question.sessions, 2)
    low = chance.randint(1, 2)
    found.append(Need(one.id, low, low + chance.randint(0, 1), low + 2))
    if chance.random() < 0.5:
        found.append(Cancelled(other.id))
    if chance.random() < 0.5:
        found.append(NewSession(replace(other, id=99)))
    return found


def held_alone(question, plan):
    """The sessions that are held if everybody left just stays."""
    held = {placement.session for placement in plan}
    return {one for one in held if not faults(question, [p for p in plan if p.session == one])}


class TestDocument:
    QUESTION = problem([session(), session(1, starts_at=MORNING)], [volunteer(0), volunteer(1)])

    def test_reads_every_kind(self):
        fresh = problems.to_dict(problem([session(7)], []))["sessions"][0]
        rows = [
            {"kind": "drop-out", "volunteer": 0, "session": 1},
            {"kind": "new-session", "session": fresh},
            {"kind": "need", "session": 0, "minimum": 1, "wished": 2, "maximum": 2},
            {"kind": "cancel", "session": 1},
        ]

        found = events.from_dict({"format": "linke-events/1", "events": rows}, self.QUESTION)

        assert found == (DropOut(0, 1), NewSession(session(7)), Need(0, 1, 2, 2), Cancelled(1))

    @pytest.mark.parametrize(
        ("row", "complaint"),
        [
            ({"kind": "flood"}, "$.events[0].kind: expected one of"),
            ({"kind": "drop-out", "volunteer": 9, "session": 0}, "$.events[0].volunteer: there is no volunteer"),
            ({"kind": "cancel"}, "$.events[0].session: is missing"),
            (
                {"kind": "need", "session": 0, "minimum": 3, "wished": 2, "maximum": 2},
                "$.events[0].wished: expected minimum <= wished <= maximum",
            ),
            (
                {"kind": "new-session", "session": problems.to_dict(problem([session()], []))["sessions"][0]},
                "$.events[0].session.id: there is a session 0 already",
            ),
        ],
    )
    def test_says_where_it_is_wrong(self, row, complaint):
        with pytest.raises(BadDocument) as refused:
            events.from_dict({"format": "linke-events/1", "events": [row]}, self.QUESTION)

        assert str(refused.value).startswith(complaint)

    def test_the_command_says_whom_to_ask_and_writes_what_is_then(self, tmp_path, capsys):
        answer = {
            "format": "linke-roster-answer/1",
            "value": 0,
            "placements": [
                {"volunteer": 0, "session": 0, "role": "helper"},
                {"volunteer": 1, "session": 1, "role": "helper"},
            ],
        }
        happened = {"format": "linke-events/1", "events": [{"kind": "drop-out", "volunteer": 0, "session": 0}]}
        files = []
        for name, data in (("problem", problems.to_dict(self.QUESTION)), ("answer", answer), ("events", happened)):
            files.append(tmp_path / f"{name}.json")
            files[-1].write_text(json.dumps(data), encoding="utf-8")

        assert main(["repair", *map(str, files), "--into", str(tmp_path / "then")]) == 0
        assert capsys.readouterr().out.splitlines() == ["请 1 号来：9 月 7 日 周一 14:00-16:00 手机门诊 答疑"]
        assert main(["check", *(str(tmp_path / "then" / f"{name}.json") for name in ("problem", "answer"))]) == 0
