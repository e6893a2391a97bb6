"""Patterns of a series: each is one RFC 5545 rule, and the rule says the days."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classes import actions
from classes.models import CalendarDay, Programme, SchoolTerm, Series
from classes.recurrence import days_between, in_words, is_named, limits, rule_of
from classes.seeds import seed_reference
from tests import make
from volunteers.seeds import seed_roles

NOW = make.at("2026-08-30")
PATTERNS = [
    ({"weekdays": (2,)}, "周三", ["09-02", "09-09", "09-16"]),
    ({"weekdays": (1, 3)}, "周二、四", ["09-01", "09-03", "09-08"]),
    ({"weekdays": (2,), "every_weeks": 2}, "单周周三", ["09-02", "09-16", "09-30"]),
    ({"weekdays": (2,), "every_weeks": 2, "week_offset": 1}, "双周周三", ["09-09", "09-23", "10-07"]),
    ({"weekdays": (1,), "every_weeks": 3, "week_offset": 2}, "每 3 周周二", ["09-15", "10-06", "10-27"]),
    ({"weekdays": (5,), "month_weeks": "2"}, "每月第二个周六", ["09-12", "10-10", "11-14"]),
    ({"weekdays": (5,), "month_weeks": "1,3"}, "每月第一、三个周六", ["09-05", "09-19", "10-03"]),
    ({"weekdays": (6,), "month_weeks": "-1"}, "每月最后一个周日", ["09-27", "10-25", "11-29"]),
    ({"weekdays": (0, 4), "month_weeks": "1"}, "每月第一个周一、五", ["09-04", "09-07", "10-02"]),
    (
        {"weekdays": (0,), "from_on": date(2026, 9, 8), "until_on": date(2026, 9, 28)},
        "周一，9月8日起，9月28日止",
        ["09-14", "09-21", "09-28"],
    ),
]


@pytest.mark.parametrize(("fields", "words", "first"), PATTERNS, ids=[words for _, words, _ in PATTERNS])
@pytest.mark.django_db
def test_a_pattern_meets_on_the_days_it_says(fields, words, first):
    weekdays = fields["weekdays"]
    series = make.series(**fields)

    dates = rule_of(series, frozenset(weekdays)).dates()

    assert [f"{day:%m-%d}" for day in dates[:3]] == first
    assert in_words(series, list(weekdays)) == words


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    week=st.integers(1, 4).flatmap(lambda every: st.tuples(st.just(every), st.integers(0, every - 1))),
    month_weeks=st.sampled_from(Series.MonthWeeks.values),
    starts_on=st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    length=st.integers(0, 250),
    limited=st.tuples(st.integers(-5, 40), st.integers(50, 300)),
)
def test_the_text_of_the_rule_names_exactly_the_days_of_the_pattern(
    weekdays, week, month_weeks, starts_on, length, limited
):
    """The plain meaning (is_named) against the rule as any RFC 5545 reader expands it."""
    ends_on = date.fromordinal(starts_on.toordinal() + length)
    every, offset = (1, 0) if month_weeks else week
    series = Series(
        term=make.Term(starts_on=starts_on, ends_on=ends_on),
        starts=make.time(9, 30),
        every_weeks=every,
        week_offset=offset,
        month_weeks=month_weeks,
        from_on=date.fromordinal(starts_on.toordinal() + limited[0]),
        until_on=date.fromordinal(starts_on.toordinal() + limited[1]),
    )

    rule = rule_of(series, weekdays)

    meant = [day for day in days_between(*limits(series)) if is_named(series, weekdays, day)]
    if rule is None:
        assert meant == []
        return
    expanded = rrulestr(rule.text, dtstart=rule.starts_at)
    assert [moment.date() for moment in expanded] == meant == rule.dates()
    assert rule.starts_at == datetime.combine(meant[0], series.starts, ZoneInfo("Asia/Shanghai"))


@pytest.mark.django_db
class TestGenerating:
    """What the pattern, the calendar and the school year make of a term together."""

    @pytest.fixture(autouse=True)
    def reference(self, db):
        seed_reference(NOW)

    def dates(self, series: Series) -> list[str]:
        actions.generate_term(term=series.term, now=NOW)
        return [f"{day:%m-%d}" for day in series.sessions.values_list("on_date", flat=True)]

    def test_limits_of_a_series(self):
        series = make.series(weekdays=(2,), from_on=date(2026, 10, 12), until_on=date(2026, 10, 28))

        assert self.dates(series) == ["10-14", "10-21", "10-28"]

    def test_a_monthly_series_takes_no_make_up_day_that_it_does_not_name(self):
        programme = Programme.objects.get(name="四点半课堂")
        CalendarDay.objects.filter(date=date(2026, 10, 10)).update(follows_weekday=3)
        series = make.series("读书会", "child", (3,), programme=programme, month_weeks="2")

        assert self.dates(series) == ["09-10", "10-08", "11-12", "12-10", "01-14"]

    def test_an_alternate_week_series_follows_a_make_up_day_only_in_its_weeks(self):
        programme = Programme.objects.get(name="四点半课堂")
        CalendarDay.objects.filter(date=date(2026, 10, 10)).update(follows_weekday=3)  # week 6, an even one
        odd = make.series("单周", "child", (3,), programme=programme, every_weeks=2)
        even = make.series("双周", "child", (3,), programme=programme, every_weeks=2, week_offset=1)

        assert "10-10" not in self.dates(odd)
        assert "10-10" in self.dates(even)

    def test_a_half_day_asks_where_children_are_concerned(self):
        day = date(2026, 9, 2)
        CalendarDay.objects.create(date=day, day_type="half_day", name="儿童节", status="official")
        programme = Programme.objects.get(name="四点半课堂")
        children = make.series("四点半课堂", "child", range(5), programme=programme)
        seniors = make.series("长者班", weekdays=(2,))

        assert "09-02" not in self.dates(children)
        assert children.questions.get().why == "儿童节半天放假，开不开等您定"
        assert seniors.sessions.get(on_date=day).day_type == "half_day"

    def test_the_school_year_closes_and_opens_programmes(self):
        for kind, first, last in (
            ("term", date(2026, 9, 1), date(2026, 12, 31)),
            ("winter", date(2027, 1, 1), date(2027, 1, 22)),
        ):
            SchoolTerm.objects.create(level="primary", kind=kind, starts_on=first, ends_on=last)
        term_time = make.series(
            "四点半课堂", "child", (0,), programme=Programme.objects.get(name="四点半课堂"), from_on=date(2026, 12, 20)
        )
        break_time = make.series(
            "上午班", "child", (0,), programme=Programme.objects.get(name="社区帮你带娃"), from_on=date(2026, 12, 20)
        )

        done = actions.generate_term(term=term_time.term, now=NOW)

        assert self.dates(term_time) == ["12-21", "12-28"]
        assert self.dates(break_time) == ["01-04", "01-11", "01-18"]
        assert {"date": "2027-01-04", "why": "小学寒假，四点半课堂不开课", "series": "四点半课堂"} in done.skipped
        assert {"date": "2026-12-21", "why": "小学上学，社区帮你带娃不开课", "series": "上午班"} in done.skipped

    def test_another_level_of_school_closes_nothing(self):
        SchoolTerm.objects.create(level="senior", kind="winter", starts_on=date(2026, 9, 1), ends_on=date(2027, 1, 22))
        series = make.series("四点半课堂", "child", (0,), programme=Programme.objects.get(name="四点半课堂"))

        assert len(self.dates(series)) == 19


@pytest.mark.django_db
class TestManySeries:
    """The number of queries does not grow with the term."""

    def term(self, communities: int):
        seed_reference(NOW)
        seed_roles()
        for at in range(communities):
            place = make.community(f"社区{at}")
            for number in range(8):
                room = make.room(f"教室{number % 4}", community=place)
                make.series(
                    f"班{number}",
                    weekdays=(number % 5,),
                    community=place,
                    room=room,
                    stages="AB"[number % 2],
                    starts=make.time(9 + 2 * (number // 4)),
                    ends=make.time(10 + 2 * (number // 4)),
                )
        return make.term()

    @pytest.mark.parametrize("communities", [1, 3])
    def test_a_few_dozen_queries_whatever_the_size(self, communities, django_assert_max_num_queries):
        term = self.term(communities)

        with django_assert_max_num_queries(36):
            done = actions.generate_term(term=term, now=NOW)

        assert done.created > 150 * communities

    def test_regenerating_is_a_no_op_and_cheaper(self, django_assert_max_num_queries):
        term = self.term(2)
        first = actions.generate_term(term=term, now=NOW)

        with django_assert_max_num_queries(16):
            again = actions.generate_term(term=term, now=NOW)

        assert (again.created, again.existing, again.questions) == (0, first.created, 0)


def test_two_at_once_make_each_session_once(together):
    seed_reference(NOW)
    series = make.series("四点半课堂", "child", range(5))

    found = together(4, lambda _: actions.generate_term(term=series.term, now=NOW))

    assert sorted(done.created for done in found) == [0, 0, 0, 99]
    assert series.sessions.count() == 99
