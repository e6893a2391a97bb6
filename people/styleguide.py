"""The living style page: every building block with the styles the pages really use, for staff and for tests."""

import re
from pathlib import Path
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from people.access import staff_required

HERE = Path(__file__).parent
ICONS = re.compile(r'id="i-([a-z0-9-]+)"')


class Specimen(NamedTuple):
    """One building block: the name of its template, its title on the screen, and whose pages it is for."""

    slug: str
    title: str
    face: str = "desk"

    @property
    def template(self) -> str:
        """What renders it. Copy from here when a page is made."""
        return f"styleguide/{self.slug}.html"


SPECIMENS = [
    Specimen("colours", "颜色"),
    Specimen("type", "字号"),
    Specimen("buttons", "按钮：平常、忙、不能按"),
    Specimen("fields", "格子：空的、填了的"),
    Specimen("marks", "记号、标签、图标"),
    Specimen("top", "页头和换周"),
    Specimen("summary", "本周概况"),
    Specimen("board", "周排班：一天、一场、一个位置"),
    Specimen("side", "补空缺：合适的人，别人为什么不行"),
    Specimen("pictures", "图：缺在哪儿，谁多谁少，每周人次"),
    Specimen("proposals", "方案的一行行，和采纳"),
    Specimen("left", "没排上的：漏斗和办法"),
    Specimen("running", "正在排"),
    Specimen("today", "今天：待办和时间线"),
    Specimen("filters", "筛选、找人、分页签"),
    Specimen("people", "名单"),
    Specimen("person", "一个人"),
    Specimen("form", "表单，有一格写错了"),
    Specimen("told", "提示、撤回、空白页"),
    Specimen("import", "导入"),
    Specimen("term", "课表：要您定的、班、日历"),
    Specimen("list", "可报名的场次", "public"),
    Specimen("signup", "报名", "public"),
    Specimen("done", "名额留好了", "public"),
    Specimen("mine", "我的", "public"),
    Specimen("decline", "来不了", "public"),
]
COLOURS = [
    ("ink", "正文"),
    ("ink-2", "次要的字"),
    ("ink-3", "只在工作人员的页"),
    ("act", "能点的、选中的"),
    ("gap", "缺人、迟了、不行"),
    ("bird", "菜鸟学堂"),
    ("clock", "四点半课堂"),
    ("line-2", "有意思的边线"),
    ("ground", "底"),
    ("surface", "卡片"),
    ("sunken", "凹下去的"),
]
SIZES = [
    ("2xs", 13),
    ("xs", 14),
    ("sm", 15),
    ("md", 16),
    ("lg", 18),
    ("xl", 20),
    ("2xl", 24),
    ("3xl", 30),
    ("4xl", 38),
]
SERVED = [(14, 9), (18, 12), (16, 15), (20, 15), (17, 14), (0, 0), (21, 16), (19, 18)]
WEEKS = [
    {"label": f"第{number}周", "seniors": seniors, "children": children, "plan": number > 6}
    for number, (seniors, children) in enumerate(SERVED, start=1)
]


@staff_required
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What staff see."""
    return render(request, "styleguide/page.html", shown("desk"))


@staff_required
@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """What everybody sees, at the size of letters chosen there."""
    return render(request, "styleguide/public.html", shown("public"))


def shown(face: str) -> dict:
    """The context in which every block of a face can be rendered."""
    sprite = (HERE / "templates/linke/_sprite.html").read_text("utf-8")
    return {
        "face": face,
        "specimens": [one for one in SPECIMENS if one.face == face],
        "colours": COLOURS,
        "sizes": SIZES,
        "icons": ICONS.findall(sprite),
        "weeks": WEEKS,
    }
