"""Reference data that every installation needs: rule packs, lesson catalogue, calendar."""

import csv
import json
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction

from classes.models import CalendarDay, Lesson, Programme

DATA = Path(__file__).resolve().parent / "data"

# By the code of a programme, which stays when somebody renames it.
# Sources: domain sections 2.3 and 4.1; the ratios are learners per helper.
CHILDREN: dict[str, Any] = {"needs_clearance": True, "minimum_adults": 2, "default_ratio": 8, "young_ratio": 6}
PROGRAMMES: dict[str, dict[str, Any]] = {
    "novices": {
        "name": "菜鸟学堂",
        "kind": "senior",
        "on_holiday": "ask",
        "on_makeup": "ask",
        "risk_note": "同处一室教手机，不碰钱和密码；请提前到场。",
    },
    "weekdays": {
        "name": "工作日长者班",
        "kind": "senior",
        "on_weekend": "skip",
        "risk_note": "同处一室教手机，不碰钱和密码；请提前到场。",
    },
    "after-school": {
        "name": "四点半课堂",
        "kind": "child",
        "on_weekend": "skip",
        "on_makeup": "run",
        "on_half_day": "ask",
        "school_level": "primary",
        **CHILDREN,
        "risk_note": "陪孩子要先完成背景查询；任何时候不和孩子单独相处，只把孩子交给名单上的人。",
    },
    # Winter and summer, mornings and afternoons, when schools are closed (domain sections 2.5 and 8.2).
    "breaks": {
        "name": "社区帮你带娃",
        "kind": "child",
        "on_weekend": "skip",
        "on_makeup": "run",
        "school_level": "primary",
        "in_term": "skip",
        "in_winter": "run",
        "in_summer": "run",
        **CHILDREN,
        "risk_note": "陪孩子要先完成背景查询；任何时候不和孩子单独相处，只把孩子交给名单上的人。",
    },
    "desk": {
        "name": "手机门诊",
        "kind": "desk",
        "on_holiday": "ask",
        "on_makeup": "ask",
        "risk_note": "一对一答疑，不碰钱和密码。",
    },
}


@transaction.atomic
def seed_reference(now: datetime) -> None:
    """Add what is missing; nothing an organiser has changed is touched.

    `now` decides nothing but the log of a run: which rows are official is in the data.
    """
    for code in PROGRAMMES:
        programme_of(code)
    seed_lessons()
    seed_calendar()


def programme_of(code: str) -> Programme:
    """The programme of a code of PROGRAMMES, whatever it is called now; made again where it is gone.

    One of the usual name that has no code, because somebody made it by hand, is taken for it.
    """
    known = Programme.objects.filter(code=code).first()
    if known is None:
        pack = PROGRAMMES[code]
        known, _ = Programme.objects.get_or_create(name=pack["name"], defaults={**pack, "code": code})
        if not known.code:
            known.code = code
            known.save(update_fields=["code"])
    return known


def seed_lessons() -> None:
    """The catalogue with its prerequisites."""
    with (DATA / "lesson_catalogue.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    known = set(Lesson.objects.values_list("code", flat=True))
    fresh = [row for row in rows if row["code"] not in known]
    if not fresh:
        return
    Lesson.objects.bulk_create(
        Lesson(
            code=row["code"],
            stage=row["stage"],
            title=row["title"],
            minutes=int(row["minutes"]),
            learners_per_helper=int(row["learners_per_helper"]),
            pass_check=row["pass_check"],
        )
        for row in fresh
    )
    ids = dict(Lesson.objects.values_list("code", "id"))
    link = Lesson.prerequisites.through
    link.objects.bulk_create(
        link(from_lesson_id=ids[row["code"]], to_lesson_id=ids[before])
        for row in fresh
        for before in row["prerequisites"].split()
    )


def seed_calendar() -> None:
    """Holidays, make-up days and half days. A year that no State Council notice covers is predicted.

    A year about which somebody has brought in or written anything is left alone.
    """
    rows = json.loads((DATA / "calendar.json").read_text(encoding="utf-8"))
    known = {day.year for day in CalendarDay.objects.filter(community=None).values_list("date", flat=True)}
    CalendarDay.objects.bulk_create(calendar_day(row) for row in rows if int(row["date"][:4]) not in known)


def calendar_day(row: dict[str, str]) -> CalendarDay:
    """A row of the file as a model."""
    return CalendarDay(
        date=date.fromisoformat(row["date"]),
        day_type=row["type"],
        name=row["name"],
        source=row["source"],
        status=row["status"],
    )


@cache
def school_year() -> list[dict[str, Any]]:
    """Terms and breaks of the schools in Xi'an by level: published where `status` says so, else estimated."""
    rows = json.loads((DATA / "school_year.json").read_text(encoding="utf-8"))
    days = ("starts_on", "ends_on")
    return [row | {name: date.fromisoformat(row[name]) for name in days} for row in rows]


def school_parts(year: int) -> list[dict[str, Any]]:
    """Those that touch a year."""
    return [row for row in school_year() if row["starts_on"].year <= year <= row["ends_on"].year]
