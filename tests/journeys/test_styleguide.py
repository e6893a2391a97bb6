"""The pictures of all building blocks: by day, by night and in high contrast, on a desk and on a phone.

What is kept of a picture is its size and the mean colour of 12 × 6 fields, coarse enough that another version of the
browser draws the same and fine enough that a lost colour, a lost row or a burst box shows.
"""

import base64
import json
import os
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from people.styleguide import SPECIMENS
from tests.journeys.measures import TEXTS, complaints, overflow, small
from tests.journeys.running import as_staff
from tests.pictures import TO_PIXELS
from volunteers import demo

pytestmark = pytest.mark.journey

KEPT = Path(__file__).with_name("looks.json")
COLUMNS, ROWS = 12, 6
# The mean of all fields, and the worst of them, in steps of 255; sizes in parts of their own.
MEAN, WORST, SIZE = 6, 48, 0.06
ADDRESS = {"desk": "/styleguide/", "public": "/styleguide/public/"}
WAYS = {
    "day": {"color_scheme": "light", "width": 1440},
    "night": {"color_scheme": "dark", "width": 1440},
    "contrast": {"contrast": "more", "width": 1440},
    "phone": {"width": 390, "has_touch": True, "is_mobile": True},
    "phone at night": {"color_scheme": "dark", "width": 390, "has_touch": True},
}


def fingerprint(page: Page, slug: str) -> dict:
    """Size in pixels and the mean colours of the fields of one block's picture, row by row."""
    shot = page.locator(f"#s-{slug} .stage").screenshot(animations="disabled")
    address = "data:image/png;base64," + base64.b64encode(shot).decode()
    width, height, pixels = page.evaluate(TO_PIXELS, address)
    picture = np.frombuffer(base64.b64decode(pixels), dtype=np.uint8).reshape(height, width, 4)[:, :, :3]
    fields = [
        part.mean(axis=(0, 1)) for row in np.array_split(picture, ROWS) for part in np.array_split(row, COLUMNS, axis=1)
    ]
    return {"size": [width, height], "fields": "".join(f"{round(c):02x}" for field in fields for c in field)}


def differs(was: dict, now: dict) -> str:
    """How a picture differs from the kept one, in words; empty when it is the same to the eye."""
    sizes = [abs(a - b) / max(a, b) for a, b in zip(was["size"], now["size"], strict=True)]
    if max(sizes) > SIZE:
        return f"size {was['size']} became {now['size']}"
    steps = np.abs(
        np.subtract(*(np.frombuffer(bytes.fromhex(one["fields"]), np.uint8).astype(int) for one in (was, now)))
    )
    if steps.mean() > MEAN or steps.max() > WORST:
        return f"colours differ by {steps.mean():.1f} in the mean, {steps.max()} at most"
    return ""


def test_every_block_looks_as_it_did(live_server, new_page, subtests):
    demo.accounts()
    kept = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    found = {}
    for way, window in WAYS.items():
        page = as_staff(new_page(**window, reduced_motion="reduce"), live_server.url)
        for face, address in ADDRESS.items():
            page.goto(f"{live_server.url}{address}")
            with subtests.test(way=way, face=face):
                # A busy control cannot be used, so WCAG 1.4.3 asks nothing of it.
                assert [one for one in complaints(page, ["color-contrast"]) if ".htmx-request" not in one] == []
                assert small(page, TEXTS, 13) == []
            blocks = {f"{way}: {one.slug}": fingerprint(page, one.slug) for one in SPECIMENS if one.face == face}
            found |= blocks
            with subtests.test("looks", way=way, face=face):
                assert os.environ.get("KEEP_LOOKS") or differences(kept, blocks) == {}
            assert overflow(page, 320) <= 0
    if os.environ.get("KEEP_LOOKS"):
        KEPT.write_text(json.dumps(found, indent=0, sort_keys=True) + "\n", "utf-8")


def differences(kept: dict, found: dict) -> dict[str, str]:
    """Blocks that look different from what was kept; a block that was never kept is one."""
    words = {name: differs(kept[name], now) if name in kept else "was never kept" for name, now in found.items()}
    return {name: text for name, text in words.items() if text}


def test_a_changed_block_is_named(live_server, new_page):
    """Otherwise silence would mean nothing."""
    demo.accounts()
    page = as_staff(new_page(**WAYS["day"], reduced_motion="reduce"), live_server.url)
    page.goto(f"{live_server.url}{ADDRESS['desk']}")
    before = {slug: fingerprint(page, slug) for slug in ("buttons", "summary", "people")}
    page.evaluate("document.documentElement.style.setProperty('--act', '#c00000')")
    page.evaluate("document.querySelector('#s-people tbody tr').remove()")
    after = {slug: fingerprint(page, slug) for slug in before}

    assert "colours" in differs(before["buttons"], after["buttons"])
    assert "size" in differs(before["people"], after["people"])
