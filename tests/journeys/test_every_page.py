"""Every page of the product, measured on a running term: it answers, axe is content, nothing is too small or too wide."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.journeys.measures import TARGETS, TEXTS, complaints, overflow, small
from tests.journeys.running import (
    agreed,
    as_guardian,
    as_staff,
    as_volunteer,
    desk_pages,
    live,
    manager_pages,
    public_pages,
)

pytestmark = pytest.mark.journey

# How staff and volunteers hold it: a mouse at a desk; a thumb on a tablet, a phone, and the smallest phone.
POINTER = {"widths": [1440], "window": {"width": 1440, "height": 900}}
TOUCH = {"widths": [820, 390, 320], "window": {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}}
HANDS = {"pointer": POINTER, "touch": TOUCH}
# Pixels: the smallest letters, and the smaller side of what one clicks with a mouse or taps with a thumb.
LETTERS = {"desk": 13, "public": 16}
SIDES = {"pointer": {"desk": 24, "public": 48}, "touch": {"desk": 48, "public": 48}}
KNOWN = "a volunteer or a guardian on their own phone"
STATUS = {"full": 409, "over": 410, "missing": 404, "family": 403}


@pytest.mark.parametrize("hand", HANDS)
def test_every_page(live_server, new_page, subtests, hand):
    now = timezone.now()
    live(now)
    window = HANDS[hand]["window"]
    visits = [(name, path, "desk", "chen") for name, path in desk_pages(now).items()]
    visits += [(name, path, "desk", "zhan") for name, path in manager_pages().items()]
    visits += [(name, path, "public", "") for name, path in public_pages(now).items()]
    known = [
        (name, public_pages(now)[name])
        for name in ("list", "me", "me-new", "sign-up", "in-scanned", "certificate-ask", "family")
    ]
    visits += [(f"{name} on a known phone", path, "public", KNOWN) for name, path in known]
    people = {who: listening(new_page(**window)) for _, _, _, who in visits}
    for who, page in people.items():
        if who == KNOWN:
            as_volunteer(as_guardian(page, live_server.url), live_server.url, agreed(now).volunteer)
        elif who:
            as_staff(page, live_server.url, who)
    for name, path, face, who in visits:
        with subtests.test(page=name, hand=hand):
            floors = {TEXTS: LETTERS[face], TARGETS: SIDES[hand][face]}
            people[who].set_viewport_size({"width": window["width"], "height": window["height"]})
            measure(people[who], f"{live_server.url}{path}", STATUS.get(name, 200), floors, HANDS[hand]["widths"])
    with subtests.test(page="sign-up with everything wrong", hand=hand):
        everything_wrong(people[""], f"{live_server.url}{public_pages(now)['sign-up']}?new=1")


def listening(page: Page) -> Page:
    """The page with the errors of its console kept in `page.errors`."""
    page.errors = []
    page.on("console", lambda message: page.errors.append(message.text) if message.type == "error" else None)
    return page


def measure(page: Page, address: str, status: int, floors: dict[str, float], widths: list[int]) -> None:
    """Everything that is asked of a page, at each width, by day and by night."""
    page.errors.clear()
    page.emulate_media(color_scheme="light", reduced_motion="reduce")  # colours do not fade from one to the other
    response = page.goto(address)
    assert response.status == status
    faults = {"console": [text for text in page.errors if f"status of {status}" not in text]}
    for width in widths:
        faults[f"wider than {width} px"] = [too_much] if (too_much := overflow(page, width)) > 0 else []
        faults[f"too small at {width} px"] = [one for what, floor in floors.items() for one in small(page, what, floor)]
        page.emulate_media(color_scheme="light")
        faults[f"axe at {width} px, light"] = complaints(page)
        page.emulate_media(color_scheme="dark")  # nothing but the colours differs
        faults[f"axe at {width} px, dark"] = complaints(page, ["color-contrast"])
    found = [f"{what}: {one}" for what, ones in faults.items() for one in ones]
    assert not found, "\n".join(found)


def everything_wrong(page: Page, address: str) -> None:
    """Errors stand at their fields, and the page is as good as before."""
    page.goto(address)
    page.get_by_label("手机号", exact=False).first.fill("1600003")
    page.get_by_role("button", name="报名").click()

    expect(page.get_by_text("少了 4 位，手机号要 11 位")).to_be_visible()
    assert complaints(page) == []
    assert small(page, TEXTS, LETTERS["public"]) + small(page, TARGETS, SIDES["touch"]["public"]) == []
    assert overflow(page, 320) <= 0


def test_the_measures_notice_faults(page):
    """Otherwise silence would mean nothing."""
    page.set_content(
        "<!doctype html><p style='font-size: 9px; color: #eee'>很淡的字</p>"
        "<button style='width: 20px; height: 20px'>x</button><div style='width: 900px'>-</div>"
    )

    assert {fault.split(":")[0] for fault in complaints(page)} >= {"color-contrast", "page-has-heading-one"}
    assert small(page, TEXTS, 13) == ["9 px: 很淡的字"]
    assert small(page, TARGETS, 24) == ["20 px: BUTTON x"]
    assert overflow(page, 320) > 0
