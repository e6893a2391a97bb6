"""Boards that are shown again for a moment: only while nothing that the staff or a volunteer did has changed them."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classes.actions import requesting
from people import audit, pages
from tests import make
from volunteers.actions import roster
from volunteers.queries import freshness, kept
from volunteers.queries.board import monday_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def keeping(settings):
    """For a while, and with nothing kept from before."""
    settings.LINKE_BOARD_KEPT = 60
    kept.boards.forget()
    pages.forget()


def reader(name="chen", role="organiser", **options):
    client = Client(**options)
    client.force_login(make.user(name, role))
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

    with django_assert_max_num_queries(4):
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


def test_a_session_that_begins_makes_another_version_and_no_news():
    shift, _ = place()
    session = shift.session
    week = {"community": session.community, "monday": monday_of(session.on_date)}
    before, begun = (session.starts_at + timedelta(minutes=minutes) for minutes in (-1, 1))

    assert freshness.version(**week, now=before) != freshness.version(**week, now=begun)
    assert freshness.version(**week, now=before) == freshness.version(**week, now=before - timedelta(days=1))
    assert freshness.stamp(**week, now=before) == freshness.stamp(**week, now=begun)


def test_a_request_that_comes_in_is_seen_at_once():
    shift, _ = place()
    client, asked = reader(), {"w": f"{shift.session.on_date}"}
    assert "怎么挂号" not in client.get(reverse("desk:week"), asked).content.decode()

    said = {"name": "李桂兰", "phone": "16000012346", "wish": "怎么挂号", "lesson": None, "times": []}
    asked_by = {"channel": "phone", "consent": True}
    requesting.ask(community=shift.session.community, **said, **asked_by, now=timezone.now())

    assert "怎么挂号" in client.get(reverse("desk:week"), asked).content.decode()


def test_the_open_gap_is_no_part_of_what_others_see():
    shift, _ = place()
    client, asked = reader(), {"w": f"{shift.session.on_date}"}
    opened = client.get(reverse("desk:week"), asked | {"gap": shift.pk}).content.decode()

    closed = client.get(reverse("desk:week"), asked).content.decode()

    assert "slot gap sel" in opened
    assert "slot gap sel" not in closed


def test_who_may_only_look_gets_a_page_without_buttons():
    shift, _ = place()
    asked = {"w": f"{shift.session.on_date}"}
    may = reader().get(reverse("desk:week"), asked).content.decode()

    only_look = reader("kan", "viewer").get(reverse("desk:week"), asked).content.decode()

    assert "补齐" in may
    assert "补齐" not in only_look


def test_each_reader_gets_a_token_of_their_own():
    shift, who = place()
    make.assignment(shift, who, "draft")
    asked = {"w": f"{shift.session.on_date}"}
    reader().get(reverse("desk:week"), asked)
    other = reader("zhan", enforce_csrf_checks=True)
    page = other.get(reverse("desk:week"), asked).content.decode()

    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    left = other.post(reverse("desk:logout"), {"csrfmiddlewaretoken": token})

    assert left.status_code == 302
    assert pages.MARK not in page


def test_what_was_just_said_to_one_is_not_said_to_others():
    shift, _ = place()
    asked = {"w": f"{shift.session.on_date}"}
    publisher, other = reader(), reader("zhan")
    publisher.post(reverse("desk:publish"), {"w": asked["w"], "seen": ""})

    told = publisher.get(reverse("desk:week"), asked).content.decode()

    assert "没有再发一遍" in told
    assert "没有再发一遍" not in other.get(reverse("desk:week"), asked).content.decode()
