"""停用场地: a whole venue is shut for some days, everybody touched is told, and it can be taken back."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from classes import actions as classes
from classes.actions import changing as class_changes
from classes.actions import moving, reshaping, rooms, venues
from classes.actions import series as series_actions
from classes.models import RoomBooking, Session, VenueClosing
from people.channels import templates
from people.channels.carriers import Letter
from people.models import Channel, Message
from tests import make
from volunteers.actions import changing, undoing
from volunteers.models import Assignment
from volunteers.planning import times

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-07", "10:00")
LATER = NOW + timedelta(hours=2)
SATURDAY, NEXT = date(2026, 9, 12), date(2026, 9, 19)
FACTS = {"seats": 20, "floor": 1, "has_lift": None, "equipment": "", "open_text": "", "open_windows": []}


@pytest.fixture
def series():
    """A class with a learner at home and two Saturdays; a second class of the same days is elsewhere."""
    term = make.term("短学期", date(2026, 9, 7), date(2026, 9, 20))
    made = make.series(weekdays=(5,), room=make.room(), term=term, stages="")
    classes.enrol(learner=make.learner(phone="16000000101"), series=made, weekdays=[], now=NOW)
    elsewhere = make.series(
        "远处", weekdays=(5,), room=make.room("外面", community=make.community("兴园社区")), term=term
    )
    classes.generate_term(term=term, now=NOW)
    assert elsewhere.sessions.count() == 2
    return made


@pytest.fixture
def agreed(series):
    """Somebody who said yes to the first Saturday."""
    shift = series.sessions.get(on_date=SATURDAY).shifts.get(role__code="helper")
    return make.assignment(shift, make.volunteer(), status="accepted", now=NOW)


def close(series, first=SATURDAY, last=SATURDAY, now=NOW):
    said = {"first": first, "last": last, "reason": "消防检查"}
    return changing.close_venue(venue=series.room.venue, **said, now=now, actor=None)


def held(series) -> list[date]:
    return list(series.sessions.filter(status="planned").order_by("on_date").values_list("on_date", flat=True))


class TestClosing:
    def test_exactly_those_touched_are_told(self, series, agreed):
        done = close(series)

        assert held(series) == [NEXT]
        assert Session.objects.filter(series__name="远处", status="planned").count() == 2
        agreed.refresh_from_db()
        assert agreed.status == Assignment.Status.RELEASED
        told = Message.objects.filter(about=f"change:{done.change.pk}")
        assert sorted(told.values_list("person__name", flat=True)) == sorted([agreed.volunteer.person.name, "王秀英"])
        assert all("消防检查" in one.body for one in told)
        assert done.change.summary == "梧桐社区周六 9月12日停用，1 场停课"

    def test_the_notes_have_what_an_sms_about_them_says(self, series, agreed):
        done = close(series)
        Message.objects.update(status="sent", sent_at=NOW)
        undoing.undo(change=done.change, now=LATER, actor=None)
        account = Channel(open={"templates": dict.fromkeys(templates.BY_KIND, "1")})

        notes = Message.objects.filter(about=f"change:{done.change.pk}")
        assert {one.kind for one in notes} == {"change", "change-back", "class-change", "class-change-back"}
        for message in notes:
            template, _, values = templates.filled(
                account, Letter("", message.kind, "", "", message.link, facts=message.facts)
            )
            assert template.kind == message.kind and all(values.values())
        told = Message.objects.get(kind="class-change")
        assert told.facts["when"] == "周六 9月12日 09:30" and told.facts["what"] == "场地停用"

    def test_nothing_is_put_there_any_more(self, series):
        Session.objects.filter(on_date=SATURDAY, series=series).delete()
        close(series)

        done = classes.generate_term(term=series.term, now=NOW)

        assert held(series) == [NEXT]
        assert any(row["why"] == "智慧教室停用：消防检查" for row in done.skipped)
        edit = moving.Edit(days=-7)
        with pytest.raises(class_changes.RoomInUse, match="9月12日不能用（停用：消防检查）"):
            changing.move_sessions(
                session=series.sessions.get(on_date=NEXT), scope="one", edit=edit, reason="", now=NOW, actor=None
            )

    def test_a_class_that_moves_in_has_no_session_on_these_days(self, series):
        other = make.series("手工", weekdays=(5,), room=make.room("别处", community=make.community("兴园社区")))
        other.term = series.term
        other.save()
        classes.generate_term(term=series.term, now=NOW)
        close(series)
        shape = replace(
            reshaping.shape_of(other), room=series.room, starts=other.ends, ends=other.ends.replace(hour=13)
        )

        changing.reshape_series(series=other, shape=shape, since=None, reason="", now=NOW, actor=None)

        assert held(other) == [NEXT]

    def test_who_is_in_a_room_keeps_it_to_the_end(self, series):
        during = make.at("2026-09-12", "10:00")
        close(series, now=during)

        assert SATURDAY in held(series)
        assert RoomBooking.objects.get().starts_at == make.at("2026-09-12", "11:00")

    def test_a_room_added_meanwhile_is_shut_too(self, series):
        close(series)
        facts = rooms.RoomFacts(name="新教室", gap_minutes=0, **FACTS)

        made = rooms.add_room(community=series.community, facts=facts, now=NOW, actor=None)

        assert made.bookings.get().who == "停用：消防检查"

    def test_a_room_made_with_a_class_is_shut_too(self, series):
        close(series)
        wanted = replace(reshaping.said(series, reshaping.shape_of(series)), name="手工", room_name="新教室")

        series_actions.create_series(
            term=series.term,
            community=series.community,
            programme=series.programme,
            pattern=wanted,
            now=NOW,
            actor=None,
        )
        classes.generate_term(term=series.term, now=NOW)

        assert held(series.term.series.get(name="手工")) == [NEXT]

    @pytest.mark.parametrize(
        ("first", "last", "words"),
        [
            (NEXT, SATURDAY, "最后一天要在第一天之后"),
            (date(2026, 9, 1), date(2026, 9, 2), "已经过去了"),
            (SATURDAY, date(2028, 9, 2), "最多停用一年"),
        ],
    )
    def test_wrong_days_are_refused(self, series, first, last, words):
        with pytest.raises(venues.WrongDays, match=words):
            close(series, first, last)

    def test_twice_is_once(self, series):
        close(series)

        with pytest.raises(class_changes.NotHeld, match="已经停用了"):
            close(series)

    def test_taken_back_all_is_as_it_was(self, series, agreed):
        done = close(series, SATURDAY, NEXT)
        assert held(series) == []

        undoing.undo(change=done.change, now=LATER, actor=None)

        assert held(series) == [SATURDAY, NEXT]
        assert not VenueClosing.objects.exists() and not RoomBooking.objects.exists()
        agreed.refresh_from_db()
        assert agreed.status == "accepted"

    def test_in_use_again_earlier_than_said(self, series):
        close(series, SATURDAY, NEXT)

        for _ in range(2):
            venues.reopen_venue(closing=VenueClosing.objects.first() or VenueClosing(), now=NOW, actor=None)

        assert not RoomBooking.objects.exists() and held(series) == []

    def test_the_search_for_timetables_leaves_a_venue_that_is_mostly_shut(self, series):
        def closed_days():
            problem, _ = times.load_times(term=series.term, community=series.community, chosen=[series.pk], now=NOW)
            assert not any(one.booked for one in problem.rooms)  # a few shut days are not every week
            return sorted(next(one.closed for one in problem.venues if one.id == series.room.venue_id))

        close(series)
        assert closed_days() == []
        close(series, date(2026, 9, 17), date(2026, 9, 20))
        assert closed_days() == [5]

    @pytest.mark.django_db(transaction=True)
    def test_shutting_and_placing_at_one_moment(self, together):
        room = make.room()
        series = make.series(weekdays=(5,), room=room, term=make.term("短学期", date(2026, 9, 7), date(2026, 9, 20)))

        def press(number):
            if number % 2:
                return close(series, SATURDAY, NEXT)
            return classes.session_on(series=series, on_date=[SATURDAY, NEXT][number // 2 % 2], now=NOW)

        together(6, press)

        assert VenueClosing.objects.count() == 1
        assert not Session.objects.exclude(status="cancelled").exists()


class TestPages:
    @pytest.fixture
    def soon(self):
        """A session in ten days, with somebody who agreed."""
        day = timezone.localdate() + timedelta(days=10)
        session = make.session(day.isoformat(), of=make.series(room=make.room()))
        make.assignment(make.shift(session), make.volunteer(), now=timezone.now())
        return session

    def test_shown_before_done_after_and_back(self, client, soon):
        client.force_login(make.user())
        address = reverse("desk:venue-close", args=[soon.room.venue_id])
        said = {"first": soon.on_date.isoformat(), "last": soon.on_date.isoformat(), "reason": "装修"}
        assert address in client.get(reverse("desk:rooms")).content.decode()

        looked = client.get(address, {**said, "look": "1"}).content.decode()
        assert "影响 1 场，其中 1 场已有人答应" in looked and "周远" in looked and not VenueClosing.objects.exists()

        client.post(address, said)
        page = client.get(reverse("desk:rooms")).content.decode()
        assert "停用：装修" in page
        client.post(reverse("desk:venue-reopen", args=[VenueClosing.objects.get().pk]))
        assert not VenueClosing.objects.exists()

    def test_while_somebody_types_it_is_shown_and_waits_for_the_reason(self, client, soon):
        client.force_login(make.user())
        address = reverse("desk:venue-close", args=[soon.room.venue_id])
        said = {"first": f"{soon.on_date}", "last": f"{soon.on_date}", "reason": "", "look": "1"}
        live = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "will"}

        without = client.get(address, said, **live)
        whole = client.get(address, said | {"reason": "装修"}, **live).content.decode()

        assert without.status_code == 200
        assert "影响 1 场" in without.content.decode() and "先写原因，再停用</button>" in without.content.decode()
        assert "停用，通知 1 人</button>" in whole and 'name="reason" value="装修"' in whole
        assert client.get(address, said).status_code == 422, "whoever presses is told what is missing"
        assert not VenueClosing.objects.exists()

    def test_a_room_of_it_is_booked_by_nobody_and_not_freed_alone(self, client, soon):
        client.force_login(make.user())
        day = soon.on_date
        changing.close_venue(venue=soon.room.venue, first=day, last=day, reason="装修", now=timezone.now(), actor=None)
        booking = RoomBooking.objects.get()

        page = client.get(reverse("desk:room", args=[soon.room_id])).content.decode()
        assert "停用：装修" in page and "没有别人订" in page
        assert "别人订了" not in client.get(reverse("desk:rooms")).content.decode()
        assert client.get(f"/api/v1/rooms/{soon.room_id}/bookings").json()["count"] == 0
        assert client.post(reverse("desk:room-free", args=[booking.pk])).status_code == 404
        assert client.delete(f"/api/v1/bookings/{booking.pk}").status_code == 404
        rooms.free_room(booking=booking, now=timezone.now(), actor=None)
        assert RoomBooking.objects.exists()

    def test_without_a_reason_it_says_so(self, client, soon):
        client.force_login(make.user())
        day = soon.on_date.isoformat()

        page = client.post(reverse("desk:venue-close", args=[soon.room.venue_id]), {"first": day, "last": day})

        assert (page.status_code, "请写原因" in page.content.decode()) == (422, True)

    def test_by_api(self, client, soon):
        client.force_login(make.user())
        day = soon.on_date.isoformat()
        body = {"first": day, "last": day, "reason": "装修"}
        address = f"/api/v1/venues/{soon.room.venue_id}/close"

        assert client.post(f"{address}/preview", body, content_type="application/json").json()["sessions"] == 1
        assert client.post(address, body, content_type="application/json").status_code == 200
        listed = client.get(f"/api/v1/venues?community={soon.community_id}").json()["items"]
        closing = listed[0]["closings"][0]
        assert closing == {"id": closing["id"], **body}
        assert client.delete(f"/api/v1/closings/{closing['id']}").status_code == 204
