"""Every hard limit of 排时间, from the rows of the product through the loader to what the engine answers."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from classes.models import CalendarDay, Enrolment, RoomBooking, SchoolTerm
from classes.timetabling.moving import Moving
from classes.timetabling.solve import solve
from tests import make
from tests.make import at
from volunteers import planning
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db
NOW = at("2026-08-20", "10:00")
MONDAY, FRIDAY, SATURDAY, SUNDAY = 0, 4, 5, 6


def loaded(*chosen, term=None, now=NOW):
    """The problem of these classes."""
    problem, _ = planning.load_times(
        term=term or make.term(), community=make.community(), chosen=[one.pk for one in chosen], now=now
    )
    return problem


def why_not(series, weekday, starts, term=None):
    """The rule that keeps a class from a time in its own room or any other; None if nothing does."""
    problem = loaded(series, term=term)
    options = {(one.slot.weekday, one.slot.starts): one for one in Moving(problem, (), series.pk).options()}
    found = options.get((weekday, starts))
    if found is None:
        return "window"
    return found.obstacle and found.obstacle.rule.code


def placed(*chosen):
    """Where the engine puts these classes: (weekday, start) of each."""
    answer = solve(loaded(*chosen), seconds=20)
    return [[(place.weekday, place.starts) for place in answer.of(one.pk)] for one in chosen]


def pupil_of(*classes, name="王秀英", **fields):
    learner = make.learner(name, **fields)
    for one in classes:
        Enrolment.objects.create(learner=learner, series=one, status="confirmed", created_at=NOW)
    return learner


def closed(*days, community=None):
    for day in days:
        CalendarDay.objects.create(date=day, community=community, day_type="closed", name="装修停课", status="local")


def every(weekday, term=None):
    """The dates of a weekday in the term."""
    term = term or make.term()
    days = (term.starts_on + timedelta(days=number) for number in range((term.ends_on - term.starts_on).days + 1))
    return [day for day in days if day.weekday() == weekday]


def led(series, person, since=0, times=3):
    """Somebody has led sessions of a class once a week, the first so many days after the term began."""
    for week in range(times):
        day = (series.term.starts_on + timedelta(days=since + 7 * week)).isoformat()
        shift = make.shift(make.session(day, of=series), "lead", 1)
        make.assignment(shift, person)


class TestSeniors:
    def test_not_before_nine_even_where_the_class_is_now(self):
        early = make.series(room=make.room(), starts=make.time(8), ends=make.time(9, 30))

        assert why_not(early, SATURDAY, 8 * 60) == "senior-hours"
        assert why_not(early, SATURDAY, 9 * 60) is None

    def test_not_over_noon_even_where_the_class_is_now(self):
        noon = make.series(room=make.room(), starts=make.time(11), ends=make.time(12, 30))

        assert why_not(noon, SATURDAY, 11 * 60) == "senior-hours"

    def test_a_desk_may_be_over_noon(self):
        desk = make.series("门诊", "desk", room=make.room(), starts=make.time(11), ends=make.time(13))

        assert why_not(desk, SATURDAY, 11 * 60) is None

    def test_one_class_a_day_for_a_learner(self):
        room = make.room()
        first = make.series("启蒙", room=room, weekdays=(SATURDAY,))
        second = make.series("基础", room=room, weekdays=())
        pupil_of(first, second)

        assert why_not(second, SATURDAY, 14 * 60) == "once-a-day"
        assert why_not(second, SUNDAY, 14 * 60) is None

    def test_two_classes_placed_at_once_are_on_two_days(self):
        room = make.room()
        both = [make.series(name, room=room, weekdays=()) for name in ("启蒙", "基础")]
        pupil_of(*both, free_windows=[[SATURDAY, "09:00", "17:00"], [SUNDAY, "09:00", "17:00"]])

        assert sorted(day for one in placed(*both) for day, _ in one) == [SATURDAY, SUNDAY]


class TestProgrammeWindows:
    def test_only_on_the_weekdays_of_the_programme(self):
        child = make.series("四点半", "child", weekdays=(MONDAY,), room=make.room())

        assert why_not(child, FRIDAY, 16 * 60 + 30) is None
        assert why_not(child, SATURDAY, 16 * 60 + 30) == "window"

    @pytest.fixture
    def winter(self):
        term = make.term("2027寒假", date(2027, 1, 25), date(2027, 2, 26))
        SchoolTerm.objects.create(
            level="primary", kind="winter", starts_on=date(2027, 1, 23), ends_on=date(2027, 2, 28), status="local"
        )
        return term

    def test_in_a_break_children_come_by_day_and_wait_for_no_school(self, winter):
        care = make.programme(
            "child", name="社区帮你带娃", school_level="primary", in_term="skip", in_winter="run", in_summer="run"
        )
        series = make.series("带娃", "child", weekdays=(), programme=care, term=winter, room=make.room())
        learner = pupil_of(series, kind="child", release_time=make.time(16, 10))

        problem = loaded(series, term=winter)

        assert {window.starts for window in problem.one[series.pk].window} == {8 * 60 + 30, 14 * 60}
        assert problem.learner[learner.pk].free is None

    def test_a_programme_of_the_school_year_has_no_day_in_a_break(self, winter):
        after_school = make.programme("child", school_level="primary")
        series = make.series("四点半", "child", weekdays=(), programme=after_school, term=winter, room=make.room())

        assert loaded(series, term=winter).one[series.pk].window == ()


class TestClosedDays:
    def test_a_weekday_on_which_the_community_is_mostly_closed(self):
        series = make.series(room=make.room(), weekdays=(FRIDAY,))
        closed(*every(FRIDAY)[3:], community=make.community())

        assert why_not(series, FRIDAY, 9 * 60 + 30) == "closed"
        assert why_not(series, SATURDAY, 9 * 60 + 30) is None

    def test_a_few_closed_days_are_for_the_calendar(self):
        series = make.series(room=make.room(), weekdays=())
        closed(*every(FRIDAY)[:3], community=make.community())

        assert why_not(series, FRIDAY, 9 * 60 + 30) is None

    def test_of_another_community_only(self):
        series = make.series(room=make.room(), weekdays=())
        closed(*every(FRIDAY), community=make.community("桂花社区"))

        assert why_not(series, FRIDAY, 9 * 60 + 30) is None


class TestRooms:
    def test_hours(self):
        room = make.room(open_windows=[[SATURDAY, "13:00", "17:00"]])
        series = make.series(room=room)

        assert why_not(series, SATURDAY, 9 * 60 + 30) == "room-hours"
        assert why_not(series, SATURDAY, 14 * 60) is None
        assert why_not(series, SUNDAY, 14 * 60) == "room-hours"

    @pytest.mark.parametrize(("weeks", "why"), [(1, None), (2, "room-hours")])
    def test_taken_by_others_on_two_dates_at_times_that_overlap(self, weeks, why):
        room = make.room()
        series = make.series(room=room, weekdays=())
        for week, day in enumerate(every(SUNDAY)[:weeks]):
            starts = at(day.isoformat(), "09:00") + timedelta(minutes=30 * week)
            RoomBooking.objects.create(
                room=room, who="合唱队", starts_at=starts, ends_at=starts + timedelta(hours=2), created_at=NOW
            )

        assert why_not(series, SUNDAY, 10 * 60) == why
        assert why_not(series, SUNDAY, 14 * 60) is None

    def test_taken_for_days_on_end(self):
        room = make.room()
        series = make.series(room=room, weekdays=())
        RoomBooking.objects.create(
            room=room, who="街道", starts_at=at("2026-09-04"), ends_at=at("2026-09-12", "18:00"), created_at=NOW
        )

        assert why_not(series, SUNDAY, 14 * 60) is None
        assert why_not(series, SATURDAY, 14 * 60) == "room-hours"

    def test_seats(self):
        series = make.series(room=make.room(seats=1), weekdays=())
        for name in ("王秀英", "李桂兰"):
            pupil_of(series, name=name)

        assert placed(series) == [[]]
        assert why_not(series, SATURDAY, 9 * 60) == "room-needs"

    def test_wheelchairs_stay_downstairs(self):
        upstairs = make.room(floor=3)
        series = make.series(room=upstairs)
        pupil_of(series, needs=["轮椅位"])
        assert why_not(series, SATURDAY, 9 * 60 + 30) == "step-free"

        make.room("一楼教室")

        assert why_not(series, SATURDAY, 9 * 60 + 30) is None

    def test_a_class_in_it_with_the_pause_between(self):
        room = make.room(gap_minutes=15)
        make.series("启蒙", room=room)
        series = make.series("门诊", "desk", weekdays=(), room=room, starts=make.time(14), ends=make.time(14, 30))

        assert why_not(series, SATURDAY, 11 * 60) == "room-taken"
        assert why_not(series, SATURDAY, 11 * 60 + 30) is None

    def test_a_class_of_another_term_that_lies_over_this_one(self):
        room = make.room()
        year = make.term("2026全年", date(2026, 9, 1), date(2027, 6, 30))
        make.series("全年班", room=room, term=year)
        series = make.series(room=room, weekdays=())

        assert why_not(series, SATURDAY, 9 * 60 + 30) == "room-taken"


class TestLeads:
    @pytest.fixture
    def far(self):
        """A community three kilometres off: half an hour on the way."""
        return make.community("桂花社区", x_km=3)

    @pytest.fixture
    def two(self, far):
        """Two classes that the same person leads, far from each other."""
        here = make.series("启蒙", room=make.room(), weekdays=())
        there = make.series("基础", room=make.room(community=far), community=far)
        lead = make.volunteer("讲师", may_lead=True)
        led(here, lead)
        led(there, lead, since=1)
        return here, there, lead

    def test_in_one_place_with_the_way_between(self, two):
        here, _, _ = two

        assert why_not(here, SATURDAY, 9 * 60 + 30) == "lead-place"
        assert why_not(here, SATURDAY, 14 * 60) is None

    def test_the_way_is_counted(self, two):
        here, there, _ = two
        there.starts, there.ends = make.time(14), make.time(15, 30)
        there.save()

        assert why_not(here, SATURDAY, 15 * 60 + 30) == "lead-place"
        assert loaded(here).travel_minutes(*(room.venue for room in loaded(here).rooms[:2])) == 30

    def test_whoever_led_the_class_of_that_name_last_term_leads_it_again(self):
        spring = make.term("2026春", date(2026, 2, 25), date(2026, 7, 3))
        old = make.series("启蒙", term=spring, room=make.room())
        lead = make.volunteer("讲师", may_lead=True)
        led(old, lead)
        new = make.series("启蒙", room=make.room(), weekdays=())

        problem = loaded(new)

        assert problem.one[new.pk].lead == lead.pk
        assert all(need.role != "lead" for need in problem.one[new.pk].needs)

    def test_who_stood_in_twice_is_not_its_lead(self):
        series = make.series(room=make.room(), weekdays=())
        led(series, make.volunteer("讲师", may_lead=True), times=2)

        assert loaded(series).one[series.pk].lead is None

    def test_who_has_left_leads_nothing(self, two):
        here, _, lead = two
        Volunteer.objects.filter(pk=lead.pk).update(status=Volunteer.Status.LEFT)

        assert loaded(here).one[here.pk].lead is None

    def test_free_only_when_they_said(self, two):
        here, _, lead = two
        assert why_not(here, SUNDAY, 9 * 60 + 30) is None

        make.free(lead, FRIDAY)

        assert why_not(here, SUNDAY, 9 * 60 + 30) == "lead-free"
        assert why_not(here, FRIDAY, 9 * 60 + 30) is None

    def test_not_when_they_said_never(self, two):
        here, _, lead = two
        make.free(lead, SUNDAY, kind="impossible")

        assert why_not(here, SUNDAY, 9 * 60 + 30) == "lead-free"
        assert why_not(here, FRIDAY, 9 * 60 + 30) is None

    def test_every_second_week_is_not_enough(self, two):
        here, _, lead = two
        make.free(lead, FRIDAY)
        make.free(lead, SUNDAY, weeks="odd")

        assert why_not(here, SUNDAY, 9 * 60 + 30) == "lead-free"
        assert why_not(here, FRIDAY, 9 * 60 + 30) is None


class TestAlternateWeeks:
    """单周 are teaching weeks 1, 3, 5 …: whoever comes then fills half of a place that is needed every week."""

    @pytest.fixture
    def desk(self):
        return make.series("门诊", "desk", room=make.room(), stated_helpers=2)

    def filled(self, series):
        present = planning.other_times(series=series, term=make.term(), community=make.community(), now=NOW)
        return present.problem.per_week(present.filled)

    def test_without_them_one_week_stands_for_all(self, desk):
        make.free(make.volunteer(), SATURDAY)

        assert loaded(desk).weeks == 1
        assert self.filled(desk) == 1

    @pytest.mark.parametrize("weeks", ["odd", "even"])
    def test_one_week_of_two_is_half_a_place(self, desk, weeks):
        make.free(make.volunteer(), SATURDAY, weeks=weeks)

        assert loaded(desk).weeks == 2
        assert self.filled(desk) == 0.5

    def test_one_in_each_kind_of_week_make_a_place(self, desk):
        make.free(make.volunteer("单周"), SATURDAY, weeks="odd")
        make.free(make.volunteer("双周"), SATURDAY, weeks="even")

        assert self.filled(desk) == 1

    def test_many_of_one_kind_fill_that_week_only(self, desk):
        for number in range(4):
            make.free(make.volunteer(f"单周{number}"), SATURDAY, weeks="odd")

        assert self.filled(desk) == 1

    def test_beside_those_of_every_week(self, desk):
        make.free(make.volunteer("每周"), SATURDAY)
        make.free(make.volunteer("单周"), SATURDAY, weeks="odd")

        assert self.filled(desk) == 1.5

    def test_two_days_in_turn_are_one_place_at_each(self, desk):
        other = make.series("门诊二", "desk", weekdays=(SUNDAY,), room=make.room(), stated_helpers=1)
        turns = make.volunteer()
        make.free(turns, SATURDAY, weeks="odd")
        make.free(turns, SUNDAY, weeks="even")

        assert self.filled(desk) == self.filled(other) == 1

    @pytest.mark.parametrize(("offset", "filled"), [(0, 1), (1, 0)])
    def test_a_class_of_every_second_week_needs_its_own_only(self, offset, filled):
        series = make.series("隔周", "desk", room=make.room(), stated_helpers=2, every_weeks=2, week_offset=offset)
        for number in range(2):
            make.free(make.volunteer(f"单周{number}"), SATURDAY, weeks="odd")

        problem = loaded(series)

        assert sum(need.places for need in problem.one[series.pk].needs) == 2
        assert self.filled(series) == filled

    def test_the_engine_places_a_class_where_more_weeks_are_filled(self, desk):
        """Three of odd weeks on Saturday fill less than two of every week on Sunday."""
        for number in range(3):
            make.free(make.volunteer(f"单周{number}"), SATURDAY, weeks="odd")
        for number in range(2):
            make.free(make.volunteer(f"每周{number}"), SUNDAY)

        ((day, _),) = placed(desk)[0]

        assert day == SUNDAY

    def test_what_holds_for_most_of_the_rest_of_the_term_counts(self, desk):
        make.free(make.volunteer("以后"), SATURDAY, from_on=date(2026, 10, 8))
        make.free(make.volunteer("以前"), SATURDAY, until_on=date(2026, 10, 8))

        assert self.filled(desk) == 1

    def test_the_page_says_that_weeks_are_apart(self, desk, client):
        client.force_login(make.user())
        make.free(make.volunteer(), SATURDAY, weeks="odd")

        page = client.get(reverse("desk:series-times", args=[desk.pk])).content.decode()

        assert "排得上 <b>0.5</b> 个（单周、双周分开算，每周平均）" in page
