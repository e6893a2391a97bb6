"""A line of the after-school registration: the child, who answers for it, who fetches it."""

import re
from collections.abc import Mapping
from datetime import date

from . import clocks, names, people, phones
from .availability import read_weekdays
from .learners import read_age
from .sheet import Cells, Contact, PartialDate, Reading
from .tables import plain

# Longest first, so that 小饭桌老师 is not read as 老师.
RELATIONS = sorted(
    [
        "爸爸",
        "父亲",
        "爸",
        "妈妈",
        "母亲",
        "妈",
        "爷爷",
        "奶奶",
        "外公",
        "外婆",
        "姥爷",
        "姥姥",
        "姑姑",
        "姑妈",
        "姑父",
        "姨妈",
        "姨父",
        "小姨",
        "阿姨",
        "舅舅",
        "舅妈",
        "叔叔",
        "婶婶",
        "伯伯",
        "伯父",
        "伯母",
        "哥哥",
        "姐姐",
        "保姆",
        "邻居",
        "家长",
        "亲戚",
        "小饭桌老师",
        "托管老师",
        "托管班老师",
        "老师",
        "司机",
    ],
    key=lambda word: -len(word),
)
RELATION = "|".join(RELATIONS)
SAME_RELATION = {"父亲": "爸爸", "爸": "爸爸", "母亲": "妈妈", "妈": "妈妈", "姥爷": "外公", "姥姥": "外婆"}
PHONE = r"(?:\+?86[ -]?)?1[\d\- ]{10,13}|0\d{2,3}-?\d{7,8}"
ENTRY = re.compile(
    rf"(?P<relation>{RELATION})?\s*[::(]?\s*(?P<name>(?!(?:{RELATION}))[{names.HAN}·]{{2,8}}?(?=$|[\s、,;:/()\d+]|(?:{RELATION})))?"
    rf"\s*[::(]?\s*(?P<phone>{PHONE})?\)?"
)
GRADES = {char: number for number, char in enumerate("一二三四五六七八九", 1)}
ALONE_AGE = 12
"""Who is younger on 1 September does not go home alone: the programme's own rule (domain 4.3)."""
CONSENT = (
    ("none", r"不同意|不可以|拒绝|不愿|否|不行"),
    ("internal", r"内部|不外传|不公开|存档"),
    ("publish", r"同意|可以|是|公开|愿意"),
)


def read_child(cells: Cells, year: int) -> Reading:
    """Fields of one child.

    name, gender, birth, birth_estimated, age, school, grade, class_no, release_time, days,
    guardians, pickups (lists of Contact), may_leave_alone, leave_alone_at, health, photo_consent, consent_on,
    remark.
    """
    reading = Reading()
    people.read_person(cells, year, reading)
    read_age(people.text(cells, "age"), year, reading)
    grade, class_no = _grade(people.text(cells, "grade"), reading)
    guardians = _guardians(cells, reading)
    said, at = _alone_at(people.text(cells, "may_leave_alone"))
    alone = _alone(said, year, reading)
    reading.fields |= {
        "school": people.text(cells, "school"),
        "grade": grade,
        "class_no": class_no,
        "release_time": _release_time(people.text(cells, "release_time"), reading),
        "days": _days(cells.get("days", ""), reading),
        "guardians": guardians,
        "pickups": _pickups(people.text(cells, "pickups"), guardians, reading),
        "may_leave_alone": alone,
        "leave_alone_at": at if alone else None,
        "health": people.words(cells, "health"),
        "photo_consent": _consent(people.text(cells, "photo_consent"), reading),
        "consent_on": people.read_date(cells, "consent_on", "监护人签字日期", year, reading),
        "remark": people.words(cells, "remark"),
    }
    if reading.fields["consent_on"] is None:
        reading.note("还没有监护人签字日期，请补签")
    for key, label in (("hardship", "孩子的困难"), ("remark", "备注")):
        if people.words(cells, key):
            reading.note(f"{label}：{people.words(cells, key)}")
    return reading


def relations_said(headings: Mapping[str, str]) -> dict[str, str]:
    """Relations that stand in a heading (爸爸电话) instead of a column of their own."""
    said: dict[str, str] = {}
    for meaning, heading in headings.items():
        found = re.fullmatch(r"guardian_(?:name|phone)(\d+)", meaning)
        relation = re.search(r"爸爸|妈妈|父亲|母亲|爷爷|奶奶|外公|外婆", heading)
        if found and relation:
            said[f"guardian_relation{found[1]}"] = relation.group()
    return said


def _grade(said: str, reading: Reading) -> tuple[int | None, int | None]:
    """Grade 1 to 9 and class of 4.3, 四年级(2)班, 三2班, 3年级6班, 初一(4)班, or an Excel date 4-3."""
    cleaned = re.sub(r"小学|学校|第", "", said)
    cleaned = re.sub(r"初([一二三123])", lambda found: str(6 + int(GRADES.get(found[1], found[1]))) + "年级", cleaned)
    cleaned = re.sub("[一二三四五六七八九]", lambda found: str(GRADES[found.group()]), cleaned)
    excel_date = re.fullmatch(r"\d{4}-0?(\d{1,2})-0?(\d{1,2})", cleaned)
    found = excel_date or re.fullmatch(r"(\d)(?:年级|年)?[\s.\-/(]*(\d{1,2})?[)\s]*班?级?", cleaned)
    if found and 1 <= int(found[1]) <= 9:
        return int(found[1]), int(found[2]) if found[2] else None
    grade = re.search(r"(\d)年级?", cleaned)
    if said:
        reading.note(f"年级班：{said}")
    return (int(grade[1]) if grade and grade[1] != "0" else None), None


def _release_time(said: str, reading: Reading) -> str | None:
    time = clocks.read_clock(said) if said else None
    if said and (time is None or len(re.findall(r"\d+[:点时]", said)) > 1):
        reading.note(f"放学时间：{said}")
    return time


def _days(said: str, reading: Reading) -> list[int]:
    days, unsure = read_weekdays(said) if said else ([], "")
    if unsure:
        reading.note(f"哪几天来：{unsure}")
    if any(day > 4 for day in days) and len(days) < 7:
        reading.note(f"哪几天来：{plain(said)}（周末没有四点半课堂）")
    return [day for day in days if day < 5]


def _guardians(cells: Cells, reading: Reading) -> list[Contact]:
    numbers = sorted({found[1] for key in cells if (found := re.fullmatch(r"guardian_[a-z]+(\d+)", key))})
    guardians = [contact for number in numbers if (contact := _guardian(cells, number, reading))]
    told = any(problem.field.startswith("guardian") for problem in reading.problems)
    if not told and not any(contact.phone for contact in guardians):
        reading.problem("guardian1_phone", "没有监护人的电话，孩子有事找不到人，请补上。")
    return guardians


def _guardian(cells: Cells, number: str, reading: Reading) -> Contact | None:
    relation = people.text(cells, f"guardian_relation{number}")
    name = names.read_name(cells.get(f"guardian_name{number}", ""))
    said = cells.get(f"guardian_phone{number}", "")
    whose = f"监护人{number}{'' if not name.name else '“' + name.name + '”'}的"
    phone = people.read_phone(said, reading, key=f"guardian{number}_phone", whose=whose)
    if not (name.name or phone.number):
        return None
    if name.name and name.reason:
        reading.problem(f"guardian{number}_name", name.reason.replace("姓名", f"监护人{number}姓名", 1))
    if name.aside and not relation and re.fullmatch(RELATION, name.aside):
        relation = name.aside
    elif name.aside:
        reading.note(f"监护人{number}：{name.aside}")
    if not name.name:
        reading.note(f"监护人{number}没写姓名")
    return Contact(name.name, SAME_RELATION.get(relation, relation)[:10], phone.number)


def _pickups(said: str, guardians: list[Contact], reading: Reading) -> list[Contact]:
    if not said:
        reading.note("没写谁来接，请问清楚")
        return []
    pickups = []
    position = 0
    unread = ""
    while position < len(said):
        found = ENTRY.match(said, position)
        if found and any(found.groupdict().values()):
            pickups.append(_pickup(found, guardians, reading))
            position = found.end()
        else:
            unread += said[position]
            position += 1
    if re.search(r"\w", re.sub(r"[和与或及等都可以来接]", "", unread)):
        reading.note(f"谁来接：{said}")
    return list(dict.fromkeys(pickups))


def _pickup(found: re.Match[str], guardians: list[Contact], reading: Reading) -> Contact:
    relation = SAME_RELATION.get(found["relation"] or "", found["relation"] or "")
    phone = phones.read_phone(found["phone"] or "")
    if phone.reason:
        reading.note(f"接送人{found.group().strip()}：{phone.reason}")
    name = found["name"] or ""
    known = next((g for g in guardians if (g.name == name if name else relation and g.relation == relation)), None)
    if known:
        return Contact(known.name, relation or known.relation, phone.number or known.phone)
    if not name:
        reading.note(f"来接的“{relation or phone.number}”没写姓名，请问清楚")
    return Contact(name, relation, phone.number)


def _alone_at(said: str) -> tuple[str, str | None]:
    """The answer without its time, and the time: 17:40自己走 is a yes at 17:40."""
    at = clocks.read_clock(said) if re.search(r"\d[:点时]", said) else None
    if at is None:
        return said, None
    rest = re.sub(r"(?:下午|傍晚|晚上)?\d{1,2}[:点时]\d{0,2}分?半?(?:以后|之后|后|起)?", "", said)
    return (
        "是" if re.fullmatch(r"[\s,;(]*(?:自己|独自)?(?:走|回家|回|离开)?[\s)]*", rest) else rest.strip(" ,;()")
    ), at


def _alone(said: str, year: int, reading: Reading) -> bool:
    """Whether the child may leave alone: a plain yes, and 12 years old on 1 September.

    The age is the programme's own rule; a birth that may be either side of it counts as too
    young.
    """
    if not said or re.match(r"否|不|×|没|无|n$|N$", said):
        return False
    if not re.fullmatch(r"是|可以|能|√|y|Y|可|同意|yes", said):
        reading.note(f"可否自己回家：{said}")
        return False
    birth = reading.fields["birth"]
    if isinstance(birth, PartialDate) and birth.last_day_of_turning(ALONE_AGE) <= date(year, 9, 1):
        return True
    unknown = "不知道满没满 12 岁" if birth is None else "不满 12 岁"
    reading.note(f"{unknown}，不能自己回家（表里写着“{said}”）")
    return False


def _consent(said: str, reading: Reading) -> str:
    for code, pattern in CONSENT:
        if re.search(pattern, said):
            return code
    if said:
        reading.note(f"照片同意：{said}")
    return ""
