"""From pressing 补齐 to the first proposal and to the proven one, in the running product.

    python bench/first_proposal.py [--runs 3] [--place street|community] [--data DIR] [-o FILE.json]

Starts the product (web and worker, SQLite unless DATABASE_URL says otherwise) on a street of eight
communities and four weeks, logs in, presses, and asks for the page as often as the page itself tells a browser
to. A first run warms up and is not counted. Prints a Markdown table of seconds:

  answered   the press is answered with the proposal's page
  picked up  the worker has taken the proposal (what the queue costs)
  first      the page shows a plan that breaks no rule, with its counts
  proven     the page says that no plan is better
  ready      the page shows every row with its reasons, to be ticked

A second table gives the processor seconds that web and worker used until then: on a busy machine these are
what can be compared. Exit status 1: the first took more than 2 seconds or the proven one more than 10.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from functools import partial
from http.cookiejar import CookieJar
from pathlib import Path
from statistics import median
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import psutil

ROOT = Path(__file__).resolve().parent.parent
LOGIN = {"username": "chen", "password": "linke-demo-2026"}
STEPS = ("answered", "picked up", "first", "proven", "ready")
BARS = {"first": 2.0, "proven": 10.0}
LOOK_EVERY, GIVE_UP = 0.1, 120.0


class Browser:
    """Cookies, forms with their token, and nothing else."""

    def __init__(self, address: str) -> None:
        self.address, self.cookies = address, CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.cookies))

    def get(self, path: str, **headers: str) -> tuple[str, str]:
        """The address one ends at, and the page."""
        with self.opener.open(Request(self.address + path, headers=headers), timeout=30) as response:
            return response.geturl().removeprefix(self.address), response.read().decode()

    def post(self, path: str, page: str, **fields: str) -> str:
        """Send a form with the token of the page it stands on; the address one ends at."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        body = urlencode({**fields, "csrfmiddlewaretoken": token.group(1) if token else ""}).encode()
        request = Request(self.address + path, body, {"Referer": self.address + path})
        with self.opener.open(request, timeout=30) as response:
            return response.geturl().removeprefix(self.address)


@contextmanager
def product(folder: str) -> Any:
    """Web and worker on a free port; gives a browser in which somebody is logged in."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "config.serve", "--port", str(port), "--data", folder, "--street"]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    browser = Browser(f"http://localhost:{port}")
    try:
        until(lambda: process.poll() is not None or _login(browser), GIVE_UP)
        yield browser, partial(used, process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def used(process: subprocess.Popen[bytes]) -> float:
    """Processor seconds of the product so far, all its processes together."""
    found = 0.0
    for one in [*(parent := psutil.Process(process.pid)).children(recursive=True), parent]:
        with suppress(psutil.NoSuchProcess):
            found += one.cpu_times().user + one.cpu_times().system
    return found


def _login(browser: Browser) -> bool:
    try:
        _, page = browser.get("/desk/login/")
    except (URLError, OSError):
        return False
    return browser.post("/desk/login/", page, **LOGIN).startswith("/desk/")


def until(answer: Callable[[], Any], seconds: float) -> Any:
    """The first true answer."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := answer():
            return found
        time.sleep(LOOK_EVERY)
    raise TimeoutError(f"nothing happened within {seconds} s")


def press(browser: Browser, processor: Callable[[], float], place: str) -> dict[str, tuple[float, float]]:
    """One press, and when each step was on screen: seconds after it, and seconds of processor."""
    today = date.today()
    monday = today + timedelta(days=7 - today.weekday())
    days = {"span": "own", "from": str(monday), "to": str(monday + timedelta(days=27)), "where": place}
    _, form = browser.get("/desk/match/?new=1")
    began = time.monotonic()
    work = processor()
    seen: dict[str, tuple[float, float]] = {}

    def at(step: str, *, is_there: bool = True) -> None:
        if is_there and step not in seen:
            seen[step] = round(time.monotonic() - began, 2), round(processor() - work, 2)

    address = browser.post("/desk/match/start/", form, **days)
    at("answered")

    def ready() -> bool:
        _, page = browser.get(address)
        is_review = 'id="review"' in page
        at("picked up", is_there=is_review or "马上开始" not in page)
        at("first", is_there=is_review or "sofar-title" in page)
        at("proven", is_there="已证明" in page or (is_review and "离最好" not in page and "不保证" not in page))
        at("ready", is_there=is_review)
        time.sleep(_pause(page))
        return is_review

    until(ready, GIVE_UP)
    return seen


def _pause(page: str) -> float:
    """How long a browser waits before it asks again, as the page says."""
    said = re.search(r'hx-trigger="every (\d+)(m?s)"', page)
    return int(said[1]) / (1000 if said[2] == "ms" else 1) - LOOK_EVERY if said else 0.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--place", choices=("street", "community"), default="street")
    parser.add_argument("--data", help="folder of a database to keep (a temporary one)")
    parser.add_argument("-o", "--output", type=Path, help="write every run as JSON here")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="linke-bench-") as folder,
        product(given.data or folder) as (browser, processor),
    ):
        runs = [press(browser, processor, given.place) for _ in range(given.runs + 1)]
    middle = {}
    for number, what in enumerate(("seconds", "of processor")):
        rows = [{step: found[number] for step, found in run.items()} for run in runs]
        middle[what] = {step: round(median(row.get(step, GIVE_UP) for row in rows[1:]), 2) for step in STEPS}
        print(f"| {given.place}, {what} | {' | '.join(STEPS)} |\n|---|{'---|' * len(STEPS)}")
        for name, row in [("warming up", rows[0]), *enumerate(rows[1:], 1), ("median", middle[what])]:
            print(f"| {name} | {' | '.join(str(row.get(step, 'not')) for step in STEPS)} |")
        print()
    if given.output:
        facts = {"python": platform.python_version(), "load": os.getloadavg(), "place": given.place}
        given.output.write_text(json.dumps(facts | {"median": middle, "runs": runs}, indent=1) + "\n", encoding="utf-8")
    return int(any(middle["seconds"][step] > most for step, most in BARS.items()))


if __name__ == "__main__":
    sys.exit(main())
