"""Secret links stay out of logs and pages about people out of caches; error pages tell nothing."""

import logging

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from config.privacy import WithoutSecrets
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines():
    """What the product's log handler writes."""
    written = []

    class Keeper(logging.Handler):
        def emit(self, record):
            written.append(record.getMessage())

    keeper = Keeper()
    keeper.addFilter(WithoutSecrets())
    logging.getLogger().addHandler(keeper)
    yield written
    logging.getLogger().removeHandler(keeper)


def test_the_secret_of_a_link_is_in_no_line(client, lines):
    token = make.volunteer().token

    client.get(f"/me/{token}/987654/no/")
    client.get(f"/me/{token}/987654/yes/")
    Client(enforce_csrf_checks=True).post(f"/me/{token}/free/")

    assert len(lines) == 3
    assert all(token not in line for line in lines), lines
    assert all("/me/…/" in line for line in lines), lines


def test_every_line_passes_the_filter():
    handlers = settings.LOGGING["handlers"]

    assert all(one["filters"] == ["without-secrets"] for one in handlers.values())
    assert logging.getLogger("django").handlers == []


def test_pages_about_people_are_kept_in_no_cache(client):
    volunteer = make.volunteer()
    mine = client.get(reverse("public:me", args=[volunteer.token]))
    client.force_login(make.user())

    for page in (mine, client.get(reverse("desk:volunteers"))):
        assert "no-store" in page["Cache-Control"]


def test_a_secret_link_is_for_no_search_engine_and_no_other_site(client):
    page = client.get(reverse("public:me", args=[make.volunteer().token]))

    assert page["X-Robots-Tag"] == "noindex"
    assert page["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/nowhere/", "/me/wrong/", "/s/987654/", "/kept/wrong/"])
def test_what_is_not_there_is_said_in_words(client, path):
    page = client.get(path)

    assert page.status_code == 404
    assert "urlconf" not in page.content.decode().lower()
    assert "Traceback" not in page.content.decode()
    assert "<h1>" in page.content.decode()


def test_whoever_only_asks_for_the_head_gets_it(client):
    shift = make.shift()

    for path in ("/", "/privacy/", "/qr.svg", f"/s/{shift.session_id}/", f"/me/{make.volunteer().token}/"):
        assert client.head(path).status_code in (200, 410), path
