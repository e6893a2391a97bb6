"""快捷键: each can be switched off, and stays off with the account."""

import pytest
from django.urls import reverse

from people.views import KEYS
from tests import make

pytestmark = pytest.mark.django_db


def test_a_key_that_was_unticked_is_off_on_every_page(client):
    who = make.user()
    make.community()
    client.force_login(who)
    assert 'data-off="' not in client.get(reverse("desk:keys")).content.decode()

    client.post(reverse("desk:keys"), {"on": [name for name, _, _ in KEYS if name not in ("step", "publish")]})

    who.refresh_from_db()
    assert who.keys_off == ["step", "publish"]
    assert '<body data-off="step publish"' in client.get(reverse("desk:week")).content.decode()


def test_whoever_may_only_look_chooses_too(client):
    who = make.user("kan", role="viewer")
    client.force_login(who)

    assert client.post(reverse("desk:keys"), {"on": []}).status_code == 302
    who.refresh_from_db()
    assert len(who.keys_off) == len(KEYS)
