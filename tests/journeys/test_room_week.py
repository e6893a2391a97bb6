"""教室周 in a browser: a block dragged leads to the page of the move, and a week fits on one sheet."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from classes.models import Session
from tests import make
from tests.journeys.running import as_staff

pytestmark = pytest.mark.journey


@pytest.fixture
def session(transactional_db) -> Session:
    """Monday after next, 9:30 to 11:00, in one of four rooms."""
    make.user()
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday()) + timedelta(days=14)
    made = make.session(monday.isoformat(), of=make.series(room=make.room()))
    for name in ("大厅", "阅览室", "阁楼"):
        make.room(name)
    return made


def test_a_block_dragged_to_another_room_shows_whom_it_touches(live_server, page, session):
    as_staff(page, live_server.url).goto(f"{live_server.url}{reverse('desk:room-week')}?w={session.on_date}")
    block = page.locator("[data-move]")
    hall = page.locator(f"ul[data-day='{session.on_date + timedelta(days=1)}']").nth(1)
    quarter = hall.bounding_box()["width"] / 52

    block.drag_to(hall, source_position={"x": 5, "y": 5}, target_position={"x": 5 + quarter * 24, "y": 5})
    page.wait_for_url("**/move/?**")

    assert f"on_date={session.on_date + timedelta(days=1)}&time=14%3A00-15%3A30" in page.url
    assert page.locator("#preview").is_visible()
    assert Session.objects.get(pk=session.pk).starts_at == session.starts_at


@pytest.mark.parametrize(("paper", "width"), [("", 842), ("&paper=a3", 1191)])
def test_a_week_of_four_rooms_fits_on_one_sheet(live_server, page, session, paper, width):
    as_staff(page, live_server.url).goto(f"{live_server.url}{reverse('desk:room-week')}?w={session.on_date}{paper}")

    pdf = page.pdf(prefer_css_page_size=True)

    assert re.findall(rb"/Count (\d+)", pdf) == [b"1"]
    assert round(float(re.search(rb"/MediaBox \[0 0 ([\d.]+)", pdf)[1])) == width
