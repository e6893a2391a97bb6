"""Job 7 of the guide: somebody drops out the day before, and a substitute is found. Counted in taps."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from people.models import Message
from tests import make
from tests.journeys.counting import Effort, Goal
from tests.journeys.running import as_staff, as_volunteer
from volunteers.actions import substitutes
from volunteers.models import SubstituteSearch

pytestmark = [pytest.mark.journey, pytest.mark.effort, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def place():
    """Somebody comes the day after tomorrow; six neighbours are free then. Day or night, they may be asked."""
    make.user("chen")
    day = timezone.localdate() + timedelta(days=2)
    make.term(starts_on=day - timedelta(days=60), ends_on=day + timedelta(days=60))
    shift = make.shift(make.session(day.isoformat()), needed=1)
    for name in ("何晓琳", "钱薇", "吴梅", "高翔", "宋雨桐", "林淑芬"):
        make.free(make.volunteer(name), day.weekday())
    return make.assignment(shift, make.volunteer("周远"), now=timezone.now())


def asked(settings) -> SubstituteSearch:
    """What the worker does within seconds."""
    settings.LINKE_QUIET_FROM, settings.LINKE_QUIET_UNTIL = 24, 0
    substitutes.run_due(now=timezone.now())
    return SubstituteSearch.objects.get()


def test_a_volunteer_drops_out_in_two_taps_and_the_first_who_taps_has_the_place(live_server, new_page, place, settings):
    leaving = Effort(job=7, name="leaving")
    phone = as_volunteer(new_page(390, 844), live_server.url, place.volunteer)
    phone.goto(f"{live_server.url}/me/{place.volunteer.token}/")
    leaving.tap(phone.get_by_role("link", name="来不了"))
    leaving.tap(phone.get_by_role("button", name="告诉社区我来不了"))
    expect(phone.get_by_text("谢谢早说")).to_be_visible()
    leaving.meets(Goal("volunteer drops out", taps=2))

    search = asked(settings)
    first, second, *_ = search.asks.select_related("volunteer").order_by("place")
    note = Message.objects.get(person=first.volunteer.person, kind="substitute")
    taking = Effort(job=7, name="taking")
    other = as_volunteer(new_page(390, 844), live_server.url, first.volunteer)
    other.goto(f"{live_server.url}{note.link}")
    taking.tap(other.get_by_role("button", name="我能来"))
    expect(other.get_by_text("这一场是您的")).to_be_visible()
    taking.meets(Goal("the one who takes over", taps=3))

    late = new_page(390, 844)
    late.goto(f"{live_server.url}/me/{second.volunteer.token}/cover/{second.pk}/")
    expect(late.get_by_text("已经有人来了，谢谢您")).to_be_visible()

    organiser = Effort(job=7, name="organiser")
    desk = as_staff(new_page(), live_server.url)
    desk.goto(f"{live_server.url}/desk/search/{search.pk}/")
    expect(desk.get_by_text("补上了：问了 1 位，1 位说能来")).to_be_visible()
    organiser.meets(Goal("organiser, with a message gateway", taps=0))


def test_without_a_gateway_the_organiser_taps_twice_and_pastes(live_server, new_page, place, settings):
    from_page = Effort(job=7, name="pasting")
    tail = {"tail": place.volunteer.mobile[-4:]}
    Client().post(f"/me/{place.volunteer.token}/{place.pk}/no/", tail)
    asked(settings)
    desk = as_staff(new_page(390, 844), live_server.url)
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    desk.goto(f"{live_server.url}/desk/")

    from_page.tap(desk.get_by_role("link", name="看进展"))
    from_page.tap(desk.get_by_role("button", name="复制给").first)

    expect(desk.get_by_text("已复制").first).to_be_visible()
    pasted = desk.evaluate("navigator.clipboard.readText()")
    assert "先答应的先定" in pasted and "/cover/" in pasted
    from_page.meets(Goal("organiser, pasting a text", taps=2))
