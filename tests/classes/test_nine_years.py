"""2018 to 2026: the days of 四点半课堂 against the working days that an independent package counts."""

import json
from datetime import date, timedelta

import holidays
import pytest

from classes import actions
from classes.calendar import Days
from classes.models import CalendarDay, Programme, SchoolTerm
from classes.seeds import DATA, seed_reference
from tests import calendar_data, make

pytestmark = pytest.mark.django_db
YEARS = range(2018, 2027)


def working_days(year: int) -> set[date]:
    """What `holidays` counts as working days, make-up weekends included."""
    china = holidays.China(years=year)
    every = (date(year, 1, 1) + timedelta(days=offset) for offset in range(366))
    return {day for day in every if day.year == year and china.is_working_day(day)}


def children_off(year: int) -> set[date]:
    """June 1 among the half days of `holidays`, where people work."""
    half = holidays.China(years=year, language="zh_CN", categories=("half_day",))
    return {day for day, name in half.items() if "儿童节" in name} & working_days(year)


def four_thirty(year: int):
    """A year of 四点半课堂 on all school days."""
    now = make.at(f"{year}-01-01")
    seed_reference(now)
    term = make.term(str(year), date(year, 1, 1), date(year, 12, 31))
    programme = Programme.objects.get(name="四点半课堂")
    series = make.series("四点半课堂", "child", range(5), programme=programme, term=term)
    actions.generate_term(term=term, now=now)
    return series


@pytest.mark.parametrize("year", YEARS)
def test_every_session_is_on_a_working_day_and_every_working_day_has_one(year):
    series = four_thirty(year)

    dates = set(series.sessions.values_list("on_date", flat=True))

    assert dates == working_days(year) - children_off(year)
    assert set(series.questions.values_list("on_date", flat=True)) == children_off(year)


@pytest.mark.parametrize("year", YEARS)
def test_the_breaks_of_schools_take_out_their_days_and_no_others(year):
    winter, summer = (date(year, 1, 20), date(year, 2, 20)), (date(year, 7, 5), date(year, 8, 31))
    for kind, (first, last) in {"winter": winter, "summer": summer}.items():
        SchoolTerm.objects.create(level="primary", kind=kind, starts_on=first, ends_on=last)

    dates = set(four_thirty(year).sessions.values_list("on_date", flat=True))

    in_class = {day for day in working_days(year) if not any(a <= day <= b for a, b in (winter, summer))}
    assert dates == in_class - children_off(year)


def test_the_file_is_what_its_command_writes(capsys):
    calendar_data.main()

    written = json.loads(capsys.readouterr().out)

    kept = json.loads((DATA / "calendar.json").read_text(encoding="utf-8"))
    assert [row for row in written if row["date"] < "2027"] == [row for row in kept if row["date"] < "2027"]


def test_a_year_is_not_official_by_a_half_day_alone():
    seed_reference(make.at("2026-11-26"))
    CalendarDay.objects.filter(date=date(2027, 6, 1)).update(status="official")

    assert Days.between(date(2027, 1, 1), date(2027, 12, 31)).predicted_years() == [2027]
