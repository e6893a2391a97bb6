"""周排班: what the week shows, and placing, releasing and publishing from it."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from classes.models import CalendarDay, DayQuestion
from tests import make
from volunteers.models import Assignment, CheckIn
from volunteers.queries import board, pictures, recruiting

pytestmark = pytest.mark.django_db
NOW = make.at("2026-11-24", "10:00")
MONDAY = date(2026, 11, 23)


def week(monday: date = MONDAY) -> board.Week:
    """The week of the usual community."""
    return board.week(community=make.community(), monday=monday, now=NOW)


def wednesday(**fields):
    """A children's session on a Wednesday with three places for tutors."""
    of = fields.pop("of", None) or make.series("四点半课堂", kind="child", weekdays=(2,))
    session = make.session("2026-11-25", of, **fields)
    return make.shift(session, "tutor", needed=3)


class TestCards:
    def test_one_row_per_place_people_first(self):
        shift = wednesday()
        make.assignment(shift, make.volunteer("单雄信"), "offered")
        make.assignment(shift, make.volunteer("解珍"), "accepted")

        (card,) = week().cards

        assert [(p.state, p.assignment and str(p.assignment.volunteer)) for p in card.places] == [
            ("wait", "单雄信"),
            ("ok", "解珍"),
            ("gap", None),
        ]
        assert card.gaps == 1

    def test_leads_come_before_helpers(self):
        session = make.session("2026-11-28", make.series())
        make.shift(session, "helper", needed=1)
        make.shift(session, "lead", needed=1)

        (card,) = week().cards

        assert [place.shift.role.name for place in card.places] == ["讲师", "助教"]

    def test_a_place_that_stayed_empty_in_the_past_wants_nobody(self):
        make.shift(make.session("2026-11-23", make.series("四点半课堂", kind="child")), "tutor", needed=1)

        shown = week()

        assert [place.state for place in shown.cards[0].places] == ["gone"]
        assert shown.tally.gap == 0

    def test_a_cancelled_session_has_no_places(self):
        wednesday(status="cancelled", cancel_reason="停电")

        shown = week()

        assert shown.cards[0].is_cancelled
        assert shown.tally.total == 0

    def test_released_and_declined_people_are_not_shown(self):
        shift = wednesday()
        make.assignment(shift, make.volunteer(), "released")
        make.assignment(shift, make.volunteer(), "declined")

        assert week().tally == board.Tally(ok=0, wait=0, draft=0, gap=3)

    def test_a_room_that_is_too_small_is_said(self):
        room = make.room("阅览室", seats=16)
        wednesday(room=room, expected=18)

        shown = week()

        assert shown.cards[0].warnings == ["18 人入班，阅览室只有 16 个座位"]
        assert [(alert.lead, alert.text) for alert in shown.alerts] == [("四点半课堂", "18 人入班，阅览室只有 16 个座位")]

    def test_another_community_has_its_own_board(self):
        wednesday(community=make.community("向阳社区"))

        assert week().cards == []


class TestDays:
    def test_a_makeup_day_marks_people_who_work(self):
        CalendarDay.objects.create(date=date(2026, 11, 28), day_type="makeup_workday", status="official")
        session = make.session("2026-11-28", make.series(), day_type="makeup_workday")
        shift = make.shift(session, needed=3)
        make.assignment(shift, make.volunteer("甲一", occupation="working"))
        make.assignment(shift, make.volunteer("乙一", occupation="working"), source="signup")
        make.assignment(shift, make.volunteer("丙一", occupation="retired"))

        saturday = week().days[5]

        assert saturday.is_makeup
        assert [place.clash for place in saturday.cards[0].places] == ["要上班", "", ""]

    def test_a_holiday_has_its_name(self):
        CalendarDay.objects.create(date=date(2026, 11, 27), day_type="holiday", name="校庆", status="local")

        assert (week().days[4].is_off, week().days[4].name) == (True, "校庆")

    def test_an_open_question_is_an_alert_until_it_is_answered(self):
        question = DayQuestion.objects.create(series=make.series(), on_date=date(2026, 11, 28), why="调休")
        asked = week().alerts
        question.answer, question.answered_at = "run", NOW
        question.save()

        assert [(a.text, a.url_name) for a in asked] == [("菜鸟学堂·启蒙开不开课还没定", "desk:term")]
        assert week().alerts == []

    def test_the_number_of_the_week_counts_from_the_first_monday(self):
        make.term()

        assert week(date(2026, 8, 31)).number == 1
        assert week().number == 13
        assert week(date(2026, 6, 1)).number is None


class TestPublishing:
    def test_drafts_of_the_future_are_told_person_by_person(self):
        who = make.volunteer("单雄信")
        make.assignment(wednesday(), who, "draft")
        saturday = make.shift(make.session("2026-11-28", make.series()), needed=2)
        make.assignment(saturday, who, "draft")
        make.assignment(saturday, make.volunteer("解珍"), "draft")
        past = make.shift(make.session("2026-11-23", make.series("四点半课堂二", kind="child")), "tutor")
        make.assignment(past, make.volunteer("曾国荃"), "draft")

        shown = week()

        assert (shown.drafts, shown.publish_tells) == (3, 2)


class TestPictures:
    def test_heat_says_filled_and_needed_by_part_of_day(self):
        shift = wednesday()
        make.assignment(shift, make.volunteer())

        heat = week().heat

        assert [row.name for row in heat] == ["上午", "下午", "放学后"]
        assert heat[2].cells[2] == pictures.Cell(filled=1, needed=3)
        assert heat[0].cells == [None] * 7

    def test_load_counts_the_month_against_the_own_limit(self):
        who = make.volunteer("单雄信", max_per_week=1)
        of = make.series("四点半课堂", kind="child")
        for day in ("2026-11-04", "2026-11-11", "2026-11-18", "2026-11-25", "2026-12-02"):
            make.assignment(make.shift(make.session(day, of), "tutor"), who)
        make.assignment(make.shift(make.session("2026-11-26", of), "tutor"), make.volunteer("解珍"))

        loads = week().loads

        assert [(row.name, row.times, row.limit) for row in loads.rows] == [("单雄信", 4, 4), ("解珍", 1, None)]
        assert loads.mean == 2.5
        assert loads.rows[0].is_over

    def test_trend_counts_who_came_and_then_who_is_planned(self):
        of = make.series("四点半课堂", kind="child")
        CheckIn.objects.create(volunteer=make.volunteer(), series=of, on_date=date(2026, 11, 18))
        make.assignment(wednesday(of=of), make.volunteer())

        points = week().trend

        assert [(p.monday, p.children, p.is_plan) for p in points[-2:]] == [
            (date(2026, 11, 16), 1, False),
            (date(2026, 11, 23), 1, True),
        ]


def test_recruiting_text_says_when_where_and_the_link():
    shift = wednesday()

    text = recruiting.for_shift(shift, gaps=2, address="http://linke.example")

    assert "还缺 2 位辅导" in text
    assert "11月25日（周三） 16:30–18:30" in text
    assert f"http://linke.example/s/{shift.session_id}/" in text
