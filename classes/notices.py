"""Reads the yearly notice about days off: pasted text of the State Council, or JSON in the shape of it.

Plain Python. Weekdays and numbers of days that the notice states are computed again, and every line
that does not come out right is named with what is wrong; nothing is guessed.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

WEEKDAYS = "一二三四五六日"
HOLIDAY, MAKEUP = "holiday", "makeup_workday"
STATUTORY = ("元旦", "春节", "清明", "劳动节", "端午", "中秋", "国庆")
LONGEST = 20  # days; a longer stretch is a typing error

YEAR = re.compile(r"(20\d\d)\s*年")
HEADING = re.compile(r"^[一二三四五六七八九十]{1,3}、\s*([^:,。\d]{2,14}):")
# 1月1日(周四), 2023年1月1日, or 3日 after a month that was named before; with what stands in brackets.
DATE = r"(?:(20\d\d)年)?(?:(\d{1,2})月)?(\d{1,2})日(?:\(([^)]*)\))?"
SPAN = re.compile(rf"{DATE}(?:\s*(?:至|到|-|—|~)\s*{DATE})?")
COUNT = re.compile(r"(?:共|放假)(\d{1,2})天")
STATED = re.compile(r"(?:周|星期)([一二三四五六日天])")
FOLLOWS = re.compile(r"(?:执行|按|上)\s*(?:周|星期)([一二三四五])的?(?:课表|课程|课)")


@dataclass(frozen=True, slots=True)
class Day:
    """A day off, or a weekend day on which people work; `follows` is the weekday whose timetable schools run."""

    date: date
    day_type: str
    name: str
    follows: int | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that was not understood or contradicts itself. Lines count from 1; 0 is the whole text."""

    line: int
    text: str
    why: str


@dataclass(slots=True)
class Notice:
    """What was read. Only a notice without faults may be applied; warnings want a look."""

    year: int | None = None
    days: list[Day] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class _Wrong(Exception):
    """One line is wrong; the message says why."""


def read(text: str, year: int | None = None) -> Notice:
    """Read pasted text or JSON. `year` is used where the text itself does not say which year it is about."""
    text = unicodedata.normalize("NFKC", text.lstrip("\ufeff")).strip()
    found = Notice(year=year)
    if not text:
        found.faults.append(Fault(0, "", "什么都没有贴，请贴上放假通知。"))
        return found
    if text[0] in "{[":
        _read_json(text, found)
    else:
        _read_text(text, found)
    if not found.faults:
        _look_over(found)
    return found


# --- text -------------------------------------------------------------------------------------


def _read_text(text: str, found: Notice) -> None:
    named = YEAR.search(text)
    found.year = int(named[1]) if named else found.year
    if found.year is None:
        found.faults.append(Fault(0, "", "没看出是哪一年的安排，请在下面写上年份。"))
        return
    name = ""
    for number, line in _lines(text):
        heading = HEADING.match(line)
        if heading:
            name, line = heading[1].strip(), line[heading.end() :]
        if not SPAN.search(line) or not re.search(r"放假|上班|上课|休息", line):
            if heading:
                found.faults.append(Fault(number, line, f"没看懂“{name}”放哪几天。写成“1月1日至3日放假，共3天”这样。"))
            continue
        try:
            found.days += _days_of(line, name, found.year)
        except _Wrong as wrong:
            found.faults.append(Fault(number, line, str(wrong)))
    if not found.days and not found.faults:
        found.faults.append(Fault(0, "", "没有读到放假或上班的日子。请把通知里“一、元旦：1月1日……”那几行贴进来。"))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their number; items that stand one after the other in a line are lines of their own."""
    for number, line in enumerate(text.splitlines(), start=1):
        for part in re.split(r"(?<=[。;])\s*(?=[一二三四五六七八九十]{1,3}、)", line.strip()):
            if part.strip():
                yield number, part.strip()


def _days_of(line: str, name: str, year: int) -> list[Day]:
    """The days of one item: what is off, and on which weekend days people work for it."""
    days: list[Day] = []
    for sentence in re.split(r"[。;]", line):
        spans = list(SPAN.finditer(sentence))
        if not spans:
            continue
        if not name:
            raise _Wrong("前面没有节日的名字，写成“一、元旦：……”这样。")
        if re.search(r"放假|休息", sentence):
            days += _off(sentence, spans, name, year)
        elif re.search(r"上班|上课", sentence):
            days += _at_work(sentence, spans, name, year)
        else:
            raise _Wrong(f"“{sentence.strip()}”没说是放假还是上班。")
    return days


def _off(sentence: str, spans: list[re.Match[str]], name: str, year: int) -> list[Day]:
    dates = list(_dates(spans, year))
    stated = COUNT.search(sentence)
    if stated and int(stated[1]) != len(dates):
        raise _Wrong(f"写的是{stated[1]}天，从日期数是{len(dates)}天，请核对。")
    return [Day(day, HOLIDAY, name) for day in dates]


def _at_work(sentence: str, spans: list[re.Match[str]], name: str, year: int) -> list[Day]:
    dates = list(_dates(spans, year))
    on_weekdays = [day for day in dates if day.weekday() < 5]
    if on_weekdays:
        raise _Wrong(f"{_in_words(on_weekdays[0])}，本来就是工作日，不用写上班，请核对日期。")
    follows = FOLLOWS.search(sentence)
    return [Day(day, MAKEUP, f"{name}调休上班", WEEKDAYS.index(follows[1]) if follows else None) for day in dates]


def _dates(spans: Iterable[re.Match[str]], year: int) -> Iterator[date]:
    month: int | None = None
    for span in spans:
        first = _date(span.group(1, 2, 3, 4), year, month)
        year, month = first.year, first.month
        if span[7] is None:
            yield first
            continue
        last = _date(span.group(5, 6, 7, 8), year, month)
        if last < first and span[5] is None and first.month == 12:
            last = _date((str(year + 1), *span.group(6, 7, 8)), year, month)
        if not first <= last < first + timedelta(days=LONGEST):
            raise _Wrong(f"{first:%-m月%-d日}到{last:%-m月%-d日}不像一段假期，请核对日期。")
        month = last.month
        yield from (first + timedelta(days=offset) for offset in range((last - first).days + 1))


def _date(parts: Iterable[str | None], year: int, month: int | None) -> date:
    """A date from its year, month, day and brackets; a weekday in the brackets must be the right one."""
    stated_year, stated_month, day, note = parts
    number = int(stated_month) if stated_month else month
    if number is None:
        raise _Wrong(f"“{day}日”前面没写是几月。")
    try:
        found = date(int(stated_year or year), number, int(day or 0))
    except ValueError:
        raise _Wrong(f"没有{number}月{day}日这一天。") from None
    weekday = STATED.search(note or "")
    if weekday and WEEKDAYS.index(weekday[1].replace("天", "日")) != found.weekday():
        raise _Wrong(f"写的是周{weekday[1]}，{found.year}年{_in_words(found)}，请核对。")
    return found


def _in_words(day: date) -> str:
    return f"{day.month}月{day.day}日是周{WEEKDAYS[day.weekday()]}"


# --- JSON -------------------------------------------------------------------------------------


def _read_json(text: str, found: Notice) -> None:
    """{"year": 2026, "days": [{"date", "name", "isOffDay"}]}, or the rows alone."""
    try:
        document = json.loads(text)
    except ValueError as error:
        found.faults.append(Fault(getattr(error, "lineno", 0), "", "JSON 没写完整，这一行附近有错。"))
        return
    rows = document.get("days") if isinstance(document, dict) else document
    if isinstance(document, dict) and isinstance(document.get("year"), int):
        found.year = document["year"]
    if not isinstance(rows, list) or not rows:
        found.faults.append(Fault(0, "days", "里面一天都没有：这一年的安排可能还没公布。"))
        return
    for place, row in enumerate(rows):
        try:
            found.days.append(_row(row))
        except _Wrong as wrong:
            found.faults.append(Fault(0, f"days[{place}]", str(wrong)))
    if found.year is None and found.days:
        found.year = max(day.date.year for day in found.days)


def _row(row: Any) -> Day:
    if not isinstance(row, dict):
        raise _Wrong("不是一天：要有 date、name 和 isOffDay。")
    try:
        day = date.fromisoformat(row.get("date", ""))
    except (TypeError, ValueError):
        raise _Wrong("date 不是日期，写成 2027-01-01 这样。") from None
    name, off = row.get("name"), row.get("isOffDay")
    if not isinstance(name, str) or not name.strip() or len(name) > 30:
        raise _Wrong("name 要是节日的名字。")
    if not isinstance(off, bool):
        raise _Wrong("isOffDay 要是 true（放假）或 false（上班）。")
    if not off and day.weekday() < 5:
        raise _Wrong(f"{_in_words(day)}，本来就是工作日，不用写上班。")
    return Day(day, HOLIDAY if off else MAKEUP, name.strip() if off else f"{name.strip()}调休上班")


# --- both -------------------------------------------------------------------------------------


def _look_over(found: Notice) -> None:
    """What is wrong or odd about the notice as a whole."""
    by_date: dict[date, Day] = {}
    for day in found.days:
        other = by_date.setdefault(day.date, day)
        if other.day_type != day.day_type:
            found.faults.append(Fault(0, "", f"{day.date:%-m月%-d日}又放假又上班，请核对。"))
    found.days = sorted(by_date.values(), key=lambda day: day.date)
    if not any(day.date.year == found.year for day in found.days):
        found.faults.append(Fault(0, "", f"里面没有 {found.year} 年的日子，请核对年份。"))
    names = "".join(day.name for day in found.days)
    missing = [name for name in STATUTORY if name not in names]
    if missing:
        found.warnings.append(f"没有读到{'、'.join(missing)}，通知贴全了吗？")
