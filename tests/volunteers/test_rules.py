"""The gate: may this volunteer take this place, and if not, why, in a fixed order."""

from datetime import date, time

import pytest

from tests import make
from volunteers import rules
from volunteers.matching.rules import RULES
from volunteers.models import Availability, Clearance, Volunteer

pytestmark = pytest.mark.django_db
SATURDAY, MONDAY = 5, 0


def codes(volunteer, session, role="helper", **options) -> list[str]:
    return [one.code for one in rules.refusals(volunteer, session, make.role(role), **options)]


@pytest.fixture
def saturday():
    return make.session("2026-09-12")


@pytest.fixture
def children():
    """A child session on a Monday."""
    return make.session("2026-09-14", of=make.series("四点半", "child", weekdays=(0, 1, 2, 3, 4)))


def somebody(*weekdays, **fields) -> Volunteer:
    who = make.volunteer(**fields)
    for weekday in weekdays:
        make.free(who, weekday)
    return who


def test_a_free_adult_who_wishes_to_may_help(saturday):
    assert codes(somebody(SATURDAY), saturday) == []


def test_paused_volunteers_take_nothing(saturday):
    assert codes(somebody(SATURDAY, status="paused"), saturday) == ["inactive"]


def test_a_programme_they_did_not_choose_is_not_for_them(saturday):
    assert codes(somebody(SATURDAY, programmes=["child"]), saturday) == ["programme"]


def test_whoever_teaches_seniors_also_answers_at_the_desk():
    desk = make.session("2026-09-14", of=make.series("门诊", "desk", weekdays=(0,)))

    assert codes(somebody(MONDAY, programmes=["senior"]), desk, "desk") == []


class TestAge:
    def test_minors_help_seniors(self, saturday):
        assert codes(somebody(SATURDAY, born=(2010, 1, 1)), saturday) == []

    def test_nobody_helps_before_fourteen(self, saturday):
        assert codes(somebody(SATURDAY, born=(2013, 1, 1)), saturday) == ["adult"]

    def test_minors_never_lead(self, saturday):
        assert codes(somebody(SATURDAY, born=(2010, 1, 1), may_lead=True), saturday, "lead") == ["adult"]

    def test_children_need_adults_on_the_day_itself(self, children):
        eighteen_today, eighteen_tomorrow = (somebody(MONDAY, born=(2008, 9, day)) for day in (14, 15))
        make.cleared(eighteen_today)
        make.cleared(eighteen_tomorrow)

        assert codes(eighteen_today, children, "tutor") == []
        assert codes(eighteen_tomorrow, children, "tutor") == ["adult"]

    def test_a_birth_year_alone_counts_as_its_last_day(self, children):
        who = somebody(MONDAY, born=(2008, None, None))
        make.cleared(who)

        assert codes(who, children, "tutor") == ["adult"]


class TestClearance:
    def test_children_need_a_clearance(self, children):
        assert codes(somebody(MONDAY), children, "tutor") == ["clearance"]

    def test_the_date_of_the_session_counts(self, children):
        who = somebody(MONDAY)
        make.cleared(who, until=date(2026, 9, 13))
        assert codes(who, children, "tutor") == ["clearance"]

        make.cleared(who, until=date(2026, 9, 14))
        assert codes(who, children, "tutor") == []

    def test_a_later_no_bars(self, children):
        who = somebody(MONDAY)
        make.cleared(who)
        Clearance.objects.create(volunteer=who, result="not_clear")

        assert codes(who, children, "tutor") == ["clearance"]

    def test_seniors_ask_for_none(self, saturday):
        assert codes(somebody(SATURDAY), saturday) == []


def test_only_who_may_lead_leads(saturday):
    assert codes(somebody(SATURDAY), saturday, "lead") == ["lesson"]
    assert codes(somebody(SATURDAY, may_lead=True), saturday, "lead") == []


class TestBeingFree:
    def test_the_whole_session_has_to_be_free(self, saturday):
        who = make.volunteer()
        make.free(who, SATURDAY, "10:00", "12:00")

        assert codes(who, saturday) == ["free"]

    def test_two_windows_that_touch_are_one(self, saturday):
        who = make.volunteer()
        make.free(who, SATURDAY, "09:00", "10:00")
        make.free(who, SATURDAY, "10:00", "11:00")

        assert codes(who, saturday) == []

    def test_even_weeks_are_counted_from_the_start_of_term(self):
        of = make.series()
        who = make.volunteer()
        make.free(who, SATURDAY, weeks="even")

        second, third = make.session("2026-09-12", of=of), make.session("2026-09-19", of=of)
        assert codes(who, second) == []
        assert codes(who, third) == ["free"]

    def test_an_exception_takes_the_day_away(self, saturday):
        who = somebody(SATURDAY)
        make.free(who, None, on_date=date(2026, 9, 12), kind=Availability.Kind.IMPOSSIBLE)

        assert codes(who, saturday) == ["free"]


class TestOtherPlaces:
    def test_the_same_session_is_taken_once(self, saturday):
        who = somebody(SATURDAY)
        make.assignment(make.shift(saturday), who)

        assert codes(who, saturday) == ["here"]

    def test_nobody_is_in_two_places(self, saturday):
        who = somebody(SATURDAY)
        other = make.session("2026-09-12", of=make.series("进阶"))
        make.assignment(make.shift(other), who)

        assert codes(who, saturday) == ["one-place"]

    def test_one_community_needs_no_way_between(self, saturday):
        who = somebody(SATURDAY)
        after = make.session("2026-09-12", of=make.series("进阶", starts=time(11), ends=time(12, 30)))
        make.assignment(make.shift(after), who)

        assert codes(who, saturday) == []

    @pytest.mark.parametrize(("starts", "found"), [("11:14", ["one-place"]), ("11:15", [])])
    def test_between_communities_it_is_twelve_minutes_and_six_a_kilometre(self, saturday, starts, found):
        who = somebody(SATURDAY)
        away = make.community("槐树社区", x_km=0.5)
        there = make.series("槐树班", community=away)
        moment = make.at("2026-09-12", starts)
        other = make.session("2026-09-12", of=there, starts_at=moment, ends_at=make.at("2026-09-12", "12:30"))
        make.assignment(make.shift(other), who)

        assert codes(who, saturday) == found

    def test_who_declined_is_elsewhere_no_more(self, saturday):
        who = somebody(SATURDAY)
        make.assignment(make.shift(make.session("2026-09-12", of=make.series("进阶"))), who, status="declined")

        assert codes(who, saturday) == []

    def test_the_own_weekly_limit_holds_from_monday_to_sunday(self, saturday, children):
        who = somebody(SATURDAY, MONDAY, max_per_week=1)
        make.cleared(who)
        make.assignment(make.shift(children, "tutor"), who)  # the Monday after
        assert codes(who, saturday) == []

        sunday = make.session("2026-09-13", of=make.series("周日班", weekdays=(6,)))
        make.assignment(make.shift(sunday), who)
        assert codes(who, saturday) == ["week-limit"]


class TestWhoSaidNo:
    def test_is_not_asked_again_for_the_same_session(self, saturday):
        who = somebody(SATURDAY, name="赵可欣")
        make.assignment(make.shift(saturday), who, "declined", now=make.at("2026-09-08"))

        (refusal,) = rules.refusals(who, saturday, make.role())

        assert (refusal.code, refusal.label) == ("declined", "本人说来不了")
        assert refusal.sentence == "赵可欣 9月8日说来不了这一场。"

    def test_may_still_be_asked_for_another_one(self, saturday):
        who = somebody(SATURDAY)
        make.assignment(make.shift(saturday), who, "declined")

        assert codes(who, make.session("2026-09-19")) == []

    def test_may_say_otherwise(self, saturday):
        who = somebody(SATURDAY)
        make.assignment(make.shift(saturday), who, "declined")

        assert codes(who, saturday, overlooking=rules.WISHES) == []

    def test_silence_is_no_such_word(self, saturday):
        who = somebody(SATURDAY)
        make.assignment(make.shift(saturday), who, "released", note="没有回复")

        assert codes(who, saturday) == []

    def test_the_last_word_counts(self, saturday):
        who, shift = somebody(SATURDAY), make.shift(saturday)
        make.assignment(shift, who, "declined", now=make.at("2026-09-08"))
        make.assignment(shift, who, "released", now=make.at("2026-09-09"))

        assert codes(who, saturday) == []


def test_wishes_do_not_stand_in_the_way_of_who_signs_up(saturday):
    who = make.volunteer(programmes=["child"])

    assert codes(who, saturday, overlooking=rules.WISHES) == []


def test_all_reasons_come_in_the_order_of_the_rules(children):
    who = make.volunteer(born=(2012, 1, 1), programmes=["senior"], status="paused")

    assert codes(who, children, "tutor") == ["inactive", "programme", "adult", "clearance", "free"]


def test_the_words_are_those_of_the_engine(children):
    labels = {rule.code: rule.label for rule in RULES}
    who = make.volunteer(born=(2012, 1, 1), programmes=["senior"])

    for refusal in rules.refusals(who, children, make.role("tutor")):
        assert refusal.label == labels[refusal.code]
        assert refusal.sentence.endswith("。")


@pytest.mark.parametrize("people", [1, 10])
def test_the_gate_of_everybody_costs_seven_queries(saturday, people, django_assert_num_queries):
    for number in range(people):
        who = somebody(SATURDAY, name=f"志愿者{number}")
        make.cleared(who)
        make.assignment(make.shift(make.session("2026-09-13", of=make.series(f"班{number}", weekdays=(6,)))), who)
    make.volunteer(status="left")
    helper = make.role()

    with django_assert_num_queries(7):
        found = rules.gate(saturday, helper)

    assert [len(refusals) for _, refusals in found] == [0] * people


def test_one_and_all_agree(saturday, children):
    people = [
        somebody(SATURDAY),
        make.volunteer(),
        somebody(SATURDAY, status="paused"),
        somebody(MONDAY, programmes=["child"]),
    ]
    tutor = make.role("tutor")

    together = dict(rules.gate(children, tutor))

    assert {who: rules.refusals(who, children, tutor) for who in people} == together
