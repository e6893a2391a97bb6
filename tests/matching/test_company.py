"""Who comes with whom, who never meets, absences, limits of a day, held places and minors."""

from datetime import date

import pytest

from tests.matching.small import at, problem, session, volunteer
from volunteers.matching import explain
from volunteers.matching import problem as problems
from volunteers.matching.locks import conflicts
from volunteers.matching.preferences import TIERS
from volunteers.matching.problem import Away, BadDocument, Busy, Lock, Placement, Window
from volunteers.matching.rank import rank
from volunteers.matching.repair import repair
from volunteers.matching.rules import broken
from volunteers.matching.solve import solve

ORDER = ("unheld", "short")


def faults(question, *placements):
    return [fault.rule for fault in broken(question, placements)]


def helpers(*numbers, meeting=0):
    return [Placement(number, meeting, "helper") for number in numbers]


class TestKeptApart:
    def test_the_two_never_meet_at_a_session(self):
        question = problem([session(minimum=2, maximum=2)], [volunteer(n) for n in range(2)], apart=((1, 0),))

        assert faults(question, *helpers(0, 1)) == ["apart"]
        assert solve(question).placements == ()

    def test_they_may_come_on_different_days(self):
        meetings = [session(0, wished=1), session(1, wished=1, starts_at=at(1, 14))]
        question = problem(meetings, [volunteer(n, max_total=1) for n in range(2)], apart=((0, 1),))

        assert len(solve(question, tiers=ORDER).placements) == 2

    def test_a_substitute_is_not_somebody_kept_apart_from_those_there(self):
        question = problem([session()], [volunteer(n) for n in range(3)], apart=((0, 1),))

        found = rank(question, helpers(0), 0, "helper")

        assert [one.volunteer for one in found.candidates] == [2]
        assert ("apart", (1,)) in [(group.rule, group.volunteers) for group in found.excluded]

    def test_agreements_of_both_cannot_stand_and_the_later_is_reported(self):
        question = problem([session()], [volunteer(0), volunteer(1)], apart=((0, 1),), locked=(Lock(0, 0), Lock(1, 0)))

        assert [(one.lock.volunteer, one.rule) for one in conflicts(question)] == [(1, "apart")]
        assert helpers(0) == list(solve(question).placements)


class TestComesWith:
    def test_comes_only_where_the_other_comes(self):
        question = problem([session()], [volunteer(0), volunteer(1)], together=((0, 1),))

        assert faults(question, *helpers(0)) == ["together"]
        assert faults(question, *helpers(1)) == []
        assert faults(question, *helpers(0, 1)) == []

    def test_each_of_a_couple_may_wait_for_the_other(self):
        question = problem([session()], [volunteer(0), volunteer(1)], together=((0, 1), (1, 0)))

        assert len(solve(question).placements) == 2

    def test_an_agreement_is_given_up_where_the_other_cannot_come(self):
        question = problem(
            [session(0)],
            [volunteer(0), volunteer(1, does=("child",)), volunteer(2)],
            together=((0, 1),),
            locked=(Lock(0, 0),),
        )

        assert [(one.lock.volunteer, one.rule) for one in conflicts(question)] == [(0, "together")]

    def test_after_a_drop_out_the_session_goes_on_without_both(self):
        question = problem([session(wished=2)], [volunteer(n) for n in range(4)], together=((0, 1),))

        mended = repair(question, helpers(0, 1), {(1, 0)})

        assert [p.volunteer for p in mended.placements] == [2, 3]
        assert mended.given_up == ()


class TestLikedCompany:
    def test_an_evening_without_the_friend_costs_one(self):
        question = problem([session()], [volunteer(n) for n in range(3)], liked=((0, 1),))
        wishes = TIERS["wishes"]

        assert wishes.cost(question, helpers(0, 2)) == 1
        assert wishes.cost(question, helpers(0, 1)) == 0
        assert wishes.cost(question, helpers(1, 2)) == 0

    def test_friends_are_put_together(self):
        question = problem([session(wished=2, maximum=2)], [volunteer(n) for n in range(4)], liked=((2, 3), (3, 2)))

        assert list(solve(question, tiers=("unheld", "short", "wishes")).placements) in (
            helpers(0, 1),
            helpers(2, 3),
        )
        locked = problem(question.sessions, question.volunteers, liked=question.liked, locked=(Lock(2, 0),))
        assert list(solve(locked, tiers=("unheld", "short", "wishes")).placements) == helpers(2, 3)


def test_good_company_is_a_reason():
    question = problem(
        [session()],
        [volunteer(0), volunteer(1)],
        together=((0, 1),),
        liked=((0, 1),),
        faces=((0, 1, 0), (0, 2, 0, 1)),
    )

    (best,) = rank(question, helpers(1), 0, "helper").candidates

    told = {reason.code: reason.text for reason in best.reasons}
    assert (told["together"], told["liked"]) == ("要同来的人也在", "想一起来的人也在")
    assert told["face"] == "1 位学员只认得这一位，别的志愿者都没见过"


class TestAbsences:
    def test_an_exam_week_is_stronger_than_free_time(self):
        away = Away(date(2026, 9, 5), date(2026, 9, 7), "exam")
        question = problem([session(0), session(1, starts_at=at(1, 14))], [volunteer(away=(away,))])

        assert faults(question, *helpers(0)) == ["away"]
        assert faults(question, *helpers(0, meeting=1)) == []

    def test_is_a_row_of_its_own_in_the_funnel(self):
        away = Away(date(2026, 9, 7), date(2026, 9, 11), "exam")
        question = problem([session()], [volunteer(0, away=(away,)), volunteer(1, availability=())])

        (gap,) = explain.gaps(question, solve(question))

        assert [(cause.rule, cause.label) for cause in gap.because] == [
            ("away", "考试周或外出"),
            ("free", "这个时间没空"),
        ]

    def test_a_document_gives_a_clubs_exam_weeks_to_its_members(self):
        data = problems.to_dict(problem([session()], [volunteer(0, club=3), volunteer(1)]))
        data["clubs"] = [{"id": 3, "away": [["2026-12-28", "2027-01-10", "exam"]]}]

        question = problems.from_dict(data)

        assert [one.away for one in question.volunteers] == [(Away(date(2026, 12, 28), date(2027, 1, 10), "exam"),), ()]
        assert problems.from_dict(problems.to_dict(question)) == question

    def test_time_for_a_part_of_the_session_is_not_enough(self):
        for window, expected in (((14, 16), []), ((14, 15), ["free"]), ((15, 17), ["free"])):
            free = Window(at(0, window[0]), at(0, window[1]), True)
            question = problem([session()], [volunteer(availability=(free,))])

            assert faults(question, *helpers(0)) == expected

    def test_two_adults_with_children_at_every_moment_not_one_after_the_other(self):
        first, second = Window(at(0, 14), at(0, 15), True), Window(at(0, 15), at(0, 16), True)
        people = [volunteer(0), volunteer(1, availability=(first,)), volunteer(2, availability=(second,))]
        question = problem([session(programme="child", two_adults=True)], people)

        assert solve(question).placements == ()


class TestLimitOfADay:
    def test_what_is_promised_elsewhere_that_day_counts(self):
        meetings = [session(n, starts_at=at(0, 8 + 3 * n)) for n in range(3)]
        question = problem(
            meetings, [volunteer(max_per_day=2), volunteer(1, max_per_day=1, busy=(Busy(0, at(0, 20), at(0, 21)),))]
        )

        assert faults(question, *(Placement(0, n, "helper") for n in range(3))) == ["day-limit"]
        assert faults(question, *(Placement(0, n, "helper") for n in range(2))) == []
        assert faults(question, Placement(1, 0, "helper")) == ["day-limit"]

    def test_the_same_weekday_of_the_next_week_is_another_day(self):
        question = problem([session(0), session(1, starts_at=at(7, 14))], [volunteer(max_per_day=1)])

        assert faults(question, *helpers(0), *helpers(0, meeting=1)) == []

    @pytest.mark.parametrize("limit", ["max_per_day", "max_per_week", "max_per_month", "max_total"])
    def test_no_limit_is_passed_by_one(self, limit):
        meetings = [session(n, starts_at=at(0, 9 + 4 * n)) for n in range(2)]
        question = problem(meetings, [volunteer(**{limit: 1})])

        assert len(solve(question).placements) == 1


class TestMinors:
    @pytest.mark.parametrize(("hour", "expected"), [(18, []), (19, []), (20, ["adult"])])
    def test_are_not_there_after_nine_in_the_evening(self, hour, expected):
        question = problem([session(starts_at=at(0, hour))], [volunteer(adult_from=date(2028, 1, 1))])

        assert faults(question, *helpers(0)) == expected

    def test_are_there_on_the_evening_of_their_birthday(self):
        question = problem([session(starts_at=at(0, 20))], [volunteer(adult_from=date(2026, 9, 7))])

        assert faults(question, *helpers(0)) == []


class TestPlacesHeldForAClub:
    def test_they_are_not_filled_with_others(self):
        question = problem([session(wished=3, reserved=((7, 2),))], [volunteer(n) for n in range(5)])

        assert len(solve(question, tiers=ORDER).placements) == 1
        assert faults(question, *helpers(0, 1)) == ["staffed"]
        assert explain.gaps(question, solve(question)) == []

    def test_they_count_toward_the_floor_of_a_senior_session(self):
        lesson = session(programme="senior", lesson="pay", needs_lead=True, minimum=3, wished=4, maximum=4)
        people = [volunteer(0, leads=("pay",)), volunteer(1)]

        held = problem([session(0, **_changes(lesson), reserved=((7, 2),))], people)
        not_held = problem([lesson], people)

        assert len(solve(held).placements) == 2
        assert solve(not_held).placements == ()

    def test_with_children_the_floor_is_people_with_names(self):
        child = session(programme="child", two_adults=True, minimum=2, wished=3, maximum=3, reserved=((7, 3),))
        one, two = problem([child], [volunteer(0)]), problem([child], [volunteer(0), volunteer(1)])

        assert solve(one).placements == ()
        assert len(solve(two).placements) == 2

    def test_it_is_the_children_who_count_not_the_rule_of_two(self):
        child = session(programme="child", two_adults=False, minimum=2, wished=3, maximum=3, reserved=((7, 2),))

        assert child.helpers.minimum == 2

    def test_they_alone_do_not_hold_a_session(self):
        desk = session(minimum=1, wished=2, maximum=2, reserved=((7, 2),))

        assert len(solve(problem([desk], [volunteer(0), volunteer(1)])).placements) == 1

    def test_they_are_no_experienced_people(self):
        question = problem([session(wished=3, reserved=((7, 2),))], [volunteer(newcomer=True)])

        assert faults(question, *helpers(0)) == ["newcomers"]

    def test_they_are_told_as_held_and_not_as_missing(self):
        question = problem([session(wished=3, reserved=((7, 2), (8, 1)))], [])

        told = explain.held_places(question)

        assert [(one.session, one.club, one.count, one.text) for one in told] == [
            (0, 7, 2, "2 个名额留给社团，还没报名字"),
            (0, 8, 1, "1 个名额留给社团，还没报名字"),
        ]


def _changes(one):
    return {name: getattr(one, name) for name in ("programme", "lesson", "needs_lead", "minimum", "wished", "maximum")}


def test_all_of_it_comes_back_from_a_document():
    question = problem(
        [session(reserved=((7, 2),), experienced_wished=2)],
        [volunteer(0, max_per_day=2, away=(Away(date(2026, 9, 7), date(2026, 9, 8), "holiday"),)), volunteer(1)],
        apart=((0, 1),),
        together=((1, 0),),
        liked=((0, 1),),
        faces=((0, 5, 0, 1), (0, 6)),
        possible_cost=1,
    )

    assert problems.from_dict(problems.to_dict(question)) == question


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda data: data.update(apart=[[0, 0]]), "$.apart[0]"),
        (lambda data: data.update(together=[[0, 9]]), "$.together[0][1]"),
        (lambda data: data.update(liked=[[0]]), "$.liked[0]"),
        (lambda data: data.update(faces=[[1]]), "$.faces[0]"),
        (lambda data: data.update(faces=[[1, 5, 0], [1, 5, 1]]), "$.faces[1]"),
        (lambda data: data.update(faces=[[1, 5, 9]]), "$.faces[0][2]"),
        (lambda data: data.update(possible_cost=-1), "$.possible_cost"),
        (lambda data: data.update(clubs=[{"id": 1}, {"id": 1}]), "$.clubs[1].id"),
        (lambda data: data.update(clubs=[{"id": 1, "away": [["2026-09-07", "2026-09-06", "exam"]]}]), "$.clubs[0].away[0][1]"),
        (lambda data: data["volunteers"][0].update(away=[["2026-09-07", "2026-09-08", "moon"]]), "$.volunteers[0].away[0][2]"),
        (lambda data: data["volunteers"][0].update(max_per_day=-1), "$.volunteers[0].max_per_day"),
        (lambda data: data["sessions"][0].update(reserved=[[7, 0]]), "$.sessions[0].reserved[0][1]"),
        (lambda data: data["sessions"][0].update(experienced_wished="two"), "$.sessions[0].experienced_wished"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_wrong_value_is_named(change, path):
    data = problems.to_dict(problem([session()], [volunteer(0), volunteer(1)]))
    change(data)

    with pytest.raises(BadDocument) as refusal:
        problems.from_dict(data)

    assert refusal.value.path == path
