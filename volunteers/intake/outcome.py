"""What becomes of one row, and the trail that lets the whole import be undone."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from django.db.models import Model

from classes.models import Community, Term
from people import actions as people
from people.models import Person
from people.workbooks import PartialDate, Row
from volunteers.models import ImportRow

Verdict = ImportRow.Verdict
Result = ImportRow.Result
Thing = TypeVar("Thing", bound=Model)
LEAP_DAY = (2, 29)


@dataclass(slots=True)
class Intake:
    """Where rows go: one community and term, at one moment. `facts` are the sheet's title."""

    community: Community
    term: Term
    now: datetime
    facts: dict[str, Any] = field(default_factory=dict)
    decision: str = ""


@dataclass(slots=True)
class Outcome:
    """The verdict on a row, the sentence why, and what it made or changed."""

    verdict: str = Verdict.NEW
    result: str = Result.CREATED
    why: str = ""
    matched: str = ""
    wrong_fields: list[str] = field(default_factory=list)
    made: list[list[Any]] = field(default_factory=list)
    changed: list[list[Any]] = field(default_factory=list)

    def makes(self, thing: Thing) -> Thing:
        """Remember a new database row for undo."""
        self.made.append([thing._meta.label, thing.pk])
        return thing

    def fills(self, thing: Model, **values: Any) -> bool:
        """Write values into fields that are empty; what was there before and after is remembered."""
        fresh = {name: value for name, value in values.items() if value and not getattr(thing, name)}
        if not fresh:
            return False
        before = {name: _plain(getattr(thing, name)) for name in fresh}
        after = {name: _plain(value) for name, value in fresh.items()}
        self.changed.append([thing._meta.label, thing.pk, before, after])
        for name, value in fresh.items():
            setattr(thing, name, value)
        thing.save(update_fields=list(fresh))
        if isinstance(thing, Person) and "phone" in fresh:
            people.reindex(thing)
        return True

    def keeps(self, person: Person, notes: Iterable[str], row: Row) -> None:
        """Keep with the person whatever could not become data."""
        for text in notes:
            kept, fresh = people.note(person=person, text=text, source=f"{row.file} 第 {row.number} 行")
            if fresh:
                self.makes(kept)


def attention(why: str, *fields: str) -> Outcome:
    """A row that does not go in before somebody has looked at it."""
    return Outcome(verdict=Verdict.ATTENTION, result=Result.LEFT, why=why, wrong_fields=list(fields))


def probably(why: str, matched: object) -> Outcome:
    """A row that looks like somebody known; an organiser says whether it is."""
    return Outcome(verdict=Verdict.PROBABLY, result=Result.LEFT, why=why, matched=str(matched)[:60])


def merged(why: str, matched: object) -> Outcome:
    """A row about somebody or something that is already there."""
    return Outcome(verdict=Verdict.SAME, result=Result.MERGED, why=why, matched=str(matched)[:60])


def birth_of(born: PartialDate | None) -> dict[str, Any]:
    """A partial date as the fields of Person."""
    if born is None:
        return {}
    return {"birth_year": born.year, "birth_month": born.month, "birth_day": born.day}


def same_birth(person: Person, born: PartialDate | None) -> bool:
    """Whether both births are known and do not contradict each other."""
    if born is None or person.birth_year is None:
        return False
    if person.birth_year != born.year:
        return False
    return not person.birth_month or not born.month or person.birth_month == born.month


def within(day: date, term: Term) -> date:
    """A day written without its year belongs to the term: 1月9日 of 2026秋 is in 2027."""
    if term.starts_on <= day <= term.ends_on or (day.month, day.day) == LEAP_DAY:
        return day
    later = day.replace(year=day.year + 1)
    return later if term.starts_on <= later <= term.ends_on else day


def say_day(day: date) -> str:
    """9月12日."""
    return f"{day.month}月{day.day}日"


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else getattr(value, "pk", value)
