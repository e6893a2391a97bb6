"""What a cheap phone loads of each public page: kilobytes and nodes of the answer (design guide section 5.4)."""

import gzip
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.utils import timezone

from tests import make
from volunteers.models import Shift

pytestmark = pytest.mark.django_db
KILOBYTES, NODES = 10, 800


class Nodes(HTMLParser):
    """Counts elements."""

    found = 0

    def handle_starttag(self, tag, attrs):
        self.found += 1


@pytest.fixture
def pages(client) -> dict[str, str]:
    """A full week, a full session, and the page of somebody with six places."""
    today = timezone.localdate()
    for number in range(10):
        kind = "child" if number % 3 == 0 else "senior"
        day = today + timedelta(days=1 + number % 6)
        session = make.session(f"{day}", of=make.series(f"班{number}", kind))
        make.shift(session, "tutor" if kind == "child" else "helper", needed=6)
    who = make.known_phone(client, make.volunteer("周远", "16000000001"))
    open_shifts = list(Shift.objects.filter(role__code="helper").order_by("session__starts_at"))
    placed = make.assignment(open_shifts[0], who)
    for day in range(7):
        make.free(who, day)
    return {
        "list": "/",
        "sign-up": f"/s/{open_shifts[1].session_id}/?new=1",
        "me": f"/me/{who.token}/",
        "done": f"/me/{who.token}/?new={placed.pk}",
        "decline": f"/me/{who.token}/{placed.pk}/no/",
        "lost": "/me/lost/",
        "privacy": "/privacy/",
    }


def test_every_page_is_small(client, pages):
    sizes, nodes = {}, {}
    for name, path in pages.items():
        answer = client.get(path)
        assert answer.status_code == 200, name
        counted = Nodes()
        counted.feed(answer.content.decode())
        sizes[name], nodes[name] = len(gzip.compress(answer.content)) / 1024, counted.found

    assert {name: size for name, size in sizes.items() if size > KILOBYTES} == {}
    assert {name: found for name, found in nodes.items() if found > NODES} == {}


def test_they_need_no_htmx(client, pages):
    assert [name for name, path in pages.items() if b"htmx.min.js" in client.get(path).content] == []
