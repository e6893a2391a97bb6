"""The door of the desk."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from tests import make

pytestmark = pytest.mark.django_db


def test_staff_come_in_and_land_where_they_wanted(client):
    make.user("chen", password="lin-ke-2026")
    make.community()

    answer = client.post(
        f"{reverse('desk:login')}?next={reverse('desk:week')}",
        {"username": "chen", "password": "lin-ke-2026", "next": reverse("desk:week")},
    )

    assert answer["Location"] == reverse("desk:week")


def test_a_wrong_password_keeps_the_name(client):
    make.user("chen", password="lin-ke-2026")

    page = client.post(reverse("desk:login"), {"username": "chen", "password": "falsch"})

    assert 'value="chen"' in page.content.decode()
    assert 'role="alert"' in page.content.decode()


def test_only_a_demonstration_tells_its_accounts(client, settings):
    settings.LINKE_DEMO = ""
    quiet = client.get(reverse("desk:login")).content.decode()
    settings.LINKE_DEMO = "用户名 chen"
    telling = client.get(reverse("desk:login")).content.decode()

    assert "这是演示" not in quiet
    assert "用户名 chen" in telling


def test_leaving_takes_a_press_not_a_link(client):
    client.force_login(make.user())

    assert client.get(reverse("desk:logout")).status_code == 405
    client.post(reverse("desk:logout"))
    assert client.get(reverse("desk:today")).status_code == 302


class TestWrongPasswords:
    @pytest.fixture(autouse=True)
    def nothing_counted(self):
        cache.clear()
        yield
        cache.clear()

    def knock(self, client, password, name="chen", address="203.0.113.7"):
        answer = {"username": name, "password": password}
        return client.post(reverse("desk:login"), answer, REMOTE_ADDR=address)

    def test_close_the_account_for_a_while_even_to_the_right_one(self, client):
        make.user("chen", password="lin-ke-2026")
        for _ in range(10):
            assert self.knock(client, "falsch").status_code == 200

        closed = self.knock(client, "lin-ke-2026")

        assert closed.status_code == 429
        assert "15 分钟以后再试" in closed.content.decode()
        assert "_auth_user_id" not in client.session

    def test_from_elsewhere_keep_nobody_out(self, client):
        make.user("chen", password="lin-ke-2026")
        for _ in range(10):
            self.knock(client, "falsch")

        assert self.knock(client, "lin-ke-2026", address="203.0.113.8").status_code == 302

    def test_are_forgotten_after_the_right_one(self, client):
        make.user("chen", password="lin-ke-2026")
        for _ in range(3):
            for _ in range(9):
                self.knock(client, "falsch")
            assert self.knock(client, "lin-ke-2026").status_code == 302
            client.logout()

    def test_for_many_accounts_close_the_address(self, client):
        make.user("chen", password="lin-ke-2026")
        for number in range(60):
            self.knock(client, "falsch", name=f"jemand{number}")

        assert self.knock(client, "lin-ke-2026").status_code == 429


def test_the_door_leads_only_inside(client):
    make.user("chen", password="lin-ke-2026")
    answer = {"username": "chen", "password": "lin-ke-2026", "next": "https://evil.example/"}

    inside = client.post(f"{reverse('desk:login')}?next=https://evil.example/", answer)

    assert inside["Location"] == reverse("desk:today")
