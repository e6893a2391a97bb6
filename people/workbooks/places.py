"""A line of the rooms list and a line of the attendance list."""

import re

from . import clocks, names, people
from .availability import read_availability
from .sheet import Cells, Reading
from .tables import plain
from .windows import Window

HAN_NUMBERS = {char: number for number, char in enumerate("一二三四五六七八九十", 1)}


def read_room(cells: Cells, year: int) -> Reading:
    """Fields of one room: name, floor, seats, has_lift, equipment, open_text, windows, remark.

    `has_lift` is None when the cell is empty or says none is needed (无需, on the ground floor).
    """
    reading = Reading()
    name = people.text(cells, "name")
    if not name:
        reading.problem("name", "没有场地名称，请补上。")
    open_text = people.text(cells, "open")
    reading.fields |= {
        "name": name,
        "floor": _floor(people.text(cells, "floor"), reading),
        "seats": read_count(people.text(cells, "seats"), "座位", reading),
        "has_lift": _lift(plain(cells.get("has_lift", "")), reading),
        "equipment": people.words(cells, "equipment"),
        "open_text": open_text,
        "windows": _windows(open_text, year, reading),
        "remark": people.words(cells, "remark"),
    }
    if reading.fields["remark"]:
        reading.note(f"备注：{reading.fields['remark']}")
    return reading


def read_attendance(cells: Cells, year: int) -> Reading:
    """Fields of one attendance: on, series, person, arrived, left ('HH:MM' or None), note."""
    reading = Reading()
    person = names.read_name(cells.get("person", ""))
    if person.reason:
        reading.problem("person", person.reason)
    day = people.read_date(cells, "on", "日期", year, reading)
    if day is None:
        said = people.text(cells, "on")
        reading.problem("on", f"日期“{said}”看不懂，请写成 2026-09-05。" if said else "没有日期，请补上。")
    reading.fields |= {
        "on": day,
        "series": people.text(cells, "series"),
        "person": person.name,
        "arrived": _time(people.text(cells, "arrived"), "签到", reading),
        "left": _time(people.text(cells, "left"), "签退", reading),
        "note": people.words(cells, "note"),
    }
    if not reading.fields["series"]:
        reading.note("没写是哪个班")
    arrived, left = reading.fields["arrived"], reading.fields["left"]
    if arrived and left and left <= arrived:
        reading.problem("left", f"签退 {left} 不晚于签到 {arrived}，请核对。")
    if reading.fields["note"]:
        reading.note(f"备注：{reading.fields['note']}")
    return reading


def read_count(said: str, label: str, reading: Reading) -> int | None:
    """A whole number above 0 such as 24 or 24人; anything else becomes a note."""
    found = re.search(r"\d+", said)
    count = int(found.group()) if found else None
    if said and (not count or count > 10_000 or len(re.findall(r"\d+", re.sub(r"\.0$", "", said))) > 1):
        reading.note(f"{label}：{said}")
    return count if count and count <= 10_000 else None


def _time(said: str, label: str, reading: Reading) -> str | None:
    time = clocks.read_clock(said) if said else None
    if said and time is None:
        reading.note(f"{label}：{said}")
    return time


def _floor(said: str, reading: Reading) -> int | None:
    below = -1 if re.search(r"负|地下|^-|^[Bb]\d", said) else 1
    found = re.search(r"\d{1,2}", said)
    han = re.search("[一二三四五六七八九十]", said)
    if found:
        return below * int(found.group())
    if han:
        return below * HAN_NUMBERS[han.group()]
    if said:
        reading.note(f"楼层：{said}")
    return None


def _lift(said: str, reading: Reading) -> bool | None:
    if not said or re.match(r"无需|不需要|不用", said):
        return None
    if re.match(r"有|是|√|可用", said):
        return True
    if not re.match(r"无|没|否|×|不", said):
        reading.note(f"电梯：{said}")
        return None
    return False


def _windows(said: str, year: int, reading: Reading) -> list[Window]:
    """Open hours; without weekdays they hold every day, which needs no remark for a room."""
    read = read_availability(said, year=year)
    for note in read.notes:
        if not note.startswith("没写星期几"):
            reading.note(note.replace("空闲时间", "能用的时间"))
    return list(read.windows)
