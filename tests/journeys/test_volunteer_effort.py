"""Jobs 1 to 4 of the design guide, counted in taps and fields on a telephone."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests import make
from tests.journeys.counting import Effort, Goal
from volunteers.models import Assignment, Availability, Offer, Shift, Volunteer

pytestmark = [pytest.mark.journey, pytest.mark.effort]

PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}


@pytest.fixture
def phone(live_server, new_page) -> Page:
    """A telephone that has never been here."""
    return new_page(**PHONE)


@pytest.fixture
def shift(transactional_db) -> Shift:
    """Two helpers wanted the day after tomorrow."""
    day = timezone.localdate() + timedelta(days=2)
    return make.shift(make.session(f"{day}", of=make.series(weekdays=[day.weekday()])))


def sign_up(phone: Page, address: str, effort: Effort) -> None:
    """From the list to a place, as somebody who has scanned the poster."""
    phone.goto(f"{address}/")
    effort.tap(phone.get_by_role("link", name="我来"))
    effort.fill(phone.get_by_label("您叫什么"), "周远")
    effort.fill(phone.get_by_role("textbox", name="2 手机号"), "16000000001")
    effort.tap(phone.get_by_label("同意社区用我的名字"))
    effort.tap(phone.get_by_role("button", name="报名"))
    expect(phone.get_by_role("heading", name="名额留好了")).to_be_visible()


def test_a_stranger_holds_a_place(live_server, phone, shift):
    effort = Effort(job=1)

    sign_up(phone, live_server.url, effort)

    assert Assignment.objects.get().status == "accepted"
    effort.meets(Goal("QR code to a place", taps=3, fields=2))


def test_somebody_known_takes_an_open_place(live_server, phone, shift):
    sign_up(phone, live_server.url, Effort(job=0))
    Volunteer.objects.update(seen_at=timezone.now())
    other = make.shift(make.session(f"{timezone.localdate() + timedelta(days=4)}"))
    phone.goto(f"{live_server.url}/")
    effort = Effort(job=2)

    effort.tap(phone.get_by_role("button", name="我来"))

    expect(phone.get_by_role("heading", name="名额留好了")).to_be_visible()
    assert Assignment.objects.filter(shift=other, status="accepted").exists()
    effort.meets(Goal("known volunteer takes a place", taps=1))


def test_free_times_in_words(live_server, phone, shift):
    sign_up(phone, live_server.url, Effort(job=0))
    effort = Effort(job=3)

    for part in ("周二下午", "周四下午", "周六上午"):
        effort.tap(phone.get_by_label(part))
        expect(phone.locator("#saved")).to_contain_text("存好了")

    expect(phone.locator("#saved")).to_contain_text("您周二、周四下午，周六上午有空")
    assert Availability.objects.count() == 3
    effort.meets(Goal("saying when one is free", taps=4))


def test_this_week_is_out(live_server, phone, shift):
    sign_up(phone, live_server.url, Effort(job=0))
    effort = Effort(job=3, name="this-week")

    effort.tap(phone.get_by_role("button", name="这周不行"))

    expect(phone.get_by_role("status").filter(has_text="这周")).to_be_visible()
    effort.meets(Goal("这周不行", taps=1))


@pytest.fixture
def asked(shift) -> Assignment:
    """An invitation to somebody who has the link."""
    placed = make.assignment(shift, make.volunteer("周远", "16000000001"), status="offered")
    now = timezone.now()
    Offer.objects.create(assignment=placed, made_at=now, expires_at=now + timedelta(days=1))
    return placed


def at_home(phone: Page, address: str, asked: Assignment) -> None:
    """The person's own page on a telephone that has said its four digits before."""
    phone.goto(f"{address}/me/{asked.volunteer.token}/")
    phone.get_by_label("手机号后四位").fill("0001")
    phone.get_by_role("button", name="是我").click()
    expect(phone.get_by_role("button", name="我能来")).to_be_visible()


def test_a_request_is_accepted(live_server, phone, asked):
    at_home(phone, live_server.url, asked)
    effort = Effort(job=4, name="accept")

    effort.tap(phone.get_by_role("button", name="我能来"))

    expect(phone.get_by_text("已答应")).to_be_visible()
    effort.meets(Goal("accepting a request", taps=1))


def test_a_request_is_declined_and_taken_back(live_server, phone, asked):
    at_home(phone, live_server.url, asked)
    effort = Effort(job=4, name="decline")

    effort.tap(phone.get_by_role("link", name="来不了"))
    effort.tap(phone.get_by_role("button", name="告诉社区我来不了"))

    expect(phone.get_by_text("没关系，谢谢早说")).to_be_visible()
    effort.meets(Goal("declining a request", taps=2))
    phone.get_by_role("button", name="还是能来").click()
    expect(phone.get_by_text("已答应")).to_be_visible()
