"""What a file looks like once it has been read: neutral rows with their problems and notes."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, NamedTuple

Kind = Literal[
    "volunteers",
    "seniors",
    "children",
    "timetable",
    "rooms",
    "attendance",
    "jielong",
    "unknown",
]


class UnreadableFile(Exception):
    """The file is not a table or a text we can read; the message is a sentence for the organiser."""


class Problem(NamedTuple):
    """One thing a person has to put right before the row can go in."""

    field: str
    reason: str


class Ignored(NamedTuple):
    """A line of the sheet that is not an entry: a subtotal, a remark, a repeated heading."""

    number: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as exact as it was written: month and day may be unknown."""

    year: int
    month: int | None = None
    day: int | None = None

    def first_day(self) -> date:
        """The earliest day it can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    def last_day_of_turning(self, years: int) -> date:
        """The latest day on which somebody born then turns that old."""
        month = self.month or 12
        length = monthrange(self.year + years, month)[1]
        return date(self.year + years, month, min(self.day or length, length))


@dataclass(frozen=True, slots=True)
class Contact:
    """A guardian, or somebody who fetches a child. Unknown parts are empty."""

    name: str = ""
    relation: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One entry. `fields` is typed data, `raw` is heading -> text as it stood in the sheet.

    `number` is the line number that Excel shows. Several classes of a timetable grid share one.
    """

    file: str
    sheet: str
    number: int
    kind: Kind
    fields: dict[str, Any]
    raw: dict[str, str]
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook, one CSV file or one pasted text.

    `columns` is meaning -> heading; `facts` is what the title says about all rows (term dates,
    community, date and class of a sign-up chain); `notes` is free text worth keeping.
    """

    file: str
    sheet: str
    kind: Kind
    heading_row: int | None
    columns: dict[str, str]
    rows: list[Row]
    ignored: list[Ignored] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Reading:
    """Collects what one row says while it is being read."""

    fields: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def problem(self, key: str, reason: str) -> None:
        self.problems.append(Problem(key, reason))

    def note(self, text: str) -> None:
        if text and text not in self.notes:
            self.notes.append(text)


Cells = Mapping[str, str]
RowReader = Callable[[Cells, int], Reading]
