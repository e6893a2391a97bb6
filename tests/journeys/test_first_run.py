"""From an installation with one account and nothing else to the first published week, by what the pages say."""

import re

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from classes.models import Community, Room, Session
from classes.seeds import seed_reference
from tests.config.waiting import until
from volunteers.models import Assignment, Proposal
from volunteers.seeds import seed_roles

pytestmark = pytest.mark.journey


def test_five_steps_to_the_first_published_week(live_server, qcluster, page, picture, capsys):
    seed_reference(timezone.now())
    seed_roles()
    call_command("add_staff", "zhan", "詹站长")
    password = re.search(r"密码：(\S+?)（", capsys.readouterr().out)[1]
    page.set_default_timeout(40_000)  # the worker starts at the same time
    page.goto(f"{live_server.url}/desk/")
    page.get_by_label("用户名").fill("zhan")
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()

    page.get_by_role("link", name="五步开始").click()
    place(page, picture)
    people(page, live_server.url)
    term(page, live_server.url)
    fill(page, live_server.url)

    page.goto(f"{live_server.url}/desk/start/")
    expect(page.get_by_role("heading", name="第一周发布好了")).to_be_visible()
    expect(page.get_by_role("link", name="一条一条转发")).to_be_visible()
    picture(page, "start-done")
    assert Assignment.objects.filter(status="offered", source="proposal").exists()


def place(page: Page, picture) -> None:
    """A line that is wrong is said, and nothing typed is lost."""
    page.get_by_label("社区", exact=True).fill("海棠社区")
    page.get_by_label("社区电话").fill("12")
    page.get_by_label("教室").fill("智慧教室 24\n活动室")
    page.get_by_role("button", name="建好社区和教室").click()
    expect(page.get_by_label("教室")).to_have_value("智慧教室 24\n活动室")

    page.get_by_label("社区电话").fill("029-80000001")
    page.get_by_role("button", name="建好社区和教室").click()
    expect(page.get_by_text("海棠社区，2 间教室")).to_be_visible()
    picture(page, "start-2")
    assert sorted(Room.objects.values_list("name", "seats"), key=str) == sorted(
        [("智慧教室", 24), ("活动室", None)], key=str
    )


def people(page: Page, address: str) -> None:
    """The sample files go in as they are."""
    page.get_by_role("link", name="用样例试试").click()
    samples = page.get_by_role("button", name=re.compile("读这 . 个样表"))
    samples.click()
    page.get_by_role("button", name=re.compile(r"导入 \d+ 行")).click()
    expect(page.get_by_role("heading", name="导入好了")).to_be_visible()
    assert Community.objects.count() == 1
    page.goto(f"{address}/desk/start/")


def term(page: Page, address: str) -> None:
    """One click makes the sessions."""
    page.get_by_role("link", name="去生成这学期").click()
    page.get_by_role("button", name="生成这学期的场次").click()
    expect(page.get_by_text(re.compile(r"新生成 \d+ 场"))).to_be_visible()
    assert Session.objects.exists()
    page.goto(f"{address}/desk/start/")


def fill(page: Page, address: str) -> None:
    """补齐, 采纳, 发布."""
    page.get_by_role("link", name="去补齐下一周").click()
    page.get_by_role("button", name=re.compile(r"补齐 \d+ 个缺口")).click()
    until(lambda: Proposal.objects.filter(status="ready").exists(), seconds=90)
    expect(page.get_by_role("heading", name="匹配审核")).to_be_visible(timeout=20_000)
    page.get_by_role("button", name=re.compile(r"采纳选中的 \d+ 项")).first.click()
    expect(page.get_by_role("heading", name=re.compile(r"采纳了 \d+ 项"))).to_be_visible()
    guessed = page.get_by_label("放假安排还是预测的")
    if guessed.count():
        guessed.check()
    page.get_by_role("button", name=re.compile(r"发布.*，通知 \d+ 人")).click()
    expect(page.get_by_text(re.compile(r"给 \d+ 人的话已备好"))).to_be_visible()
