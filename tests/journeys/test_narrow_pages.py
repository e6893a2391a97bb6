"""Lists and the calendar of a term on a tablet held upright and on a phone."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from people import context
from tests import make
from tests.journeys.measures import overflow
from tests.journeys.running import as_staff, desk_pages, live, manager_pages

pytestmark = pytest.mark.journey

PHONE, TABLET = {"width": 390, "height": 844}, {"width": 820, "height": 1180}
# Where the first words inside an element end, in pixels from the top.
BOTTOM = """e => {
    const text = document.createRange()
    text.selectNode(e.firstChild)
    return text.getBoundingClientRect().bottom
}"""


def boxes(page: Page, selector: str) -> list[dict]:
    return [one.bounding_box() for one in page.locator(selector).all()]


def test_people_stand_side_by_side_on_a_tablet_and_say_only_what_is_known(live_server, new_page, transactional_db):
    make.user()
    make.community()
    for name in ("周远", "何晓琳"):
        make.volunteer(name)
    page = as_staff(new_page(**TABLET), live_server.url)
    page.goto(f"{live_server.url}/desk/volunteers/")

    left, right = boxes(page, ".people tbody tr")
    assert left["y"] == right["y"]
    assert left["x"] + left["width"] < right["x"]
    assert "下一次" not in page.locator(".people tbody").inner_text()

    page.set_viewport_size(PHONE)
    above, below = boxes(page, ".people tbody tr")
    assert above["y"] + above["height"] < below["y"]

    page.set_viewport_size({"width": 1440, "height": 900})
    assert "下一次" in page.locator(".people thead").inner_text()
    assert page.locator("td[data-label=下一次]").first.inner_text() == "—"


def test_a_day_of_the_term_and_its_count_are_two_lines(live_server, new_page, transactional_db):
    make.user()
    make.session("2026-09-12")
    page = as_staff(new_page(**PHONE), live_server.url)
    page.goto(f"{live_server.url}/desk/term/")

    first = page.locator(".month td.on a").filter(has_text="1 场").first
    day, count = first.inner_text().split("\n")
    assert day.isdecimal()
    assert count == "1 场"
    assert first.evaluate(BOTTOM) <= first.locator("small").bounding_box()["y"] + 4, "above, not 12 and 1 as 121"


def test_the_figures_of_a_month_end_under_each_other(live_server, new_page, transactional_db, subtests):
    make.user()
    make.assignment(make.shift(make.session("2026-09-12")), make.volunteer())
    page = as_staff(new_page(**PHONE), live_server.url)
    page.goto(f"{live_server.url}/desk/report/?m=2026-09")
    for width in (320, 390, 820, 1440):
        with subtests.test(width=width):
            page.set_viewport_size({"width": width, "height": 844})

            figures = boxes(page, ".figures td b")
            assert len(figures) > 5
            assert len({round(one["x"] + one["width"]) for one in figures}) == 1


def test_the_largest_letters_need_no_scrolling_sideways_at_the_desk(live_server, new_page, transactional_db, subtests):
    now = timezone.now()
    live(now)
    page = as_staff(new_page(), live_server.url, "zhan")
    page.context.add_cookies([{"name": context.COOKIE, "value": "xlarge", "url": live_server.url}])
    for name, path in (desk_pages(now) | manager_pages()).items():
        with subtests.test(page=name):
            page.goto(f"{live_server.url}{path}")
            assert page.evaluate("() => getComputedStyle(document.body).fontSize") == "26px"
            assert overflow(page, 390) <= 0
