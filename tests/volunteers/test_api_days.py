"""Free slots, days that changed and days on which nobody comes, by API: done as on the pages."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classes.actions import days
from classes.models import Change, Session
from people.models import AuditEntry, User
from tests import make
from volunteers.models import Absence, Organisation

pytestmark = pytest.mark.django_db
# Wednesday of next week, and the day after it.
SNOW = timezone.localdate() - timedelta(days=timezone.localdate().weekday()) + timedelta(days=9)
THURSDAY = SNOW + timedelta(days=1)


@pytest.fixture
def send(client):
    """Call as an organiser: send("post", "/absences", {...})."""
    client.force_login(make.user())

    def call(method, address, body=None):
        data = {"data": body, "content_type": "application/json"} if body is not None else {}
        return getattr(client, method)(f"/api/v1{address}", **data)

    return call


@pytest.fixture
def session() -> Session:
    """A session on that Wednesday, with somebody who agreed to help."""
    of = make.series(weekdays=(2,), room=make.room(), term=make.term("现在", SNOW, SNOW))
    made = make.session(SNOW.isoformat(), of=of)
    make.assignment(make.shift(made), make.volunteer())
    return made


class TestSlots:
    def test_a_slot_can_be_sent_on_to_the_move(self, send, session):
        week = send("get", f"/sessions/{session.pk}/slots").json()

        assert week["monday"] == (SNOW - timedelta(days=2)).isoformat()
        thursday = next(day for day in week["days"] if day["date"] == THURSDAY.isoformat())
        slot = thursday["slots"][0]
        assert (slot["time"], slot["room_name"], slot["stops"]) == ("09:30-11:00", "智慧教室", [])
        body = {"seen": session.sequence, "on_date": slot["on_date"], "time": slot["time"], "room": slot["room"]}
        moved = send("post", f"/sessions/{session.pk}/move", body)
        assert moved.status_code == 200, moved.content
        session.refresh_from_db()
        assert session.on_date == THURSDAY

    def test_another_week_by_any_of_its_days(self, send, session):
        week = send("get", f"/sessions/{session.pk}/slots?week={SNOW + timedelta(days=10)}").json()

        assert week["monday"] == (SNOW + timedelta(days=5)).isoformat()
        assert len(week["days"]) == 7

    def test_one_that_is_called_off_goes_nowhere(self, send, session):
        Session.objects.update(status="cancelled")

        assert send("get", f"/sessions/{session.pk}/slots").json()["days"] == []


class TestCaught:
    def test_listed_and_settled_in_one_call(self, send, session):
        other = make.session((SNOW + timedelta(days=2)).isoformat(), of=make.series("长者班", weekdays=(4,)))
        for day in (SNOW, other.on_date):
            days.set_day(said=days.DaySaid(day, "closed", "暴雪停课"), now=timezone.now(), actor=None)
        address = f"/calendar/caught?community={session.community_id}"
        listed = send("get", address).json()
        assert [
            (row["session"], row["was"], row["day_type"], row["rule"], row["known"]) for row in listed["items"]
        ] == [
            (session.pk, "workday", "closed", "skip", 1),
            (other.pk, "workday", "closed", "skip", 0),
        ]

        choices = [
            {"session": session.pk, "what": "move", "to": THURSDAY.isoformat()},
            {"session": other.pk, "what": "keep"},
        ]
        done = send("post", "/calendar/caught", {"community": session.community_id, "choices": choices})

        assert done.status_code == 200, done.content
        told = done.json()
        assert (told["kept"], told["moved"], told["cancelled"], told["people"]) == (1, 1, 0, 1)
        assert told["text"] == "照开 1 场，挪 1 场。通知 1 位志愿者的话备好了。"
        assert told["changes"] == [Change.objects.get().pk]
        assert send("get", address).json() == {"count": 0, "items": []}

    def test_one_that_somebody_settled_takes_the_others_along(self, send, session):
        days.set_day(said=days.DaySaid(SNOW, "closed", "暴雪停课"), now=timezone.now(), actor=None)
        choices = [{"session": session.pk, "what": "cancel"}, {"session": 987654, "what": "keep"}]

        answer = send("post", "/calendar/caught", {"community": session.community_id, "choices": choices})

        assert answer.status_code == 409
        assert answer.json()["detail"] == "有 1 场刚刚有人处理过了，请看现在的样子。"
        session.refresh_from_db()
        assert session.status == "planned"


class TestAbsences:
    def test_written_listed_and_taken_back(self, send):
        club = Organisation.objects.create(name="大学青协")
        make.volunteer("周远", organisation=club)
        assert send("get", "/organisations").json()["items"] == [{"id": club.pk, "name": "大学青协"}]
        body = {"organisation": club.pk, "kind": "exam", "starts_on": f"{SNOW}", "ends_on": f"{THURSDAY}"}

        made = send("post", "/absences", body)

        assert made.status_code == 201, made.content
        assert made.json() == body | {"id": Absence.objects.get().pk, "organisation_name": "大学青协"}
        (row,) = send("get", "/absences").json()["items"]
        assert (row["absence"], row["members"], row["places"]) == (made.json(), 1, 0)
        assert send("delete", f"/absences/{made.json()['id']}").status_code == 204
        assert not Absence.objects.exists()
        assert AuditEntry.objects.count() == 2


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/sessions/{pk}/slots", "desk:session-slots"),
        ("/calendar/caught?community={community}", "desk:caught"),
        ("/absences", "desk:absences"),
        ("/calendar/years/2026?community={community}", "desk:calendar"),
        ("/sessions/{pk}", "desk:session"),
        ("/changes?community={community}", "desk:changes"),
    ],
)
@pytest.mark.parametrize("role", User.Role.values)
def test_whoever_may_see_the_page_may_read_by_api(session, address, page, role):
    desk = Client()
    desk.force_login(make.user(role=role))

    seen = desk.get(reverse(page, args=[session.pk] if "{pk}" in address else []))
    read = desk.get("/api/v1" + address.format(pk=session.pk, community=session.community_id))

    assert read.status_code == seen.status_code, role
