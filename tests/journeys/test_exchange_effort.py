"""Jobs 2 and 7 of the guide between volunteers, counted: handing on, swapping, and a club that brings its own.

Goals: whoever takes a place needs one tap (job 2); whoever gives one no more than the four of the best known
way (job 7); a club holds its places with one field and names everybody with one more.
"""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.journeys.counting import Effort, Goal
from tests.journeys.running import as_volunteer
from volunteers.actions import clubs
from volunteers.models import Assignment, Exchange, Organisation

pytestmark = [pytest.mark.journey, pytest.mark.effort, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}


@pytest.fixture
def given() -> Assignment:
    """周远 has agreed to come in three days; one helper is enough."""
    make.user()
    return make.assignment(make.ahead(3, of=make.series("启蒙", weekdays=range(7)), needed=1), make.volunteer("周远"))


@pytest.fixture
def open_phone(live_server, new_page):
    """The telephone of a volunteer, known as theirs."""

    def open_for(volunteer) -> Page:
        return as_volunteer(new_page(**PHONE, base_url=live_server.url), live_server.url, volunteer)

    return open_for


def test_a_place_is_handed_to_a_friend(open_phone, given):
    giver, friend = open_phone(given.volunteer), open_phone(make.volunteer("林淑芬"))
    giving, taking = Effort(job=7, name="hand-on"), Effort(job=2, name="from-a-friend")

    giver.goto(f"/me/{given.volunteer.token}/")
    giving.tap(giver.get_by_role("link", name="来不了"))
    giving.tap(giver.get_by_label("我找好朋友了"))
    giving.tap(giver.locator("form button.main"))
    expect(giver.get_by_role("heading", name="把这个链接转给朋友")).to_be_visible()
    giving.tap(giver.get_by_role("button", name="复制链接"))
    giving.meets(Goal("a place is handed on to a friend, link copied", taps=4))

    friend.goto(urlsplit(giver.get_by_label("链接").input_value()).path)
    taking.tap(friend.get_by_role("button", name="我来，用林淑芬的名字"))

    expect(friend.get_by_role("heading", name="名额留好了")).to_be_visible()
    assert Assignment.objects.get(status="accepted").volunteer.person.name == "林淑芬"
    taking.meets(Goal("a friend takes the place over", taps=1))


def test_two_volunteers_swap(open_phone, given):
    other = make.assignment(
        make.ahead(4, of=make.series("进阶", weekdays=range(7)), needed=1), make.volunteer("林淑芬")
    )
    asker, partner = open_phone(given.volunteer), open_phone(other.volunteer)
    asking, answering = Effort(job=7, name="swap"), Effort(job=2, name="swap")

    asker.goto(f"/me/{given.volunteer.token}/")
    asking.tap(asker.get_by_role("link", name="来不了"))
    asking.tap(asker.get_by_label("跟别的志愿者换一场"))
    asking.tap(asker.locator("form button.main"))
    asking.tap(asker.get_by_role("button", name="问问对方"))
    expect(asker.get_by_text("等对方答应")).to_be_visible()
    asking.meets(Goal("a volunteer asks another to swap", taps=4))

    partner.goto(f"/me/{other.volunteer.token}/swaps/{Exchange.objects.get().pk}/")
    answering.tap(partner.get_by_role("button", name="换", exact=True))

    expect(partner).to_have_url(f"/me/{other.volunteer.token}/")
    assert Exchange.objects.get().status == "done"
    answering.meets(Goal("the other agrees to swap", taps=1))


def test_a_club_holds_places_and_names_its_people(live_server, new_page, given):
    club = Organisation.objects.create(name="青年志愿者协会")
    clubs.open_link(organisation=club, name="何晓琳", phone="16000000001", now=given.created_at, actor=None)
    make.ahead(5, of=make.series("进阶", weekdays=range(7)), needed=12)
    phone = new_page(**PHONE, base_url=live_server.url)
    holding, naming = Effort(job=2, name="club-holds"), Effort(job=2, name="club-names")

    phone.goto(f"/club/{club.token}/")
    holding.fill(phone.get_by_label("留几个"), "3")
    holding.tap(phone.get_by_role("button", name="留名额"))
    expect(phone.get_by_text("还空 3 个")).to_be_visible()
    holding.meets(Goal("a club holds places for its people", taps=1, fields=1))

    naming.fill(phone.get_by_role("textbox"), "周明 16000000002\n安宁 16000000003\n唐雨 16000000004")
    naming.tap(phone.get_by_label("名单上的人都同意"))
    naming.tap(phone.get_by_role("button", name="填进去，通知本人"))

    expect(phone.get_by_text("3 位有名字").first).to_be_visible()
    assert Assignment.objects.filter(status="offered").count() == 3
    naming.meets(Goal("a club names everybody at once", taps=2, fields=1))
