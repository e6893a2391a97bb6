"""教室: what a room is like, who else has it, and what it may not become."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from classes import actions as classes
from classes.actions import moving, rooms
from classes.models import Room, RoomBooking, Session
from tests import make

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-07", "10:00")
FORM = {"name": "智慧教室", "seats": "20", "floor": "1", "has_lift": "", "gap_minutes": "15", "open_text": ""}


@pytest.fixture
def desk(client):
    """A browser in which an organiser is signed in."""
    client.force_login(make.user())
    return client


def text(response) -> str:
    return response.content.decode()


def book(room, starts="09:00", ends="12:00"):
    period = {"starts_at": make.at("2026-09-12", starts), "ends_at": make.at("2026-09-12", ends)}
    return rooms.book_room(room=room, who="街道开会", **period, now=NOW, actor=None)


class TestBookings:
    def test_a_class_keeps_its_room(self):
        room = make.room()
        make.session(of=make.series(room=room))

        with pytest.raises(rooms.RoomInUse, match="09:30–11:00 是“菜鸟学堂·启蒙”在用"):
            book(room)

    def test_the_term_is_made_around_it(self):
        series = make.series(room=make.room())
        book(series.room)

        done = classes.generate_term(term=series.term, now=NOW)

        assert not series.sessions.filter(on_date="2026-09-12").exists()
        assert any("街道开会" in row["why"] for row in done.skipped)

    def test_taking_it_back_twice_is_once(self):
        booking = book(make.room())

        for _ in range(2):
            rooms.free_room(booking=booking, now=NOW, actor=None)

        assert not RoomBooking.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_two_at_one_moment(self, together):
        room = make.room()
        series = make.series(room=room)

        def press(number):
            if number % 2:
                return book(room)
            return classes.session_on(series=series, on_date=make.at("2026-09-12").date(), now=NOW)

        together(6, press)

        assert Session.objects.count() + (RoomBooking.objects.count() > 0) == 1


class TestLift:
    def test_stays_while_somebody_needs_it(self):
        room = make.room("四楼", floor=4, has_lift=True)
        series = make.series(room=room)
        classes.enrol(learner=make.learner(needs=["轮椅位"]), series=series, weekdays=[], now=NOW)
        session = classes.session_on(series=series, on_date=make.at("2026-09-12").date(), now=NOW)
        facts = rooms.RoomFacts("四楼", 20, 4, False, "", "", [], 0)

        with pytest.raises(rooms.StillNeeded, match="有 1 场有人坐轮椅"):
            rooms.change_room(room=room, facts=facts, now=NOW, actor=None)
        assert Room.objects.get().has_lift

        rooms.change_room(room=room, facts=facts, now=session.ends_at, actor=None)
        assert not Room.objects.get().step_free

    @pytest.mark.django_db(transaction=True)
    def test_a_wheelchair_and_the_stairs_at_one_moment(self, together):
        """Somebody in a wheelchair joins while the class is moved upstairs: one of the two is refused."""
        down, up = make.room("一楼", floor=1), make.room("三楼", floor=3, has_lift=False)
        series = make.series(room=down)
        session = make.session(of=series)
        learner = make.learner(needs=["轮椅位"])

        def press(number):
            if number:
                return classes.enrol(learner=learner, series=series, weekdays=[], now=NOW)
            return moving.move_sessions(
                session=session,
                scope="one",
                edit=moving.Edit(changes_room=True, room=up),
                reason="",
                now=NOW,
                actor=None,
            )

        together(2, press)

        session.refresh_from_db()
        comes = learner.enrolments.get().status == "confirmed"
        assert comes != (session.room == up)


class TestPages:
    def test_adding_changing_and_booking(self, desk):
        make.community()
        desk.post(reverse("desk:rooms"), FORM)
        room = Room.objects.get()
        assert (room.seats, room.gap_minutes, room.open_windows) == (20, 15, [])

        desk.post(reverse("desk:room", args=[room.pk]), {**FORM, "open_text": "周一至周五 8:00-18:00"})
        room.refresh_from_db()
        assert [0, "08:00", "18:00"] in room.open_windows and len(room.open_windows) == 5

        day = (timezone.localdate() + timedelta(days=3)).isoformat()
        said = {"who": "选举", "on_date": day, "time": "9:00-12:00"}
        assert "选举" in text(desk.post(reverse("desk:room-book", args=[room.pk]), said, follow=True))
        page = desk.post(reverse("desk:room-book", args=[room.pk]), said)
        assert (page.status_code, "是“选举”在用" in text(page)) == (409, True)

        desk.post(reverse("desk:room-free", args=[RoomBooking.objects.get().pk]))
        assert not RoomBooking.objects.exists()

    @pytest.mark.parametrize(
        ("field", "said", "words"),
        [("name", "", "请写教室的名字"), ("seats", "0", "座位至少 1 个"), ("open_text", "随便", "没看懂时间")],
    )
    def test_what_is_wrong_is_said_at_its_field(self, desk, field, said, words):
        make.community()

        page = desk.post(reverse("desk:rooms"), {**FORM, field: said})

        assert (page.status_code, words in text(page)) == (422, True)

    def test_a_name_is_used_once(self, desk):
        make.room()

        page = desk.post(reverse("desk:rooms"), FORM)

        assert (page.status_code, "已经有一间" in text(page)) == (422, True)

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_same_queries_for_any_number(self, desk, django_assert_num_queries, number):
        for at in range(number):
            make.session(of=make.series(f"班{at}", room=make.room(f"教室{at}")))
        desk.get(reverse("desk:rooms"))

        with django_assert_num_queries(7):
            desk.get(reverse("desk:rooms"))
