"""The line under the jobs of the guide, counted: two clicks and a reason call a session off, and all hear of it."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from classes.models import Enrolment
from people.models import Message
from tests import make
from tests.journeys.counting import Effort, Goal
from tests.journeys.running import as_staff

pytestmark = [pytest.mark.journey, pytest.mark.effort]
CALLED_OFF = Goal("cancel a session: the reason, everyone told", taps=2, fields=1)
ALSO = 16
"""After the fifteen jobs."""


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_session_is_called_off_and_everybody_knows_at_once(live_server, new_page, transactional_db, scripts):
    make.user()
    placed = make.assignment(make.ahead(3), make.volunteer("周远"))
    session = placed.session
    learner = make.learner("王秀英", phone="16000012345")
    Enrolment.objects.create(learner=learner, series=session.series, status="confirmed", created_at=timezone.now())
    passer_by = new_page(390, 844, java_script_enabled=scripts)
    desk = as_staff(new_page(java_script_enabled=scripts), live_server.url)
    desk.goto(f"{live_server.url}/desk/sessions/{session.pk}/")
    effort = Effort(job=ALSO, name="usual" if scripts else "no-scripts")

    effort.tap(desk.get_by_role("link", name="停这一场"))
    effort.fill(desk.get_by_label("原因"), "暴雨红色预警")
    effort.tap(desk.get_by_role("button", name="停课，通知 2 人"))
    expect(desk.get_by_text("这一场停课了：暴雨红色预警")).to_be_visible()
    effort.meets(CALLED_OFF)

    told = Message.objects.filter(body__contains="暴雨红色预警").values_list("person__name", flat=True)
    assert sorted(told) == sorted(["周远", "王秀英"])
    passer_by.goto(f"{live_server.url}/")
    card = passer_by.get_by_role("article", name="停课")
    expect(card).to_contain_text("暴雨红色预警")
    expect(card).to_contain_text(session.series.name)
    passer_by.goto(f"{live_server.url}/s/{session.pk}/")
    expect(passer_by.get_by_role("heading", name="这一场停课了")).to_be_visible()
