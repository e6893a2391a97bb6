"""A sign-up chain (接龙) pasted from a chat group."""

import re
from datetime import date
from typing import Any

from . import clocks, dates, names, phones
from .sheet import Ignored, Reading, Row, Sheet
from .tables import plain

START = re.compile(r"^\s*#\s*(?:接龙|group note)", re.IGNORECASE)
ENTRY = re.compile(r"^\s*(\d{1,3})\s*[.、．)）]\s*(\S.*)$")
NEEDED = re.compile(r"(?:缺|需要?|招募?|差|要|志愿者|助教|老师|名额)\s*(\d{1,3})\s*[人名位个]")
PLACE = re.compile(r"(?:地点|地址|位置|教室|场地)\s*[::]\s*([^,。;\n]+)")
CANCELLED = re.compile(r"取消|不来|来不了|去不了|退出|请假|有事")
MOVED = re.compile(r"改(?:到|成|为|在)?\s*((?:本|下)?(?:周|星期)[一二三四五六日天]\S*|\d+月\d+日?\S*|\d+号\S*)")
PLUS = re.compile(r"\+\s*(\d)|带(?:一|1)个|带(?:两|2)个|带(?:同学|朋友|人)")
WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")
NOT_SERIES = re.compile(r"助教|志愿者?|老师|讲师|报名|接龙|招募|活动|服务|本周|下周|请|大家")


def is_chain(text: str) -> bool:
    """Whether a text is a chain: it says so, or it has numbered lines."""
    lines = text.split("\n")
    return any(START.match(line) for line in lines[:20]) or sum(bool(ENTRY.match(line)) for line in lines) >= 2


def read_chains(text: str, *, file: str, year: int) -> list[Sheet]:
    """One Sheet per chain. Facts: header, on, starts, series, needed, place.

    Fields of an entry: number, name, phone, phone_kind, text, cancelled, moved (text or ''),
    plus_one (how many more come along), nickname (no full name, somebody has to say who it is).
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    starts = [index for index, line in enumerate(lines) if START.match(line)] or [0]
    if starts[0] and any(ENTRY.match(line) for line in lines[: starts[0]]):
        starts.insert(0, 0)
    ends = [*starts[1:], len(lines)]
    return [
        _chain(lines, start, end, file, year, f"接龙{order or ''}")
        for order, (start, end) in enumerate(zip(starts, ends, strict=True), 1 if len(starts) > 1 else 0)
    ]


def _chain(lines: list[str], start: int, end: int, file: str, year: int, sheet: str) -> Sheet:
    header: list[str] = []
    rows: list[Row] = []
    ignored: list[Ignored] = []
    for index in range(start, end):
        line = plain(lines[index])
        entry = ENTRY.match(line)
        if entry:
            reading = read_entry(entry[2], number=int(entry[1]))
            raw = {"序号": entry[1], "内容": entry[2]}
            rows.append(Row(file, sheet, index + 1, "jielong", reading.fields, raw, reading.problems, reading.notes))
        elif line and not rows and not START.match(line):
            header += [] if re.match(r"例\s*[::]?\s*\S", line) else [line]
        elif line and re.fullmatch(r"\d{1,3}\s*[.、)]?", line):
            ignored.append(Ignored(index + 1, line, "只有序号，没有名字"))
        elif line and not START.match(line):
            ignored.append(Ignored(index + 1, line, "不是接龙的一项"))
    facts, notes = _facts(header, year)
    columns = {"number": "序号", "text": "内容"}
    return Sheet(file, sheet, "jielong", None, columns, rows, ignored, [*header, *notes], facts)


def read_entry(said: str, *, number: int) -> Reading:
    """One entry of a chain: name, phone, and the words after it."""
    reading = Reading()
    said = plain(said)
    found = re.match(r"[^\s\d,,、;:()+/-]+", said)
    name = found.group() if found else ""
    parted = re.match(rf"([{names.HAN}])\s+([{names.HAN}]{{1,2}})(?=\s|$)", said)
    if parted:
        name, said = parted[1] + parted[2], said.replace(parted.group(), parted[1] + parted[2], 1)
    rest = said[len(name) :].strip(" ,、;:-/")
    phone = phones.read_phone(rest) if re.search(r"\d{5,}|\d{3}[ -]\d{4}", rest) else phones.Phone()
    plus = PLUS.search(rest)
    moved = MOVED.search(rest)
    cancelled = CANCELLED.search(rest) is not None
    extra = re.sub(phones.RUN, "", rest).strip() if phone.number else rest
    name = names.read_name(name).name
    reading.fields |= {
        "number": number,
        "name": name,
        "phone": phone.number,
        "phone_kind": phone.kind,
        "text": extra,
        "cancelled": cancelled,
        "moved": moved[1] if moved else "",
        "plus_one": 0 if not plus else 2 if re.search("[两2]", plus.group()) else int(plus[1] or 1),
        "nickname": names.is_nickname(name) if name else True,
    }
    _problems(reading, phone, said)
    return reading


def _problems(reading: Reading, phone: phones.Phone, said: str) -> None:
    fields = reading.fields
    if phone.reason:
        reading.problem("phone", phone.reason)
    if not fields["name"]:
        reading.problem("name", f"“{said}”里没有姓名，请写上是谁。")
    elif fields["nickname"] and not phone.number:
        reading.problem("name", f"“{fields['name']}”不是全名，请选是哪一位，或写上全名。")
    if fields["moved"]:
        reading.problem(
            "moved", f"写了“改{fields['moved']}”，这一行没有排进去；要去{fields['moved']}就在周排班里安排。"
        )
    if fields["plus_one"]:
        reading.note(f"还要带 {fields['plus_one']} 个人，请问清姓名和电话")
    if fields["text"]:
        reading.note(f"接龙里写着：{fields['text']}")


def _facts(header: list[str], year: int) -> tuple[dict[str, Any], list[str]]:
    text = "\n".join(header)
    day = _date(text, year)
    needed, place = NEEDED.search(text), PLACE.search(text)
    facts = {
        "header": text,
        "on": day,
        "starts": clocks.read_clock(re.sub(r"\d{4}-\d{1,2}-\d{1,2}", "", text)),
        "series": _series(header),
        "needed": int(needed[1]) if needed else None,
        "place": place[1].strip() if place else "",
    }
    weekday = WEEKDAY.search(text)
    notes = []
    if day and weekday and "一二三四五六日天".index(weekday[1]) % 7 != day.weekday() and weekday[1] != "天":
        notes.append(
            f"接龙里写周{weekday[1]}，但 {day.month} 月 {day.day} 日是周{'一二三四五六日'[day.weekday()]}，请核对"
        )
    if day is None:
        notes.append("接龙里没有日期，请选是哪一场")
    return facts, notes


def _date(text: str, year: int) -> date | None:
    for found in re.finditer(r"(?:\d{4}[年./-])?\d{1,2}(?:月|[./-](?=\d{1,2}(?!\d|:)))\d{1,2}[日号]?", text):
        partial = dates.read_day(found.group(), year=year)
        if partial and partial.day:
            return partial.first_day()
    return None


def _series(header: list[str]) -> str:
    """What is left of the first line that names a class when dates, times and call words go."""
    for line in header:
        if PLACE.match(line):
            continue
        text = re.sub(r"[(【\[][^)】\]]*[)】\]]", " ", line)
        text = re.sub(r"\d{4}年|\d{1,2}月\d{1,2}[日号]?|(?:本|下)?(?:周|星期)[一二三四五六日天末]", " ", text)
        text = re.sub(
            r"(?:上午|下午|晚上|早上)?\s*\d{1,2}[:点]\d{0,2}(?:\s*[-~到至]\s*\d{1,2}[:点]\d{0,2})?半?", " ", text
        )
        text = NEEDED.sub(" ", text)
        words = [word for word in re.split(r"[\s,;:。!]+", text) if word and not NOT_SERIES.search(word)]
        if words:
            return words[0]
    return ""
