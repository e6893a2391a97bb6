"""The place tests run in: a browser, real processes, threads, servers. The database is chosen by tests/everything.py."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier
from typing import Any
from urllib.parse import quote, urlsplit

import manimgx_fonts_cjk
import psutil
import pytest
from django.conf import settings as django_settings
from django.db import connection, connections
from playwright.sync_api import sync_playwright

from tests import servers

ROOT = Path(__file__).resolve().parent.parent
ARTEFACTS = ROOT / "var" / "artefacts"

CHROMIUM_NAMES = ["chromium", "chromium-browser", "google-chrome"]
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{folder}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


def font_environment(folder: Path) -> dict[str, str]:
    """The variables that give a browser Chinese glyphs on a machine without any; writes into the folder."""
    config = folder / "fonts.conf"
    fonts = Path(manimgx_fonts_cjk.__file__).parent
    config.write_text(FONTS.format(folder=fonts, cache=folder / "font-cache"), encoding="utf-8")
    return {"FONTCONFIG_FILE": str(config)}


def chromium() -> str:
    """The browser's command: LINKE_CHROMIUM, or the first one installed. Raises LookupError."""
    for name in filter(None, [os.environ.get("LINKE_CHROMIUM"), *CHROMIUM_NAMES]):
        if found := shutil.which(name):
            return found
    raise LookupError("No Chromium found. ./run test installs one; or name it: LINKE_CHROMIUM=/path/to/chromium")


@pytest.fixture(scope="session")
def browser():
    """One Chromium for the session."""
    # Playwright keeps an event loop in the main thread, and Django takes that for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    environment = {**os.environ, **font_environment(django_settings.LINKE_DATA)}
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS, env=environment)
        yield started
        started.close()


@pytest.fixture
def new_page(browser, request) -> Iterator[Callable[..., Any]]:
    """Open a page of its own cookies: new_page(width=390, height=844, **context options).

    The last pages of a failed test are kept as pictures among the artefacts.
    """
    contexts = []

    def open_page(width: int = 1440, height: int = 900, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        return context.new_page()

    yield open_page
    failed = getattr(request.node, "report_call", None) is not None and request.node.report_call.failed
    for number, context in enumerate(contexts):
        for page in context.pages if failed else []:
            page.screenshot(path=artefact(f"failed-{request.node.name}-{number}.png"), full_page=True)
        context.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Leave the report of the test itself where fixtures find it."""
    report = yield
    if report.when == "call":
        item.report_call = report
    return report


@pytest.fixture
def page(new_page):
    """A page of 1440 × 900."""
    return new_page()


def artefact(name: str) -> str:
    """The path of a picture or file that CI keeps."""
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    return str(ARTEFACTS / name)


@pytest.fixture
def picture() -> Callable[..., str]:
    """Keep a full-page screenshot among the artefacts: picture(page, "today-1440")."""

    def take(page, name: str) -> str:
        path = artefact(f"{name}.png")
        page.screenshot(path=path, full_page=True)
        return path

    return take


@pytest.fixture
def database_url(transactional_db) -> str:
    """The address of the test database, for another process."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path="/" + quote(name)).geturl()


def end_all(process: subprocess.Popen) -> None:
    """Kill a process and everything below it."""
    below = children_of(process.pid)
    process.kill()
    for child in below:
        with suppress(psutil.NoSuchProcess):
            child.kill()
    process.wait(10)


def children_of(pid: int) -> list[psutil.Process]:
    """Every process below this one, at any depth."""
    return psutil.Process(pid).children(recursive=True) if psutil.pid_exists(pid) else []


@pytest.fixture
def start_process() -> Iterator[Callable[..., subprocess.Popen]]:
    """Start Python in a process group of its own, in the checkout; it ends with the test.

    start_process("manage.py", "qcluster", DATABASE_URL=database_url)
    """
    started = []

    def start(*arguments: str, **environment: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **environment},
            start_new_session=True,
            stdin=subprocess.DEVNULL,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        end_all(process)


@pytest.fixture
def qcluster(database_url, start_process) -> subprocess.Popen:
    """A real `manage.py qcluster` on the test database, killed with everything below it after the test."""
    return start_process("manage.py", "qcluster", DATABASE_URL=database_url)


@pytest.fixture
def together(transactional_db) -> Callable[..., list[Any]]:
    """Call a function from many threads at one moment: together(20, sign_up).

    The function gets the thread's number. Answers what each call returned, or the exception it raised.
    """

    def run(count: int, function: Callable[[int], Any]) -> list[Any]:
        barrier = Barrier(count)

        def call(number: int) -> Any:
            try:
                barrier.wait()
                return function(number)
            except Exception as refusal:
                return refusal
            finally:
                connections.close_all()

        with ThreadPoolExecutor(count) as pool:
            return list(pool.map(call, range(count)))

    return run


@pytest.fixture(scope="session")
def valkey() -> Iterator[str]:
    """The address of a real Valkey."""
    with servers.valkey() as url:
        yield url
