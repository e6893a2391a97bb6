"""The week board on office screens: whoever waits is read by name, and no style is written into the page."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from classes.models import CalendarDay
from tests import make
from tests.journeys.running import as_staff

pytestmark = pytest.mark.journey

# Pixels of common office screens; 1366 is the usual laptop.
WIDTHS = [1280, 1366, 1440, 1536, 1920]
NAMES = ["侯宇", "诸葛明", "欧阳若兰"]
CUT = "() => [...document.querySelectorAll('.slot .who')].filter(e => e.scrollWidth > e.clientWidth).map(e => e.innerText)"

# What is cut in a head, or comes nearer to its edge than four pixels.
TIGHT = """() => [...document.querySelectorAll('.day > h2 > *')].filter(e =>
    e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflow !== 'visible' ||
    e.getBoundingClientRect().right > e.parentElement.getBoundingClientRect().right - 4
).map(e => e.innerText)"""


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


def test_the_heads_of_the_days_are_read_in_full(live_server, new_page, transactional_db, subtests):
    make.user()
    monday = timezone.localdate() + timedelta(days=7 - timezone.localdate().weekday())
    of = make.series(weekdays=range(7))
    for number in range(7):
        shift = make.shift(make.session(f"{monday + timedelta(days=number)}", of=of), needed=14)
        for who in range(14):
            make.assignment(shift, make.volunteer(f"侯宇{number}{who}"), "offered" if number == 3 else "accepted")
    stormy = monday + timedelta(days=1)
    CalendarDay.objects.create(
        date=stormy, day_type="closed", name="暴雨红色预警", community=of.community, status="local"
    )
    page = as_staff(new_page(), live_server.url)
    page.goto(f"{live_server.url}/desk/week/?w={monday}")

    expect(page.locator("#strip a").nth(1)).to_contain_text("停课")
    for width in [390, 820, *WIDTHS]:
        with subtests.test(width=width):
            page.set_viewport_size({"width": width, "height": 900})

            expect(page.locator(".day > h2 .off")).to_have_text("暴雨红色预警")
            assert page.evaluate(TIGHT) == [], "nothing is cut or touches the edge"
