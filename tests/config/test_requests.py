"""How many requests the first view of a page takes, in a real browser: each costs a cheap phone 150 ms."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from tests import make
from tests.journeys.running import as_staff

ROOT = Path(__file__).resolve().parent.parent.parent
# With the icon ("other", of which the browser tells or not) there are four.
FIRST_VIEW = ["document", "script", "stylesheet"]

pytestmark = pytest.mark.journey


def asked(page, address: str) -> list[str]:
    """What the browser fetches for a page, as kinds in the order of letters."""
    kinds: list[str] = []
    page.on("request", lambda request: kinds.append(request.resource_type))
    page.goto(address, wait_until="networkidle")
    assert kinds.count("other") <= 1
    return sorted(kind for kind in kinds if kind != "other")


@pytest.fixture
def shift(transactional_db):
    return make.ahead()


class TestFirstView:
    @pytest.mark.parametrize("address", ["/", "sign-up", "/desk/login/"])
    def test_a_public_page_takes_four_requests(self, live_server, page, shift, address):
        address = reverse("public:sign-up", args=[shift.session_id]) if address == "sign-up" else address

        assert asked(page, live_server.url + address) == FIRST_VIEW

    @pytest.mark.parametrize("name", ["today", "week", "match", "volunteers", "term"])
    def test_a_page_of_the_desk_takes_four_requests(self, live_server, page, shift, name):
        make.user()
        as_staff(page, live_server.url)

        assert asked(page, live_server.url + reverse(f"desk:{name}")) == FIRST_VIEW


def test_templates_name_sheets_and_scripts_by_their_tags():
    own = re.compile(r'rel="stylesheet"|<script')
    found = [path for app in ("people", "classes", "volunteers") for path in (ROOT / app).rglob("templates/**/*.html")]

    assert [str(path.relative_to(ROOT)) for path in found if own.search(path.read_text("utf-8"))] == []
