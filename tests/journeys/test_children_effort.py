"""Jobs 11 and 12 of the guide, counted: children arrive, and are fetched by whom the guardian named."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from classes.actions import family
from classes.models import Attendance, Delegate, Enrolment, FamilyLink, Guardian, Learner, PickUp, Session
from tests import make
from tests.journeys.counting import Effort, Goal
from tests.journeys.measures import TARGETS, TEXTS
from tests.journeys.running import as_staff
from tests.journeys.test_every_page import LETTERS, SIDES, TOUCH, listening, measure
from volunteers.models import CheckIn

pytestmark = [pytest.mark.journey, pytest.mark.effort]
CHILDREN = 20


@pytest.fixture
def roll(live_server, new_page, transactional_db) -> Page:
    """The list of a session with twenty children that began ten minutes ago, on a tablet."""
    make.user()
    starts = make.began(timezone.now(), 10)
    day = timezone.localdate(starts)
    of = make.series("四点半", kind="child", weekdays=[day.weekday()])
    session = make.session(f"{day}", of=of, starts_at=starts, ends_at=starts + timedelta(minutes=120))
    tutors = make.shift(session, code="tutor", needed=3)
    for name in ("周远", "钱薇", "高翔"):
        who = make.volunteer(name)
        make.cleared(who, until=day + timedelta(days=365))
        make.assignment(tutors, who)
        CheckIn.objects.create(
            volunteer=who, series=of, session=session, on_date=day, arrived_at=starts, how="staff", changed_at=starts
        )
    for number in range(CHILDREN):
        child = make.learner(f"孩子{chr(0x7532 + number)}", kind="child", consent_on=day)
        Enrolment.objects.create(learner=child, series=of, status="confirmed", created_at=starts)
        PickUp.objects.create(learner=child, name="李建", relation="爸爸")
    page = as_staff(new_page(820, 1180, has_touch=True), live_server.url)
    page.goto(f"{live_server.url}/desk/sessions/{session.pk}/roll/")
    return page


def test_twenty_children_arrive(roll):
    effort = Effort(job=11)
    missing = Attendance.objects.filter(state="absent")

    effort.tap(roll.get_by_role("button", name="全到了"))
    expect(roll.get_by_text(f"{CHILDREN} 位学员到了")).to_be_visible()
    for place in (0, 1):
        effort.tap(roll.locator("li.present").nth(place).get_by_role("button", name="没来"))
        expect(roll.locator("li.absent")).to_have_count(place + 1)

    assert missing.count() == 2
    effort.meets(Goal("20 children, two of them missing: 全到了, then the two", taps=3))


def test_one_child_is_one_tap(roll):
    effort = Effort(job=11, name="one")

    effort.tap(roll.get_by_role("button", name="孩子甲到了"))

    expect(roll.get_by_role("button", name="孩子甲到了")).to_have_attribute("aria-pressed", "true")
    effort.meets(Goal("one child arrives", taps=1))


def test_the_usual_adult_fetches_a_child(roll):
    roll.get_by_role("button", name="全到了").click()
    expect(roll.get_by_text(f"{CHILDREN} 位学员到了")).to_be_visible()
    effort = Effort(job=12)

    effort.tap(roll.locator("summary", has_text="接走").first)
    effort.tap(roll.get_by_role("button", name="李建").first)

    expect(roll.locator("li.gone")).to_have_count(1)
    assert Attendance.objects.exclude(left_at=None).get().collected_text == "爸爸李建"
    effort.meets(Goal("the usual adult fetches a child", taps=2))


@pytest.fixture
def link(roll) -> FamilyLink:
    """李建 answers for the first child and has a link."""
    father = make.person("李建", "16000012345")
    Guardian.objects.create(learner=Learner.objects.get(person__name="孩子甲"), person=father)
    return family.open_link(person=father, now=timezone.now(), actor=None)


def at_home(page: Page, address: str, link: FamilyLink) -> Page:
    """The guardian's page on a telephone that has said its four digits before."""
    page.goto(f"{address}/k/{link.token}/")
    page.get_by_label("李建的手机号后四位").fill("2345")
    page.get_by_role("button", name="是我").click()
    expect(page.get_by_role("heading", name="孩子甲")).to_be_visible()
    return page


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_guardian_names_who_comes_this_once(live_server, new_page, link, scripts):
    phone = at_home(new_page(**TOUCH["window"], java_script_enabled=scripts), live_server.url, link)
    effort = Effort(job=12, name="name-delegate" if scripts else "name-delegate-no-scripts")

    effort.fill(phone.get_by_label("换人接：谁来"), "王大爷")
    effort.tap(phone.get_by_role("button", name="请这位大人来接孩子甲"))
    expect(phone.get_by_label("转给王大爷的话")).to_contain_text(f"到了报这四个数：{Delegate.objects.get().code}")
    if scripts:
        effort.tap(phone.get_by_role("button", name="复制，转给王大爷"))
        expect(phone.get_by_text("已复制")).to_be_visible()

    effort.meets(Goal("a guardian names who comes this once, text copied", taps=2, fields=1))


def test_who_was_named_fetches_a_child_with_four_digits(roll, link):
    child, session = Learner.objects.get(person__name="孩子甲"), Session.objects.get()
    named = family.name_delegate(by=link.person, learner=child, session=session, name="王大爷", now=timezone.now())
    roll.get_by_role("button", name="全到了").click()
    expect(roll.get_by_text(f"{CHILDREN} 位学员到了")).to_be_visible()
    effort = Effort(job=12, name="delegate")

    effort.tap(roll.locator("summary[aria-label=孩子甲接走]"))
    effort.fill(roll.get_by_label("王大爷报的四个数"), named.code)
    effort.tap(roll.get_by_role("button", name="王大爷（家长今天请的）"))

    expect(roll.locator("li.gone")).to_contain_text("王大爷（家长请的）接走了")
    effort.meets(Goal("who was named this once fetches a child: 4 digits", taps=2, fields=1))


def test_the_guardians_page_while_the_class_is_on(live_server, new_page, picture, link):
    floors = {TEXTS: LETTERS["public"], TARGETS: SIDES["touch"]["public"]}
    phone = listening(new_page(**TOUCH["window"]))

    at_home(phone, live_server.url, link)
    measure(phone, f"{live_server.url}/k/{link.token}/", 200, floors, TOUCH["widths"])
    phone.set_viewport_size({"width": 390, "height": 844})
    phone.emulate_media(color_scheme="light")
    picture(phone, "family-390")
    phone.get_by_label("换人接：谁来").fill("王大爷")
    phone.get_by_role("button", name="请这位大人来接孩子甲").click()
    measure(phone, f"{live_server.url}/k/{link.token}/", 200, floors, TOUCH["widths"])
    phone.set_viewport_size({"width": 390, "height": 844})
    phone.emulate_media(color_scheme="light")
    picture(phone, "family-named-390")
