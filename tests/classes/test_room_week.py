"""教室周: what the picture of a week of rooms says, and where its links lead."""

from datetime import date

import pytest
from django.urls import reverse

from classes.models import CalendarDay, RoomBooking, Session
from classes.queries.room_week import room_week
from classes.queries.term import term_page
from tests import make

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 9, 28)
NOW = make.at("2026-09-01", "08:00")


@pytest.fixture
def desk(client):
    """A browser in which an organiser is signed in."""
    client.force_login(make.user())
    return client


def week(room: str | None = None):
    return room_week(community=make.community(), monday=MONDAY, room=room, now=NOW)


def said(lane) -> list[tuple[str, str]]:
    """Kind and period of each block of a lane."""
    clocks = [[f"{end.astimezone(make.SHANGHAI):%H:%M}" for end in (b.starts_at, b.ends_at)] for b in lane.blocks]
    return [(block.kind, "-".join(both)) for block, both in zip(lane.blocks, clocks, strict=True)]


class TestRoomWeek:
    def test_says_what_is_held_what_is_booked_what_is_shut_and_what_is_free(self):
        room = make.room(open_windows=[[2, "09:00", "12:00"], [2, "14:00", "20:00"]])
        make.session("2026-09-30", of=make.series(room=room, weekdays=(2,)))
        RoomBooking.objects.create(
            room=room,
            who="合唱队",
            starts_at=make.at("2026-09-30", "14:00"),
            ends_at=make.at("2026-09-30", "15:30"),
            created_at=NOW,
        )

        (lane,) = week().days[2].lanes

        assert said(lane) == [
            ("closed", "08:00-09:00"),
            ("free", "09:00-09:30"),
            ("session", "09:30-11:00"),
            ("free", "11:00-12:00"),
            ("closed", "12:00-14:00"),
            ("booking", "14:00-15:30"),
            ("free", "15:30-20:00"),
            ("closed", "20:00-21:00"),
        ]
        assert [block.place for block in lane.blocks][:3] == ["q0 n4", "q4 n2", "q6 n6"]
        assert week().days[2].full == "用了 3 小时，空 6 小时"

    def test_a_cancelled_session_leaves_its_room_free_and_is_still_named(self):
        make.session("2026-09-30", of=make.series(room=make.room()), status=Session.Status.CANCELLED)

        day = week().days[2]

        assert said(day.lanes[0]) == [("free", "08:00-21:00")]
        assert len(day.cancelled) == 1 and day.number == 0

    def test_sessions_without_a_room_have_a_line_of_their_own(self):
        make.room()
        make.session("2026-09-30", of=make.series())

        lanes = week().days[2].lanes

        assert [lane.room and lane.room.name for lane in lanes] == ["智慧教室", None]
        assert said(lanes[1]) == [("session", "09:30-11:00")]

    def test_one_room_only(self):
        make.room("大厅")
        room = make.room()
        make.session("2026-09-30", of=make.series(room=room))

        page = week(str(room.pk))

        assert {lane.room for day in page.days for lane in day.lanes} == {room}
        assert [used for _, used in page.rooms] == ["0", "1.5"]

    def test_what_lies_outside_the_picture_stands_at_its_edge(self):
        room = make.room()
        make.session(
            "2026-09-30",
            of=make.series(room=room),
            starts_at=make.at("2026-09-30", "21:00"),
            ends_at=make.at("2026-09-30", "22:00"),
        )

        block = next(b for b in week().days[2].lanes[0].blocks if b.kind == "session")

        assert block.place == "q51 n1"

    def test_knows_holidays_and_make_up_days(self):
        make.official()
        CalendarDay.objects.create(
            date=date(2026, 10, 2), day_type="closed", name="台风", status="local", community=make.community()
        )
        CalendarDay.objects.create(
            date=date(2026, 10, 4), day_type="makeup_workday", name="国庆节调休", status="official", follows_weekday=1
        )

        days = week().days

        assert [(day.look, day.word, day.name) for day in days[3:5]] == [
            ("holiday", "放假", "国庆节"),
            ("closed", "停课", "台风"),
        ]
        assert (days[6].word, days[6].follows) == ("补班日", "按周二的课表")
        assert not week().predicted

    def test_a_year_without_a_notice_is_predicted(self):
        assert week().predicted


class TestRoomsPage:
    def test_without_rooms_it_says_how_to_get_some(self, desk):
        make.community()

        assert "还没有教室" in desk.get(reverse("desk:room-week")).content.decode()

    def test_without_a_community_it_leads_to_the_import(self, desk):
        assert "还没有社区" in desk.get(reverse("desk:room-week")).content.decode()

    def test_leads_to_the_term_and_to_its_classes(self, desk):
        make.series(room=make.room())
        term = reverse("desk:term")

        page = desk.get(reverse("desk:room-week")).content.decode()

        assert f'href="{term}#days"' in page and f'href="{term}#classes"' in page
        assert all(f'id="{name}"' in desk.get(term).content.decode() for name in ("days", "classes"))

    def test_turns_the_pages_and_keeps_the_room(self, desk):
        room = make.room()

        page = desk.get(reverse("desk:room-week"), {"w": "2026-09-30", "room": room.pk}).content.decode()

        assert f"?w=2026-09-21&amp;room={room.pk}" in page and f"?w=2026-10-05&amp;room={room.pk}" in page

    @pytest.mark.parametrize("query", ["?w=gestern", "?w=0001-01-01", "?w=9999-12-31", "?room=x"])
    def test_takes_any_query(self, desk, query):
        make.room()

        assert desk.get(reverse("desk:room-week") + query).status_code == 200

    def test_every_community_has_its_own(self, desk):
        make.room("大厅", community=make.community("海棠社区"))
        make.room()

        page = desk.get(reverse("desk:room-week"), {"community": make.community("海棠社区").pk}).content.decode()

        assert "大厅" in page and "智慧教室" not in page

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_same_queries_for_any_number_of_rooms_and_sessions(self, desk, django_assert_num_queries, number):
        for at in range(number):
            make.session("2026-09-30", of=make.series(f"启蒙{at}", room=make.room(f"教室{at}")))
        address = f"{reverse('desk:room-week')}?w=2026-09-30"
        desk.get(address)

        with django_assert_num_queries(10):
            desk.get(address)


def test_squares_tell_holidays_closed_days_and_guesses_apart():
    series = make.series(room=make.room())
    make.session("2026-09-30", of=series)
    CalendarDay.objects.create(date=date(2026, 10, 1), day_type="holiday", name="国庆节", status="predicted")
    CalendarDay.objects.create(
        date=date(2026, 10, 9), day_type="closed", name="台风", status="local", community=series.community
    )

    page = term_page(term=series.term, community=series.community, now=NOW)
    squares = {day.date: day for month in page.months for week in month.weeks for day in week if day}

    assert squares[date(2026, 9, 30)].looks == "on f3"
    assert squares[date(2026, 10, 1)].looks == "holiday guess"
    assert squares[date(2026, 10, 9)].looks == "closed"
    assert squares[date(2026, 10, 1)].sentence == "10月1日周四，国庆节，放假，这是预测，没有课"
    assert squares[date(2026, 10, 9)].sentence == "10月9日周五，台风，停课，没有课"
