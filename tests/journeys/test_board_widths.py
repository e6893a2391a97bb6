"""The week board on office screens: whoever waits is read by name, and no style is written into the page."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests import make
from tests.journeys.running import as_staff

pytestmark = pytest.mark.journey

# Pixels of common office screens; 1366 is the usual laptop.
WIDTHS = [1280, 1366, 1440, 1536, 1920]
NAMES = ["侯宇", "诸葛明", "欧阳若兰"]
CUT = "() => [...document.querySelectorAll('.slot .who')].filter(e => e.scrollWidth > e.clientWidth).map(e => e.innerText)"


@pytest.fixture
def board(live_server, new_page, transactional_db) -> Page:
    """Next week's board with drafts, people who wait, people who agreed, and two gaps."""
    make.user()
    make.community()
    day = timezone.localdate() + timedelta(days=7)
    shift = make.shift(make.session(f"{day}", of=make.series(weekdays=[day.weekday()])), needed=11)
    for state in ("draft", "offered", "accepted"):
        for name in NAMES:
            make.assignment(shift, make.volunteer(name), state)
    page = as_staff(new_page(), live_server.url)
    page.goto(f"{live_server.url}/desk/week/?w={day}")
    return page


def test_no_name_is_cut(board, subtests):
    for width in WIDTHS:
        with subtests.test(width=width):
            board.set_viewport_size({"width": width, "height": 768})

            assert board.evaluate(CUT) == []
            assert board.locator(".slot.wait").first.aria_snapshot().count("待回") == 1

    board.set_viewport_size({"width": 1280, "height": 768})
    board.locator(".slot.wait .who").first.evaluate("e => { e.textContent = '阿卜杜热西提·买买提' }")
    assert board.evaluate(CUT) == ["阿卜杜热西提·买买提"], "the measure notices what is cut"


def test_publishing_stays_in_sight_and_no_count_of_people_is_cut(board, subtests):
    counts = "() => [...document.querySelectorAll('.ses .pl')].filter(e => e.scrollWidth > e.clientWidth).length"
    publish = board.get_by_role("link", name="发布，通知")
    for width in WIDTHS:
        with subtests.test(width=width):
            board.set_viewport_size({"width": width, "height": 768})

            box, head = publish.bounding_box(), board.locator("header.top").bounding_box()
            assert round(box["x"] + box["width"]) == round(head["x"] + head["width"]), "where 采纳 stands too"
            assert box["y"] < (100 if width < 1440 else 40)
            assert board.evaluate(counts) == 0


def test_a_text_box_drawn_larger_stays_within_the_policy(board):
    errors = []
    board.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    board.locator("[data-gap]").first.click()
    expect(board.locator("#side")).to_contain_text("补这个空缺")
    board.locator("#recruit-text").evaluate("box => { box.style.height = '300px' }")

    with board.expect_response(lambda response: "gap=" in response.url):
        board.locator("[data-gap]").last.click()
    board.wait_for_function("() => !document.querySelector('.htmx-settling, .htmx-swapping, .htmx-request')")
    expect(board.locator("#recruit-text")).not_to_have_attribute("style", "height: 300px;")

    assert errors == []
