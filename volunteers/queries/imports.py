"""What the import pages show: past imports, and one import sheet by sheet, row by row."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from classes.models import Community, Term
from people import workbooks
from people.models.person import mask_phone
from volunteers.models import ImportBatch, ImportRow, Volunteer

from . import chain

Verdict = ImportRow.Verdict
SHOWN = 20
SKIP = "skip"
# Filter tabs in the order of the page: code, icon, words while previewing, words afterwards.
TABS = (
    ("attention", "warn", "要您看一眼", "没导入，要看一眼"),
    ("probably", "vol", "像是同一人，请您定", "没导入，像是同一人"),
    ("new", "plus", "新的", "新增了"),
    ("same", "check", "已在名单里", "合并了"),
    ("skipped", "x", "您不要的", "您不要的"),
)
ASKED = ("attention", "probably")
FINE = ("new", "same")
PEOPLE = ("volunteers", "seniors", "children")
WORDS = {"same": {"timetable": "同一个班", "rooms": "已有这间", "attendance": "已经登记", "jielong": "认出来了"}}
SEASON_STARTS, AUTUMN_STARTS = 2, 8
MANY_WORDS = 40


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a row that can be put right in place."""

    heading: str
    text: str
    is_wrong: bool

    @property
    def is_long(self) -> bool:
        """Whether it needs more than one line."""
        return "\n" in self.text or len(self.text) > MANY_WORDS


@dataclass(frozen=True, slots=True)
class Line:
    """One row on screen. `state` is a code of TABS; `cells` are filled when it can be changed."""

    row: ImportRow
    state: str
    icon: str
    word: str
    title: str
    about: str
    cells: list[Cell] = field(default_factory=list)
    people: list[chain.Candidate] = field(default_factory=list)

    @property
    def wrong(self) -> list[Cell]:
        """Cells to put right."""
        return [cell for cell in self.cells if cell.is_wrong]

    @property
    def rest(self) -> list[Cell]:
        """All other cells."""
        return [cell for cell in self.cells if not cell.is_wrong]


@dataclass(slots=True)
class SheetView:
    """One sheet: what it was taken for, what was left out, and its rows by need for attention."""

    file: str
    sheet: str
    kind: str
    word: str
    error: str
    understood: list[str]
    as_notes: list[str]
    ignored: list[list[Any]]
    notes: list[str]
    asked: list[Line] = field(default_factory=list)
    fine: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tab:
    """One filter with its number."""

    code: str
    icon: str
    word: str
    count: int


@dataclass(frozen=True, slots=True)
class BatchView:
    """One import. `fine` rows go in or went in, `asked` rows wait for somebody.

    `known` of the fine ones are people of the lists: they add nobody, they fill what is empty.
    """

    batch: ImportBatch
    sheets: list[SheetView]
    tabs: list[Tab]
    show: str
    fine: int
    asked: int
    known: int
    undo_until: datetime | None

    @property
    def is_preview(self) -> bool:
        """Whether it can still be changed."""
        return self.batch.status == ImportBatch.Status.PREVIEW


def batch_view(*, batch: ImportBatch, show: str, edit: int | None, undo_until: datetime | None) -> BatchView:
    """Everything the page of one import shows, in two queries. `show` is a code of TABS or empty."""
    rows = list(batch.rows.all())
    described = {(one["file"], one["sheet"], one["kind"]): one for one in batch.files}
    sheets = {key: sheet_view(one) for key, one in described.items()}
    states = Counter(state_of(row) for row in rows)
    meant = chain.candidates(rows) if batch.status == ImportBatch.Status.PREVIEW else {}
    for row in rows:
        if show and state_of(row) != show:
            continue
        key = (row.file, row.sheet, row.kind)
        line = line_of(row, batch, described[key], edit=row.pk == edit, people=meant.get(row.pk, []))
        sheet = sheets[key]
        (sheet.fine if line.state in FINE and row.pk != edit else sheet.asked).append(line)
    for sheet in sheets.values():
        sheet.asked.sort(key=lambda line: (line.state == "skipped", line.row.number, line.row.pk))
    return BatchView(
        batch=batch,
        sheets=[sheet for sheet in in_order(sheets.values()) if not show or sheet.asked or sheet.fine],
        tabs=tabs(states, batch),
        show=show,
        fine=sum(states[code] for code in FINE),
        asked=sum(states[code] for code in ASKED),
        known=sum(state_of(row) == "same" and row.kind in PEOPLE for row in rows),
        undo_until=undo_until,
    )


def in_order(sheets: Iterable[SheetView]) -> list[SheetView]:
    """Sheets that want somebody first; otherwise as they were read."""
    return sorted(sheets, key=lambda sheet: not (sheet.error or any(line.state in ASKED for line in sheet.asked)))


def tabs(states: Counter[str], batch: ImportBatch) -> list[Tab]:
    """The filters; the one for unwanted rows only when there are any."""
    done = batch.status != ImportBatch.Status.PREVIEW
    return [
        Tab(code, icon, after if done else word, states[code])
        for code, icon, word, after in TABS
        if states[code] or code != "skipped"
    ]


def state_of(row: ImportRow) -> str:
    """The verdict, or that somebody does not want the row."""
    return "skipped" if row.decision == SKIP else row.verdict


def line_of(
    row: ImportRow,
    batch: ImportBatch,
    sheet: dict[str, Any],
    *,
    edit: bool = False,
    people: Iterable[chain.Candidate] = (),
) -> Line:
    """One row as the page shows it."""
    state = state_of(row)
    icon, word = next((icon, word) for code, icon, word, _ in TABS if code == state)
    word = WORDS.get(state, {}).get(row.kind, word)
    open_for_change = batch.status == ImportBatch.Status.PREVIEW and (edit or state in ASKED)
    return Line(
        row=row,
        state=state,
        icon=icon,
        word=word,
        title=title_of(row),
        about="，".join(str(part) for part in ABOUT[row.kind](row.fields) if part),
        cells=cells_of(row, sheet) if open_for_change else [],
        people=list(people),
    )


def title_of(row: ImportRow) -> str:
    """The name of the person or thing a row is about."""
    name = row.fields.get("name") or row.fields.get("person")
    return str(name or next((text for text in row.raw.values() if text), "空行"))[:50]


def cells_of(row: ImportRow, sheet: dict[str, Any]) -> list[Cell]:
    """The row's text in the order of the sheet, wrong cells marked; none known wrong: the first is."""
    headings = [heading for heading in sheet.get("headings", []) if heading in row.raw]
    headings += [heading for heading in row.raw if heading not in headings]
    if row.kind == "jielong":
        headings = [heading for heading in headings if heading != "序号"]
    wrong = wrong_headings(row, sheet["columns"], headings)
    return [Cell(heading, row.raw[heading], heading in wrong) for heading in headings]


def wrong_headings(row: ImportRow, columns: dict[str, str], headings: list[str]) -> set[str]:
    """The columns that the sentence is about."""
    if row.kind == "jielong":
        return set(headings)
    if "class" in columns:
        return {heading for heading in headings if heading != columns["time"]}
    meanings = [re.sub(r"^guardian(\d)_(\w+)$", r"guardian_\2\1", name) for name in row.wrong_fields]
    return {columns[meaning] for meaning in meanings if meaning in columns} & set(headings)


def sheet_view(one: dict[str, Any]) -> SheetView:
    """A sheet without its rows."""
    by_position = one["kind"] == "jielong" or "class" in one["columns"]
    understood = [heading for heading in one.get("headings", []) if heading in one["columns"].values()]
    return SheetView(
        file=one["file"],
        sheet=one["sheet"],
        kind=one["kind"],
        word=workbooks.KINDS.get(one["kind"], ""),
        error=one["error"],
        understood=[] if by_position else understood,
        as_notes=[heading for heading in one.get("headings", []) if heading and heading not in understood]
        if not by_position
        else [],
        ignored=one["ignored"],
        notes=one["notes"],
    )


def _volunteer(fields: dict[str, Any]) -> Iterable[Any]:
    occupation = fields.get("occupation") or ""
    yield mask_phone(fields.get("phone"))
    yield dict(Volunteer.Occupation.choices).get(occupation, "") if occupation else ""
    yield fields.get("organisation")
    windows = fields.get("availability") or []
    yield f"看懂 {len(windows)} 段有空的时间" if windows else "没看懂什么时候有空"


def _senior(fields: dict[str, Any]) -> Iterable[Any]:
    birth = fields.get("birth") or {}
    yield fields.get("grid")
    yield f"{birth['year']} 年生" if birth.get("year") else ""
    yield mask_phone(fields.get("phone"))
    yield fields.get("level_text")


def _child(fields: dict[str, Any]) -> Iterable[Any]:
    yield fields.get("school")
    yield f"{fields['grade']} 年级" if fields.get("grade") else ""
    for guardian in fields.get("guardians") or []:
        yield " ".join(filter(None, [guardian["relation"], guardian["name"], mask_phone(guardian["phone"])]))


def _class(fields: dict[str, Any]) -> Iterable[Any]:
    days = fields.get("weekdays") or [fields.get("weekday")]
    yield "、".join(f"周{'一二三四五六日'[day]}" for day in days if day is not None)
    yield f"{fields['starts']}–{fields['ends']}" if fields.get("starts") and fields.get("ends") else ""
    yield fields.get("room")
    yield f"{fields['capacity']} 人" if fields.get("capacity") else ""


def _room(fields: dict[str, Any]) -> Iterable[Any]:
    yield f"{fields['seats']} 座" if fields.get("seats") else ""
    yield fields.get("equipment")
    yield fields.get("open_text")


def _attendance(fields: dict[str, Any]) -> Iterable[Any]:
    yield fields.get("on")
    yield fields.get("series")
    yield f"{fields.get('arrived') or '没签到'}–{fields.get('left') or '没签退'}"


def _chain(fields: dict[str, Any]) -> Iterable[Any]:
    yield mask_phone(fields.get("phone"))
    yield fields.get("text")


ABOUT = {
    "volunteers": _volunteer,
    "seniors": _senior,
    "children": _child,
    "timetable": _class,
    "rooms": _room,
    "attendance": _attendance,
    "jielong": _chain,
}


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undone import took along, in words, and what it left, by kind and reason."""

    taken: list[str]
    kept: list[dict[str, Any]]

    @property
    def names(self) -> int:
        """How many stayed."""
        return sum(len(group["names"]) for group in self.kept)


def undone(batch: ImportBatch) -> Undone:
    """What undo did, or would do, as its summary says; nothing for an import that was not undone."""
    taken = [f"{number} {word}" for word, number in batch.summary.get("taken", []) if number]
    return Undone(taken, batch.summary.get("kept", []))


@dataclass(frozen=True, slots=True)
class Work:
    """What is in a preview: how many rows, and how many somebody changed or decided."""

    rows: int
    touched: int


def work_in(batch: ImportBatch) -> Work:
    """What would be lost with a preview. One query."""
    touched = Count("pk", filter=Q(fixed_at__isnull=False) | ~Q(decision=""))
    return Work(**batch.rows.aggregate(rows=Count("pk"), touched=touched))


@dataclass(frozen=True, slots=True)
class Past:
    """One import of before. `batch` carries the numbers `created`, `merged` and `asked`."""

    batch: ImportBatch
    names: list[str]
    can_undo: bool


def past(now: datetime, undo_hours: int) -> list[Past]:
    """The last imports with their numbers, in one query."""
    found: QuerySet[ImportBatch] = ImportBatch.objects.select_related("community", "term", "made_by")
    batches = found.annotate(
        created=Count("rows", filter=Q(rows__verdict=Verdict.NEW)),
        merged=Count("rows", filter=Q(rows__verdict=Verdict.SAME)),
        asked=Count("rows", filter=Q(rows__verdict__in=ASKED) & ~Q(rows__decision=SKIP)),
    ).order_by("-pk")[:SHOWN]
    within = timedelta(hours=undo_hours)
    return [
        Past(
            batch=batch,
            names=list(dict.fromkeys(one["file"] for one in batch.files)),
            can_undo=bool(batch.status == ImportBatch.Status.DONE and batch.done_at and now <= batch.done_at + within),
        )
        for batch in batches
    ]


def community_names() -> list[str]:
    """Communities to choose from."""
    return list(Community.objects.values_list("name", flat=True))


def term_names() -> list[str]:
    """Terms to choose from, the latest first."""
    return list(Term.objects.order_by("-starts_on").values_list("name", flat=True))


def likely_term(day: date) -> str:
    """The term that runs on that day, else the name of its season."""
    running = Term.objects.filter(starts_on__lte=day, ends_on__gte=day).first()
    if running:
        return running.name
    if day.month < SEASON_STARTS:
        return f"{day.year - 1}秋"
    return f"{day.year}{'秋' if day.month >= AUTUMN_STARTS else '春'}"
