"""Job 6 of the guide in clicks and keys: fill next week in 补齐 → 采纳 → 发布, and close one gap by hand."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from people.models import Message
from tests import make
from tests.journeys.counting import Effort, Goal
from tests.journeys.running import as_staff
from tests.volunteers.imports import sample
from volunteers.actions import roster
from volunteers.models import Assignment, ImportBatch, Proposal, Shift, Volunteer
from volunteers.tasks import run_proposal

pytestmark = [pytest.mark.journey, pytest.mark.effort]

FILL = Goal("fill next week: 补齐 → 采纳 → 发布", taps=3)
BY_HAND = Goal("close one gap by hand", taps=2)


@pytest.fixture
def shift(transactional_db) -> Shift:
    """Three helpers wanted in a class next week, and three people who are free."""
    make.user()
    make.community()
    day = timezone.localdate() + timedelta(days=7)
    make.official(day.year)
    for name in ("林淑芬", "周远", "高翔"):
        make.free(make.volunteer(name), day.weekday())
    return make.shift(make.session(f"{day}", of=make.series(weekdays=[day.weekday()])), needed=3)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_next_week_is_filled_in_three_clicks(live_server, new_page, shift, scripts):
    effort = Effort(job=6, name="usual" if scripts else "no-scripts")
    page = as_staff(new_page(java_script_enabled=scripts), live_server.url)
    page.goto(f"{live_server.url}/desk/week/?w={shift.session.on_date}")

    effort.tap(page.get_by_role("button", name="补齐 3 个缺口"))
    expect(page.get_by_role("heading", name="正在排")).to_be_visible()
    run_proposal.call(Proposal.objects.get().pk)
    if not scripts:
        page.reload()
    expect(page.get_by_role("heading", name="匹配审核")).to_be_visible()
    effort.tap(page.get_by_role("button", name="采纳选中的 3 项").first)
    effort.tap(page.get_by_role("button", name="发布，通知 3 人"))

    expect(page.get_by_role("status").filter(has_text="已发布")).to_be_visible()
    assert list(Assignment.objects.values_list("status", flat=True)) == ["offered"] * 3
    effort.meets(FILL)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_gap_is_closed_in_two_clicks(live_server, new_page, shift, scripts):
    effort = Effort(job=6, name="by-hand" if scripts else "by-hand-no-scripts")
    page = as_staff(new_page(java_script_enabled=scripts), live_server.url)
    page.goto(f"{live_server.url}/desk/week/?w={shift.session.on_date}")

    effort.tap(page.get_by_role("link", name="缺人，补这个空缺").first)
    effort.tap(page.get_by_role("button", name="安排").first)

    expect(page.locator("#toast")).to_contain_text("已放好")
    assert Assignment.objects.get().status == "draft"
    effort.meets(BY_HAND)


def test_a_gap_is_closed_with_j_and_1(live_server, new_page, shift):
    page = as_staff(new_page(), live_server.url)
    page.goto(f"{live_server.url}/desk/week/?w={shift.session.on_date}")

    effort = Effort(job=6, name="by-hand-keys")

    effort.press(page, "j")
    expect(page.locator("#side")).to_contain_text("补这个空缺")
    effort.press(page, "1")

    expect(page.locator("#toast")).to_contain_text("已放好")
    assert Assignment.objects.get().status == "draft"
    effort.meets(Goal("close one gap by hand: J, 1", keys=2))


def test_the_news_of_another_leave_the_keys_where_they_were(live_server, new_page, shift):
    page = as_staff(new_page(), live_server.url)
    page.goto(f"{live_server.url}/desk/week/?w={shift.session.on_date}")
    page.keyboard.press("j")
    expect(page.locator("#side .cand").first).to_be_visible()
    expect(page.locator(".slot.sel [data-gap]")).to_be_focused()

    roster.place(shift=shift, volunteer=Volunteer.objects.first(), now=timezone.now(), actor=make.user("li"))

    expect(page.locator(f"[data-gap='{shift.pk}']")).to_have_count(2, timeout=15_000)
    expect(page.locator(".slot.sel [data-gap]")).to_be_focused()


def test_j_and_then_1_1_1_1_fills_gaps_in_a_row(live_server, new_page, shift):
    day = shift.session.on_date + timedelta(days=0 if shift.session.on_date.weekday() == 6 else 1)
    later = make.shift(make.session(f"{day}", starts_at=make.at(f"{day}", "15:00"), ends_at=make.at(f"{day}", "16:00")))
    for name in ("钱薇", "何晓琳"):
        make.free(make.volunteer(name), day.weekday())
    page = as_staff(new_page(), live_server.url)
    page.goto(f"{live_server.url}/desk/week/?w={shift.session.on_date}")
    page.keyboard.press("j")

    for left in ([2, 2], [1, 2], [0, 2], [0, 1]):
        expect(page.locator("#side .cand").first).to_be_visible()
        page.keyboard.press("1")
        for one, missing in zip((shift, later), left, strict=True):
            expect(page.locator(f"[data-gap='{one.pk}']")).to_have_count(missing)
        expect(page.locator("#toast")).to_contain_text("已放好")
        opened = page.locator(f"#side[data-shift='{shift.pk if left[0] else later.pk}']")
        expect(opened).to_be_visible()
        expect(page.locator(".slot.sel [data-gap]")).to_have_count(1)
        expect(page.locator(".slot.sel [data-gap]")).to_be_focused()

    page.keyboard.press("z")

    expect(page.locator("#toast")).to_contain_text("撤销了")
    expect(page.locator(f"[data-gap='{later.pk}']")).to_have_count(2)
    expect(page.locator(f"#side[data-shift='{later.pk}']")).to_be_visible()


def test_the_quickest_hand_stays_on_the_board(live_server, new_page, shift):
    page = as_staff(new_page(), live_server.url)
    page.goto(f"{live_server.url}/desk/week/?w={shift.session.on_date}")
    page.evaluate("""() => {
        window.sameBoard = true
        const eager = new MutationObserver(() => {
            const first = document.querySelector("#side [data-key='1']")
            if (first) { eager.disconnect(); first.click() }
        })
        eager.observe(document.body, {childList: true, subtree: true})
    }""")

    page.keyboard.press("j")

    expect(page.locator("#toast")).to_contain_text("已放好")
    assert page.evaluate("window.sameBoard") is True
    expect(page.locator(".slot.sel [data-gap]")).to_be_focused()


def test_whoever_works_in_the_panel_stays_there(live_server, new_page, shift):
    page = as_staff(new_page(), live_server.url)
    page.goto(f"{live_server.url}/desk/week/?w={shift.session.on_date}")
    page.get_by_role("link", name="缺人，补这个空缺").first.click()
    page.get_by_role("button", name="安排").first.focus()

    page.keyboard.press("Enter")

    expect(page.locator("#toast")).to_contain_text("已放好")
    expect(page.locator("#side")).to_be_focused()
    expect(page.get_by_role("complementary", name="补这个空缺")).to_be_visible()


def test_on_a_phone_who_was_placed_is_said_above_the_sheet(live_server, new_page, shift):
    page = as_staff(new_page(width=390, height=844), live_server.url)
    page.goto(f"{live_server.url}/desk/week/?w={shift.session.on_date}&gap={shift.pk}")
    page.get_by_role("button", name="安排").first.click()

    expect(page.locator("#toast")).to_contain_text("已放好")
    expect(page.locator("#side.open")).to_be_visible()
    page.get_by_role("button", name="撤销").click()

    expect(page.locator("#toast")).to_contain_text("撤销了")
    assert not Assignment.objects.filter(status="draft").exists()


def test_a_week_is_filled_with_b_and_a(live_server, new_page, shift):
    page = as_staff(new_page(), live_server.url)
    page.goto(f"{live_server.url}/desk/week/?w={shift.session.on_date}")

    effort = Effort(job=6, name="keys")

    effort.press(page, "b")
    expect(page.get_by_role("heading", name="正在排")).to_be_visible()
    run_proposal.call(Proposal.objects.get().pk)
    expect(page.get_by_role("heading", name="匹配审核")).to_be_visible()
    effort.press(page, "a")

    expect(page.get_by_role("heading", name="采纳了 3 项")).to_be_visible()
    effort.meets(Goal("fill next week with keys, up to 采纳: B, A", keys=2))


def test_a_week_is_published_with_p_p_and_enter(live_server, new_page, shift):
    roster.place(shift=shift, volunteer=Volunteer.objects.first(), now=timezone.now(), actor=make.user("li"))
    page = as_staff(new_page(), live_server.url)
    page.goto(f"{live_server.url}/desk/week/?w={shift.session.on_date}")

    effort = Effort(job=6, name="publish-keys")

    effort.press(page, "p")
    expect(page.get_by_role("heading", name="发布，通知 1 人")).to_be_visible()
    effort.press(page, "p")
    expect(page.get_by_role("button", name="发布，通知 1 人")).to_be_focused()
    assert Assignment.objects.get().status == "draft"
    effort.press(page, "Enter")

    expect(page.get_by_role("status").filter(has_text="已发布")).to_be_visible()
    assert Assignment.objects.get().status == "offered"
    effort.meets(Goal("publish with keys: P, P, Enter", keys=3))


def test_a_table_is_taken_in_with_a_and_enter(live_server, new_page, shift):
    name, content = sample("志愿者报名表.xlsx")
    page = as_staff(new_page(), live_server.url)
    page.goto(f"{live_server.url}/desk/import/")
    page.get_by_label("选文件").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    page.get_by_label("学期").fill("2026秋")
    page.get_by_role("button", name="看看读出了什么").click()
    expect(page.get_by_role("heading", name="先看一眼，再导入")).to_be_visible()

    effort = Effort(job=5, name="import-keys")

    effort.press(page, "a")
    expect(page.locator("#bar button.main")).to_be_focused()
    assert ImportBatch.objects.get().status == "preview"
    effort.press(page, "Enter")

    expect(page.get_by_role("heading", name="导入好了")).to_be_visible()
    effort.meets(Goal("take in a table with keys: A, Enter", keys=2))


def test_a_key_that_is_switched_off_does_nothing(live_server, new_page, shift):
    page = as_staff(new_page(java_script_enabled=True), live_server.url)
    page.goto(f"{live_server.url}/desk/keys/")
    page.get_by_label("下一个、上一个缺口").uncheck()
    page.get_by_role("button", name="存好").click()
    expect(page.get_by_text("快捷键存好了")).to_be_visible()

    page.goto(f"{live_server.url}/desk/week/?w={shift.session.on_date}")
    page.keyboard.press("j")
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**w=**")

    expect(page.locator("#side.open")).to_have_count(0)


@pytest.mark.parametrize(
    ("where", "key", "ends"),
    [("volunteers", "n", "/volunteers/add/"), ("learners", "v", "/import/?paste=senior"), ("learners", "t", "/desk/")],
)
def test_keys_of_other_pages(live_server, new_page, shift, where, key, ends):
    page = as_staff(new_page(), live_server.url)
    page.goto(f"{live_server.url}/desk/{where}/")

    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Tab")
    page.get_by_role("heading", level=1).click()
    page.keyboard.press(key)

    page.wait_for_url(f"**{ends}")


def test_v_opens_the_box_to_paste_in_with_the_cursor_in_it(live_server, new_page, shift):
    page = as_staff(new_page(), live_server.url)
    page.goto(f"{live_server.url}/desk/learners/?kind=child")

    page.keyboard.press("v")
    box = page.get_by_label("粘贴到这里")
    expect(box).to_be_focused()
    box.evaluate("box => box.setRangeText(box.placeholder)")
    page.get_by_role("button", name="看看读出了什么").click()

    expect(page.get_by_role("button", name="导入 1 行")).to_be_visible()


def test_d_downloads_the_month(live_server, new_page, shift):
    page = as_staff(new_page(), live_server.url)
    page.goto(f"{live_server.url}/desk/report/")

    with page.expect_download() as saved:
        page.keyboard.press("d")

    assert saved.value.suggested_filename.endswith(".xlsx")


def test_the_rows_of_a_proposal_by_keys(live_server, new_page, shift):
    proposal = fill(shift)
    page = as_staff(new_page(), live_server.url)
    page.goto(f"{live_server.url}/desk/match/{proposal.pk}/")

    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("[data-row].cur input[type=checkbox]")).to_be_focused()
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="采纳选中的 2 项").first).to_be_visible()
    page.keyboard.press("a")

    expect(page.get_by_role("heading", name="采纳了 2 项")).to_be_visible()


def test_x_and_enter_take_the_next_best_person(live_server, new_page, shift):
    for name in ("何晓琳", "钱薇"):
        make.free(make.volunteer(name), shift.session.on_date.weekday())
    proposal = fill(shift)
    page = as_staff(new_page(), live_server.url)
    page.goto(f"{live_server.url}/desk/match/{proposal.pk}/")
    row = page.locator("[data-row]").first
    proposed = row.locator(".pe b").inner_text()

    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(row.get_by_text("还考虑过谁")).to_be_visible()
    expect(row.get_by_role("button", name="换成").first).to_be_focused()
    page.keyboard.press("Enter")

    expect(row.locator(".pe b")).not_to_have_text(proposed)
    expect(page.locator("[data-row].cur input[type=checkbox]")).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("[data-row]").nth(1).locator("input[type=checkbox]")).to_be_focused()


def test_whoever_would_bend_a_wish_is_asked_with_one_click(live_server, new_page, shift):
    who = Volunteer.objects.first()
    who.person.notes.create(text=f"{shift.session.on_date.month}月要考试")
    Volunteer.objects.exclude(pk=who.pk).update(status="left")
    proposal = fill(shift)
    page = as_staff(new_page(), live_server.url)
    page.goto(f"{live_server.url}/desk/match/{proposal.pk}/")

    effort = Effort(job=6, name="ask-first")
    effort.tap(page.get_by_role("button", name=f"先问问{who}"))

    expect(page.get_by_role("status").filter(has_text="问过了，等本人回话")).to_be_visible()
    expect(page.locator("[data-row] input[type=checkbox]")).to_be_focused()
    assert Message.objects.get(kind="ask").person == who.person
    effort.meets(Goal("ask somebody first, on 匹配", taps=1))


def fill(shift: Shift) -> Proposal:
    """A proposal for the week of the shift that waits for review."""
    proposal = Proposal.objects.create(
        community=shift.session.community,
        from_on=shift.session.on_date,
        until_on=shift.session.on_date,
        created_at=timezone.now(),
    )
    run_proposal.call(proposal.pk)
    return proposal
