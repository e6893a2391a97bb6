"""What the engine found, in the words that organisers read."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from volunteers.matching.explain import Cause, Gap
from volunteers.matching.gates import NotBarred
from volunteers.matching.problem import Session as Meeting
from volunteers.matching.reasons import MIND, Reason
from volunteers.models import Availability
from volunteers.planning.load import Index
from volunteers.rules import DECLINED
from volunteers.rules.windows import END_OF_DAY, telling_row

BARRED = NotBarred.code
TOO_YOUNG = (BARRED, "没到这个岗位的年龄")
WEEKDAYS = "一二三四五六日"
FIRST_LOOK = "all"
STAGES = {
    FIRST_LOOK: "把所有要求放在一起比",
    "greedy": "先照老办法排一遍",
    "locked": "留住已经定下的人",
    "unheld": "先让每一场都开得起来",
    "short": "把缺的人手补齐",
    "waiting": "让新来的人有第一次",
    "faces": "让每位学员都有认得的人",
    "balance": "把有经验的人分到各场",
    "uneven": "让大家轮着来",
    "strange": "尽量请熟悉这个班的人",
    "wishes": "照顾本人的心愿和路程",
    "change": "尽量少改动",
}
# Facts that go against what the person said they would like: the row is not ticked beforehand.
BENT_WISHES = {"weekday", "programme", "far", "not-free", "note"}
# The last step of a gap's funnel: people whom no rule of their own keeps away.
ABLE = {"spare", "not-held"}
# What the import puts before the words of the person themselves.
OWN_WORDS = "备注："
# Where a note comes from that nobody wrote as one: a line of a file, two people that were one.
READ_OR_MERGED = re.compile(r" 第 \d+ 行$|^合并$")
MONTHS = re.compile(r"(?<!\d)(\d{1,2})\s*月")
WEEKS = {Availability.Weeks.ODD: "单周", Availability.Weeks.EVEN: "双周"}


def reasons_of(
    found: Iterable[Reason], meeting: Meeting, volunteer: int, index: Index, notes: Iterable[str] = ()
) -> list[dict[str, Any]]:
    """The reasons to keep with a placement: code, label, text; what to mind comes last."""
    kept = [
        {
            "code": reason.code,
            "label": _label(reason),
            "text": _text(reason, meeting, volunteer, index),
        }
        for reason in found
    ]
    kept.sort(key=lambda reason: reason["label"] == MIND)
    touching = [note for note in notes if concerns(note, meeting.starts_at.date())]
    kept += [{"code": "note", "label": MIND, "text": f"备注里写着“{note}”"} for note in touching]
    return kept


def concerns(note: str, day: date) -> bool:
    """Whether a note speaks about that day: it names the day's month."""
    return day.month in {int(month) for month in MONTHS.findall(note)}


def bends_a_wish(reasons: Iterable[dict[str, Any]]) -> bool:
    """Whether somebody should be asked before this is agreed."""
    return any(reason["code"] in BENT_WISHES for reason in reasons)


def stage(code: str) -> str:
    """What the engine is doing, for the progress page."""
    return "，".join(dict.fromkeys(STAGES.get(part, "比较不同的排法") for part in code.split("+")))


def gap_text(gap: Gap, role: str, newcomers: int) -> str:
    """One sentence about a place that stays empty, with the role's own name.

    `newcomers` counts the first-timers among those whom no rule of their own keeps away.
    """
    if gap.held:
        return "这一场开得了，只是人手少一些。"
    able = able_people(gap)
    if not able:
        return f"这一场还开不起来：没有一位条件都符合的{role}。"
    if 2 * newcomers > len(able):
        mix = "全都是第一次来" if newcomers == len(able) else f"其中 {newcomers} 位第一次来"
        return f"能来当{role}的有 {len(able)} 位，{mix}。一场里新人不能比老手多，所以还开不起来。"
    return f"能来当{role}的有 {len(able)} 位，可是凑不齐这一场至少要的人，所以一个也没排。"


def able_people(gap: Gap) -> tuple[int, ...]:
    """Who could come to this session as far as the person alone is concerned."""
    return next((cause.volunteers for cause in gap.because if cause.rule in ABLE), ())


def told_apart(
    rule: str, label: str, people: Iterable[int], session: int, index: Index
) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """Rule, label and people of one group of excluded; the bar is told as what is behind it."""
    if rule != BARRED:
        yield rule, label, tuple(people)
        return
    said_no = tuple(one for one in people if (one, session) in index.declined)
    others = tuple(one for one in people if (one, session) not in index.declined)
    yield from ((*words, found) for words, found in ((DECLINED, said_no), (TOO_YOUNG, others)) if found)


def spelled_out(gap: Gap, index: Index) -> Gap:
    """The gap with its funnel as organisers read it: who declined is not too young."""
    because: list[Cause] = []
    for cause in gap.because:
        left = cause.remaining + cause.count
        for rule, label, people in told_apart(cause.rule, cause.label, cause.volunteers, gap.session, index):
            left -= len(people)
            because.append(Cause(rule, label, len(people), people, left))
    return replace(gap, because=tuple(because))


def _label(reason: Reason) -> str:
    """Red is for what needs a decision: being new to a class is a fact."""
    if reason.code == "first-time":
        return "初次"
    return reason.label


def _text(reason: Reason, meeting: Meeting, volunteer: int, index: Index) -> str:
    if reason.code == "first-time":
        return "第一次来这个班"
    if reason.code == "newcomer":
        return "第一次做志愿者，提醒里附上“第一次怎么做”"
    return _free(reason, meeting, volunteer, index)


def _free(reason: Reason, meeting: Meeting, volunteer: int, index: Index) -> str:
    if reason.code != "free":
        return reason.text
    row = telling_row(index.availability.get(volunteer, ()), meeting, index.week_number)
    if row is None:
        return f"{_weekday(meeting.starts_at.date())} {meeting.starts_at:%H:%M}–{meeting.ends_at:%H:%M}，这一场本人已经答应"
    liked = "，是本人最想要的时间" if row.kind == Availability.Kind.PREFERRED else ""
    return f"{_when(row)}{liked}{_told(row)}"


def _when(row: Availability) -> str:
    day = (
        f"{row.on_date.month}月{row.on_date.day}日"
        if row.on_date
        else f"{WEEKS.get(row.weeks, '')}周{WEEKDAYS[row.weekday]}"
    )
    if row.starts.hour <= 8 and row.ends.hour >= 21:
        return f"{day}全天"
    if row.ends.hour >= 21 or row.ends >= END_OF_DAY:
        return f"{day} {row.starts:%H:%M} 以后"
    return f"{day} {row.starts:%H:%M}–{row.ends:%H:%M}"


def _told(row: Availability) -> str:
    if not row.told_on:
        return f"，见{_source(row.told_how)}" if row.told_how else ""
    how = f"（{_source(row.told_how)}）" if row.told_how else ""
    return f"，本人 {row.told_on.month}月{row.told_on.day}日填的{how}"


def _source(told_how: str) -> str:
    """Where it was said, without the ending of a file's name."""
    return re.sub(r"\.(xlsx?|csv|txt)$", "", told_how)


def own_words(text: str, source: str) -> str:
    """What the person or the desk wrote, out of a note; empty when a reader of files or a merge wrote it."""
    if text.startswith(OWN_WORDS):
        return text.removeprefix(OWN_WORDS)
    return "" if READ_OR_MERGED.search(source) else text


def _weekday(day: date) -> str:
    return f"周{WEEKDAYS[day.weekday()]}"
