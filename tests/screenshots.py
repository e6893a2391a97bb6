"""The pictures of the README, taken from the running product: `./run screenshots`.

The demo starts in a temporary folder; once empty for the import, once with its made-up term.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

from tests.config.waiting import until
from tests.conftest import CHROMIUM_FLAGS, ROOT, chromium, font_environment
from tests.pictures import save

PICTURES = ROOT / "docs" / "pictures"
SAMPLES = ROOT / "volunteers" / "samples"
WIDE = {"width": 1440, "height": 1000}
PHONE = {"width": 390, "height": 844}
LARGEST = 150_000  # bytes
START_WITHIN = 180  # seconds
USERNAME, PASSWORD = "chen", "linke-demo-2026"


@contextmanager
def demo(*options: str) -> Iterator[str]:
    """The product on a free port with data of its own; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://localhost:{port}"
    with tempfile.TemporaryDirectory(prefix="linke-pictures-") as folder:
        command = [sys.executable, "-m", "config.serve", "--port", str(port), "--data", folder, *options]
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": "", "CACHE_URL": ""})
        try:
            until(lambda: answers(address) or process.poll() is not None, seconds=START_WITHIN)
            yield address
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def answers(address: str) -> bool:
    """True once the public list is there."""
    try:
        with urlopen(f"{address}/", timeout=5) as response:
            return response.status == 200
    except OSError:
        return False


def window(browser: Browser, size: dict[str, int], address: str = "") -> Page:
    """A window; with an address somebody of the staff is logged in there."""
    page = browser.new_context(viewport=size, locale="zh-CN", color_scheme="light").new_page()
    if address:
        page.goto(f"{address}/desk/login/")
        page.get_by_label("用户名").fill(USERNAME)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(f"{address}/desk/")
    return page


def take(page: Page, name: str, blank: Page) -> None:
    """What the window shows, as docs/pictures/NAME.png. Raises SystemExit when the file is too large."""
    size = save(page.screenshot(), PICTURES / f"{name}.png", blank)
    print(f"docs/pictures/{name}.png  {size // 1000} kB", flush=True)
    if size > LARGEST:
        sys.exit(f"{name}.png has {size} bytes, more than {LARGEST}")


def of_the_import(browser: Browser, address: str, blank: Page) -> None:
    """The sample files in the preview of a new installation."""
    page = window(browser, WIDE, address)
    page.goto(f"{address}/desk/import/")
    page.get_by_label("选文件").set_input_files(sorted(SAMPLES.iterdir()))
    page.get_by_label("社区").fill("梧桐社区")
    page.get_by_label("学期").fill("2026秋")
    page.get_by_role("button", name="看看读出了什么").click()
    page.get_by_role("heading", name="先看一眼").wait_for()
    take(page, "import-1440", blank)


def of_the_term(browser: Browser, address: str, blank: Page) -> None:
    """Public list, board, term and a proposal of the made-up term."""
    monday = date.today() + timedelta(days=7 - date.today().weekday())
    public = window(browser, PHONE)
    public.goto(f"{address}/")
    take(public, "list-390", blank)
    desk, phone = window(browser, WIDE, address), window(browser, PHONE, address)
    phone.goto(f"{address}/desk/week/?w={monday}")
    take(phone, "week-390", blank)
    desk.goto(f"{address}/desk/week/?w={monday}")
    desk.locator("[data-gap]").first.click()
    desk.get_by_role("heading", name="补这个空缺").wait_for()
    take(desk, "week-1440", blank)
    desk.goto(f"{address}/desk/term/")
    take(desk, "term-1440", blank)
    phone.goto(f"{address}/desk/match/?new=1")
    phone.get_by_text("下周").click()
    phone.get_by_role("button", name="补齐").click()
    phone.get_by_role("heading", name="匹配审核").wait_for(timeout=60_000)
    take(phone, "match-390", blank)


def main() -> None:
    """All pictures, one after the other."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="linke-fonts-") as fonts, sync_playwright() as playwright:
        environment = {**os.environ, **font_environment(Path(fonts))}
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS, env=environment)
        blank = browser.new_page()
        with demo("--empty") as address:
            of_the_import(browser, address, blank)
        with demo() as address:
            of_the_term(browser, address, blank)
        browser.close()


if __name__ == "__main__":
    main()
