"""What a link shows in a chat: title, sentence and picture of each public page, and no name of anybody."""

from html.parser import HTMLParser

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from tests import make
from tests.volunteers.test_public_pages import coming
from volunteers.models import Shift

pytestmark = pytest.mark.django_db
PARTS = {"type", "title", "description", "image"}


class Card(HTMLParser):
    """The Open Graph properties of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "meta" and found.get("property", "").startswith("og:"):
            assert found["property"] not in self.said
            self.said[found["property"].removeprefix("og:")] = found["content"]


def card(client, path: str) -> dict[str, str]:
    return Card(client.get(path).content.decode()).said


def test_the_list_says_how_many_hands_are_missing(client):
    coming(needed=4)

    said = card(client, "/")

    assert said["title"] == f"{make.community().name}还缺 4 双手"
    assert said["image"] == "http://testserver/static/people/share-bird.png"


@pytest.mark.parametrize(
    ("kind", "what", "picture"), [("senior", "教老人用手机", "bird"), ("child", "陪孩子写作业", "clock")]
)
def test_a_session_says_when_what_and_where(client, kind, what, picture):
    session = coming(of=make.series("班", kind), needed=3)

    said = card(client, f"/s/{session.pk}/")

    assert said["title"].endswith(what) and f"{session.starts_at:%-d}日" in said["title"]
    assert "还缺 3 人" in said["description"] and make.community().name in said["description"]
    assert said["image"].endswith(f"share-{picture}.png")


def test_a_personal_page_shows_nobodys_name(client):
    who = make.known_phone(client, make.volunteer("林淑芬"))
    make.assignment(Shift.objects.get(session=coming()), who)

    for path in (f"/me/{who.token}/", f"/me/{who.token}/calendar/", "/me/lost/"):
        said = card(client, path)
        assert set(said) == PARTS
        assert "林淑芬" not in str(said) and who.token not in str(said)


@pytest.mark.parametrize("name", ["ask", "certificate-check", "privacy", "lost"])
def test_every_page_has_one_card(client, name):
    make.community()

    said = card(client, reverse(f"public:{name}"))

    assert set(said) == PARTS and all(said.values())


@pytest.mark.parametrize("picture", ["bird", "clock"])
def test_the_pictures_are_ours_and_small(picture):
    found = finders.find(f"people/share-{picture}.png")

    with open(found, "rb") as file:
        content = file.read()
    assert content.startswith(b"\x89PNG") and len(content) < 20_000
    assert int.from_bytes(content[16:20]) == int.from_bytes(content[20:24]) == 300
