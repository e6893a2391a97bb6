"""Changes and timetables by API: looked at, made, refused and taken back as on the pages."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from classes import actions as classes
from classes.models import Change, Lesson, Session
from people.models import Message
from tests import make
from volunteers import tasks
from volunteers.models import Assignment, TimetableProposal

pytestmark = pytest.mark.django_db
SOON = timezone.localdate() + timedelta(days=10)
DAY, NEXT = SOON.isoformat(), (SOON + timedelta(days=1)).isoformat()


@pytest.fixture
def desk(client):
    """A browser in which an organiser is signed in."""
    client.force_login(make.user())
    return client


@pytest.fixture
def send(desk):
    """Call an operation: send("/days/close", {...})."""

    def call(address, body):
        return desk.post(f"/api/v1{address}", body, content_type="application/json")

    return call


@pytest.fixture
def session():
    """A session in ten days with somebody who agreed and two learners with a telephone."""
    of = make.series(weekdays=(SOON.weekday(),), room=make.room(), term=make.term("现在", SOON, SOON))
    for name, phone in (("王秀英", "16000000101"), ("李桂兰", "16000000102")):
        classes.enrol(learner=make.learner(name, phone=phone), series=of, weekdays=[], now=timezone.now())
    made = make.session(DAY, of=of, expected=2)
    make.assignment(make.shift(made), make.volunteer(), now=timezone.now())
    return made


def other_session() -> Session:
    """Another class of the same day in another room."""
    of = make.series("长者班", room=make.room("活动室"), term=make.term("现在", SOON, SOON))
    return make.session(DAY, of=of)


class TestChanges:
    """Each way."""

    def test_looking_shows_everybody_and_changes_nothing(self, send, session):
        looked = send(f"/sessions/{session.pk}/move/preview", {"seen": session.sequence, "on_date": NEXT})

        assert looked.status_code == 200, looked.content
        told = looked.json()
        assert (told["sessions"], told["agreed"], told["agreed_sessions"], told["people"]) == (1, ["周远"], 1, 3)
        assert [message["person"] for message in told["helpers"]] == ["周远"]
        assert not Message.objects.exists() and not Change.objects.exists()
        assert Session.objects.get(pk=session.pk).on_date == SOON

    def test_then_it_is_made_and_taken_back(self, desk, send, session):
        made = send(f"/sessions/{session.pk}/move", {"seen": session.sequence, "on_date": NEXT, "reason": "停电"})

        assert made.status_code == 200, made.content
        change = made.json()["change"]
        moved = Session.objects.get(pk=session.pk)
        assert (moved.on_date, moved.room) == (SOON + timedelta(days=1), session.room)
        assert Message.objects.count() == 3
        listed = desk.get(f"/api/v1/changes?community={session.community_id}").json()
        assert listed["items"] == [change]

        undone = send(f"/changes/{change['id']}/undo", {})

        assert undone.json()["undone_at"] is not None, undone.content
        assert Session.objects.get(pk=session.pk).on_date == SOON
        again = send(f"/changes/{change['id']}/undo", {})
        assert again.status_code == 409
        assert again.json()["detail"]

    def test_what_is_not_so_any_more_is_refused_as_on_the_page(self, desk, send, session):
        seen = session.sequence
        Session.objects.filter(pk=session.pk).update(room=make.room("别处"))

        answer = send(f"/sessions/{session.pk}/cancel", {"seen": seen, "reason": "停电"})

        page = desk.post(reverse("desk:session-change", args=[session.pk, "cancel"]), {"seen": seen, "reason": "停电"})
        assert (answer.status_code, page.status_code) == (409, 409)
        assert answer.json()["detail"] in page.content.decode()
        assert not Change.objects.exists()

    @pytest.mark.parametrize("end", ["", "/preview"])
    def test_a_room_that_is_taken_is_refused_as_on_the_page(self, desk, send, session, end):
        other = other_session()
        body = {"seen": session.sequence, "room": other.room_id}

        answer = send(f"/sessions/{session.pk}/move{end}", body)

        form = {"on_date": DAY, "time": "9:30-11:00", "room": other.room_id, "scope": "one", "seen": session.sequence}
        page = desk.post(reverse("desk:session-change", args=[session.pk, "move"]), form)
        assert (answer.status_code, page.status_code) == (409, 409)
        assert answer.json()["detail"].split("“")[0] in page.content.decode()
        assert not Change.objects.exists()

    def test_whoever_cannot_follow_is_named_and_let_go_only_when_asked(self, send, session):
        busy = other_session()
        Session.objects.filter(pk=busy.pk).update(
            starts_at=session.starts_at + timedelta(hours=4), ends_at=session.ends_at + timedelta(hours=4)
        )
        busy.refresh_from_db()
        make.assignment(make.shift(busy), Assignment.objects.get().volunteer, now=timezone.now())
        body = {"seen": session.sequence, "time": "13:30-15:00"}

        refused = send(f"/sessions/{session.pk}/move", body)
        assert refused.status_code == 409
        assert "周远" in refused.json()["detail"]

        made = send(f"/sessions/{session.pk}/move", body | {"releasing": True})

        assert made.status_code == 200, made.content
        assert Assignment.objects.get(session=session).status == "released"

    def test_a_reason_is_asked_for(self, send, session):
        answer = send(f"/sessions/{session.pk}/cancel", {"seen": session.sequence, "reason": ""})

        assert answer.status_code == 422
        assert answer.json()["fields"] == {"reason": ["请写原因，通知里会告诉大家。"]}

    def test_swap_merge_split_and_lesson(self, desk, send, session):
        other = other_session()
        around = desk.get(f"/api/v1/sessions/{session.pk}/around").json()
        assert [row["id"] for row in around["to_swap_with"]] == [other.pk]
        Lesson.objects.create(code="A1", stage="A", title="认识手机", learners_per_helper=2)

        swapped = send(f"/sessions/{session.pk}/swap", {"seen": session.sequence, "other": other.pk})
        assert swapped.status_code == 200, swapped.content
        session.refresh_from_db()
        assert session.room.name == "活动室"

        taught = send(f"/sessions/{session.pk}/lesson", {"seen": session.sequence, "lesson": "A1"})
        assert taught.status_code == 200, taught.content

        session.refresh_from_db()
        leaving = [around["learners"][1]["enrolment"]]
        body = {"seen": session.sequence, "enrolments": leaving, "time": "14:00-15:30"}
        split = send(f"/sessions/{session.pk}/split", body)
        assert split.status_code == 200, split.content
        assert session.parts.count() == 1

        other.refresh_from_db()
        merged = send(f"/sessions/{other.pk}/merge", {"seen": other.sequence, "other": 987654})
        assert merged.status_code == 422
        assert set(merged.json()["fields"]) == {"other"}

    def test_a_class_is_changed_with_everybody_told(self, send, session):
        address = f"/series/{session.series_id}/reshape"
        body = {"time": "19:00-20:30", "reason": "停电"}

        looked = send(f"{address}/preview", body).json()

        assert (looked["sessions"], looked["agreed_sessions"]) == (1, 1)
        assert not Change.objects.exists()
        made = send(address, body).json()
        assert "改到" in made["lines"][0]
        session.refresh_from_db()
        assert timezone.localtime(session.starts_at).hour == 19
        assert send(address, body).status_code == 409

    def test_a_day_is_closed(self, send, session):
        body = {"community": session.community_id, "date": DAY, "reason": "暴雨"}

        looked = send("/days/close/preview", body)
        assert looked.json()["sessions"] == 1, looked.content
        assert Session.objects.get(pk=session.pk).status == "planned"

        assert send("/days/close", body).status_code == 200
        assert Session.objects.get(pk=session.pk).status == "cancelled"

    def test_the_list_takes_as_many_queries_for_three_as_for_one(self, desk, send, session):
        address = f"/api/v1/changes?community={session.community_id}"
        counts = []
        for minutes in (10, 20, 30):
            session.refresh_from_db()
            body = {"seen": session.sequence, "time": f"9:{minutes}-11:00", "reason": "改"}
            answer = send(f"/sessions/{session.pk}/move", body)
            assert answer.status_code == 200, answer.content
            with CaptureQueriesContext(connection) as caught:
                desk.get(address)
            counts.append(len(caught))

        assert counts[0] == counts[2]


class TestTimetables:
    """The engine's runs."""

    @pytest.fixture
    def one(self):
        """A class without a time that suits its helpers."""
        one = make.series(
            "启蒙", room=make.room(), stated_leads=0, term=make.term("现在", SOON, SOON + timedelta(days=90))
        )
        for number in range(4):
            make.free(make.volunteer(f"助教{number}"), 4, "08:00", "12:00")
        return one

    def test_asked_for_found_compared_and_taken(self, desk, send, one):
        body = {"community": one.community_id, "term": one.term_id, "series": [one.pk], "first": "helpers"}
        asked = send("/timetables", body)
        assert asked.status_code == 202, asked.content
        run = asked.json()["id"]
        assert desk.get(f"/api/v1/timetables/{run}/result").status_code == 409

        assert tasks.run_timetable.call(run) == "ready"

        assert desk.get(f"/api/v1/timetables/{run}").json()["status"] == "ready"
        result = desk.get(f"/api/v1/timetables/{run}/result").json()
        line = result["timetables"][0]["lines"][0]
        assert (line["series"], line["when"][:2]) == (one.pk, "周五")
        assert send(f"/timetables/{run}/accept", {"number": 7}).status_code == 409
        taken = send(f"/timetables/{run}/accept", {"number": 0})
        assert taken.json() == {"moved": [one.pk], "same": [], "refused": []}
        assert [day.weekday for day in one.days.all()] == [4]
        assert send(f"/timetables/{run}/discard", {}).json()["detail"] == "这次的时间已经采纳或撤掉了。"

    def test_without_a_class_nothing_is_asked(self, send, one):
        answer = send("/timetables", {"community": one.community_id, "term": one.term_id, "series": []})

        assert answer.status_code == 422
        assert answer.json()["fields"] == {"series": ["请至少选一个班，最多 120 个。"]}
        assert not TimetableProposal.objects.exists()

    def test_every_other_time_with_both_figures_and_one_of_them_taken(self, desk, send, one):
        times = desk.get(f"/api/v1/series/{one.pk}/times").json()
        friday = next(day for day in times["days"] if day["weekday"] == "周五")
        cell = next(cell for cell in friday["times"] if not cell["why"])
        assert cell["helpers"].startswith("+")

        moved = send(f"/series/{one.pk}/move-to", {"to": cell["to"]})

        assert moved.status_code == 200, moved.content
        assert [day.weekday for day in one.days.all()] == [4]
        assert send(f"/series/{one.pk}/move-to", {"to": "morgen"}).status_code == 422
