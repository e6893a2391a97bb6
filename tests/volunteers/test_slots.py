"""挑一个空档: which slots of a week are offered for a session, what stands in the way, and where they lead."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from classes.models import Enrolment, RoomBooking, Session
from tests import make
from volunteers.actions.slots import slot_days

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 9, 28)
NOW = make.at("2026-09-01", "08:00")


@pytest.fixture
def desk(client):
    """A browser in which an organiser is signed in."""
    client.force_login(make.user())
    return client


@pytest.fixture
def session() -> Session:
    """Wednesday 9:30 to 11:00 in the only room."""
    return make.session("2026-09-30", of=make.series(room=make.room()), expected=6)


def days(session: Session, now: datetime = NOW):
    return slot_days(session=session, monday=MONDAY, now=now)[1]


def offered(day) -> list[tuple[str, str]]:
    return [(slot.clocks, slot.target.room.name) for slot in day.slots]


class TestSlots:
    def test_the_slot_nearest_to_its_own_clock_in_each_part_of_the_day(self, session):
        other = make.session("2026-10-01", of=make.series("启蒙二", room=session.room))

        tuesday, wednesday, thursday = days(session)[1:4]

        assert [clocks for clocks, _ in offered(tuesday)] == ["09:30-11:00", "14:00-15:30", "18:00-19:30"]
        assert "09:30-11:00" not in dict(offered(wednesday))  # there it is already
        # Before nine only where nothing else is left of a hole, never over noon.
        assert [clocks for clocks, _ in offered(thursday)] == ["08:00-09:30", "14:00-15:30", "18:00-19:30"]
        assert other.room == session.room

    def test_leaves_the_minutes_that_a_room_wants_between_two_uses(self, session):
        room = make.room("大厅", gap_minutes=15)
        RoomBooking.objects.create(
            room=room,
            who="合唱队",
            starts_at=make.at("2026-10-01", "09:00"),
            ends_at=make.at("2026-10-01", "10:00"),
            created_at=NOW,
        )

        thursday = days(session)[3]

        assert ("10:15-11:45", "大厅") in offered(thursday)

    def test_says_who_has_a_room_without_a_slot(self, session):
        room = make.room("大厅")
        RoomBooking.objects.create(
            room=room,
            who="合唱队",
            starts_at=make.at("2026-10-01", "07:00"),
            ends_at=make.at("2026-10-01", "22:00"),
            created_at=NOW,
        )
        shut = make.room("阅览室", open_windows=[[0, "09:00", "12:00"]])

        thursday = days(session)[3]

        assert thursday.taken == ["大厅：合唱队", f"{shut}：不开门"]

    def test_what_the_room_cannot_hold_stops_it(self, session):
        Session.objects.filter(pk=session.pk).update(step_free=True)
        session.refresh_from_db()
        make.room("阁楼", seats=4, floor=3, has_lift=False)

        slot = next(slot for slot in days(session)[3].slots if slot.target.room.name == "阁楼")

        assert slot.stops == ["只有 4 个座位，要来 6 人", "有人坐轮椅，在 3 楼没有电梯"]

    def test_a_class_meets_once_a_day(self, session):
        make.session("2026-10-01", of=session.series, room=None)

        slot = days(session)[3].slots[0]

        assert slot.stops == ["这个班那天 09:30 已经有一场，可以并班"]

    def test_names_helpers_who_are_elsewhere_and_the_holiday(self, session):
        make.official()
        helper = make.volunteer()
        make.assignment(make.shift(session), helper)
        elsewhere = make.session("2026-10-01", of=make.series("启蒙二"))
        make.assignment(make.shift(elsewhere), helper)

        slot = next(slot for slot in days(session)[3].slots if slot.clocks == "09:30-11:00")

        assert slot.stops == []
        assert slot.notes == ["国庆节，要照开得打勾", "周远 10月1日 09:30–11:00 在启蒙二"]

    def test_nothing_in_the_past(self, session):
        wednesday, thursday = days(session, now=make.at("2026-10-01", "18:50"))[2:4]

        assert wednesday.slots == []
        assert offered(thursday) == [("19:00-20:30", "智慧教室")]

    def test_where_most_can_come_stands_first_and_says_how_many(self, session):
        for name, windows in (("王秀英", [[3, "14:00", "17:00"]]), ("李桂兰", None)):
            one = make.learner(name, free_windows=windows)
            Enrolment.objects.create(learner=one, series=session.series, status="confirmed", created_at=NOW)
        early, late = make.volunteer("早"), make.volunteer("晚")
        make.free(late, 3, "15:00", "18:00")
        shift = make.shift(session)
        for who in (early, late):
            make.assignment(shift, who)
            shift.refresh_from_db()

        slots = days(session)[3].slots

        first = slots[0]
        assert (first.clocks, first.learners, first.learners_asked) == ("15:00-16:30", 2, 2)
        assert (first.helpers, first.helpers_asked) == (1, 2)
        assert [slot.clocks for slot in slots] == ["15:00-16:30", "09:30-11:00", "18:00-19:30"]

    def test_a_learner_in_another_class_cannot_come(self, session):
        one = make.learner()
        other = make.series("书法", weekdays=(3,))
        for of in (session.series, other):
            Enrolment.objects.create(learner=one, series=of, status="confirmed", created_at=NOW)
        make.session("2026-10-01", of=other)

        found = {slot.clocks: slot.learners for slot in days(session)[3].slots}

        # 9:30 is when the other class is: the morning has the first time after it.
        assert found == {"14:00-15:30": 1, "18:00-19:30": 1, "09:30-11:00": 0}


class TestSlotsPage:
    def soon(self, number: int = 1) -> Session:
        """A session in ten days with so many helpers."""
        on_date = (timezone.localdate() + timedelta(days=10)).isoformat()
        made = make.session(on_date, of=make.series(room=make.room()))
        shift = make.shift(made, needed=9)
        for at in range(number):
            make.assignment(shift, make.volunteer(f"志愿者{at}"), now=timezone.now())
            shift.refresh_from_db()
        return made

    def address(self, session: Session) -> str:
        return reverse("desk:session-slots", args=[session.pk])

    def test_a_slot_leads_to_the_preview_and_moves_nothing(self, desk):
        session = self.soon()
        page = desk.get(self.address(session))
        slot = next(s for day in page.context["days"] for s in day.slots if not s.notes and not s.stops)
        query = {
            "on_date": f"{slot.target.on_date}",
            "time": slot.clocks,
            "room": slot.target.room.pk,
            "scope": "one",
            "look": "1",
        }

        look = desk.get(reverse("desk:session-change", args=[session.pk, "move"]), query)

        assert f"time={slot.clocks}&amp;room={slot.target.room.pk}" in page.content.decode()
        assert look.status_code == 200 and look.context["preview"].sessions == 1
        assert Session.objects.get(pk=session.pk).starts_at == session.starts_at

    def test_whoever_may_only_look_moves_nothing(self, client):
        client.force_login(make.user("wang", role="viewer"))

        assert client.get(self.address(self.soon())).status_code == 403

    def test_one_that_is_called_off_has_no_slots(self, desk):
        session = self.soon()
        Session.objects.filter(pk=session.pk).update(status="cancelled")

        page = desk.get(self.address(session)).content.decode()

        assert "停课的场次不能再挪" in page and "look=1" not in page

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_same_queries_for_any_number_of_rooms_and_people(self, desk, django_assert_num_queries, number):
        session = self.soon(number)
        for at in range(number):
            make.room(f"教室{at}")
        desk.get(self.address(session))

        with django_assert_num_queries(19):
            desk.get(self.address(session))
