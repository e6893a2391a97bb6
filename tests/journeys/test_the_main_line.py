"""The whole outcome in a real browser: from an empty database to a volunteer's last tap, with a real worker.

One test, station by station; each station leaves a picture among the artefacts and is checked on
the screen and in the database.
"""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db.models import F
from django.utils import timezone
from playwright.sync_api import Page, expect

from classes.models import DayQuestion, Session, Term
from classes.seasons import term_around
from classes.seeds import seed_reference
from people.models import Message
from tests.config.waiting import until
from volunteers import demo
from volunteers.models import Assignment, ImportBatch, Proposal, Shift, Volunteer
from volunteers.seeds import seed_roles

pytestmark = pytest.mark.journey

COMMUNITY = "梧桐社区"
SAMPLES = Path(demo.__file__).parent / "samples"
CHAIN = "接龙.txt"
AUTUMN = "2026秋"
FOUR_THIRTY = 99
PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}
SOON = timedelta(days=7)


def test_from_an_empty_database_to_the_last_tap(live_server, qcluster, page, new_page, picture):
    only_what_every_installation_has()
    page.goto(f"{live_server.url}/desk/")
    log_in(page, picture)
    bring_in(page, picture, term=term_around(timezone.localdate()))
    make_the_term(page, picture)
    monday = week_ahead()

    proposal = fill_the_week(page, picture, live_server.url, monday)
    review(page, picture, proposal)
    publish(page, picture, proposal)

    agreed = agree(new_page, picture, live_server.url, proposal)
    see_it_agreed(page, picture, live_server.url, agreed, monday)
    take_the_last_place(page, new_page, picture, live_server.url, monday)


# --- the stations ---------------------------------------------------------------------------------


def log_in(page: Page, picture) -> None:
    """A new installation says where to begin."""
    page.get_by_label("用户名").fill("chen")
    page.get_by_label("密码").fill(demo.PASSWORD)
    page.get_by_role("button", name="登录").click()

    expect(page.get_by_role("heading", name="还没有社区")).to_be_visible()
    picture(page, "line-01-nothing-yet")
    page.get_by_role("main").get_by_role("link", name="导入表格").click()


def bring_in(page: Page, picture, term: str) -> None:
    """The five files and the chain as they are: looked through, two rows put right, taken in."""
    page.get_by_label("选文件").set_input_files([path for path in sorted(SAMPLES.iterdir()) if path.name != CHAIN])
    page.get_by_label("或者粘贴接龙、表格").fill((SAMPLES / CHAIN).read_text(encoding="utf-8"))
    page.get_by_label("社区").fill(COMMUNITY)
    page.get_by_label("学期").fill(term)
    picture(page, "line-02-files-chosen")
    page.get_by_role("button", name="看看读出了什么").click()

    expect(page.get_by_role("heading", name="先看一眼，再导入")).to_be_visible()
    rows = ImportBatch.objects.get().rows
    assert Volunteer.objects.count() == 0
    expect(tab(page, "要您看一眼")).to_contain_text(str(rows.filter(verdict="attention").count()))
    expect(tab(page, "像是同一人")).to_contain_text(str(rows.filter(verdict="probably").count()))
    picture(page, "line-03-preview")

    short = page.locator("article", has_text="手机号只有 7 位，手机号要 11 位")
    short.get_by_label("手机").fill("16000038000")
    short.get_by_role("button", name="改好这一行").click()
    expect(page.get_by_text("手机号只有 7 位")).to_have_count(0)

    twin = page.locator("article", has_text="卢淑某")
    expect(twin).to_contain_text("像是同一人")
    expect(twin).to_contain_text("手机号和卢淑珍的一样")
    twin.get_by_role("button", name="合并，是同一人").click()
    expect(twin.get_by_role("button", name="合并，是同一人")).to_have_count(0)
    picture(page, "line-04-put-right")

    fine = rows.filter(verdict__in=["new", "same"]).count()
    page.get_by_role("button", name=f"导入 {fine} 行").click()

    expect(page.get_by_role("heading", name="导入好了")).to_be_visible()
    picture(page, "line-05-taken-in")
    assert ImportBatch.objects.get().status == "done"
    assert Volunteer.objects.filter(mobile="16000038000").exists()
    assert Volunteer.objects.filter(person__name="卢淑珍").count() == 1
    assert not Volunteer.objects.filter(person__name="卢淑某").exists()
    page.get_by_role("link", name="生成这学期").click()


def make_the_term(page: Page, picture) -> None:
    """One click makes every session; a day that asks is answered."""
    page.get_by_role("button", name="生成这学期的场次").click()

    expect(page.get_by_text(re.compile(r"新生成 \d+ 场"))).to_be_visible()
    four_thirty = Session.objects.filter(series__programme__kind="child").count()
    expect(page.get_by_text(f"四点半课堂 {four_thirty} 场")).to_be_visible()
    assert Term.objects.get().name != AUTUMN or four_thirty == FOUR_THIRTY
    picture(page, "line-06-term")

    asked = DayQuestion.objects.filter(answer="")
    before = asked.count()
    if not page.locator("#questions").count():
        page.get_by_text("件过去的没定").click()
    page.get_by_role("button", name="开课").first.click()

    expect(page.get_by_text("开课，场次已加上")).to_be_visible()
    assert asked.count() == before - 1
    answered = DayQuestion.objects.get(answer="run")
    assert Session.objects.filter(series=answered.series, on_date=answered.on_date).exists()


def fill_the_week(page: Page, picture, address: str, monday: date) -> Proposal:
    """补齐 hands the week to the worker; the page waits for it."""
    page.goto(f"{address}/desk/week/?w={monday}")
    gaps = sum(shift.needed for shift in Shift.objects.filter(session__on_date__range=(monday, monday + timedelta(6))))
    picture(page, "line-07-week-empty")
    page.get_by_role("button", name=f"补齐 {gaps} 个缺口").click()

    picture(page, "line-08-at-work")
    proposal = Proposal.objects.get()
    until(lambda: Proposal.objects.filter(pk=proposal.pk, status="ready").exists(), seconds=90)
    expect(page.get_by_role("heading", name="匹配审核")).to_be_visible(timeout=20_000)
    proposal.refresh_from_db()
    assert proposal.attempts == 1
    return proposal


def review(page: Page, picture, proposal: Proposal) -> None:
    """Why this person, and why a place stayed empty."""
    placement = proposal.placements.select_related("volunteer__person").order_by("pk").first()
    row = page.locator(f"#p-{placement.pk}")
    expect(row).to_contain_text(placement.volunteer.person.name)
    expect(row.locator(".why")).to_contain_text(placement.reasons[0]["text"])

    empty = proposal.answer["unfilled"][0]
    card = page.locator(f"#gap-{empty['shift']}")
    expect(card).to_contain_text(f"还缺 {empty['missing']} 位")
    steps = [int(text) for text in card.locator(".fun li > b").all_inner_texts()]
    assert len(steps) > 1
    assert steps == sorted(steps, reverse=True), "a funnel only gets narrower"
    picture(page, "line-09-review")

    for box in page.locator("input[name=placement]:not(:disabled):not(:checked)").all():
        box.check()
    count = proposal.placements.count()
    page.get_by_role("button", name=f"采纳选中的 {count} 项").first.click()

    expect(page.get_by_role("heading", name=f"采纳了 {count} 项")).to_be_visible()
    picture(page, "line-10-accepted")
    assert Assignment.objects.filter(placement__proposal=proposal, status="draft").count() == count
    assert not Message.objects.exists(), "nobody is told before the organiser publishes"


def publish(page: Page, picture, proposal: Proposal) -> None:
    """The page says who gets what; one click tells them."""
    people = set(proposal.placements.values_list("volunteer__person__name", flat=True))
    cards = page.locator(".told > li")
    expect(cards).to_have_count(len(people))
    assert set(cards.locator("h3").all_inner_texts()) == people

    guessed = page.get_by_label("放假安排还是预测的")  # there only in weeks of a year without a notice
    if guessed.count():
        guessed.check()
    page.get_by_role("button", name=re.compile(f"发布.*，通知 {len(people)} 人")).click()

    expect(page.get_by_text(f"给 {len(people)} 人的话已备好")).to_be_visible()
    picture(page, "line-11-published")
    asked = Assignment.objects.filter(placement__proposal=proposal)
    assert set(asked.values_list("status", flat=True)) == {"offered"}
    told = Message.objects.filter(kind="offer").values_list("person__name", flat=True)
    assert sorted(told) == sorted(people), "one note to each of them"


def agree(new_page, picture, address: str, proposal: Proposal) -> Assignment:
    """The link of the message, on a phone without JavaScript: 我能来."""
    asked = first_asked(proposal)
    message = Message.objects.filter(person=asked.volunteer.person, kind="offer").first()
    phone = new_page(**PHONE, java_script_enabled=False)
    phone.goto(f"{address}{message.link}")
    expect(phone.get_by_role("heading", level=1)).to_contain_text(asked.volunteer.person.name)
    picture(phone, "line-12-asked")

    phone.locator(f"#a-{asked.pk}").get_by_role("button", name="我能来").click()
    phone.get_by_label("手机号后四位").fill(asked.volunteer.mobile[-4:])
    phone.get_by_role("button", name="是我").click()

    expect(phone.locator(f"#a-{asked.pk}")).to_contain_text("已答应")
    picture(phone, "line-13-agreed")
    asked.refresh_from_db()
    assert asked.status == "accepted"
    return asked


def see_it_agreed(page: Page, picture, address: str, agreed: Assignment, monday: date) -> None:
    """The board counts it and its panel says so."""
    page.goto(f"{address}/desk/week/?w={monday}")
    expect(page.get_by_label("本周概况")).to_contain_text(re.compile(r"1\s*人已定"))

    page.locator(f"#ses-{agreed.session_id}").get_by_role("link", name=agreed.volunteer.person.name).click()

    expect(page.locator("#side")).to_contain_text("本人答应了")
    picture(page, "line-14-board")


def take_the_last_place(page: Page, new_page, picture, address: str, monday: date) -> None:
    """Strangers come by the poster until a session is full; whoever is too late is told what else is open."""
    page.goto(f"{address}/desk/poster/")
    picture(page, "line-15-poster")
    expect(page.get_by_role("main")).to_contain_text(f"{address}/")
    shift = nearly_full(monday)
    session = shift.session
    too_late = new_page(**PHONE)
    too_late.goto(f"{address}/s/{session.pk}/")

    for number in range(shift.needed - shift.taken):
        phone = new_page(**PHONE)
        find_on_the_list(phone, address, session.pk)
        if number == 0:
            picture(phone, "line-16-list")
        sign_up(phone, "程小满", f"1600003900{number}")
        expect(phone.get_by_role("heading", name="名额留好了")).to_be_visible()
        placed = Assignment.objects.get(volunteer__mobile=f"1600003900{number}")
        assert (placed.session_id, placed.status, placed.source) == (session.pk, "accepted", "sign_up")
        expect(phone.get_by_label("签到码")).to_contain_text(placed.arrival_code[0])
    picture(phone, "line-17-kept")
    shift.refresh_from_db()
    assert shift.taken == shift.needed

    with too_late.expect_response(lambda response: response.request.method == "POST") as answer:
        sign_up(too_late, "唐晓月", "16000039099")
    assert answer.value.status == 409
    expect(too_late.get_by_role("heading", name="这一场刚刚满了")).to_be_visible()
    assert too_late.get_by_role("link", name=re.compile("^我(想)?来")).count() > 0
    picture(too_late, "line-18-too-late")
    assert not Volunteer.objects.filter(mobile="16000039099").exists()


# --- what the stations use ------------------------------------------------------------------------


def only_what_every_installation_has() -> None:
    """Staff accounts and reference data, as after `./run demo --empty`."""
    demo.accounts()
    seed_reference(timezone.now())
    seed_roles()


def week_ahead() -> date:
    """The Monday of the first week with sessions on most days that is a whole week away."""
    today = timezone.localdate()
    monday = today + SOON + timedelta(days=-today.weekday() % 7)
    dates = set(Session.objects.filter(status="planned").values_list("on_date", flat=True))
    weeks = [monday + number * SOON for number in range(30)]
    return next(week for week in weeks if sum(week + timedelta(day) in dates for day in range(7)) > 4)


def tab(page: Page, words: str):
    """One number of the preview, with its words."""
    return page.get_by_label("按结果看").get_by_role("link", name=words)


def first_asked(proposal: Proposal) -> Assignment:
    """The first place that waits for its volunteer's answer."""
    rows = Assignment.objects.filter(placement__proposal=proposal, status="offered")
    return rows.select_related("volunteer__person").order_by("starts_at", "pk").first()


def nearly_full(monday: date) -> Shift:
    """A place for helpers of seniors in that week, of the session with the fewest places left."""
    rows = Shift.objects.filter(
        session__on_date__range=(monday, monday + timedelta(days=6)),
        session__series__programme__kind="senior",
        role__is_lead=False,
        taken__lt=F("needed"),
    )
    return rows.select_related("session").order_by(F("needed") - F("taken"), "session__starts_at").first()


def find_on_the_list(phone: Page, address: str, pk: int) -> None:
    """Turn the pages of the public list until the session is there, and tap 我来."""
    phone.goto(f"{address}/")
    mine = phone.locator(f"a[href='/s/{pk}/']")
    while not mine.count():
        with phone.expect_navigation():
            phone.get_by_role("link", name="后面 7 天").click()
    mine.click()


def sign_up(phone: Page, name: str, number: str) -> None:
    """Two fields and the consent."""
    phone.get_by_label("您叫什么").fill(name)
    phone.get_by_label("手机号", exact=False).first.fill(number)
    phone.get_by_label("同意社区用我的名字").check()
    phone.get_by_role("button", name="报名").click()
