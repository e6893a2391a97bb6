"""Job 5 of the guide: a term of about 130 sessions in six fields and ninety seconds, one tap for each doubtful day."""

import time

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from classes.models import Session, Term
from classes.queries.term import term_to_plan
from classes.seeds import seed_reference
from tests import make
from tests.journeys.counting import Effort, Goal
from tests.journeys.running import as_staff

pytestmark = [pytest.mark.journey, pytest.mark.effort]
TERM = Goal("term timetable of 130 sessions", taps=1, fields=6)
DOUBTFUL = Goal("a doubtful day of the term", taps=1)
PER_KEY = 280  # milliseconds: an unhurried typist (keystroke-level model)


def plan_a_term(page: Page, address: str) -> None:
    """新学期 of a community without any, open before an organiser."""
    seed_reference(timezone.now())
    make.community()
    make.user()
    as_staff(page, address)
    page.goto(f"{address}/desk/term/add/")


def test_at_most_six_fields_and_ninety_seconds(live_server, page):
    plan_a_term(page, live_server.url)
    fields = page.locator("form.form .field")

    effort = Effort(job=5)
    began = time.monotonic()
    page.get_by_label("学期").fill("")  # another one than was offered
    effort.fill(page.get_by_label("学期"), "2026autumn", delay=PER_KEY)
    effort.fill(page.get_by_label("第一天"), "2026-09-01")
    effort.fill(page.get_by_label("最后一天"), "2027-01-22")
    effort.choose(page.get_by_label("班从哪里来"), "usual")
    effort.tap(page.get_by_role("button", name="排这个学期"))
    expect(page.get_by_text("排好了：加了 4 个班")).to_be_visible()
    took = time.monotonic() - began

    assert Session.objects.count() >= 130
    assert took < 90
    effort.meets(TERM)

    # A day that is over by now lies behind a button; whoever plans ahead has none of these.
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    asked = page.locator(".ask")
    before = asked.count()
    assert before
    answer = Effort(job=5, name="day")
    answer.tap(asked.first.get_by_role("button", name="不开"))
    expect(page.get_by_text("：不开。")).to_be_visible()
    assert asked.count() == before - 1
    answer.meets(DOUBTFUL)

    page.goto(f"{live_server.url}/desk/term/add/")
    assert fields.count() <= 6


def test_the_next_term_takes_one_tap(live_server, page):
    plan_a_term(page, live_server.url)
    planned = term_to_plan(timezone.localdate())

    expect(page.get_by_label("学期")).to_have_value(planned["name"])
    expect(page.get_by_label("第一天")).to_have_value(f"{planned['starts_on']}")
    effort = Effort(job=5, name="offered")
    effort.tap(page.get_by_role("button", name="排这个学期"))

    expect(page.get_by_text("排好了：加了 4 个班")).to_be_visible()
    assert Term.objects.filter(**planned).exists()
    effort.meets(Goal("the next term as it is offered", taps=1))
