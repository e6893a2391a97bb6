"""Columns that volunteers, seniors and children share: name, gender, birth, and the rest."""

import re
from datetime import date

from . import dates, names, phones
from .sheet import Cells, PartialDate, Reading
from .tables import plain

GENDERS = {"男": "m", "男性": "m", "先生": "m", "男孩": "m", "男生": "m", "m": "m", "1": "m"}
GENDERS |= {"女": "f", "女性": "f", "女士": "f", "女孩": "f", "女生": "f", "f": "f", "2": "f"}
NOTHING = {"", "无", "没有", "/", "-", "--", "暂无", "未填", "不详"}


def text(cells: Cells, key: str) -> str:
    """A cell on one line, half-width, '' when it says there is nothing."""
    said = re.sub(r"\s+", " ", plain(cells.get(key, "")))
    return "" if said in NOTHING else said


def words(cells: Cells, key: str) -> str:
    """Free text on one line as the organiser wrote it, '' when it says there is nothing."""
    said = re.sub(r"\s+", " ", cells.get(key, "").strip())
    return "" if plain(said) in NOTHING else said


def read_person(cells: Cells, year: int, reading: Reading) -> None:
    """name, gender ('m', 'f', ''), birth (PartialDate or None)."""
    name = names.read_name(cells.get("name", ""))
    reading.fields["name"] = name.name
    if name.reason:
        reading.problem("name", name.reason)
    if name.aside:
        reading.note(f"姓名后面写着：{name.aside}")
    said = text(cells, "gender")
    reading.fields["gender"] = GENDERS.get(said.lower(), "")
    if said and not reading.fields["gender"]:
        reading.note(f"性别：{said}")
    reading.fields["birth"] = _birth(text(cells, "birth"), year, reading)


def _birth(said: str, year: int, reading: Reading) -> PartialDate | None:
    birth = dates.read_partial(said, year=year) if said else None
    if birth is None or not year - 110 <= birth.year <= year:
        if said:
            reading.note(f"出生年月“{said}”看不懂，没有填进去")
        return None
    if dates.may_have_lost_a_zero(said):
        reading.note(f"出生年月“{said}”按 1 月算；如果原来写的是 {said}0，应改成 10 月")
    return birth


def read_phone(said: str, reading: Reading, *, key: str, whose: str = "") -> phones.Phone:
    """A phone with its problem noted under `key`; `whose` starts the sentence (监护人1 的)."""
    phone = phones.read_phone(said)
    if phone.reason:
        reading.problem(key, whose + phone.reason)
    if phone.others:
        reading.note(f"{whose}另外的电话：{'、'.join(phone.others)}")
    if re.search(r"\w", phone.rest) and not phone.reason:
        reading.note(f"{whose}电话后面写着：{phone.rest}")
    return phone


def split_list(said: str) -> list[str]:
    """Items of a cell: commas, 、, slashes and blanks separate, brackets hold together."""
    pieces = re.split(r"[、,;/+\n]|\s+|(?<![a-zA-Z])和(?=.{2})", said)
    joined: list[str] = []
    for piece in pieces:
        if joined and joined[-1].count("(") > joined[-1].count(")"):
            joined[-1] += "、" + (piece or "")
        else:
            joined.append(piece or "")
    return list(dict.fromkeys(piece.strip() for piece in joined if piece.strip()))


def day_note(partial: PartialDate, said: str) -> str:
    """The sentence for a date that is written to the month or year only, else ''."""
    if partial.day:
        return ""
    written = "月" if partial.month else "年"
    day = partial.first_day()
    return f"“{said}”只写到{written}，按 {day.month} 月 {day.day} 日算"


def read_date(cells: Cells, key: str, label: str, year: int, reading: Reading) -> date | None:
    """A whole date; one that is not understood becomes a note, never a silence."""
    said = text(cells, key)
    partial = dates.read_day(said, year=year) if said else None
    if partial is None:
        if said:
            reading.note(f"{label}：{said}")
        return None
    reading.note(day_note(partial, said))
    return partial.first_day()
