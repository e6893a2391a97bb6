"""What a page refuses, the API refuses: the same sentence, the same status, and nothing is changed by either."""

import html
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from classes import actions
from classes.actions import days, rooms, series
from classes.models import CalendarDay, Change, DayQuestion, Lesson, PlannedLesson, RoomBooking, SchoolTerm, Session
from people.models import AuditEntry, Message
from tests import make
from volunteers.actions import absences, changing, undoing
from volunteers.models import Absence, Organisation

pytestmark = pytest.mark.django_db
NOW = timezone.now()
SOON = timezone.localdate() + timedelta(days=10)
DAY, NEXT = SOON.isoformat(), (SOON + timedelta(days=1)).isoformat()
# Pages that go back to where the button was and say it there: their own status is that of the way back.
GOES_BACK = 200


@dataclass
class Refusal:
    """The same wish by API and by page, and how it is refused."""

    call: str
    body: dict[str, Any] | None
    page: str
    form: dict[str, Any] = field(default_factory=dict)
    status: int = 422
    page_status: int | None = None


def session(**fields) -> Session:
    """A session in ten days in a room, with somebody who agreed."""
    of = make.series(weekdays=(SOON.weekday(),), room=make.room(), term=make.term("现在", SOON, SOON))
    made = make.session(DAY, of=of, **fields)
    make.assignment(make.shift(made), make.volunteer(), now=NOW)
    return made


def other_session() -> Session:
    of = make.series("长者班", room=make.room("活动室"), term=make.term("现在", SOON, SOON))
    return make.session(DAY, of=of)


def planned() -> Any:
    """A class with a plan of one lesson."""
    made = make.series(stages="A")
    only = Lesson.objects.create(code="A01", stage="A", title="开机", minutes=60, learners_per_helper=2)
    PlannedLesson.objects.create(series=made, position=1, lesson=only)
    return made


def a_step_that_is_gone():
    pk = planned().pk
    page = reverse("desk:series-plan", args=[pk])
    return Refusal(
        f"POST /series/{pk}/plan/steps/7/move", {"to": "later"}, page, {"do": "later", "position": "7"}, status=409
    )


def the_last_step():
    pk = planned().pk
    page = reverse("desk:series-plan", args=[pk])
    return Refusal(f"DELETE /series/{pk}/plan/steps/1", None, page, {"do": "remove", "position": "1"}, status=409)


def a_room_of_that_name():
    here = make.room().venue.community
    body = {"name": "智慧教室", "seats": 12}
    return Refusal("POST /rooms", body | {"community": here.pk}, reverse("desk:rooms"), body)


def a_room_without_sense():
    here = make.community()
    body = {"name": "", "seats": 0, "open_text": "随便"}
    return Refusal("POST /rooms", body | {"community": here.pk}, reverse("desk:rooms"), body)


def a_room_renamed_to_another():
    make.room("活动室")
    room = make.room()
    page = reverse("desk:room", args=[room.pk])
    return Refusal(f"PATCH /rooms/{room.pk}", {"name": "活动室"}, page, {"name": "活动室", "seats": room.seats})


def a_lift_that_is_needed():
    room = make.room("四楼", floor=4, has_lift=True)
    of = make.series(room=room, weekdays=(SOON.weekday(),), term=make.term("现在", SOON, SOON))
    actions.enrol(learner=make.learner(needs=["轮椅位"]), series=of, weekdays=[], now=NOW)
    actions.session_on(series=of, on_date=SOON, now=NOW)
    page = reverse("desk:room", args=[room.pk])
    form = {"name": "四楼", "floor": "4", "has_lift": "no"}
    return Refusal(f"PATCH /rooms/{room.pk}", {"has_lift": False}, page, form, status=409)


def a_room_that_is_used():
    room = session().room
    body = {"who": "选举", "on_date": DAY, "time": "9:00-12:00"}
    page = reverse("desk:room-book", args=[room.pk])
    return Refusal(f"POST /rooms/{room.pk}/bookings", body, page, body, status=409)


def a_time_that_nobody_reads():
    room = make.room()
    body = {"who": "", "on_date": DAY, "time": "随便"}
    return Refusal(f"POST /rooms/{room.pk}/bookings", body, reverse("desk:room-book", args=[room.pk]), body)


def classes_where_there_are_some():
    one = make.series()
    body = {"like": "usual"}
    call = f"POST /terms/{one.term_id}/fill"
    page = reverse("desk:term-fill", args=[one.term_id])
    return Refusal(call, body | {"community": one.community_id}, page, body, status=409, page_status=GOES_BACK)


def classes_like_nothing_known():
    here, term = make.community(), make.term()
    body = {"like": "term:987654"}
    page = reverse("desk:term-fill", args=[term.pk])
    return Refusal(f"POST /terms/{term.pk}/fill", body | {"community": here.pk}, page, body, page_status=GOES_BACK)


def a_term_of_that_name():
    here, term = make.community(), make.term()
    body = {"name": term.name, "starts_on": "2027-03-01", "ends_on": "2027-07-10", "like": ""}
    return Refusal("POST /terms", body | {"community": here.pk}, reverse("desk:term-add"), body)


def a_term_that_ends_before():
    here = make.community()
    body = {"name": "倒", "starts_on": "2027-07-10", "ends_on": "2027-03-01", "like": ""}
    return Refusal("POST /terms", body | {"community": here.pk}, reverse("desk:term-add"), body)


def a_term_of_years():
    here = make.community()
    body = {"name": "长", "starts_on": "2027-03-01", "ends_on": "2072-07-10", "like": "usual"}
    return Refusal("POST /terms", body | {"community": here.pk}, reverse("desk:term-add"), body)


def a_term_of_another_age():
    here = make.community()
    body = {"name": "古", "starts_on": "0001-01-01", "ends_on": "0001-07-10", "like": ""}
    return Refusal("POST /terms", body | {"community": here.pk}, reverse("desk:term-add"), body)


def a_class_of_that_name():
    one = make.series()
    body = {"name": one.name, "weekdays": [2], "time": "9:30-11:00", "capacity": 10}
    ids = {"community": one.community_id, "term": one.term_id, "programme": one.programme_id}
    page = reverse("desk:series-add", args=[one.term_id, one.programme_id])
    return Refusal("POST /series", body | ids, page, body)


def a_class_without_sense():
    here, term, kind = make.community(), make.term(), make.programme()
    body = {"name": "", "weekdays": [9], "time": "随便", "capacity": 0}
    ids = {"community": here.pk, "term": term.pk, "programme": kind.pk}
    return Refusal("POST /series", body | ids, reverse("desk:series-add", args=[term.pk, kind.pk]), body)


def fewer_places_than_are_taken():
    one = make.series()
    for name in ("王秀英", "李桂兰"):
        actions.enrol(learner=make.learner(name), series=one, weekdays=[], now=NOW)
    form = {"name": one.name, "weekdays": ["5"], "time": "9:30-11:00", "capacity": 1}
    return Refusal(f"PATCH /series/{one.pk}", {"capacity": 1}, reverse("desk:series-edit", args=[one.pk]), form)


def a_day_that_was_answered():
    asked = DayQuestion.objects.create(
        series=make.series(), on_date=date(2026, 10, 3), why="放假", answer="run", answered_at=NOW
    )
    page = reverse("desk:question", args=[asked.pk])
    return Refusal(
        f"POST /questions/{asked.pk}", {"answer": "skip"}, page, {"answer": "skip"}, status=409, page_status=GOES_BACK
    )


def weeks_that_overlap():
    make.community()
    body = {"level": "primary", "kind": "winter", "starts_on": "2027-01-23", "ends_on": "2027-02-20"}
    days.set_school_term(
        level="primary",
        kind="winter",
        starts_on=date(2027, 1, 23),
        ends_on=date(2027, 2, 1),
        official=True,
        now=NOW,
        actor=None,
    )
    page = reverse("desk:school-term-add")
    return Refusal("POST /calendar/school-terms", body | {"official": False}, page, body | {"official": "0"})


def weeks_that_end_before():
    make.community()
    body = {"level": "primary", "kind": "winter", "starts_on": "2027-02-20", "ends_on": "2027-01-23"}
    page = reverse("desk:school-term-add")
    return Refusal("POST /calendar/school-terms", body | {"official": False}, page, body | {"official": "0"})


def a_notice_with_a_fault():
    body = {"text": "一、元旦：1月1日（周四）至3日（周日）放假，共3天。", "year": 2027}
    return Refusal("POST /calendar/notice", body, reverse("desk:notice"), body | {"apply": "1"})


def a_cancellation_without_reason():
    one = session()
    body = {"seen": one.sequence, "reason": ""}
    page = reverse("desk:session-change", args=[one.pk, "cancel"])
    return Refusal(f"POST /sessions/{one.pk}/cancel", body, page, body)


def a_session_that_somebody_changed():
    one = session()
    body = {"seen": one.sequence + 1, "reason": "停电"}
    page = reverse("desk:session-change", args=[one.pk, "cancel"])
    return Refusal(f"POST /sessions/{one.pk}/cancel", body, page, body, status=409)


def a_move_into_a_taken_room():
    one, other = session(), other_session()
    form = {"on_date": DAY, "time": "9:30-11:00", "room": other.room_id, "scope": "one", "seen": one.sequence}
    page = reverse("desk:session-change", args=[one.pk, "move"])
    body = {"seen": one.sequence, "room": other.room_id}
    return Refusal(f"POST /sessions/{one.pk}/move", body, page, form, status=409)


def a_move_to_a_closed_day():
    one = session()
    CalendarDay.objects.create(date=SOON + timedelta(days=1), day_type="closed", name="暴雪", status="local")
    form = {"on_date": NEXT, "time": "9:30-11:00", "room": one.room_id, "scope": "one", "seen": one.sequence}
    page = reverse("desk:session-change", args=[one.pk, "move"])
    return Refusal(f"POST /sessions/{one.pk}/move", {"seen": one.sequence, "on_date": NEXT}, page, form, status=409)


def a_merge_into_nothing():
    one, _ = session(), other_session()
    body = {"seen": one.sequence, "other": 987654, "reason": ""}
    return Refusal(f"POST /sessions/{one.pk}/merge", body, reverse("desk:session-change", args=[one.pk, "merge"]), body)


def a_lesson_that_is_not_there():
    one = session()
    body = {"seen": one.sequence, "lesson": "Z99", "reason": ""}
    page = reverse("desk:session-change", args=[one.pk, "lesson"])
    return Refusal(f"POST /sessions/{one.pk}/lesson", body, page, body)


def a_closed_day_without_reason():
    one = session()
    body = {"community": one.community_id, "date": DAY, "reason": ""}
    return Refusal("POST /days/close", body, reverse("desk:day", args=[DAY]), {"reason": ""})


def undoing_twice():
    done = changing.cancel_sessions(sessions=[session()], reason="停电", now=NOW, actor=None)
    undoing.undo(change=done.change, now=NOW, actor=None)
    page = reverse("desk:change-undo", args=[done.change.pk])
    return Refusal(f"POST /changes/{done.change.pk}/undo", {}, page, status=409, page_status=GOES_BACK)


def caught_session() -> Session:
    made = session()
    days.set_day(said=days.DaySaid(SOON, "closed", "暴雪停课"), now=NOW, actor=None)
    return made


def a_caught_session_moved_to_no_day():
    one = caught_session()
    body = {"community": one.community_id, "choices": [{"session": one.pk, "what": "move"}]}
    form = {f"what-{one.pk}": "move", f"to-{one.pk}": ""}
    return Refusal("POST /calendar/caught", body, reverse("desk:caught"), form, status=409)


def a_session_that_is_not_caught():
    one = session()
    body = {"community": one.community_id, "choices": [{"session": one.pk, "what": "keep"}]}
    return Refusal("POST /calendar/caught", body, reverse("desk:caught"), {f"what-{one.pk}": "keep"}, status=409)


def an_absence_said_before():
    club = Organisation.objects.create(name="大学青协")
    said = {"kind": "exam", "starts_on": date(2027, 1, 4), "ends_on": date(2027, 1, 8)}
    absences.set_absence(organisation=club, **said, now=NOW, actor=None)
    body = {name: str(value) for name, value in said.items()} | {"organisation": club.pk}
    return Refusal("POST /absences", body, reverse("desk:absences"), body)


def an_absence_of_nobody():
    Organisation.objects.create(name="大学青协")
    body = {"organisation": 987654, "kind": "exam", "starts_on": "2027-01-08", "ends_on": "2027-01-04"}
    return Refusal("POST /absences", body, reverse("desk:absences"), body)


CASES: list[Callable[[], Refusal]] = [
    a_step_that_is_gone,
    the_last_step,
    a_room_of_that_name,
    a_room_without_sense,
    a_room_renamed_to_another,
    a_lift_that_is_needed,
    a_room_that_is_used,
    a_time_that_nobody_reads,
    classes_where_there_are_some,
    classes_like_nothing_known,
    a_term_of_that_name,
    a_term_that_ends_before,
    a_term_of_years,
    a_term_of_another_age,
    a_class_of_that_name,
    a_class_without_sense,
    fewer_places_than_are_taken,
    a_day_that_was_answered,
    weeks_that_overlap,
    weeks_that_end_before,
    a_notice_with_a_fault,
    a_cancellation_without_reason,
    a_session_that_somebody_changed,
    a_move_into_a_taken_room,
    a_move_to_a_closed_day,
    a_merge_into_nothing,
    a_lesson_that_is_not_there,
    a_closed_day_without_reason,
    undoing_twice,
    a_caught_session_moved_to_no_day,
    a_session_that_is_not_caught,
    an_absence_said_before,
    an_absence_of_nobody,
]
KEPT = (
    Session,
    Change,
    PlannedLesson,
    RoomBooking,
    SchoolTerm,
    CalendarDay,
    Absence,
    DayQuestion,
    Message,
    AuditEntry,
    series.Series,
    rooms.Room,
)


def everything() -> list[list[dict[str, Any]]]:
    """Every row that one of these could have changed."""
    return [list(model.objects.order_by("pk").values()) for model in KEPT]


def sentences(answer) -> list[str]:
    """What the API says, each sentence alone."""
    told = answer.json()
    said = [one for errors in told["fields"].values() for one in errors] or [told["detail"]]
    assert all(one in told["detail"] for one in said)
    return said


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_the_api_refuses_what_the_page_refuses(case):
    desk = Client()
    desk.force_login(make.user())
    refusal = case()
    before = everything()
    method, _, address = refusal.call.partition(" ")

    answer = desk.generic(
        method,
        f"/api/v1{address}",
        json.dumps(refusal.body) if refusal.body is not None else "",
        content_type="application/json",
    )
    page = desk.post(refusal.page, refusal.form, follow=True)

    assert answer.status_code == refusal.status, answer.content.decode()
    assert page.status_code == (refusal.page_status or refusal.status)
    shown = html.unescape(strip_tags(page.content.decode()))
    assert [one for one in sentences(answer) if one not in shown] == []
    assert everything() == before
