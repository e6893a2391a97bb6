"""排时间 without JavaScript: choose classes, wait, compare, take one, then move one class by hand."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from classes.models import Enrolment, Series
from classes.seeds import seed_reference
from tests import make
from tests.journeys.running import as_staff
from volunteers import demo
from volunteers.models import TimetableProposal
from volunteers.tasks import run_timetable

pytestmark = pytest.mark.journey


def classes_without_a_good_time() -> list[Series]:
    """Two classes at the same time in one room; helpers are free on Friday mornings."""
    demo.accounts()
    now = timezone.now()
    seed_reference(now)
    today = timezone.localdate(now)
    term = make.term("下学期", today.replace(day=1), today.replace(year=today.year + 1, day=1))
    room = make.room()
    found = [make.series(name, room=room, term=term, stated_leads=0) for name in ("启蒙班", "提高班")]
    for number in range(6):
        make.free(make.volunteer(f"助教{number}"), 4, "08:00", "12:00")
        learner = make.learner(f"学员{number}", free_windows=[[4, "08:00", "12:00"], [5, "08:00", "12:00"]])
        Enrolment.objects.create(learner=learner, series=found[number % 2], status="confirmed", created_at=now)
    return found


def test_from_the_choice_to_another_time(live_server, new_page, picture):
    first, _ = classes_without_a_good_time()
    page = as_staff(new_page(java_script_enabled=False), live_server.url)

    page.goto(f"{live_server.url}/desk/term/")
    page.get_by_role("link", name="排时间").click()
    expect(page.get_by_label("启蒙班")).to_be_checked()
    page.get_by_role("button", name="排时间").click()
    expect(page.get_by_role("heading", name="正在给 2 个班排时间")).to_be_visible()

    run_timetable.call(TimetableProposal.objects.get().pk)
    page.reload()
    picture(page, "timetables-1440")
    best = page.get_by_role("article").first
    expect(best).to_contain_text("6 / 6 人次")
    expect(best).to_contain_text("周五")
    page.get_by_role("button", name="采纳课表甲").click()
    expect(page.get_by_text("2 个班改好了")).to_be_visible()

    page.goto(f"{live_server.url}/desk/term/series/{first.pk}/")
    page.get_by_role("link", name="挪到…").click()
    picture(page, "series-times-1440")
    expect(page.get_by_role("heading", name="把启蒙班挪到…")).to_be_visible()
    page.get_by_role("link", name="挪到周六 10:30").click()
    page.get_by_role("button", name="改", exact=False).first.click()
    expect(page.get_by_role("heading", name="启蒙班")).to_be_visible()
    first.refresh_from_db()
    assert (first.days.get().weekday, first.starts.hour) == (5, 10)


def test_when_a_learner_can_come_is_noted_on_a_phone(live_server, new_page, picture):
    classes_without_a_good_time()
    learner = Enrolment.objects.first().learner
    page = as_staff(new_page(390, 844, java_script_enabled=False), live_server.url)

    page.goto(f"{live_server.url}/desk/learners/{learner.pk}/")
    picture(page, "learner-times-390")
    page.get_by_label("周五上午").uncheck()
    page.get_by_label("周日下午").check()
    page.get_by_role("button", name="存好").click()

    expect(page.get_by_text("能来的时间记好了")).to_be_visible()
    learner.refresh_from_db()
    assert learner.free_windows == [[5, "08:00", "12:00"], [6, "12:00", "17:30"]]
