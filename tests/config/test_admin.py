"""The pages behind /admin/: rare data and accounts, for superusers."""

import pytest

from classes.models import CalendarDay, Programme
from people.models import User
from tests import make

pytestmark = pytest.mark.django_db
PAGES = [
    "people/user",
    "classes/community",
    "classes/venue",
    "classes/room",
    "classes/programme",
    "classes/calendarday",
    "classes/lesson",
]


@pytest.fixture
def boss(client):
    client.force_login(User.objects.create_superuser("guan", password="lin-ke-2026"))
    return client


@pytest.mark.parametrize("page", PAGES)
def test_every_list_and_form_opens(boss, page):
    make.room()
    make.programme("child")
    CalendarDay.objects.create(date="2026-10-01", day_type="holiday", status="official")

    assert boss.get(f"/admin/{page}/").status_code == 200
    assert boss.get(f"/admin/{page}/add/").status_code == 200


@pytest.mark.parametrize("role", User.Role.values)
def test_nobody_else_comes_in(client, role):
    client.force_login(make.user(role=role))

    assert client.get("/admin/people/user/").status_code == 302


def test_a_new_account_has_its_role(boss):
    boss.post(
        "/admin/people/user/add/",
        {
            "username": "lin",
            "role": "organiser",
            "usable_password": "true",
            "password1": "wutong-she-qu",
            "password2": "wutong-she-qu",
        },
    )

    assert User.objects.get(username="lin").may_organise
    assert boss.login(username="lin", password="wutong-she-qu")


def test_children_cannot_lose_their_second_adult(boss):
    made = make.programme("child")
    fields = {
        "name": made.name,
        "kind": "child",
        "on_workday": "run",
        "on_weekend": "skip",
        "on_holiday": "skip",
        "on_makeup": "run",
        "needs_clearance": "on",
        "minimum_adults": "1",
        "default_ratio": "8",
        "young_ratio": "6",
        "risk_note": "",
    }

    page = boss.post(f"/admin/classes/programme/{made.pk}/change/", fields)

    assert "至少两位成年人" in page.content.decode()
    assert Programme.objects.get().minimum_adults == 2
