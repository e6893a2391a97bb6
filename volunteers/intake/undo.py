"""Takes an import back: what it made goes, what it filled is emptied, what is in use stays."""

from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Model, ProtectedError

from classes import actions as classes
from classes.models import Enrolment, Grid, Learner, Room, Series, Session, Venue
from people import audit
from people.models import Person, User
from volunteers.actions import seats
from volunteers.models import Assignment, CheckIn, ImportBatch, Organisation, Volunteer

from .batches import AlreadyDone, TooLateToUndo, may_undo_until

# Rows that others may have begun to use: asked before they are deleted.
SHARED = (Organisation, Grid, Venue, Room)
# What a row is about: while it is in use, everything the row made belongs to it.
ANCHORS = (Volunteer, Series)


@transaction.atomic
def undo(*, batch: ImportBatch, now: datetime, actor: User | None = None) -> ImportBatch:
    """Undo a whole import within 24 hours. Raises AlreadyDone, TooLateToUndo.

    A person who got a place, a class that got sessions with people, stay, and the report says so.
    """
    until = may_undo_until(batch)
    if until is None:
        raise AlreadyDone("这次导入没有做过，或者已经撤销了。")
    if now > until:
        raise TooLateToUndo("已经过了 24 小时，不能整批撤销了。可以在名单里一位一位地改。")
    undone = ImportBatch.Status.UNDONE
    if not ImportBatch.objects.filter(pk=batch.pk, status="done").update(status=undone, undone_at=now):
        raise AlreadyDone("这次导入已经撤销了。")
    kept: list[str] = []
    for row in batch.rows.order_by("-pk"):
        for label, pk, values in row.changed:
            _restore(label, pk, values, now)
    for row in sorted(batch.rows.all(), key=_last_made_first, reverse=True):
        kept += _take_back(row.made, now)
    batch.refresh_from_db()
    batch.undo_report = sorted(set(kept))
    batch.save(update_fields=["undo_report"])
    audit.write(actor=actor, verb="撤销导入", thing=f"importbatch:{batch.pk}", now=now, summary=f"留下 {len(kept)} 项")
    return batch


def _take_back(made: list[list[Any]], now: datetime) -> list[str]:
    """Everything one row made, last first; a volunteer or class in use keeps all of its row."""
    things = [apps.get_model(label)._default_manager.filter(pk=pk).first() for label, pk in made]
    busy = [why for thing in things if isinstance(thing, ANCHORS) and (why := _in_use(thing))]
    if busy:
        return busy
    return [why for thing in reversed(things) if thing for why in _remove(thing, now)]


def _last_made_first(row: Any) -> tuple[int, int]:
    order = ["rooms", "timetable", "volunteers", "seniors", "children", "attendance", "jielong"]
    return order.index(row.kind), row.pk


def _restore(label: str, pk: int, values: dict[str, Any], now: datetime) -> None:
    model = apps.get_model(label)
    thing = model._default_manager.filter(pk=pk).first()
    if thing is None:
        return
    if isinstance(thing, Assignment):
        if seats.claim(thing.shift):
            model._default_manager.filter(pk=pk).update(status=values["status"], changed_at=now)
        return
    model._default_manager.filter(pk=pk).update(**{name: _value(model, name, v) for name, v in values.items()})


def _value(model: type[Model], name: str, value: Any) -> Any:
    field = model._meta.get_field(name)
    return field.to_python(value) if hasattr(field, "to_python") and not isinstance(value, list | dict) else value


def _remove(thing: Model, now: datetime) -> list[str]:
    """Delete one thing; the sentence when it has to stay."""
    why = _in_use(thing)
    if why:
        return [why]
    if isinstance(thing, Assignment):
        _give_place_back(thing)
    if isinstance(thing, Learner):
        for enrolment in thing.enrolments.exclude(status=Enrolment.Status.WITHDRAWN):
            classes.withdraw(enrolment=enrolment, now=now)
    try:
        with transaction.atomic():
            thing.delete()
    except ProtectedError:
        return [f"“{thing}”还有别的记录在用，留下了。"]
    return []


def _give_place_back(assignment: Assignment) -> None:
    if assignment.status in Assignment.ACTIVE:
        seats.give_back(assignment.shift_id)


def _in_use(thing: Model) -> str:
    if isinstance(thing, Volunteer) and thing.assignments.filter(status__in=Assignment.ACTIVE).exists():
        return f"{thing}已经排了班，留下了。"
    if isinstance(thing, Person) and _is_somebody(thing):
        return f"{thing}的资料还在用，留下了。"
    if isinstance(thing, Series) and _has_people(thing):
        return f"“{thing}”已经有人排班或入班，留下了。"
    if isinstance(thing, SHARED) and _is_shared(thing):
        return f"“{thing}”还有别的记录在用，留下了。"
    return ""


def _is_somebody(person: Person) -> bool:
    return hasattr(person, "volunteer") or hasattr(person, "learner") or person.wards.exists()


def _has_people(series: Series) -> bool:
    placed = Assignment.objects.filter(session__series=series, status__in=Assignment.ACTIVE)
    seated = series.enrolments.exclude(status=Enrolment.Status.WITHDRAWN)
    return placed.exists() or seated.exists() or CheckIn.objects.filter(series=series).exists()


def _is_shared(thing: Model) -> bool:
    if isinstance(thing, Organisation):
        return thing.members.exists()
    if isinstance(thing, Grid):
        return Learner.objects.filter(grid=thing).exists()
    if isinstance(thing, Venue):
        return thing.rooms.exists()
    return Series.objects.filter(room=thing).exists() or Session.objects.filter(room=thing).exists()
