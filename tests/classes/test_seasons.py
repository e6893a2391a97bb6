"""What a term is called, when it runs, and which one is planned next."""

from datetime import date

import pytest

from classes.models import SchoolTerm, Term
from classes.queries.term import term_to_plan
from classes.seasons import span_of, term_after, term_around

WINTER_ENDS = date(2027, 1, 22)


@pytest.mark.parametrize(
    ("name", "span"),
    [
        ("2026秋", (date(2026, 9, 1), date(2027, 1, 22))),
        ("2027年春季学期", (date(2027, 2, 22), date(2027, 7, 9))),
        ("2026寒假", (date(2027, 1, 23), date(2027, 2, 21))),
        ("新班", None),
    ],
)
def test_a_name_says_when_the_term_runs(name, span):
    assert span_of(name) == span


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 11, 27), "2026秋"),
        (date(2027, 1, 10), "2026寒"),
        (date(2027, 3, 1), "2027春"),
        (date(2027, 7, 15), "2027暑"),
    ],
)
def test_the_term_around_a_day_has_three_weeks_left(day, name):
    assert term_around(day) == name


@pytest.mark.parametrize(
    ("last", "today", "planned"),
    [
        # The first one, in the middle of a season and at its end.
        (None, date(2026, 11, 27), ("2026秋", date(2026, 11, 27), date(2027, 1, 22))),
        (None, date(2027, 1, 10), ("2027春", date(2027, 2, 22), date(2027, 7, 9))),
        # After one that still runs, also when it ends a little late or early.
        (WINTER_ENDS, date(2026, 11, 27), ("2027春", date(2027, 2, 22), date(2027, 7, 9))),
        (date(2027, 3, 5), date(2026, 11, 27), ("2027春", date(2027, 2, 22), date(2027, 7, 9))),
        (date(2026, 12, 31), date(2026, 11, 27), ("2027春", date(2027, 2, 22), date(2027, 7, 9))),
        (date(2027, 7, 9), date(2027, 6, 1), ("2027秋", date(2027, 9, 1), date(2028, 1, 22))),
        # After years without one, and after one planned far ahead.
        (date(2020, 1, 1), date(2027, 4, 1), ("2027春", date(2027, 4, 1), date(2027, 7, 9))),
        (date(2030, 7, 9), date(2026, 11, 27), ("2030秋", date(2030, 9, 1), date(2031, 1, 22))),
    ],
)
def test_the_next_term_follows_the_last_one(last, today, planned):
    assert term_after(last, today=today) == planned


def test_the_schools_days_are_taken_where_they_are_known(db):
    Term.objects.create(name="2026秋", starts_on=date(2026, 9, 1), ends_on=WINTER_ENDS)
    today = date(2026, 11, 27)
    assert term_to_plan(today) == {"name": "2027春", "starts_on": date(2027, 2, 22), "ends_on": date(2027, 7, 9)}

    at_school = {"level": "primary", "kind": "term"}
    SchoolTerm.objects.create(starts_on=date(2026, 9, 1), ends_on=date(2027, 2, 24), **at_school)
    SchoolTerm.objects.create(starts_on=date(2027, 3, 1), ends_on=date(2027, 7, 4), **at_school)
    SchoolTerm.objects.create(starts_on=date(2027, 2, 22), ends_on=date(2027, 7, 9), level="senior", kind="term")

    assert term_to_plan(today) == {"name": "2027春", "starts_on": date(2027, 3, 1), "ends_on": date(2027, 7, 4)}
