"""An import as a whole: read, preview, fix, commit.

The preview is the import itself inside a transaction that is rolled back, so what it says is
what will happen. One code path, no second opinion.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any, cast

from django.db import DataError, IntegrityError, transaction

from classes import actions as classes
from classes.actions.holding import hold_community
from classes.models import Community, Enrolment, Learner, Series, SeriesDay, Term
from people import audit, workbooks
from people.models import User
from people.workbooks import Row, Sheet, UnreadableFile
from volunteers.models import ImportBatch, ImportRow

from . import class_rows, learner_rows, service_rows, volunteer_rows
from .outcome import Intake, Outcome, Result, Verdict, attention

UNDO_HOURS = 24
LONGEST_NAME = 100
TAKERS: dict[str, Callable[[Row, Intake], Outcome]] = {
    "rooms": class_rows.take_room,
    "timetable": class_rows.take_class,
    "volunteers": volunteer_rows.take,
    "seniors": learner_rows.take_senior,
    "children": learner_rows.take_child,
    "attendance": service_rows.take_attendance,
    "jielong": service_rows.take_chain,
}
ORDER = list(TAKERS)
PASTED = "粘贴的内容"
UNKNOWN_SHEET = "没看懂这张表是什么：没有姓名、时间这样的列名。请看看选对了没有。"
OTHER_FILES = re.compile(r"\.(png|jpe?g|gif|webp|heic|bmp|pdf|docx?|pptx?|mp4|mov|mp3|zip|rar|7z)$", re.IGNORECASE)
DATES = ("on", "term_starts", "term_ends")
# Learners without a class are placed when one of these came in.
PLACED_AFTER = {model._meta.label for model in (Learner, Series, SeriesDay)}


class NothingToRead(Exception):
    """No file and no text, or none of them holds rows; the message is a sentence."""


class AlreadyDone(Exception):
    """The import has been carried out or undone before."""


class TooLateToUndo(Exception):
    """More than 24 hours have passed since the import."""


def preview(
    *,
    files: list[tuple[str, bytes]],
    community: Community,
    term: Term,
    now: datetime,
    text: str = "",
    actor: User | None = None,
) -> ImportBatch:
    """Read everything and say row by row what would become of it. Nothing else changes.

    A file that cannot be read is listed with its sentence. Raises NothingToRead when there is
    no row at all.
    """
    sheets, broken = _read(files, text, term.starts_on.year)
    rows = [(sheet, row) for sheet in sheets for row in sheet.rows]
    if not rows:
        raise NothingToRead(_why_nothing(files, broken))
    with transaction.atomic():
        batch = ImportBatch.objects.create(
            community=community,
            term=term,
            made_by=actor,
            created_at=now,
            files=[_described(sheet) for sheet in sheets] + broken,
        )
        ImportRow.objects.bulk_create(_stored(batch, row) for _, row in rows)
    return assess(batch, now)


def _why_nothing(files: list[tuple[str, bytes]], broken: list[dict[str, Any]]) -> str:
    """The sentence of the first file that could not be read, with its name."""
    if not broken:
        where = f"{files[0][0]} 里" if len(files) == 1 else ""
        return f"{where}没有找到可以导入的行，请选一个文件，或粘贴接龙、表格。"
    name, why = broken[0]["file"], str(broken[0]["error"])
    return why if name == PASTED or why.startswith(name) else f"{name}：{why}"


def _not_a_table(name: str) -> str:
    """The sentence about a file that no one can mean, by its name, or nothing."""
    return f"{name} 不是表格，读不出人和课。请选 Excel、WPS、CSV 或文字文件。" if OTHER_FILES.search(name) else ""


def _read(files: list[tuple[str, bytes]], text: str, year: int) -> tuple[list[Sheet], list[dict[str, Any]]]:
    sheets: list[Sheet] = []
    broken = []
    for name, content in _named_once(files):
        try:
            sheets += workbooks.read(name, content, year=year)
        except UnreadableFile as error:
            broken.append(_unread(name, UnreadableFile(_not_a_table(name) or str(error))))
    if text.strip():
        try:
            sheets += workbooks.read_text(text, year=year)
        except UnreadableFile as error:
            broken.append(_unread(PASTED, error))
    known = [sheet for sheet in sheets if sheet.kind in TAKERS]
    broken += [
        {**_described(sheet), "error": _not_a_table(sheet.file) or UNKNOWN_SHEET}
        for sheet in sheets
        if sheet.kind not in TAKERS
    ]
    return sorted(known, key=lambda sheet: ORDER.index(sheet.kind)), broken


def _named_once(files: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Two files of one name get different names, so that every row knows its own sheet."""
    taken: list[str] = []
    for name, _ in files:
        short = name[-LONGEST_NAME:]
        taken.append(short if short not in taken else f"({len(taken) + 1}){short}")
    return [(name, content) for name, (_, content) in zip(taken, files, strict=True)]


def _unread(name: str, error: UnreadableFile) -> dict[str, Any]:
    return _described(Sheet(name, "", "unknown", None, {}, [])) | {"error": str(error)}


def _described(sheet: Sheet) -> dict[str, Any]:
    """What the pages say about a sheet. `headings` keeps the order that a JSON column may lose."""
    return {
        "file": sheet.file,
        "sheet": sheet.sheet[:60],
        "headings": list(dict.fromkeys(heading for row in sheet.rows for heading in row.raw)),
        "kind": sheet.kind,
        "columns": sheet.columns,
        "heading_row": sheet.heading_row,
        "ignored": [list(ignored) for ignored in sheet.ignored],
        "notes": sheet.notes,
        "facts": {key: _plain(value) for key, value in sheet.facts.items()},
        "error": "",
    }


def _stored(batch: ImportBatch, row: Row) -> ImportRow:
    return ImportRow(
        batch=batch,
        file=row.file,
        sheet=row.sheet[:60],
        number=row.number,
        kind=row.kind,
        fields=_jsonable(row.fields),
        raw=row.raw,
        notes=row.notes,
        verdict=Verdict.ATTENTION,
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _jsonable(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return _jsonable(asdict(value))
    if isinstance(value, dict):
        return {key: _jsonable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(part) for part in value]
    return _plain(value)


def assess(batch: ImportBatch, now: datetime) -> ImportBatch:
    """Carry the import out, remember what it did to each row, and roll it back."""
    with transaction.atomic():
        rows, outcomes, summary = _carry_out(batch, now)
        transaction.set_rollback(True)
    said = ("verdict", "why", "wrong_fields", "matched", "fields", "notes")
    before = {row["pk"]: row for row in batch.rows.values("pk", *said)}
    for row, outcome in zip(rows, outcomes, strict=True):
        row.verdict, row.why = outcome.verdict, outcome.why[:300]
        row.wrong_fields, row.matched = outcome.wrong_fields, outcome.matched
    changed = [row for row in rows if any(getattr(row, name) != before[row.pk][name] for name in said)]
    ImportRow.objects.bulk_update(changed, said, batch_size=200)
    batch.summary = summary
    batch.save(update_fields=["summary"])
    return batch


def in_turn(row: ImportRow) -> tuple[int, bool, datetime, int]:
    """Rooms, classes, people, lists; among them as in the file, and whatever was changed by hand last.

    So a row put right never takes the place of one that was fine.
    """
    return (ORDER.index(row.kind), row.fixed_at is not None, row.fixed_at or row.batch.created_at, row.pk)


def _carry_out(batch: ImportBatch, now: datetime) -> tuple[list[ImportRow], list[Outcome], dict[str, Any]]:
    """Every row in its own savepoint, in turn. The rows touch many classes: the community is held before them."""
    hold_community(batch.community_id)
    sheets = {(f["file"], f["sheet"], f["kind"]): f for f in batch.files}
    rows = sorted(batch.rows.all(), key=in_turn)
    outcomes = [_one(row, sheets[row.file, row.sheet, row.kind], batch, now) for row in rows]
    summary: dict[str, Any] = {"enrolled": 0, "waiting": 0, "requested": 0, "left": [], "placed": []}
    if any(label in PLACED_AFTER for outcome in outcomes for label, _ in outcome.made):
        summary = _place(batch, now)
    return rows, outcomes, summary


def _place(batch: ImportBatch, now: datetime) -> dict[str, Any]:
    """Give learners without a class a place; `placed` are the enrolments made, for undo."""
    known = Enrolment.objects.filter(series__term=batch.term, series__community=batch.community)
    before = set(known.values_list("pk", flat=True))
    placed = classes.place_by_level(term=batch.term, community=batch.community, now=now)
    return {
        "enrolled": placed.confirmed,
        "waiting": placed.waiting,
        "requested": placed.requested,
        "left": [{"name": left["name"], "why": left["why"]} for left in placed.left],
        "placed": sorted(set(known.values_list("pk", flat=True)) - before),
    }


def _one(stored: ImportRow, sheet: dict[str, Any], batch: ImportBatch, now: datetime) -> Outcome:
    if stored.decision == "skip":
        return attention("您选了不要这一行。")
    row = _again(stored, sheet, batch.term.starts_on.year)
    if row.problems:
        why = "".join(problem.reason for problem in row.problems) + service_rows.near(row)
        return attention(why, *(problem.field for problem in row.problems))
    facts = {key: date.fromisoformat(v) if key in DATES and v else v for key, v in sheet["facts"].items()}
    intake = Intake(batch.community, batch.term, now, facts, stored.decision)
    try:
        with transaction.atomic():
            outcome = TAKERS[row.kind](row, intake)
            if outcome.result == Result.LEFT:
                transaction.set_rollback(True)
            return outcome
    except DataError:
        return attention("这一行里有一格太长，放不下。请改短，其余的写到备注里。")
    except IntegrityError:
        return attention("这一行和已有的记录冲突，没有导入。请看看是不是重复了。")


def _again(stored: ImportRow, sheet: dict[str, Any], year: int) -> Row:
    """The row as typed data, read again from its text."""
    kind = cast(workbooks.Kind, stored.kind)
    plain = Row(stored.file, stored.sheet, stored.number, kind, stored.fields, stored.raw)
    row = workbooks.reread(plain, stored.raw, columns=sheet["columns"], year=year)
    if row.kind == "jielong":
        row.fields["number"] = stored.fields.get("number")
    stored.fields, stored.notes = _jsonable(row.fields), row.notes
    return row


def fix(*, row: ImportRow, changes: dict[str, str], now: datetime) -> ImportRow:
    """Change the text of some cells (heading → text) and look at the whole import again."""
    must_be_preview(row.batch)
    # PostgreSQL keeps no NUL in JSON.
    clean = {heading: text.replace("\x00", "").strip() for heading, text in changes.items() if heading in row.raw}
    row.raw = {**row.raw, **clean}
    row.decision = ""
    row.fixed_at = now
    row.save(update_fields=["raw", "decision", "fixed_at"])
    assess(row.batch, now)
    row.refresh_from_db()
    return row


def decide(*, row: ImportRow, decision: str, now: datetime) -> ImportRow:
    """Say of a row that it is the same person, a new one, or not wanted ("" takes it back)."""
    must_be_preview(row.batch)
    if decision not in ("same", "new", "skip", ""):
        raise ValueError(f"unknown decision {decision!r}")
    row.decision = decision
    row.save(update_fields=["decision"])
    assess(row.batch, now)
    row.refresh_from_db()
    return row


def must_be_preview(batch: ImportBatch) -> None:
    if batch.status != ImportBatch.Status.PREVIEW:
        raise AlreadyDone("这次导入已经做完了，不能再改。")


@transaction.atomic
def commit(*, batch: ImportBatch, now: datetime, actor: User | None = None) -> ImportBatch:
    """Carry the import out for good: good rows go in whatever happens to the others.

    Raises AlreadyDone; the claim is a conditional update, so two presses import once.
    """
    claimed = ImportBatch.objects.filter(pk=batch.pk, status=ImportBatch.Status.PREVIEW)
    if not claimed.update(status=ImportBatch.Status.DONE, done_at=now):
        raise AlreadyDone("这次导入已经做过了。")
    batch.refresh_from_db()
    rows, outcomes, batch.summary = _carry_out(batch, now)
    for row, outcome in zip(rows, outcomes, strict=True):
        row.verdict, row.result, row.why = outcome.verdict, outcome.result, outcome.why[:300]
        row.wrong_fields, row.matched = outcome.wrong_fields, outcome.matched
        row.made, row.changed = outcome.made, outcome.changed
    ImportRow.objects.bulk_update(
        rows,
        ["verdict", "result", "why", "wrong_fields", "matched", "made", "changed", "fields", "notes"],
        batch_size=200,
    )
    batch.save(update_fields=["summary"])
    audit.write(
        actor=actor,
        verb="导入",
        thing=f"importbatch:{batch.pk}",
        now=now,
        summary=f"{batch.community} {batch.term}：{len(rows)} 行",
        data={"files": sorted({row.file for row in rows})},
    )
    return batch


def settle(*, batch: ImportBatch, now: datetime) -> None:
    """Somebody has looked at the rows that were left out; nobody needs to be reminded any more."""
    ImportBatch.objects.filter(pk=batch.pk, status=ImportBatch.Status.DONE, seen_at=None).update(seen_at=now)


def may_undo_until(batch: ImportBatch) -> datetime | None:
    """Until when a finished import can be undone."""
    if batch.status != ImportBatch.Status.DONE or batch.done_at is None:
        return None
    return batch.done_at + timedelta(hours=UNDO_HOURS)


def counts(batch: ImportBatch, rows: Iterable[ImportRow] | None = None) -> dict[str, Any]:
    """The contract's numbers: rows = created + merged + len(needs_attention)."""
    listed = list(batch.rows.all() if rows is None else rows)
    created = sum(row.verdict == Verdict.NEW for row in listed)
    joined = sum(row.verdict == Verdict.SAME for row in listed)
    asked = [row for row in listed if row.verdict in (Verdict.ATTENTION, Verdict.PROBABLY)]
    return {
        "rows": len(listed),
        "created": created,
        "merged": joined,
        "needs_attention": [{"file": row.file, "row": row.number, "reason": row.why} for row in asked],
    }


__all__ = [
    "UNDO_HOURS",
    "AlreadyDone",
    "NothingToRead",
    "Result",
    "TooLateToUndo",
    "assess",
    "commit",
    "counts",
    "decide",
    "fix",
    "may_undo_until",
    "preview",
    "settle",
]
