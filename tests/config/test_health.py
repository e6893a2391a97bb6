"""/healthz tells the truth about database and worker."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django_q.models import OrmQ

from config import background, health
from people import outbox
from people.models import Heartbeat, Message
from tests import make

pytestmark = pytest.mark.django_db


def beat(seconds_ago: float) -> None:
    Heartbeat.objects.create(name="worker", beat_at=timezone.now() - timedelta(seconds=seconds_ago))


def test_worker_that_never_ran(client):
    response = client.get("/healthz")

    assert response.status_code == 200
    assert response.json() == {"database": "ok", "worker": "never", "worker_seconds": None}


def test_worker_that_ran_just_now(client):
    beat(seconds_ago=3)

    answer = client.get("/healthz").json()

    assert answer["worker"] == "ok"
    assert 3 <= answer["worker_seconds"] < 10


def test_late_worker_is_said_while_pages_still_work(client):
    beat(seconds_ago=health.LATE_AFTER + 1)

    response = client.get("/healthz")

    assert response.status_code == 200
    assert response.json()["worker"] == "late"


def test_a_watched_worker_is_late_sooner(client):
    beat(seconds_ago=health.LATE_AFTER_SUPERVISED + 1)
    assert client.get("/healthz").json()["worker"] == "ok"

    background.say_supervised(now=timezone.now())

    assert client.get("/healthz").json()["worker"] == "late"


class TestReady:
    def test_everything_gets_done(self, client):
        beat(seconds_ago=3)

        response = client.get("/readyz")

        assert response.status_code == 200
        assert response.json()["notes"] == {"due": 0, "oldest_seconds": None}

    @pytest.mark.parametrize("seconds", [None, health.LATE_AFTER + 1])
    def test_a_worker_without_progress(self, client, seconds):
        if seconds:
            beat(seconds)

        response = client.get("/readyz")

        assert (response.status_code, response.json()["worker"]) == (503, "late" if seconds else "never")

    @pytest.mark.parametrize(("minutes", "status"), [(9, 200), (11, 503)])
    def test_a_note_that_nobody_sends_although_the_worker_beats(self, client, minutes, status):
        beat(seconds_ago=3)
        since = timezone.now() - timedelta(minutes=minutes)
        message = outbox.write(person=make.person(), kind="offer", about="1", subject="", body="", link="/", now=since)
        Message.objects.update(not_before=since)

        response = client.get("/readyz")

        assert (response.status_code, response.json()["notes"]["due"]) == (status, 1), message

    @pytest.mark.parametrize(("minutes", "status"), [(9, 200), (11, 503)])
    def test_a_task_that_nobody_takes_although_the_worker_beats(self, client, minutes, status):
        """The queue lock of a killed worker: nothing runs, and django-q2's own heartbeat stays green."""
        beat(seconds_ago=3)
        background.enqueue("people.tasks.beat")
        OrmQ.objects.update(lock=timezone.now() - timedelta(minutes=minutes))

        response = client.get("/readyz")

        assert (response.status_code, response.json()["tasks"]["waiting"]) == (status, 1)

    def test_asks_the_database_three_times(self, client, django_assert_num_queries):
        with django_assert_num_queries(3):
            client.get("/readyz")


def test_database_that_does_not_answer(client):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE people_heartbeat RENAME TO people_heartbeat_away")

    response = client.get("/healthz")

    assert response.status_code == 503
    assert response.json()["database"] == "away"
    assert client.get("/readyz").status_code == 503


def test_asks_the_database_once(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get("/healthz")


def test_every_page_carries_the_strict_policy(client):
    policy = client.get("/healthz")["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
