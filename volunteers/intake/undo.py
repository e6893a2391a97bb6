"""Takes an import back: what it made goes, what it filled is emptied, what is in use stays."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Field, Model, ProtectedError

from classes import actions as classes
from classes.models import Enrolment, Grid, Learner, Series, SeriesDay, Session, Venue
from people import audit
from people.models import Person, User
from volunteers.actions import seats
from volunteers.models import Assignment, CheckIn, ImportBatch, ImportRow, Organisation, Shift, Volunteer

from .batches import ORDER, AlreadyDone, TooLateToUndo, may_undo_until
from .outcome import say_day

# What a row is about: while it is in use, everything the row made belongs to it.
ANCHORS = (Volunteer, Learner, Series)


@transaction.atomic
def undo(*, batch: ImportBatch, now: datetime, actor: User | None = None) -> ImportBatch:
    """Undo a whole import within 24 hours. Raises AlreadyDone, TooLateToUndo.

    Who got a place meanwhile, and a class that got people, stay, and the report says so.
    """
    until = may_undo_until(batch)
    if until is None:
        raise AlreadyDone("这次导入没有做过，或者已经撤销了。")
    if now > until:
        raise TooLateToUndo("已经过了 24 小时，不能整批撤销了。可以在名单里一位一位地改。")
    done, undone = ImportBatch.Status.DONE, ImportBatch.Status.UNDONE
    if not ImportBatch.objects.filter(pk=batch.pk, status=done).update(status=undone, undone_at=now):
        raise AlreadyDone("这次导入已经撤销了。")
    rows = sorted(batch.rows.all(), key=lambda row: (ORDER.index(row.kind), row.pk), reverse=True)
    kept = _take_back_all(rows, batch, now)
    batch.refresh_from_db()
    batch.undo_report = list(dict.fromkeys(kept))
    batch.save(update_fields=["undo_report"])
    audit.write(
        actor=actor,
        verb="撤销导入",
        thing=f"importbatch:{batch.pk}",
        now=now,
        summary=f"留下 {len(batch.undo_report)} 项",
    )
    return batch


def _take_back_all(rows: list[ImportRow], batch: ImportBatch, now: datetime) -> list[str]:
    """The last row first, so that lists go before the people in them and people before classes."""
    mine = {(label, pk) for row in rows for label, pk in row.made}
    for row in rows:
        for label, pk, before, after in reversed(row.changed):
            _restore(label, pk, before, after, now)
    classes.take_back(enrolments=batch.summary.get("placed", []), now=now)
    return [why for row in rows for why in _take_back(row, mine)]


def _restore(label: str, pk: int, before: dict[str, Any], after: dict[str, Any], now: datetime) -> None:
    """Put fields back, unless somebody has changed them since."""
    thing = _find(label, pk)
    if isinstance(thing, Assignment):
        if thing.status == after["status"] and seats.claim(thing.shift):
            Assignment.objects.filter(pk=pk).update(status=before["status"], note="", changed_at=now)
    elif thing:
        mine = [name for name in before if _same(thing, name, after[name])]
        for name in mine:
            setattr(thing, name, _value(thing, name, before[name]))
        thing.save(update_fields=mine)


def _same(thing: Model, name: str, value: Any) -> bool:
    return bool(getattr(thing, name) == _value(thing, name, value))


def _value(thing: Model, name: str, value: Any) -> Any:
    field = thing._meta.get_field(name)
    return field.to_python(value) if isinstance(field, Field) else value


def _find(label: str, pk: int) -> Model | None:
    return apps.get_model(label)._default_manager.filter(pk=pk).first()


def _take_back(row: ImportRow, mine: set[tuple[str, int]]) -> list[str]:
    """Everything one row made, last first; a person or class in use keeps all of its row."""
    things = [thing for label, pk in row.made if (thing := _find(label, pk))]
    busy = [why for thing in things if isinstance(thing, ANCHORS) and (why := _in_use(thing, mine))]
    if busy:
        return busy
    things = [thing for thing in things if not _goes_with_its_series(thing, mine)]
    return [why for thing in reversed(things) if (why := _remove(thing, mine))]


def _goes_with_its_series(thing: Model, mine: set[tuple[str, int]]) -> bool:
    """Days, sessions and shifts of a class that this import made go, or stay, with the class."""
    if isinstance(thing, Shift):
        return _goes_with_its_series(thing.session, mine)
    return isinstance(thing, SeriesDay | Session) and (Series._meta.label, thing.series_id) in mine


def _remove(thing: Model, mine: set[tuple[str, int]]) -> str:
    """Delete one thing; the sentence when it has to stay."""
    why = _in_use(thing, mine)
    if why:
        return why
    if isinstance(thing, Assignment) and thing.status in Assignment.ACTIVE:
        seats.give_back(thing.shift_id)
    try:
        with transaction.atomic():
            thing.delete()
    except ProtectedError:
        return f"“{thing}”还有别的记录在用，留下了。"
    return ""


def _in_use(thing: Model, mine: set[tuple[str, int]]) -> str:
    for model, asked in USES.items():
        if isinstance(thing, model):
            return asked(thing, mine)
    return ""


def _volunteer(volunteer: Volunteer, mine: set[tuple[str, int]]) -> str:
    if volunteer.assignments.exists():
        return f"{volunteer}已经排了班，留下了。"
    return f"{volunteer}已经签到过，留下了。" if volunteer.checkins.exists() else ""


def _learner(learner: Learner, mine: set[tuple[str, int]]) -> str:
    places = learner.enrolments.exclude(status=Enrolment.Status.WITHDRAWN)
    return f"{learner}后来又入了班，留下了。" if places.exists() else ""


def _person(person: Person, mine: set[tuple[str, int]]) -> str:
    somebody = hasattr(person, "volunteer") or hasattr(person, "learner") or person.wards.exists()
    return f"{person}的资料还在用，留下了。" if somebody else ""


def _series(series: Series, mine: set[tuple[str, int]]) -> str:
    placed = Assignment.objects.filter(session__series=series).exists()
    seated = series.enrolments.exclude(status=Enrolment.Status.WITHDRAWN).exists()
    came = CheckIn.objects.filter(series=series).exists()
    return f"“{series}”已经有人排班或入班，留下了。" if placed or seated or came else ""


def _series_day(day: SeriesDay, mine: set[tuple[str, int]]) -> str:
    held = Session.objects.filter(series=day.series, on_date__iso_week_day=day.weekday + 1).exists()
    return f"“{day.series}”{day.name}已经有场次或有人入班，留下了。" if day.taken or held else ""


def _session(session: Session, mine: set[tuple[str, int]]) -> str:
    others = set(Session.objects.filter(series=session.series).values_list("pk", flat=True))
    generated = any((session._meta.label, pk) not in mine for pk in others)
    if session.assignments.exists() or generated:
        return f"“{session.series}”{say_day(session.on_date)}这一场已经在课表里，留下了。"
    return ""


def _shift(shift: Shift, mine: set[tuple[str, int]]) -> str:
    return f"{say_day(shift.session.on_date)}的{shift.role}已经有人，留下了。" if shift.assignments.exists() else ""


def _organisation(organisation: Organisation, mine: set[tuple[str, int]]) -> str:
    return f"“{organisation}”还有别的志愿者，留下了。" if organisation.members.exists() else ""


def _grid(grid: Grid, mine: set[tuple[str, int]]) -> str:
    return f"“{grid}”还有别的学员，留下了。" if Learner.objects.filter(grid=grid).exists() else ""


def _venue(venue: Venue, mine: set[tuple[str, int]]) -> str:
    return f"“{venue}”还有别的教室，留下了。" if venue.rooms.exists() else ""


USES: dict[type[Model], Callable[[Any, set[tuple[str, int]]], str]] = {
    Volunteer: _volunteer,
    Learner: _learner,
    Person: _person,
    Series: _series,
    SeriesDay: _series_day,
    Session: _session,
    Shift: _shift,
    Organisation: _organisation,
    Grid: _grid,
    Venue: _venue,
}
