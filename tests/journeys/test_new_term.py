"""A term of about 130 sessions, made by hand in a browser: at most six fields and ninety seconds."""

import time

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from classes.models import Session
from classes.seeds import seed_reference
from tests import make
from tests.journeys.running import as_staff

pytestmark = pytest.mark.journey
PER_KEY = 280  # milliseconds: an unhurried typist (keystroke-level model)


def test_at_most_six_fields_and_ninety_seconds(live_server, page):
    seed_reference(timezone.now())
    make.community()
    make.user()
    as_staff(page, live_server.url)
    page.goto(f"{live_server.url}/desk/term/add/")
    fields = page.locator("form.form .field")

    began = time.monotonic()
    page.get_by_label("学期").press_sequentially("2026autumn", delay=PER_KEY)
    page.get_by_label("第一天").fill("2026-09-01")
    page.get_by_label("最后一天").fill("2027-01-22")
    page.get_by_label("班从哪里来").select_option("usual")
    page.get_by_role("button", name="排这个学期").click()
    expect(page.get_by_text("排好了：加了 4 个班")).to_be_visible()
    took = time.monotonic() - began

    assert Session.objects.count() >= 130
    assert took < 90
    page.goto(f"{live_server.url}/desk/term/add/")
    assert fields.count() <= 6
