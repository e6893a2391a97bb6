"""Words, icons and small pictures for every page.

Pictures are SVG with attributes: the content policy allows no style attributes. Lengths are
per cents, so a picture fits any column, and each carries the sentence it shows.
"""

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from people import bundles
from people.models.person import mask_phone

register = template.Library()

WEEKDAYS = "一二三四五六日"
# A picture of a week column, in units of its viewBox.
COLUMN, GAP, TALLEST = 24, 6, 84


def _local(moment: date | datetime) -> date | datetime:
    return timezone.localtime(moment) if isinstance(moment, datetime) and timezone.is_aware(moment) else moment


# --- sheets, scripts, icons -----------------------------------------------------------------------


@register.simple_tag
def sheet(face: str, *added: str) -> SafeString:
    """The one stylesheet of a page: its face's with what the page adds, `{% sheet "desk" "volunteers/week.css" %}`."""
    return format_html('<link rel="stylesheet" href="{}">', bundles.address("css", face, *added))


@register.simple_tag
def script(face: str, *added: str) -> SafeString:
    """The one script of a page, run when the page is there."""
    return format_html('<script src="{}" defer></script>', bundles.address("js", face, *added))


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """A decorative icon of the sprite; the words beside it carry the meaning."""
    return format_html('<svg class="{}" aria-hidden="true"><use href="#i-{}"/></svg>', f"ic {extra}".strip(), name)


@register.simple_tag
def sprite() -> str:
    """All icon shapes and fill patterns, once a page."""
    return render_to_string("linke/_sprite.html")


@register.filter
def glyph(kind: str) -> str:
    """Icon and colour of a programme kind: clock for children, bird for everything else."""
    return "clock" if kind == "child" else "bird"


# --- the rail --------------------------------------------------------------------------------------

# Address name, icon, word, where it shows ("" everywhere, "more" wide screens, "phone" narrow ones),
# and the beginnings of other address names that belong to the entry.
RAIL = (
    ("desk:today", "today", "今天", "", ("today", "call-list", "pairing")),
    ("desk:week", "board", "周排班", "", ("week", "publish", "place", "release", "session", "day", "change")),
    ("desk:match", "match", "匹配", "", ("match", "proposal")),
    ("desk:volunteers", "vol", "志愿者", "more", ("volunteer",)),
    ("desk:learners", "learner", "学员", "more", ("learner",)),
    ("desk:term", "cal", "课表", "more", ("term", "question", "series", "room", "timetable")),
    ("desk:requests", "order", "点单", "", ("request",)),
    ("desk:report", "chart", "报表", "more", ("report", "certificate")),
    ("desk:settings", "edit", "设置", "more", ("settings",)),
    ("desk:more", "gear", "更多", "more", ("more", "notes", "poster", "tiers", "import")),
    ("desk:more", "gear", "更多", "phone", ("more", "notes", "poster", "tiers", "import")),
)
# Pages that stay shut for everybody but the 站长.
MANAGERS_ONLY = {"desk:settings"}


@register.simple_tag(takes_context=True)
def rail_entries(context: Context) -> list[dict[str, Any]]:
    """The entries of the rail. The current one is `cur` in the context, else it follows from the address."""
    match = getattr(context.get("request"), "resolver_match", None)
    at = context.get("cur") or (match and match.url_name) or ""
    may_set_up = getattr(context.get("user"), "may_set_up", True)
    entries = [
        {
            "name": name,
            "icon": icon_name,
            "word": word,
            "cls": where,
            "counts": name == "desk:match",
            "is_current": at.startswith(begins),
        }
        for name, icon_name, word, where, begins in RAIL
        if may_set_up or name not in MANAGERS_ONLY
    ]
    if not any(entry["is_current"] for entry in entries if entry["cls"] != "more"):
        entries[-1]["is_current"] = bool(at)
    return entries


# --- days, times, people --------------------------------------------------------------------------


@register.filter
def weekday(day: date | datetime) -> str:
    """周三"""
    return f"周{weekday_short(day)}"


@register.filter
def weekday_short(day: date | datetime) -> str:
    """三"""
    return WEEKDAYS[_local(day).weekday()]


@register.filter
def zh_date(day: date | datetime) -> str:
    """9月16日"""
    day = _local(day)
    return f"{day.month}月{day.day}日"


@register.filter
def zh_day(day: date | datetime) -> str:
    """周三 9月16日"""
    return f"{weekday(day)} {zh_date(day)}"


@register.filter
def zh_long(day: date | datetime) -> str:
    """2026年12月5日 星期六"""
    day = _local(day)
    return f"{day.year}年{zh_date(day)} 星期{weekday_short(day)}"


@register.filter
def hm(moment: time | datetime) -> str:
    """16:30 in Shanghai."""
    return f"{_local(moment):%H:%M}"


def _ends(thing: Any) -> tuple[time | datetime, time | datetime]:
    """Beginning and end of a session (moments) or of a series (times of day)."""
    if hasattr(thing, "starts_at"):
        return _local(thing.starts_at), _local(thing.ends_at)
    return thing.starts, thing.ends


@register.filter
def period(thing: Any) -> str:
    """16:30–18:30 of a session or a series."""
    return "–".join(f"{end:%H:%M}" for end in _ends(thing))


@register.filter
def public_period(thing: Any) -> str:
    """9:30–11:00, without the leading zero, as a public card says it."""
    return "–".join(f"{end.hour}:{end:%M}" for end in _ends(thing))


@register.filter
def ampm(moment: time | datetime) -> str:
    """上午 9:30, for people who do not read 24-hour clocks."""
    local = _local(moment)
    part = "上午" if local.hour < 12 else "中午" if local.hour < 13 else "下午" if local.hour < 18 else "晚上"
    return f"{part} {local.hour if local.hour <= 12 else local.hour - 12}:{local:%M}"


register.filter("mask_phone", mask_phone)
register.filter("masked", mask_phone)


@register.filter
def mask_name(name: str) -> str:
    """王**: the surname and one star for each further character."""
    return name[:1] + "*" * (len(name) - 1)


@register.filter
def hours(minutes: int | Decimal) -> str:
    """Minutes as hours with at most one decimal, rounded down: 90 → 1.5."""
    tenths = int(minutes) * 10 // 60
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)


# --- pictures -------------------------------------------------------------------------------------


@register.filter
def percent(part: float, whole: float) -> str:
    """A share as "42.5%", never over 100, 0 when there is no whole."""
    return f"{min(100, round(100 * float(part) / float(whole), 1)) if whole else 0}%"


def _picture(kind: str, sentence: str, height: int, inside: SafeString) -> SafeString:
    return format_html(
        '<svg class="pict {}" role="img" aria-label="{}" width="100%" height="{}">{}</svg>',
        kind,
        sentence,
        height,
        inside,
    )


def _block(x: str, width: str, height: int, cls: str, fill: str = "") -> SafeString:
    """A stretch of a bar: its own svg, so that the frame keeps its thickness at any width."""
    pattern = format_html(' fill="url(#{})"', fill) if fill else ""
    frame = format_html('<rect class="{}" width="100%" height="{}" rx="3"{}/>', cls, height, pattern)
    return format_html('<svg x="{}" width="{}" height="{}">{}</svg>', x, width, height, frame)


@register.simple_tag
def bar(value: float, most: float, sentence: str = "", kind: str = "", height: int = 11) -> SafeString:
    """One bar against the largest. Kinds: "" ink, "soft" outlined, "go" pine."""
    inside = format_html(
        '<rect class="bg" width="100%" height="{0}" rx="3"/><rect class="fill" width="{1}" height="{0}" rx="3"/>',
        height,
        percent(value, most),
    )
    return _picture(f"bar {kind}".strip(), sentence or f"{value} / {most}", height, inside)


@register.simple_tag
def funnel_bar(left: int, most: int, sentence: str = "", height: int = 11) -> SafeString:
    """How many people are left after a rule; nobody left is a red stump."""
    kind = "" if left else "zero"
    return bar(left or most * 0.015, most, sentence or f"{most} 人里还剩 {left} 人", kind, height)


@register.simple_tag
def segments(ok: int, wait: int, gap: int, draft: int = 0, sentence: str = "", height: int = 14) -> SafeString:
    """The week in one bar: solid agreed, striped waiting, dashed not told yet, outlined missing."""
    total = ok + wait + gap + draft
    parts = [
        (ok, "fill", "", "已定"),
        (wait, "frame", "p-wait", "待回"),
        (draft, "frame dash", "", "没通知"),
        (gap, "lack", "", "缺人"),
    ]
    inside, at = [], 0
    for count, cls, fill, _ in parts:
        if count:
            inside.append(_block(percent(at, total), percent(count, total), height, cls, fill))
        at += count
    words = "，".join(f"{count} {word}" for count, _, _, word in parts if count or word != "没通知")
    return _picture(
        "seg", sentence or f"{total} 个名额：{words}", height, format_html_join("", "{}", ((i,) for i in inside))
    )


def _load_words(before: int, after: int, limit: int | None, mean: float | None) -> str:
    words = f"{before} 次" if after == before else f"{before} 次，采纳后 {after} 次"
    words += f"，本人上限 {limit} 次" if limit else ""
    return words + (f"，人均 {round(mean, 1)} 次" if mean else "")


@register.simple_tag
def load_bar(
    before: int,
    after: int | None = None,
    limit: int | None = None,
    most: int | None = None,
    sentence: str = "",
    mean: float | None = None,
) -> SafeString:
    """Times before and after, a tick at the person's own limit, a dashed line at the mean.

    `most` is the longest length of the whole list, so that its rows compare.
    """
    after = before if after is None else after
    most = most or max(after, limit or 0, 1)
    tick = ""
    if limit:
        tick = format_html(
            '<svg x="{}" width="2" height="18" overflow="visible"><rect class="tick" x="-2" y="1" width="2" height="16"/></svg>',
            percent(limit, most),
        )
    line = format_html('<line class="mean" x1="{0}" x2="{0}" y1="0" y2="18"/>', percent(mean, most)) if mean else ""
    added = ""
    if after > before:
        block = format_html('<rect class="new" fill="url(#p-new)" width="100%" height="{}" rx="2"/>', 12)
        added = format_html(
            '<svg x="{}" y="3" width="{}" height="12">{}</svg>',
            percent(before, most),
            percent(after - before, most),
            block,
        )
    inside = format_html(
        '<rect class="bg" y="3" width="100%" height="12" rx="2"/>'
        '<rect class="fill" y="3" width="{}" height="12" rx="2"/>{}{}{}',
        percent(before, most),
        added,
        tick,
        line,
    )
    return _picture("load", sentence or _load_words(before, after, limit, mean), 18, inside)


MARK = {
    "full": '<circle class="full" cx="{0}" cy="6" r="5"/>',
    "half": '<circle class="half" cx="{0}" cy="6" r="4.25"/><path class="part" d="M{0} 1a5 5 0 0 0 0 10z"/>',
    "none": '<circle class="none" cx="{0}" cy="6" r="4"/>',
}


@register.simple_tag
def pips(full: int, half: int = 0, none: int = 0, size: int = 12) -> SafeString:
    """One mark per place: full agreed, half waiting, hollow missing."""
    marks = ["full"] * full + ["half"] * half + ["none"] * none
    shapes = format_html_join("", "{}", ((format_html(MARK[mark], 13 * at + 6),) for at, mark in enumerate(marks)))
    words = "，".join(f"{n} 人{word}" for n, word in ((full, "已定"), (half, "待回")) if n)
    words = "，".join(filter(None, [words, f"缺 {none} 人" if none else ""]))
    width = max(13 * len(marks) - 1, 1)
    return format_html(
        '<svg class="pips" role="img" aria-label="{}" width="{}" height="{}" viewBox="0 0 {} 12">{}</svg>',
        words or "没有名额",
        round(width * size / 12),
        size,
        width,
        shapes,
    )


@register.simple_tag
def weight(level: int, of: int = 3) -> SafeString:
    """How much a wish counts: small blocks, filled from the left."""
    blocks = format_html_join(
        "",
        '<rect class="{}" x="{}" width="6" height="12" rx="1"/>',
        (("on" if at < level else "", 8 * at) for at in range(of)),
    )
    words = f"{of} 档里的 {level} 档"
    return format_html(
        '<svg class="wt" role="img" aria-label="{}" width="{}" height="12">{}</svg>', words, 8 * of - 2, blocks
    )


@register.simple_tag
def progress(done: int, stage: str = "") -> SafeString:
    """How far a job has come, in per cent."""
    inside = format_html(
        '<rect class="bg" width="100%" height="14" rx="7"/><rect class="fill" width="{}" height="14" rx="7"/>',
        percent(done, 100),
    )
    return format_html(
        '<svg class="pict go" role="progressbar" aria-valuemin="0" aria-valuemax="100" aria-valuenow="{}" '
        'aria-label="{}" width="100%" height="14">{}</svg>',
        done,
        stage or "进度",
        inside,
    )


def _column(at: int, week: dict, peak: int) -> SafeString:
    """One week of the trend: children above, seniors below, the sum on top, the label under it."""
    x = at * (COLUMN + GAP)
    seniors = round(TALLEST * week["seniors"] / peak)
    children = round(TALLEST * week["children"] / peak)
    return format_html(
        '<text class="sum" x="{mid}" y="{top}">{total}</text>'
        '<rect class="c {plan}" x="{x}" y="{y_c}" width="{w}" height="{c}" rx="3"/>'
        '<rect class="b {plan}" x="{x}" y="{y_b}" width="{w}" height="{b}" rx="3"/>'
        '<text x="{mid}" y="118">{label}</text>',
        mid=x + COLUMN // 2,
        top=14 + TALLEST - seniors - children,
        total=week["seniors"] + week["children"],
        plan="plan" if week.get("plan") else "",
        x=x,
        w=COLUMN,
        y_c=19 + TALLEST - seniors - children,
        c=max(children - 1, 0),
        y_b=19 + TALLEST - seniors,
        b=seniors,
        label=week["label"],
    )


@register.simple_tag
def trend(weeks: Iterable[dict], sentence: str = "") -> SafeString:
    """Person-times by week. Each week: `label`, `seniors`, `children`, `plan` (not yet served)."""
    weeks = list(weeks)
    peak = max([1, *(week["seniors"] + week["children"] for week in weeks)])
    words = "；".join(f"{week['label']} {week['seniors'] + week['children']} 人次" for week in weeks)
    columns = format_html_join("", "{}", ((_column(at, week, peak),) for at, week in enumerate(weeks)))
    return format_html(
        '<svg class="trend" role="img" aria-label="{}" viewBox="0 0 {} 122">{}</svg>',
        sentence or words,
        max(len(weeks) * (COLUMN + GAP) - GAP, 1),
        columns,
    )
