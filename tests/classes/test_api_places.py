"""Rooms, bookings, lesson plans and a term like another one, by API: done as on the pages."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from classes import actions
from classes.models import Lesson, LessonWish, Room, RoomBooking, Series, Session
from classes.seeds import seed_reference
from people.models import AuditEntry
from tests import make

pytestmark = pytest.mark.django_db
NEXT_WEEK = (timezone.localdate() + timedelta(days=7)).isoformat()


@pytest.fixture
def send(client):
    """Call as an organiser: send("post", "/rooms", {...})."""
    client.force_login(make.user())

    def call(method, address, body=None):
        data = {"data": body, "content_type": "application/json"} if body is not None else {}
        return getattr(client, method)(f"/api/v1{address}", **data)

    return call


class TestRooms:
    def test_a_room_is_made_changed_and_booked(self, send):
        here = make.community()
        body = {"community": here.pk, "name": "智慧教室", "seats": 24, "has_lift": True, "open_text": "周一 8:00-18:00"}

        made = send("post", "/rooms", body)

        assert made.status_code == 201, made.content
        room = made.json()
        assert (room["venue"], room["open_windows"]) == ("梧桐社区", [[0, "08:00", "18:00"]])
        changed = send("patch", f"/rooms/{room['id']}", {"seats": 20, "has_lift": None})
        assert changed.json() == room | {"seats": 20, "has_lift": None}
        assert send("get", f"/rooms/{room['id']}").json() == changed.json()

        booked = send(
            "post", f"/rooms/{room['id']}/bookings", {"who": "选举", "on_date": NEXT_WEEK, "time": "9:00-12:00"}
        )
        assert booked.json()["starts_at"] == f"{NEXT_WEEK}T01:00:00Z"
        assert send("get", f"/rooms/{room['id']}/bookings").json()["items"] == [booked.json()]
        assert send("delete", f"/bookings/{booked.json()['id']}").status_code == 204
        assert not RoomBooking.objects.exists()
        assert AuditEntry.objects.filter(actor__username="chen").count() == 4

    @pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
    def test_days_of_another_age_are_refused(self, send, day):
        answer = send(
            "post", f"/rooms/{make.room().pk}/bookings", {"who": "选举", "on_date": day, "time": "0:30-23:59"}
        )

        assert answer.status_code == 422
        assert not RoomBooking.objects.exists()

    def test_a_second_room_stands_in_the_same_venue(self, send):
        room = make.room()

        send("post", "/rooms", {"community": room.venue.community_id, "name": "活动室"})

        assert [one.venue for one in Room.objects.all()] == [room.venue, room.venue]


class TestPlans:
    @pytest.fixture
    def series(self):
        """A class with three lessons and six sessions; A02 wants A01 first."""
        first, second, _ = (
            Lesson.objects.create(code=code, stage="A", title=code, minutes=60, learners_per_helper=2)
            for code in ("A01", "A02", "A03")
        )
        second.prerequisites.add(first)
        made = make.series(stages="A", term=make.term("现在", timezone.localdate(), timezone.localdate()))
        for week in range(1, 7):
            make.session((timezone.localdate() + timedelta(weeks=week)).isoformat(), of=made)
        return made

    def test_the_order_is_set_and_only_warned_about(self, send, series):
        told = send("put", f"/series/{series.pk}/plan", {"lessons": ["A02", "A01", "A02"]})

        assert told.status_code == 200, told.content
        plan = told.json()
        assert [(step["position"], step["lesson"], step["missing"]) for step in plan["order"]] == [
            (1, "A02", ["A01"]),
            (2, "A01", []),
            (3, "A02", []),
        ]
        assert (plan["by_hand"], plan["next"]["lesson"]) == (True, "A02")
        assert [step["lesson"] for step in plan["steps"]] == ["A02", "A01", "A02", None, "A02", "A01"]
        assert send("put", f"/series/{series.pk}/plan", {"lessons": []}).json()["by_hand"] is False

    def test_a_lesson_is_moved_added_and_left_out(self, send, series):
        address = f"/series/{series.pk}/plan/steps"

        moved = send("post", f"{address}/2/move", {"to": "earlier"}).json()
        assert [step["lesson"] for step in moved["order"]] == ["A02", "A01", "A03"]
        added = send("post", address, {"lesson": "A03"})
        assert (added.status_code, [step["lesson"] for step in added.json()["order"]]) == (
            201,
            ["A03", "A02", "A01", "A03"],
        )
        left = send("delete", f"{address}/1").json()
        assert left["order"] == moved["order"]

    def test_a_wish_raises_a_lesson_and_counts_once(self, send, series):
        learner = make.learner()
        actions.enrol(learner=learner, series=series, weekdays=[], now=timezone.now())
        body = {"learner": learner.pk, "lesson": "A03"}

        told = send("post", f"/series/{series.pk}/plan/wishes", body).json()
        send("post", f"/series/{series.pk}/plan/wishes", body)

        assert [(step["lesson"], step["asked"]) for step in told["order"]] == [("A03", 1), ("A01", 0), ("A02", 0)]
        assert LessonWish.objects.count() == 1

    def test_a_code_that_is_none_changes_nothing(self, send, series):
        before = send("get", f"/series/{series.pk}/plan").json()

        whole = send("put", f"/series/{series.pk}/plan", {"lessons": ["A01", "Z99"]})
        one = send("post", f"/series/{series.pk}/plan/steps", {"lesson": "Z99"})

        assert (whole.json()["fields"], one.json()["fields"]) == (
            {"lessons": ["没有这个编码的课：Z99。"]},
            {"lesson": ["没有这个编码的课：Z99。"]},
        )
        assert send("get", f"/series/{series.pk}/plan").json() == before

    def test_as_many_queries_for_any_number_of_wishes(self, send, series):
        def queries() -> int:
            with CaptureQueriesContext(connection) as caught:
                send("get", f"/series/{series.pk}/plan")
            return len(caught)

        learner = make.learner()
        actions.enrol(learner=learner, series=series, weekdays=[], now=timezone.now())
        send("post", f"/series/{series.pk}/plan/wishes", {"learner": learner.pk, "lesson": "A03"})
        before = queries()
        for name in ("李桂兰", "赵国强"):
            more = make.learner(name)
            actions.enrol(learner=more, series=series, weekdays=[], now=timezone.now())
            send("post", f"/series/{series.pk}/plan/wishes", {"learner": more.pk, "lesson": "A01"})

        assert queries() == before

    @pytest.mark.django_db(transaction=True)
    def test_two_who_add_at_one_moment_both_count(self, together, series):
        from_catalogue = Lesson.objects.get(code="A03")

        refused = together(
            4,
            lambda _: actions.lessons.add_step(series=series, lesson=from_catalogue, now=timezone.now(), actor=None),
        )

        assert refused == [None] * 4
        assert series.plan.count() == 3 + 4


class TestFilling:
    def test_a_term_that_is_there_gets_the_usual_classes(self, send):
        seed_reference(timezone.now())
        here, term = make.community(), make.term()

        filled = send("post", f"/terms/{term.pk}/fill", {"community": here.pk, "like": "usual"})

        assert filled.status_code == 201, filled.content
        assert len(filled.json()["series"]) == Series.objects.count() == 4
        assert filled.json()["generated"]["created"] == Session.objects.count() > 100
