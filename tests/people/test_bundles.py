"""One sheet and one script a page: what is in them, how they travel, how long they are kept."""

import gzip
import re

import brotli
import pytest
from django.template import Context, Template

from people import bundles


def address_of(tag: str) -> str:
    page = Template("{% load linke %}" + tag).render(Context())
    return re.search(r'(?:href|src)="([^"]+)"', page)[1]


class TestSheet:
    def test_a_face_is_one_sheet_with_everything_in_order(self, client):
        sheet = client.get(address_of('{% sheet "public" %}')).content.decode()

        assert sheet.index("--act:") < sheet.index(".skip") < sheet.index(".ptop")
        assert "/*" not in sheet

    def test_what_a_page_adds_comes_last(self, client):
        sheet = client.get(address_of('{% sheet "desk" "volunteers/week.css" %}')).content.decode()

        assert sheet.startswith(client.get(address_of('{% sheet "desk" %}')).content.decode())
        assert len(sheet) > len(bundles.bundle("desk", "css").plain.decode())

    def test_the_desk_has_one_script(self, client):
        answer = client.get(address_of('{% script "desk" %}'))

        assert answer["Content-Type"].startswith("text/javascript")
        assert b"htmx" in answer.content and b"data-copy" in answer.content

    @pytest.mark.parametrize(("way", "undo"), [("br", brotli.decompress), ("gzip", gzip.decompress), ("", bytes)])
    def test_it_travels_as_the_browser_asks(self, client, way, undo):
        answer = client.get(address_of('{% sheet "desk" %}'), headers={"Accept-Encoding": way})

        assert answer.get("Content-Encoding", "") == way
        assert undo(answer.content) == bundles.bundle("desk", "css").plain
        assert "Accept-Encoding" in answer["Vary"]

    def test_it_is_kept_for_a_year_under_the_name_of_its_state_only(self, client):
        here = address_of('{% sheet "public" %}')
        elsewhere = re.sub(r"\.[0-9a-f]+\.css", ".0123456789ab.css", here)

        assert "immutable" in client.get(here)["Cache-Control"]
        assert client.get(elsewhere)["Cache-Control"] == "no-cache"

    @pytest.mark.parametrize(
        "name",
        [
            *("people", "desk+volunteers-nothing", "desk+config-settings", "desk+"),
            "desk+volunteers-week+volunteers-week",
            "desk+volunteers-week+classes-classes+classes-a3+classes-requests",
        ],
    )
    def test_other_names_are_not_found(self, client, name):
        assert client.get(f"/bundle/{name}.0123456789ab.css").status_code == 404
