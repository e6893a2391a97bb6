"""The door of the desk."""

import pytest
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
