"""A line of a volunteers' registration."""

import re
from collections.abc import Mapping
from typing import Any

from . import dates, people
from .availability import read_availability
from .sheet import Cells, Reading
from .tables import plain
from .windows import Window

OCCUPATIONS = (
    ("student", r"学生|大[一二三四]|本科|研究生|高中|在校|中学"),
    ("retired", r"退休|离休"),
    ("working", r"在职|上班|职工|员工|教师|工作|公务|党员|社工"),
)
PROGRAMMES = (
    ("senior", r"菜鸟|长者|老人|老年|银发|手机课"),
    ("child", r"四点半|4点半|孩子|儿童|小朋友|作业|托管"),
)
TICK = re.compile(r"√|✓|✔|☑|v|V|y|Y|1|是|可以|有空|行|能来?")
ANY = re.compile(r"都可以|都行|均可|不限|全部|都参加|两个都|皆可|随便|都想|服从")
NUMBERS = {char: number for number, char in enumerate("一二三四五六七", 1)} | {"两": 2}


def read_volunteer(cells: Cells, year: int) -> Reading:
    """Fields of one volunteer.

    name, gender, birth, phone, phone_kind, phone_whose, organisation, occupation, availability
    (list of Window), skills, programmes, max_per_week, max_unlimited, experienced, newcomer,
    clearance, clearance_until, submitted_at, remark.
    """
    reading = Reading()
    people.read_person(cells, year, reading)
    phone = people.read_phone(cells.get("phone", ""), reading, key="phone")
    if phone.kind == "none" and not phone.reason:
        reading.problem("phone", "没有手机号，没法通知，请补上 11 位手机号。")
    if phone.kind == "landline":
        reading.note(f"留的是座机 {phone.number}，收不到短信")
    submitted = people.text(cells, "submitted_at")
    moment = dates.read_moment(submitted, year=year) if submitted else None
    if submitted and moment is None:
        reading.note(f"提交时间：{submitted}")
    reading.fields |= {
        "phone": phone.number,
        "phone_kind": phone.kind,
        "phone_whose": phone.whose,
        "organisation": people.text(cells, "organisation"),
        "occupation": _occupation(people.text(cells, "occupation"), reading),
        "availability": _availability(cells, year, reading),
        "skills": _skills(people.text(cells, "skills"), reading),
        "programmes": _programmes(people.text(cells, "programmes"), reading),
        "submitted_at": moment,
        "remark": people.words(cells, "remark"),
    }
    reading.fields |= _weekly_limit(people.text(cells, "max_per_week"), reading)
    reading.fields |= _experience(people.text(cells, "experienced"), reading)
    reading.fields |= _clearance(people.text(cells, "clearance"), year, reading)
    if reading.fields["remark"]:
        reading.note(f"备注：{reading.fields['remark']}")
    return reading


def times_in_headings(unread: Mapping[str, str], year: int) -> dict[str, str]:
    """Columns that are times themselves: 周六上午 with a tick, or 周六 with 上午 in the cell."""
    times = {}
    for heading, text in unread.items():
        said = plain(text)
        when = heading if TICK.fullmatch(said) else heading + said
        if text and re.match(r"周|星期|工作日|周末", heading) and read_availability(when, year=year).windows:
            times[heading] = when
    return times


def _availability(cells: Cells, year: int, reading: Reading) -> list[Window]:
    read = read_availability(cells.get("availability", ""), year=year)
    for note in read.notes:
        reading.note(note)
    if "availability" in cells and not people.text(cells, "availability"):
        reading.note("没写哪些时间有空，请问清楚再补上")
    return list(read.windows)


def _occupation(said: str, reading: Reading) -> str:
    for code, pattern in OCCUPATIONS:
        if re.search(pattern, said):
            return code
    if said and said not in {"其他", "其它"}:
        reading.note(f"身份：{said}")
    return "other" if said else ""


def _skills(said: str, reading: Reading) -> list[str]:
    if ANY.fullmatch(said):
        reading.note(f"擅长：{said}")
        return []
    return people.split_list(said)


def _programmes(said: str, reading: Reading) -> list[str]:
    if ANY.search(said):
        return ["senior", "child"]
    chosen = [code for code, pattern in PROGRAMMES if re.search(pattern, said)]
    if said and not chosen:
        reading.note(f"愿意参加：{said}")
    return chosen


def _weekly_limit(said: str, reading: Reading) -> dict[str, Any]:
    """The largest number named; 不限 is an answer of its own, an empty cell is not."""
    if re.search(r"不限|无限制|都行|都可以|随便", said):
        return {"max_per_week": None, "max_unlimited": True}
    numbers = [int(digits) for digits in re.findall(r"\d+", re.sub(r"\.0$", "", said))]
    numbers += [NUMBERS[char] for char in re.findall(r"([一二两三四五六七])次", said)]
    limit = max(numbers, default=0)
    monthly = re.search(r"月|年", said)
    if said and (monthly or not 1 <= limit <= 14):
        reading.note(f"每周最多几次：{said}")
        limit = 1 if monthly else 0
    return {"max_per_week": limit or None, "max_unlimited": False}


def _experience(said: str, reading: Reading) -> dict[str, bool | None]:
    """是 has led before; 否 has not led; 第一次 has never been here, and needs somebody who has."""
    if re.match(r"第一次|首次|新", said):
        return {"experienced": False, "newcomer": True}
    if re.match(r"否|没|无|未|不是|×|n$|N$", said):
        return {"experienced": False, "newcomer": False}
    if re.match(r"是|有|带过|√|y$|Y$|参加过|做过", said):
        return {"experienced": True, "newcomer": False}
    if said:
        reading.note(f"是否带过：{said}")
    return {"experienced": None, "newcomer": False}


def _clearance(said: str, year: int, reading: Reading) -> dict[str, Any]:
    """`clearance` is 'checked', 'not_checked' or '' (nothing said); the date is until when."""
    if re.search(r"未查|没查|没有查|待查|未办|在查|办理中|不通过|未通过", said):
        if said != "未查":
            reading.note(f"儿童服务背景查询：{said}")
        return {"clearance": "not_checked", "clearance_until": None}
    until = dates.read_partial(said, year=year) if said else None
    if until:
        reading.note(people.day_note(until, said).replace(f"“{said}”", f"{said} "))
        return {"clearance": "checked", "clearance_until": until.first_day()}
    if said:
        reading.note(f"儿童服务背景查询写着“{said}”，没写有效期到哪天，请补上")
    return {"clearance": "", "clearance_until": None}
