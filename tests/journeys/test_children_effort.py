"""Jobs 11 and 12 of the guide, counted: children arrive, and are fetched by whom the guardian named."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from classes.models import Attendance, Enrolment, PickUp
from tests import make
from tests.journeys.counting import Effort, Goal
from tests.journeys.running import as_staff
from volunteers.models import CheckIn

pytestmark = [pytest.mark.journey, pytest.mark.effort]
CHILDREN = 20


@pytest.fixture
def roll(live_server, new_page, transactional_db) -> Page:
    """The list of a session with twenty children that began ten minutes ago, on a tablet."""
    make.user()
    starts = timezone.now() - timedelta(minutes=10)
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
