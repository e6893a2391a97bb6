"""Every page of the product, measured on a running term: it answers, axe is content, nothing is too small or too wide."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.journeys.measures import TARGETS, TEXTS, complaints, overflow, small
from tests.journeys.running import as_staff, desk_pages, live, manager_pages, public_pages

pytestmark = pytest.mark.journey

WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}
NARROWEST = 320
# Pixels: the smallest letters, and the smaller side of what one clicks with a mouse or taps with a thumb.
DESK = {TEXTS: 13, TARGETS: 24}
PUBLIC = {TEXTS: 16, TARGETS: 48}
STATUS = {"full": 409, "over": 410, "missing": 404}
DARK = [
    "today",
    "week-gap",
    "term",
    "room-week",
    "session-slots",
    "review",
    "price",
    "why",
    "tiers",
    "preview",
    "list",
    "sign-up",
    "me",
]


def test_every_page(live_server, new_page, subtests):
    now = timezone.now()
    live(now)
    desk, public = desk_pages(now), public_pages(now)
    for size in (WIDE, PHONE):
        staff = as_staff(listening(new_page(**size)), live_server.url)
        anybody = listening(new_page(**size))
        visits = [(name, path, staff, DESK) for name, path in desk.items()]
        boss = as_staff(listening(new_page(**size)), live_server.url, "zhan")
        visits += [(name, path, boss, DESK) for name, path in manager_pages().items()]
        visits += [(name, path, anybody, PUBLIC) for name, path in public.items()]
        for name, path, page, floors in visits:
            with subtests.test(page=name, width=size["width"]):
                page.set_viewport_size({"width": size["width"], "height": size["height"]})
                measure(page, f"{live_server.url}{path}", STATUS.get(name, 200), floors)
        with subtests.test(page="sign-up with everything wrong", width=size["width"]):
            everything_wrong(anybody, f"{live_server.url}{public['sign-up']}?new=1")

    dark = as_staff(new_page(**PHONE, color_scheme="dark"), live_server.url)
    for name in DARK:
        with subtests.test(page=name, scheme="dark"):
            dark.goto(f"{live_server.url}{(desk | public)[name]}")
            assert complaints(dark, ["color-contrast"]) == []
            assert dark.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")


def listening(page: Page) -> Page:
    """The page with the errors of its console kept in `page.errors`."""
    page.errors = []
    page.on("console", lambda message: page.errors.append(message.text) if message.type == "error" else None)
    return page


def measure(page: Page, address: str, status: int, floors: dict[str, float]) -> None:
    """Everything that is asked of a page, in its own window and in the narrowest."""
    page.errors.clear()
    response = page.goto(address)

    faults = {
        "status": [] if response.status == status else [response.status],
        "axe": complaints(page),
        "too small": [fault for what, floor in floors.items() for fault in small(page, what, floor)],
        "console": [text for text in page.errors if f"status of {status}" not in text],
        "wider than 320 px": [too_much] if (too_much := overflow(page, NARROWEST)) > 0 else [],
    }
    assert {what: found for what, found in faults.items() if found} == {}


def everything_wrong(page: Page, address: str) -> None:
    """Errors stand at their fields, and the page is as good as before."""
    page.goto(address)
    page.get_by_label("手机号", exact=False).first.fill("1600003")
    page.get_by_role("button", name="报名").click()

    expect(page.get_by_text("少了 4 位，手机号要 11 位")).to_be_visible()
    assert complaints(page) == []
    assert [fault for what, floor in PUBLIC.items() for fault in small(page, what, floor)] == []
    assert overflow(page, NARROWEST) <= 0


def test_the_measures_notice_faults(page):
    """Otherwise silence would mean nothing."""
    page.set_content(
        "<!doctype html><p style='font-size: 9px; color: #eee'>很淡的字</p>"
        "<button style='width: 20px; height: 20px'>x</button><div style='width: 900px'>-</div>"
    )

    assert {fault.split(":")[0] for fault in complaints(page)} >= {"color-contrast", "page-has-heading-one"}
    assert small(page, TEXTS, 13) == ["9 px: 很淡的字"]
    assert small(page, TARGETS, 24) == ["20 px: BUTTON x"]
    assert overflow(page, NARROWEST) > 0
