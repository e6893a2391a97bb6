"""Boards that are shown again for a moment: only while nothing that the staff or a volunteer did has changed them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from people import audit
from tests import make
from volunteers.actions import roster
from volunteers.queries import kept

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def keeping(settings):
    """For a while, and with nothing kept from before."""
    settings.LINKE_BOARD_KEPT = 60
    kept._kept.clear()


def reader():
    client = Client()
    client.force_login(make.user())
    return client


def place():
    day = timezone.localdate() + timedelta(days=7)
    shift = make.shift(make.session(f"{day}", make.series(weekdays=[day.weekday()])), needed=2)
    who = make.volunteer("林淑芬")
    make.free(who, day.weekday())
    return shift, who


def test_a_second_look_costs_few_queries_and_shows_the_same(django_assert_max_num_queries):
    shift, who = place()
    client, asked = reader(), {"w": f"{shift.session.on_date}"}
    make.assignment(shift, who, "draft")
    first = client.get(reverse("desk:week"), asked).content.decode()

    with django_assert_max_num_queries(7):
        second = client.get(reverse("desk:week"), asked).content.decode()

    assert "林淑芬" in second
    assert second.count("data-gap") == first.count("data-gap") == 1


def test_a_step_is_seen_at_once():
    shift, who = place()
    client, asked = reader(), {"w": f"{shift.session.on_date}"}
    assert "林淑芬" not in client.get(reverse("desk:week"), asked).content.decode()

    roster.place(shift=shift, volunteer=who, now=timezone.now(), actor=None)

    page = client.get(reverse("desk:week"), asked).content.decode()
    assert "林淑芬" in page
    assert page.count("data-gap") == 1


def test_an_act_of_the_staff_elsewhere_is_seen_at_once():
    shift, who = place()
    make.assignment(shift, who, "draft")
    client, asked = reader(), {"w": f"{shift.session.on_date}"}
    client.get(reverse("desk:week"), asked)

    who.person.name = "林淑芳"
    who.person.save()
    audit.write(actor=None, verb="改资料", thing=f"volunteer:{who.pk}", now=timezone.now())

    assert "林淑芳" in client.get(reverse("desk:week"), asked).content.decode()


def test_the_open_gap_is_no_part_of_what_others_see():
    shift, _ = place()
    client, asked = reader(), {"w": f"{shift.session.on_date}"}
    opened = client.get(reverse("desk:week"), asked | {"gap": shift.pk}).content.decode()

    closed = client.get(reverse("desk:week"), asked).content.decode()

    assert "slot gap sel" in opened
    assert "slot gap sel" not in closed
