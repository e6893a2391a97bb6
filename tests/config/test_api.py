"""Who may call the API and with what, its description, and its page."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from config.api import api
from people import tokens
from people.models import ApiToken, AuditEntry, User
from tests import make

pytestmark = pytest.mark.django_db
SCHEMA = api.get_openapi_schema()
OPERATIONS = [
    (method, address, told) for address, methods in SCHEMA["paths"].items() for method, told in methods.items()
]
WRITES = [(method, address) for method, address, _ in OPERATIONS if method != "get"]


def filled(address: str) -> str:
    """The address with numbers in it that nothing has."""
    return address.replace("{year}", "2026").replace("{pk}", "987654").replace("{weekday}", "1")


def call(client: Client, method: str, address: str, **headers: str):
    """Send an empty body."""
    body = {} if method == "get" else {"data": "{}", "content_type": "application/json"}
    return getattr(client, method)(filled(address), headers=headers, **body)


@pytest.mark.parametrize(("method", "address"), [(method, address) for method, address, _ in OPERATIONS])
def test_whoever_is_unknown_gets_nothing(client, method, address):
    answer = call(client, method, address)

    assert answer.status_code == 401
    assert answer.json()["detail"] == "请先登录，或者在 Authorization 里带上接口令牌。"
    assert call(client, method, address, Authorization="Bearer linke_guessed").status_code == 401


@pytest.mark.parametrize(("method", "address"), WRITES)
@pytest.mark.parametrize("role", [User.Role.VIEWER, User.Role.LEAD])
def test_whoever_may_only_look_changes_nothing(client, method, address, role):
    user = make.user(role=role)
    _, secret = tokens.issue(user=user, name="试", now=make.at("2026-09-01"))

    by_token = call(client, method, address, Authorization=f"Bearer {secret}")
    client.force_login(user)
    by_cookie = call(client, method, address)

    assert (by_token.status_code, by_cookie.status_code) == (403, 403)
    assert by_token.json()["detail"] == "您的账号只能看，不能改。请找站长开通“社工”角色。"


@pytest.mark.parametrize(("method", "address"), WRITES)
def test_a_cookie_alone_changes_nothing(method, address):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make.user())

    answer = call(strict, method, address)

    assert answer.status_code == 403
    assert "X-CSRFToken" in answer.json()["detail"]


def test_a_key_needs_no_form_token():
    _, secret = tokens.issue(user=make.user(), name="试", now=make.at("2026-09-01"))
    here = make.community()

    answer = Client(enforce_csrf_checks=True).post(
        "/api/v1/calendar/days",
        data={"community": here.pk, "date": "2026-11-02", "day_type": "closed"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )

    assert answer.status_code == 201, answer.content
    assert AuditEntry.objects.get(verb="改了日历").actor.username == "chen"


def test_every_operation_says_what_it_is_and_how_it_refuses():
    assert len(OPERATIONS) > 20
    for method, address, told in OPERATIONS:
        assert told["summary"] and told["description"] and told["tags"], address
        assert {401, 403, 404, 409, 422} <= set(told["responses"]), (method, address)
        assert told["security"], address


def test_the_database_keeps_no_key(client):
    client.force_login(make.user())

    page = client.post(reverse("desk:api-token-add"), {"name": "学校"})

    secret = page.context["secret"]
    assert secret in page.content.decode()
    row = ApiToken.objects.get()
    assert secret not in (row.digest, row.name)
    assert row.digest == tokens.digest_of(secret)
    assert secret not in client.get(reverse("desk:api")).content.decode()
    assert AuditEntry.objects.get().verb == "建了接口令牌"
    assert secret not in str(AuditEntry.objects.values())


def test_a_stopped_key_opens_nothing(client):
    user = make.user()
    token, secret = tokens.issue(user=user, name="试", now=make.at("2026-09-01"))
    headers = {"Authorization": f"Bearer {secret}"}
    assert Client().get("/api/v1/me", headers=headers).json() == {
        "username": "chen",
        "role": "organiser",
        "may_organise": True,
    }
    assert ApiToken.objects.get().used_at is not None

    client.force_login(user)
    client.post(reverse("desk:api-token-revoke", args=[token.pk]))

    assert Client().get("/api/v1/me", headers=headers).status_code == 401
    again = client.post(reverse("desk:api-token-revoke", args=[token.pk]), follow=True)
    assert "已经停用了" in again.content.decode()


def test_a_closed_account_has_no_key(client):
    user = make.user()
    _, secret = tokens.issue(user=user, name="试", now=make.at("2026-09-01"))
    User.objects.update(is_active=False)

    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


def test_nobody_stops_the_key_of_another(client):
    token, _ = tokens.issue(user=make.user("li"), name="试", now=make.at("2026-09-01"))
    client.force_login(make.user())

    assert client.post(reverse("desk:api-token-revoke", args=[token.pk])).status_code == 404


def test_the_page_shows_every_operation_without_any_script(client):
    client.force_login(make.user())

    page = client.get(reverse("desk:api")).content.decode()

    for _, address, told in OPERATIONS:
        assert address in page
        assert told["summary"] in page
    named = re.findall(r"""(?:href|src|action)=["']([^"']+)""", page)
    assert [one for one in named if not one.startswith(("/", "#", "?"))] == []
    assert "<script" not in page.partition("<main")[2].partition("</main>")[0]


def test_the_description_is_served_here(client):
    answer = client.get("/api/v1/openapi.json")

    assert answer.json()["info"]["title"] == "邻课"
    assert answer["Cache-Control"] == "private, no-store"
