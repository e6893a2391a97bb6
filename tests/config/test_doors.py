"""Who may open and who may change what: asked of every address there is, found by looking through the addresses."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from people.models import User
from tests import make

pytestmark = pytest.mark.django_db
DOOR = {"login", "logout"}
# What everybody of the staff changes for their own account alone.
OWN = {"password", "keys"}
# What stands in for each kind of part; nothing has this number, and the gate is asked before it is looked up.
PARTS = {"IntConverter": 987_654, "StringConverter": "x", "SlugConverter": "x"}
PUBLIC = {
    "my-calendar",
    "own-feed",
    "shift-file",
    "exchange-close",
    "hand",
    "swap",
    "swap-choose",
    "club",
    "club-absence",
    "club-absence-remove",
    "club-hold",
    "club-let-go",
    "club-take-off",
    "hold",
    "answer",
    "ask",
    "certificate-ask",
    "certificate-check",
    "cover",
    "cover-no",
    "cover-yes",
    "decline",
    "family",
    "family-come",
    "family-delegate",
    "family-excuse",
    "family-withdraw",
    "feed",
    "free-time",
    "in",
    "guardian",
    "kept",
    "list",
    "lost",
    "me",
    "mine",
    "not-me",
    "own-change",
    "privacy",
    "qr",
    "sign-up",
    "wait",
    "wait-act",
    "wechat",
}


def patterns(namespace: str) -> Iterator[URLPattern]:
    """Every address of a namespace."""
    for one in get_resolver().url_patterns:
        if isinstance(one, URLResolver) and one.namespace == namespace:
            yield from one.url_patterns


def address(namespace: str, pattern: URLPattern) -> str:
    parts = {name: PARTS[type(kind).__name__] for name, kind in pattern.pattern.converters.items()}
    return reverse(f"{namespace}:{pattern.name}", kwargs=parts)


DESK = {pattern.name: address("desk", pattern) for pattern in patterns("desk") if pattern.name not in DOOR}


def test_the_list_of_public_pages_is_short_and_known():
    assert {pattern.name for pattern in patterns("public")} == PUBLIC


def test_the_desk_was_found():
    assert len(DESK) > 40


@pytest.mark.parametrize("name", DESK)
@pytest.mark.parametrize("method", ["get", "post"])
def test_whoever_is_not_signed_in_is_sent_to_the_door(client, name, method):
    answer = getattr(client, method)(DESK[name])

    if answer.status_code != 405:
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("desk:login"))


@pytest.mark.parametrize("name", sorted(DESK.keys() - OWN))
@pytest.mark.parametrize("role", [User.Role.VIEWER, User.Role.LEAD])
def test_whoever_may_only_look_changes_nothing(client, name, role):
    client.force_login(make.user(role=role))

    answer = client.post(DESK[name], headers={"HX-Request": "true"})

    assert answer.status_code in (403, 405), answer.status_code


@pytest.mark.parametrize("name", DESK)
def test_every_change_needs_the_token_of_the_form(name):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make.user())

    answer = strict.post(DESK[name], headers={"HX-Request": "true"})

    assert answer.status_code in (403, 405), answer.status_code
