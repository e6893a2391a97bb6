"""Two organisers at one board: each sees what the other does within seconds, and neither overwrites it unseen."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import make
from tests.journeys.running import as_staff
from volunteers.models import Assignment

pytestmark = pytest.mark.journey


def test_what_one_does_the_other_sees(live_server, new_page, transactional_db):
    make.user("chen", first_name="陈燕")
    make.user("lin", first_name="林站")
    make.community()
    day = timezone.localdate() + timedelta(days=7)
    shift = make.shift(make.session(f"{day}", make.series(weekdays=[day.weekday()])), needed=2)
    for name in ("林淑芬", "周远"):
        make.free(make.volunteer(name), day.weekday())
    chen, lin = (as_staff(new_page(), live_server.url, name) for name in ("chen", "lin"))
    for page in (chen, lin):
        page.goto(f"{live_server.url}/desk/week/?w={day}")

    chen.locator("[data-gap]").first.click()
    chen.get_by_role("button", name="安排林淑芬").click()

    expect(lin.locator(".slot.draft")).to_contain_text("林淑芬", timeout=8_000)
    expect(lin.locator("#toast")).to_contain_text("陈燕：林淑芬")

    # Both open the same person; one takes her off, the other presses the same button a moment later.
    for page in (chen, lin):
        page.locator(".slot.draft a").click()
        expect(page.locator("#side")).to_contain_text("草稿")
    lin.get_by_role("button", name="撤下林淑芬").click()
    expect(lin.locator("#toast")).to_contain_text("林淑芬不来")
    chen.get_by_role("button", name="撤下林淑芬").click()

    expect(chen.locator(f"#ses-{shift.session_id}")).to_contain_text("林站：林淑芬不来")
    assert Assignment.objects.get().status == "released"

    # Z takes back what one has done oneself, and the other sees that as well.
    lin.keyboard.press("z")
    expect(lin.locator("#toast")).to_contain_text("撤销了")
    expect(chen.locator(".slot.draft")).to_contain_text("林淑芬", timeout=8_000)
    shift.refresh_from_db()
    assert shift.taken == 1
