"""/healthz tells the truth about database and worker."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from config import health
from people.models import Heartbeat

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


def test_database_that_does_not_answer(client):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE people_heartbeat RENAME TO people_heartbeat_away")

    response = client.get("/healthz")

    assert response.status_code == 503
    assert response.json()["database"] == "away"


def test_asks_the_database_once(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get("/healthz")


def test_every_page_carries_the_strict_policy(client):
    policy = client.get("/healthz")["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
