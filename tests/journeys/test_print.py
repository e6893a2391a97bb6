"""What comes out of the printer: the week on one sheet, state in marks and words, sheets to sign, lists to call."""

import io
import re
import unicodedata
from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from classes.models import Enrolment
from people import outbox
from people.models import Message
from tests import make
from tests.journeys.running import as_staff

pytestmark = pytest.mark.journey

BOX = re.compile(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]")
MILLIMETRE = 72 / 25.4


def sheets(page: Page) -> list[tuple[int, int]]:
    """Width and height of every printed sheet in millimetres, with the paper that the page asks for."""
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b", paper)) == len(BOX.findall(paper))
    return [(round(float(w) / MILLIMETRE), round(float(h) / MILLIMETRE)) for w, h in BOX.findall(paper)]


def words(page: Page) -> list[str]:
    """What stands on every printed sheet, without spaces. Fonts call 月 and 日 by their radicals: they are put right."""
    paper = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    return [unicodedata.normalize("NFKC", sheet.extract_text()).replace(" ", "") for sheet in paper.pages]


@pytest.fixture
def desk(live_server, new_page, transactional_db) -> Page:
    """A window of somebody of the staff."""
    make.user()
    make.community()
    return as_staff(new_page(), live_server.url)


@pytest.fixture
def week(desk):
    """Seven days of next week: on each somebody has agreed, somebody is asked, somebody is new, one is missing."""
    monday = timezone.localdate() + timedelta(days=7 - timezone.localdate().weekday())
    of = make.series(weekdays=range(7))
    for number in range(7):
        shift = make.shift(make.session(f"{monday + timedelta(days=number)}", of=of), needed=4)
        for name, status in (("欧阳思远", "accepted"), ("诸葛", "offered"), ("周远", "draft")):
            make.assignment(shift, make.volunteer(f"{name}{number}"), status=status)
    return monday


@pytest.mark.parametrize(("paper", "size"), [("", (297, 210)), ("&paper=a3", (420, 297))], ids=["A4", "A3"])
def test_a_week_is_one_sheet_and_says_each_state(live_server, desk, week, paper, size):
    desk.goto(f"{live_server.url}/desk/week/?w={week}{paper}")

    assert sheets(desk) == [size]

    desk.emulate_media(media="print")
    for number in range(7):
        expect(desk.locator("#board").get_by_text(f"欧阳思远{number}")).to_be_visible()
    words = desk.locator("#board").inner_text()
    assert [words.count(word) for word in ("待回", "新", "缺人")] == [7, 7, 7]
    expect(desk.locator("#side")).to_be_hidden()
    expect(desk.get_by_text("以后的改动看网页")).to_be_visible()


def test_the_sheet_of_next_week_opens_from_an_empty_day_and_prints_once(live_server, desk, week):
    desk.add_init_script("window.printed = 0; window.print = () => { window.printed += 1; }")
    desk.goto(f"{live_server.url}/desk/")
    desk.get_by_role("link", name="打印下周表").click()

    expect(desk.get_by_role("button", name="打印 A4 横放")).to_be_visible()
    desk.wait_for_function("window.printed === 1")
    expect(desk.locator("#side")).to_be_hidden()
    assert sheets(desk) == [(297, 210)]
    desk.get_by_role("link", name="换成 A3").click()
    expect(desk.get_by_role("button", name="打印 A3 横放")).to_be_visible()
    assert sheets(desk) == [(420, 297)]
    assert desk.evaluate("window.printed") == 0


def test_sheets_to_sign_are_upright_one_session_after_the_other(live_server, desk, week):
    desk.goto(f"{live_server.url}/desk/sheets/?week={week}")

    assert sheets(desk) == [(210, 297)] * 7


def test_the_poster_is_one_upright_sheet(live_server, desk):
    desk.goto(f"{live_server.url}/desk/poster/")

    assert sheets(desk) == [(210, 297)]


def test_a_list_to_call_has_boxes_to_tick_and_no_buttons(live_server, desk):
    outbox.write(
        person=make.person("王秀英", "16000012345", reach="call"),
        kind="offer",
        about="assignment:1",
        subject="周六的课改到 10 点",
        body="王秀英，您好。",
        link="/me/abc/",
        now=timezone.now(),
    )
    Message.objects.update(status="call")
    desk.goto(f"{live_server.url}/desk/calls/")
    desk.get_by_role("link", name="打印名单").click()

    assert sheets(desk) == [(210, 297)]

    desk.emulate_media(media="print")
    expect(desk.get_by_text("16000012345")).to_be_visible()
    expect(desk.locator(".box")).to_have_count(3)
    expect(desk.locator(".box").first).to_be_visible()
    expect(desk.locator("main button")).to_have_count(4)
    assert not any(one.is_visible() for one in desk.locator("main button").all())


@pytest.mark.parametrize(
    ("weekdays", "count"), [([5], 17), (range(5), 85)], ids=["a term of Saturdays", "every weekday"]
)
def test_a_long_class_says_its_name_on_every_sheet_and_leaves_no_head_alone(live_server, desk, weekdays, count):
    of = make.series("提高班", weekdays=weekdays, room=make.room())
    days = (date(2026, 9, 1) + timedelta(days=number) for number in range(200))
    held = [day for day in days if day.weekday() in weekdays][:count]
    for day in held:
        make.session(f"{day}", of=of, room=of.room)
    desk.goto(f"{live_server.url}/desk/term/series/{of.pk}/list/")

    printed = words(desk)

    assert len(printed) == (1 if count == 17 else 2)
    for sheet in printed:
        assert "提高班" in sheet and "以社区通知为准" in sheet
        heads = re.split(r"\d{4}年\d+月\n", sheet)[1:]
        assert heads and min(len(re.findall("日周.09:30", below)) for below in heads) >= 2
    rows = re.findall(r"\d+月\d+日周.(?=09:30)", "".join(printed))
    dates = [f"{day.month}月{day.day}日周{'一二三四五六日'[day.weekday()]}" for day in held]
    assert rows == [f"{number}{day}" for number, day in enumerate(dates, 1)]


def test_a_session_of_thirty_learners_says_what_it_is_on_every_sheet_to_sign(live_server, desk):
    day = timezone.localdate() + timedelta(days=7)
    shift = make.shift(make.session(f"{day}", of=make.series("提高班", weekdays=[day.weekday()], capacity=30)))
    names = [f"{first}{second}" for first in "王李张赵孙" for second in "秀桂玉建福美"]
    for name in names:
        who = make.learner(name)
        Enrolment.objects.create(
            learner=who, series=shift.session.series, status="confirmed", created_at=timezone.now()
        )
    desk.goto(f"{live_server.url}/desk/sheets/?session={shift.session_id}")

    printed = words(desk)

    assert len(printed) == 2
    assert all("提高班" in sheet and "学员" in sheet for sheet in printed)
    assert sorted(re.findall("[王李张赵孙][秀桂玉建福美]", "".join(printed))) == sorted(names)
