"""Keys that only read, how often a key may call, and counting that loses nothing."""

import time

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from people import tokens, visitors
from people.models import ApiToken, AuditEntry
from tests import make

pytestmark = pytest.mark.django_db
DAY = {"date": "2026-11-02", "day_type": "closed"}


def key(**said) -> dict[str, str]:
    """The header of a new key of the organiser."""
    user = said.pop("user", None) or make.user()
    _, secret = tokens.issue(user=user, name="试", now=make.at("2026-09-01"), **said)
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def within_a_minute():
    """Begin where a minute of the clock does not end while the test calls."""
    if time.time() % 60 > 50:
        time.sleep(60 - time.time() % 60)
    cache.clear()


class TestReadingKeys:
    def test_reads_all_that_its_owner_may_and_changes_nothing(self):
        here, headers = make.community(), key(reads_only=True)

        read = Client().get(f"/api/v1/calendar/caught?community={here.pk}", headers=headers)
        wrote = Client().post(
            "/api/v1/calendar/days", DAY | {"community": here.pk}, content_type="application/json", headers=headers
        )

        assert read.status_code == 200
        assert (wrote.status_code, wrote.json()["detail"]) == (
            403,
            "这个令牌只能读，不能改。要改，请建一个能改的令牌。",
        )
        assert not AuditEntry.objects.filter(verb="改了日历").exists()

    def test_is_made_on_the_page_which_says_when_it_was_used(self, client):
        client.force_login(make.user())

        page = client.post(reverse("desk:api-token-add"), {"name": "大屏", "reads_only": "on"})

        assert ApiToken.objects.get().reads_only
        assert "只读</span>" in page.content.decode() and "还没用过" in page.content.decode()
        assert AuditEntry.objects.get().summary == "大屏（只读）"
        Client().get("/api/v1/me", headers={"Authorization": f"Bearer {page.context['secret']}"})
        assert "还没用过" not in client.get(reverse("desk:api")).content.decode()


class TestPace:
    def test_too_many_calls_are_told_how_long_to_wait(self, settings, within_a_minute):
        settings.LINKE_API_RATE = 3
        headers, other = key(), key(user=make.user("li"))

        answers = [Client().get("/api/v1/me", headers=headers) for _ in range(4)]

        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert answers[3].json() == {"detail": "这个令牌一分钟里用得太多了，请等一会儿再试。", "fields": {}}
        assert 1 <= int(answers[3]["Retry-After"]) <= 60
        assert Client().get("/api/v1/me", headers=other).status_code == 200

    def test_what_is_refused_for_its_pace_changes_nothing(self, settings, within_a_minute):
        settings.LINKE_API_RATE = 1
        here, headers = make.community(), key()
        Client().get("/api/v1/me", headers=headers)

        answer = Client().post(
            "/api/v1/calendar/days", DAY | {"community": here.pk}, content_type="application/json", headers=headers
        )

        assert answer.status_code == 429
        assert not AuditEntry.objects.filter(verb="改了日历").exists()

    def test_the_desk_and_an_open_pace_are_not_counted(self, client, settings, within_a_minute):
        settings.LINKE_API_RATE = 1
        client.force_login(make.user())
        assert [client.get("/api/v1/me").status_code for _ in range(3)] == [200] * 3

        settings.LINKE_API_RATE = 0
        headers = key(user=make.user("li"))
        assert [Client().get("/api/v1/me", headers=headers).status_code for _ in range(3)] == [200] * 3

    @pytest.mark.django_db(transaction=True)
    def test_calls_at_one_moment_are_all_counted(self, settings, together, within_a_minute):
        settings.LINKE_API_RATE = 5
        headers = key()

        answers = together(12, lambda _: Client().get("/api/v1/me", headers=headers).status_code)

        assert sorted(answers) == [200] * 5 + [429] * 7

    def test_the_page_and_the_description_say_so(self, client):
        client.force_login(make.user())

        assert "一分钟最多 300 次" in client.get(reverse("desk:api")).content.decode()
        described = client.get("/api/v1/openapi.json").json()["paths"]["/api/v1/me"]["get"]["responses"]
        assert "429" in described


class TestCounting:
    @pytest.mark.django_db(transaction=True)
    def test_of_many_at_one_moment_none_is_lost(self, together):
        cache.clear()

        numbers = together(16, lambda _: visitors.count("at-one-moment", seconds=60))

        assert sorted(numbers) == list(range(1, 17))

    def test_the_period_ends_when_the_first_said(self):
        def ends() -> object:
            with connection.cursor() as cursor:
                cursor.execute("SELECT expires FROM cache WHERE cache_key LIKE %s", ["%a-period"])
                return cursor.fetchone()[0]

        visitors.count("a-period", seconds=3600)
        first = ends()

        assert visitors.count("a-period", seconds=10) == 2
        assert ends() == first

    def test_begins_again_when_it_is_over(self):
        visitors.count("short", seconds=1)
        time.sleep(2.1)

        assert visitors.count("short", seconds=60) == 1
