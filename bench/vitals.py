"""What a cheap phone sees: LCP, INP and CLS of the board, the match page and the public pages, in real Chromium.

    python -m bench.vitals [--runs 5] [-o FILE.json]

Starts the product with its demonstration, opens each page with an empty cache on the throttled profile of the
design guide (1.6 Mbit/s, 150 ms, processor six times slower) and once more without throttling. LCP and CLS are
the browser's own (PerformanceObserver); INP is the longest of a few interactions a person would make there, from
the input to the next frame. A first visit of each page is not counted. Prints a Markdown table of medians.
Exit status 1: a median above its bar.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import CHROMIUM_FLAGS, chromium, font_environment
from tests.screenshots import PASSWORD, USERNAME, demo

MEGABIT = 1_000_000 / 8
PROFILES: dict[str, dict[str, float]] = {
    "slow phone": {"down": 1.6 * MEGABIT, "up": 0.75 * MEGABIT, "latency": 150, "processor": 6},
    "unthrottled": {"down": -1, "up": -1, "latency": 0, "processor": 1},
}
# Milliseconds and shifts on the slow phone; None: measured, no bar.
BARS: dict[str, dict[str, float | None]] = {
    "list": {"lcp": 800, "inp": 100, "cls": 0.02},
    "sign-up": {"lcp": None, "inp": 100, "cls": 0.02},
    "board": {"lcp": 1000, "inp": 100, "cls": 0.02},
    "match": {"lcp": None, "inp": 100, "cls": 0.02},
}
OBSERVE = """() => {
    window.vitals = {lcp: 0, cls: 0, inp: 0}
    const watch = (type, see, more = {}) => new PerformanceObserver(list => list.getEntries().forEach(see))
        .observe({type, buffered: true, ...more})
    watch('largest-contentful-paint', entry => vitals.lcp = entry.startTime)
    watch('layout-shift', entry => { if (!entry.hadRecentInput) vitals.cls += entry.value })
    watch('event', entry => { if (entry.interactionId) vitals.inp = Math.max(vitals.inp, entry.duration) },
        {durationThreshold: 16})
}"""


def on_list(page: Page) -> None:
    """Somebody touches a day, then the headline."""
    page.locator(".wkstrip a").first.click()
    page.locator("h1").click()


def on_sign_up(page: Page) -> None:
    """Somebody types a name and leaves the field."""
    page.locator("input:visible").first.click()
    page.keyboard.type("周远", delay=40)
    page.keyboard.press("Tab")


def on_board(page: Page) -> None:
    """Somebody picks another day, then opens a gap."""
    page.locator("#strip a").last.click()
    page.wait_for_timeout(400)
    page.locator("[data-gap]").first.click()
    page.wait_for_timeout(1200)


def on_match(page: Page) -> None:
    """Somebody opens what else was thought of, or the first thing that opens."""
    if page.locator("#main summary").count():
        page.locator("#main summary").first.click()


PAGES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "list": ("/", on_list),
    "sign-up": ("", on_sign_up),
    "board": ("/desk/week/", on_board),
    "match": ("/desk/match/", on_match),
}


def visit(browser: Browser, address: str, cookies: list[Any], profile: dict[str, float], act: Callable) -> dict:
    """One opening of a page in a window of its own, with what the browser measured until after the interactions."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN", has_touch=True)
    context.add_cookies(cookies)
    page = context.new_page()
    page.add_init_script(f"({OBSERVE})()")
    cdp = context.new_cdp_session(page)
    cdp.send("Network.enable")
    network = {"latency": profile["latency"], "downloadThroughput": profile["down"], "uploadThroughput": profile["up"]}
    cdp.send("Network.emulateNetworkConditions", {"offline": False, **network})
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": profile["processor"]})
    page.goto(address, wait_until="load")
    page.wait_for_timeout(300)
    seen = page.evaluate("({...vitals})")
    act(page)
    page.wait_for_timeout(300)
    seen["inp"] = page.evaluate("vitals.inp")
    seen["cls"] = page.evaluate("vitals.cls")
    context.close()
    return seen


def measured(browser: Browser, address: str, runs: int) -> list[dict[str, Any]]:
    """A row for each profile and page: medians in milliseconds, shifts without a unit."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/desk/login/")
    page.locator("[name=username]").fill(USERNAME)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/desk/**")
    page.goto(address)
    sign_up = page.locator("a[href^='/s/']").first.get_attribute("href") or "/"
    cookies = context.cookies()
    rows = []
    for profile, limits in PROFILES.items():
        for name, (path, act) in PAGES.items():
            mine = cookies if path.startswith("/desk") else []
            found = [visit(browser, f"{address}{path or sign_up}", mine, limits, act) for _ in range(runs + 1)][1:]
            figures = {what: median(one[what] for one in found) for what in ("lcp", "inp", "cls")}
            rows.append({"profile": profile, "page": name, **figures})
    return rows


def missed(rows: list[dict[str, Any]]) -> list[str]:
    """Which bars were not reached on the slow phone."""
    return [
        f"{row['page']}: {what} {row[what]:.3g}, bar {bar}"
        for row in rows
        if row["profile"] == "slow phone"
        for what, bar in BARS[row["page"]].items()
        if bar is not None and row[what] > bar
    ]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("-o", "--output", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, demo() as address, sync_playwright() as playwright:
        fonts = {**os.environ, **font_environment(Path(folder))}
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS, env=fonts)
        rows = measured(browser, address, asked.runs)
        browser.close()
    print("| profile | page | LCP ms | INP ms | CLS |\n|---|---|---|---|---|")
    for row in rows:
        print(f"| {row['profile']} | {row['page']} | {row['lcp']:.0f} | {row['inp']:.0f} | {row['cls']:.3f} |")
    if asked.output:
        asked.output.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(*missed(rows), sep="\n")
    return 1 if missed(rows) else 0


if __name__ == "__main__":
    sys.exit(main())
