"""The bridge: what the models mean to the engine, and that no rule of the house is ever broken."""

from datetime import date, time

import pytest

from tests import make
from volunteers import planning
from volunteers.models import Availability, CheckIn, Role, Shift, Volunteer

pytestmark = pytest.mark.django_db

NOW = make.at("2026-09-07", "08:00")  # Monday of teaching week 2
SATURDAY, SUNDAY = "2026-09-12", "2026-09-13"
WEEK = {"from_on": date(2026, 9, 7), "until_on": date(2026, 9, 13)}


def plan(now=NOW, community=None, **days):
    """The placements as (name, date, role) and the problem behind them."""
    problem, index = planning.load_problem(community=community, now=now, **{**WEEK, **days})
    answer = planning.find_plan(problem, seconds=10)
    locked = {(lock.volunteer, lock.session) for lock in problem.locked}
    return {
        (str(index.volunteers[p.volunteer]), f"{index.sessions[p.session].on_date}", p.role)
        for p in answer.placements
        if (p.volunteer, p.session) not in locked
    }


def desk(day=SATURDAY, needed=1, **fields):
    """A desk session that wants people and nothing else."""
    of = make.series(name=f"手机门诊{day}{fields.get('starts', '')}", kind="desk", weekdays=(5,), **fields)
    return make.shift(make.session(day, of), "desk", needed)


class TestWhenSomebodyIsFree:
    def test_a_weekly_window_covers_the_whole_session(self):
        desk()
        make.free(make.volunteer("周远"), 5, "09:00", "11:00")

        assert plan() == {("周远", SATURDAY, "helper")}

    def test_a_window_that_ends_before_the_session_does_not_count(self):
        desk()
        make.free(make.volunteer("周远"), 5, "09:00", "10:30")

        assert plan() == set()

    def test_two_windows_that_touch_count_as_one(self):
        desk()
        volunteer = make.volunteer("周远")
        make.free(volunteer, 5, "09:00", "10:00", kind="preferred")
        make.free(volunteer, 5, "10:00", "12:00")

        assert plan() == {("周远", SATURDAY, "helper")}

    def test_an_impossible_date_takes_the_weekly_window_away(self):
        desk()
        volunteer = make.volunteer("周远")
        make.free(volunteer, 5)
        Availability.objects.create(
            volunteer=volunteer, on_date=SATURDAY, starts="10:00", ends="10:30", kind="impossible"
        )

        assert plan() == set()

    @pytest.mark.parametrize(("weeks", "comes"), [("even", True), ("odd", False), ("every", True)])
    def test_even_weeks_are_even_teaching_weeks(self, weeks, comes):
        desk()
        make.free(make.volunteer("周远"), 5, weeks=weeks)

        assert bool(plan()) is comes

    def test_a_window_counts_only_between_its_dates(self):
        desk()
        make.free(make.volunteer("周远"), 5, from_on=date(2026, 9, 13))
        make.free(make.volunteer("钱薇"), 5, until_on=date(2026, 9, 12))

        assert plan() == {("钱薇", SATURDAY, "helper")}


class TestWhoMayCome:
    def test_children_are_only_with_people_cleared_on_the_date(self):
        session = make.session(SATURDAY, make.series(kind="child", weekdays=(5,)))
        shift = make.shift(session, "tutor", 3)
        Shift.objects.filter(pk=shift.pk).update(minimum=2)
        for name, until in [("何晓琳", date(2026, 9, 12)), ("高翔", date(2027, 6, 1)), ("钱薇", date(2026, 9, 11))]:
            volunteer = make.volunteer(name)
            make.free(volunteer, 5)
            make.cleared(volunteer, until)

        assert plan() == {("何晓琳", SATURDAY, "helper"), ("高翔", SATURDAY, "helper")}

    def test_one_cleared_adult_alone_is_never_proposed(self):
        session = make.session(SATURDAY, make.series(kind="child", weekdays=(5,)))
        shift = make.shift(session, "tutor", 3)
        Shift.objects.filter(pk=shift.pk).update(minimum=2)
        volunteer = make.volunteer("何晓琳")
        make.free(volunteer, 5)
        make.cleared(volunteer)

        assert plan() == set()

    def test_not_clear_bars_whatever_was_said_before(self):
        session = make.session(SATURDAY, make.series(kind="child", weekdays=(5,)))
        make.shift(session, "tutor", 2)
        for name in ("何晓琳", "高翔"):
            volunteer = make.volunteer(name)
            make.free(volunteer, 5)
            make.cleared(volunteer)
        volunteer.clearances.create(result="not_clear")

        assert plan() == set()

    def test_a_year_alone_counts_as_its_last_day(self):
        session = make.session(SATURDAY, make.series(kind="child", weekdays=(5,)))
        make.shift(session, "tutor", 2)
        for name, born in [("何晓琳", (2008, None, None)), ("高翔", (2008, 9, 12)), ("钱薇", (1990, 1, 1))]:
            volunteer = make.volunteer(name, born=born)
            make.free(volunteer, 5)
            make.cleared(volunteer)

        assert plan() == {("高翔", SATURDAY, "helper"), ("钱薇", SATURDAY, "helper")}

    def test_a_senior_class_is_held_only_with_somebody_who_may_lead(self):
        session = make.session(SATURDAY, make.series())
        make.shift(session, "lead", 1)
        make.shift(session, "helper", 1)
        make.free(make.volunteer("周远"), 5)

        assert plan() == set()

        make.free(make.volunteer("孙建国", may_lead=True), 5)
        assert plan() == {("孙建国", SATURDAY, "lead"), ("周远", SATURDAY, "helper")}

    def test_paused_people_are_left_in_peace(self):
        desk()
        make.free(make.volunteer("周远", status="paused"), 5)

        assert plan() == set()

    def test_whoever_declined_is_not_proposed_again(self):
        shift, volunteer = desk(), make.volunteer("周远")
        make.free(volunteer, 5)
        make.assignment(shift, volunteer, "declined")

        assert plan() == set()

    def test_whoever_did_not_answer_is(self):
        shift, volunteer = desk(), make.volunteer("周远")
        make.free(volunteer, 5)
        make.assignment(shift, volunteer, "released", note="没有回复")

        assert plan() == {("周远", SATURDAY, "helper")}

    def test_whoever_declined_and_came_back_by_a_list_is_agreed(self):
        shift, volunteer = desk(), make.volunteer("周远")
        make.free(volunteer, 5)
        make.assignment(shift, volunteer, "declined", now=NOW)
        make.assignment(shift, volunteer, now=make.at("2026-09-07", "09:00"))

        problem, index = planning.load_problem(community=None, now=NOW, **WEEK)

        assert (problem.barred, len(problem.locked), index.declined) == ((), 1, set())

    def test_whoever_teaches_seniors_also_answers_at_the_desk(self):
        desk()
        make.free(make.volunteer("周远", programmes=["senior"]), 5)
        make.free(make.volunteer("钱薇", programmes=["child"]), 5)

        assert plan() == {("周远", SATURDAY, "helper")}

    def test_people_serve_their_own_community_and_those_of_the_same_street(self):
        here = make.community("梧桐社区", street="长乐街道")
        near, far = make.community("槐树社区", street="长乐街道"), make.community("远处", street="别的街道")
        desk(needed=3, community=here)
        for name, home in [("周远", here), ("钱薇", near), ("高翔", far)]:
            make.free(make.volunteer(name, home=home), 5)

        assert {name for name, *_ in plan()} == {"周远", "钱薇"}


class TestWhatIsAgreedAlready:
    def test_an_agreement_stays_and_is_not_proposed_again(self):
        shift = desk(needed=2)
        agreed, other = make.volunteer("周远"), make.volunteer("钱薇")
        make.free(other, 5)
        make.assignment(shift, agreed)

        assert plan() == {("钱薇", SATURDAY, "helper")}

    def test_an_agreement_elsewhere_at_the_same_time_keeps_somebody_away(self):
        elsewhere = make.community("槐树社区", x_km=3)
        shift = desk(community=elsewhere)
        desk(community=make.community())
        volunteer = make.volunteer("周远")
        make.free(volunteer, 5)
        make.assignment(shift, volunteer)

        assert plan(community=make.community()) == set()

    def test_the_way_from_an_agreement_elsewhere_is_counted(self):
        elsewhere = make.community("槐树社区", x_km=3)
        first = desk(community=elsewhere)  # ends 11:00
        desk(community=make.community(), starts=time(11, 20), ends=time(12))
        volunteer = make.volunteer("周远")
        make.free(volunteer, 5)
        make.assignment(first, volunteer)

        assert plan(community=make.community()) == set()

    def test_the_week_limit_counts_what_is_agreed_outside_the_range(self):
        early = desk("2026-09-08")
        desk(SATURDAY)
        volunteer = make.volunteer("周远", max_per_week=1)
        for weekday in range(7):
            make.free(volunteer, weekday)
        make.assignment(early, volunteer)

        assert plan(from_on=date(2026, 9, 9)) == set()

    def test_people_agreed_against_a_rule_still_take_their_place_and_time(self):
        shift = desk(needed=1)
        desk(SATURDAY, starts=time(9), ends=time(10))
        volunteer = make.volunteer("周远", programmes=[])
        make.free(volunteer, 5)
        make.free(make.volunteer("钱薇"), 5, "09:30", "11:00")
        make.assignment(shift, volunteer)

        assert plan() == set()

    def test_people_agreed_to_a_class_that_cannot_be_held_are_not_planned_elsewhere(self):
        session = make.session(SATURDAY, make.series())
        make.shift(session, "lead", 1)
        helper = make.shift(session, "helper", 1)
        desk(SATURDAY)
        volunteer = make.volunteer("周远")
        make.free(volunteer, 5)
        make.assignment(helper, volunteer)

        assert plan() == set()

    def test_sessions_that_have_begun_are_not_planned(self):
        desk()
        make.free(make.volunteer("周远"), 5)

        assert plan(now=make.at(SATURDAY, "09:30")) == set()


class TestFairnessAndFamiliarity:
    def test_whoever_did_less_lately_goes_first(self):
        busy, rested = make.volunteer("周远"), make.volunteer("钱薇")
        for volunteer in (busy, rested):
            make.free(volunteer, 5)
        make.assignment(desk("2026-08-29"), busy)
        desk()

        assert plan() == {("钱薇", SATURDAY, "helper")}

    def test_a_known_face_goes_first_among_equals(self):
        shift = desk()
        for name in ("周远", "钱薇"):
            known = make.volunteer(name)
            make.free(known, 5)
        CheckIn.objects.create(volunteer=known, series=shift.session.series, on_date="2026-06-06")

        assert plan() == {("钱薇", SATURDAY, "helper")}

    def test_a_newcomer_has_a_first_session_beside_a_known_face(self):
        shift = desk(needed=2)
        for name in ("周远", "钱薇"):
            known = make.volunteer(name)
            make.free(known, 5)
            CheckIn.objects.create(volunteer=known, series=shift.session.series, on_date="2026-06-06")
        make.free(make.volunteer("吴新", experienced=False), 5)

        assert ("吴新", SATURDAY, "helper") in plan()

    def test_a_newcomer_waits_three_weeks_at_most_unless_there_is_a_promise(self):
        promised, _ = make.volunteer("吴新", experienced=False), make.volunteer("郑晚", experienced=False)
        make.volunteer("周远")
        make.assignment(desk(), promised)
        desk("2026-09-09")

        problem, _ = planning.load_problem(community=None, now=NOW, **{**WEEK, "until_on": date(2026, 9, 11)})

        first_by = {person.name: person.first_by for person in problem.volunteers}
        assert first_by == {"吴新": None, "郑晚": date(2026, 9, 27), "周远": None}


class TestCandidates:
    def test_tells_who_declined_apart_from_who_is_too_young(self):
        shift = desk(needed=2)
        for name, born in [("周远", (1990, 1, 1)), ("钱薇", (2013, 1, 1))]:
            make.free(make.volunteer(name, born=born), 5)
        make.assignment(shift, Volunteer.objects.get(person__name="周远"), "declined")

        found = planning.candidates(shift=shift, now=NOW)

        assert found.candidates == []
        assert [(row["rule"], row["label"], [str(one) for one in row["volunteers"]]) for row in found.excluded] == [
            ("declined", "本人说来不了", ["周远"]),
            ("barred", "没到这个岗位的年龄", ["钱薇"]),
        ]

    def test_says_what_a_note_says_about_the_month(self):
        shift = desk()
        volunteer = make.volunteer("周远")
        make.free(volunteer, 5)
        month = shift.session.on_date.month
        volunteer.person.notes.create(text=f"{month}月底要答辩", source="陈社工 2026-08-01")
        volunteer.person.notes.create(text=f"{month % 12 + 1}月出差")

        (found,) = planning.candidates(shift=shift, now=NOW).candidates

        minded = [reason["text"] for reason in found.reasons if reason["label"] == "留意"]
        assert minded == [f"备注里写着“{month}月底要答辩”"]

    def test_ranks_and_says_what_is_in_the_way_of_the_rest(self):
        shift = desk()
        make.free(make.volunteer("周远"), 5)
        make.volunteer("钱薇")

        found = planning.candidates(shift=shift, now=NOW)

        assert [str(candidate.volunteer) for candidate in found.candidates] == ["周远"]
        assert [(row["label"], row["count"]) for row in found.excluded] == [("这个时间没空", 1)]
        assert [str(who) for who in found.excluded[0]["volunteers"]] == ["钱薇"]

    def test_knows_of_a_person_what_the_whole_plan_knows(self):
        """The panel loads one week, the plan the whole term: what both tell of a class and a person is the same."""
        shift = desk()
        who = make.free(make.volunteer("周远"), 5).volunteer
        for day, of in (("2026-08-22", shift.session.series), ("2026-07-04", shift.session.series)):
            make.assignment(make.shift(make.session(day, of), "desk", 1), who)
        make.assignment(desk("2026-07-11", starts=time(15), ends=time(16)), who)

        panel, _ = planning.load_problem(community=shift.session.community, now=NOW, **WEEK)
        everywhere, _ = planning.load_problem(community=None, now=NOW, **WEEK)

        assert panel.history == ((who.pk, shift.session.series_id),)
        assert panel.served <= everywhere.served
        assert panel.volunteer == everywhere.volunteer
        assert (panel.volunteer[who.pk].recent_load, panel.volunteer[who.pk].newcomer) == (1, False)

    def test_a_meeting_that_was_agreed_and_checked_in_counts_once(self):
        shift = desk()
        of, who = shift.session.series, make.volunteer("周远")
        make.assignment(make.shift(make.session("2026-08-22", of), "desk", 1), who)
        make.assignment(make.shift(make.session("2026-08-15", of, status="cancelled"), "desk", 1), who)
        for day in ("2026-08-22", "2026-08-29", "2026-07-04"):
            CheckIn.objects.create(volunteer=who, series=of, on_date=day)

        problem, _ = planning.load_problem(community=shift.session.community, now=NOW, **WEEK)

        assert problem.volunteer[who.pk].recent_load == 2
        assert problem.history == ((who.pk, of.pk),)

    def test_only_who_has_served_somewhere_is_no_newcomer(self):
        shift = desk()
        long_ago, called_off, never = (make.volunteer(name, experienced=False) for name in ("周远", "钱薇", "孙兰"))
        other = make.series(name="另一个班", kind="desk", weekdays=(5,))
        CheckIn.objects.create(volunteer=long_ago, series=other, on_date="2025-03-01")
        make.assignment(make.shift(make.session("2026-07-04", other, status="cancelled"), "desk", 1), called_off)

        problem, _ = planning.load_problem(community=shift.session.community, now=NOW, **WEEK)

        newcomers = {one.id: one.newcomer for one in problem.volunteers}
        assert newcomers == {long_ago.pk: False, called_off.pk: True, never.pk: True}
        assert {one.recent_load for one in problem.volunteers} == {0}

    def test_other_weeks_of_the_month_count_for_who_comes_so_often_a_month(self):
        shift = desk()
        often, once = make.volunteer("周远"), make.volunteer("钱薇", max_per_month=1)
        for number, who in enumerate((often, once)):
            make.assignment(desk("2026-09-26", starts=time(14 + number), ends=time(15 + number)), who)

        problem, _ = planning.load_problem(community=shift.session.community, now=NOW, **WEEK)

        assert [len(problem.volunteer[who.pk].busy) for who in (often, once)] == [0, 1]

    @pytest.mark.parametrize("people", [1, 12])
    def test_asks_the_database_the_same_number_of_times(self, people, django_assert_num_queries):
        shift = desk(needed=20)
        for number in range(people):
            volunteer = make.volunteer(f"志愿者{number}")
            make.free(volunteer, 5)
            make.cleared(volunteer)

        with django_assert_num_queries(15):
            assert planning.candidates(shift=shift, now=NOW, limit=20).possible == people


class TestSeveralRoles:
    """A desk with people at the tables and, as a further role, somebody at the door."""

    @pytest.fixture
    def door(self):
        tables = desk(needed=1)
        role = Role.objects.create(code="door", name="引导", minimum_age=16)
        return Shift.objects.create(session=tables.session, role=role, needed=1, minimum=1)

    def test_each_role_gets_its_people(self, door):
        for name in ("周远", "钱薇", "赵敏"):
            make.free(make.volunteer(name), 5)

        assert sorted(role for _, _, role in plan()) == ["door", "helper"]

    def test_without_somebody_for_a_role_that_is_needed_the_session_waits(self, door):
        make.free(make.volunteer("周远"), 5)

        assert plan() == set()

    def test_an_agreement_keeps_its_own_role(self, door):
        at_the_door, anybody = make.volunteer("周远"), make.volunteer("钱薇")
        for one in (at_the_door, anybody):
            make.free(one, 5)
        make.assignment(door, at_the_door)

        assert plan() == {("钱薇", SATURDAY, "helper")}

    def test_a_further_role_has_its_own_age(self, door):
        make.free(make.volunteer("周远", born=(2011, 1, 1)), 5)
        make.free(make.volunteer("钱薇"), 5)

        assert plan() == {("周远", SATURDAY, "helper"), ("钱薇", SATURDAY, "door")}

    def test_a_role_that_needs_a_check_takes_only_who_has_one_that_day(self, door):
        Role.objects.update(needs_clearance=True, minimum_age=18)
        make.free(make.volunteer("周远"), 5)
        checked = make.volunteer("钱薇")
        make.free(checked, 5)
        make.cleared(checked)

        assert plan() == {("周远", SATURDAY, "helper"), ("钱薇", SATURDAY, "door")}

    def test_words_about_somebody_prove_neither_a_check_nor_an_age(self, door):
        Role.objects.filter(code="door").update(needs_clearance=True, minimum_age=18)
        says_so = make.volunteer("周远", born=(2011, 1, 1), skills=["背景查询", "满 18 岁"])
        make.free(says_so, 5)

        assert planning.candidates(shift=door, now=NOW).possible == 0
        assert plan() == set()

    def test_candidates_are_ranked_for_the_role(self, door):
        young, grown = make.volunteer("周远", born=(2011, 1, 1)), make.volunteer("钱薇")
        for one in (young, grown):
            make.free(one, 5)

        found = planning.candidates(shift=door, now=NOW)

        assert [str(one.volunteer) for one in found.candidates] == ["钱薇"]
