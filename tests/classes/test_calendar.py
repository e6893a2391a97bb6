"""What kind of day a date is, and which teaching week it is in."""

from datetime import date

import pytest

from classes.calendar import Days, teaching_week
from classes.models import CalendarDay
from tests import make

pytestmark = pytest.mark.django_db
HOLIDAY, SATURDAY, MONDAY = date(2026, 10, 1), date(2026, 9, 12), date(2026, 9, 14)


def row(day: date, **fields) -> CalendarDay:
    """A day as data, official unless told otherwise."""
    defaults = {"day_type": "holiday", "name": "国庆节", "status": "official"}
    return CalendarDay.objects.create(date=day, **{**defaults, **fields})


class TestDays:
    def test_without_a_row_it_is_a_workday_or_weekend(self):
        days = Days.of(make.term())

        assert (days.type_of(MONDAY), days.type_of(SATURDAY)) == ("workday", "weekend")

    def test_a_row_says_what_it_is(self):
        row(HOLIDAY)

        days = Days.of(make.term())

        assert (days.type_of(HOLIDAY), days.name_of(HOLIDAY)) == ("holiday", "国庆节")

    def test_a_communitys_own_row_wins_there_and_only_there(self):
        row(HOLIDAY)
        row(HOLIDAY, community=make.community(), day_type="workday", name="照常", status="local")

        assert Days.of(make.term(), make.community()).name_of(HOLIDAY) == "照常"
        assert Days.of(make.term(), make.community("兴园社区")).name_of(HOLIDAY) == "国庆节"

    def test_a_year_is_official_once_a_notice_is_in(self):
        row(HOLIDAY)
        row(date(2027, 1, 1), name="元旦", status="predicted")

        days = Days.of(make.term())

        assert (days.is_official(2026), days.predicted_years()) == (True, [2027])
        assert (days.status_of(MONDAY), days.status_of(date(2027, 1, 4))) == ("official", "predicted")

    def test_two_queries_for_a_term(self, django_assert_num_queries):
        term, community = make.term(), make.community()

        with django_assert_num_queries(2):
            days = Days.of(term, community)
            assert [days.type_of(day) for day in days.dates()].count("workday") == 104


class TestTeachingWeek:
    @pytest.mark.parametrize(
        ("day", "week"),
        [("2026-09-01", 1), ("2026-09-06", 1), ("2026-09-07", 2), ("2027-01-22", 21)],
    )
    def test_week_one_is_the_monday_week_of_the_first_day(self, day, week):
        assert teaching_week(make.term(), date.fromisoformat(day)) == week
