"""Takes an import back: what it made goes, what it filled is emptied, what is in use stays."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Field, Model, ProtectedError

from classes import actions as classes
from classes.actions.holding import hold_community
from classes.models import Enrolment, Grid, Learner, Series, SeriesDay, Session, Venue
from people import actions as people
from people import audit
from people.models import Person, User
from volunteers.actions import seats
from volunteers.models import Assignment, CheckIn, ImportBatch, ImportRow, Organisation, Shift, Volunteer

from .batches import AlreadyDone, TooLateToUndo, in_turn, may_undo_until
from .outcome import say_day

# What a row is about: while it is in use, everything the row made belongs to it.
ANCHORS = (Volunteer, Learner, Series)
Use = tuple[str, str]
# Rows that put people into sessions; they go first, so that only what others did keeps a class.
LISTS = ("attendance", "jielong")


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that has to stay, and why."""

    kind: str
    name: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name}{self.reason}，留下了。"


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
    hold_community(batch.community_id)
    rows = sorted(batch.rows.all(), key=in_turn, reverse=True)
    made = [(label, pk) for row in rows for label, pk in row.made]
    before = _tally(made)
    kept = list(dict.fromkeys(_take_back_all(rows, batch, now)))
    after = _tally(made)
    batch.refresh_from_db()
    batch.undo_report = [str(one) for one in kept]
    batch.summary |= {"taken": [[word, before[word] - after[word]] for word in before], "kept": _grouped(kept)}
    batch.save(update_fields=["undo_report", "summary"])
    audit.write(
        actor=actor,
        verb="撤销导入",
        thing=f"importbatch:{batch.pk}",
        now=now,
        summary=f"留下 {len(batch.undo_report)} 项",
    )
    return batch


@transaction.atomic
def would_undo(*, batch: ImportBatch, now: datetime) -> ImportBatch:
    """What undo would say, by doing it and rolling back: `undo_report` and `summary` as they would be.

    The batch is one of its own, not to be saved. Raises AlreadyDone, TooLateToUndo.
    """
    with transaction.atomic():
        undone = undo(batch=ImportBatch.objects.get(pk=batch.pk), now=now)
        transaction.set_rollback(True)
    return undone


def _tally(made: Iterable[tuple[str, int]]) -> dict[str, int]:
    """How many of the things an import made are there, in the words of the page, most important first."""
    ids: dict[str, list[int]] = {}
    for label, pk in made:
        ids.setdefault(label, []).append(pk)
    learners = Learner.objects.filter(pk__in=ids.get(Learner._meta.label, []))
    series = Series.objects.filter(pk__in=ids.get(Series._meta.label, []))
    return {
        "位老人": learners.filter(kind=Learner.Kind.SENIOR).count(),
        "个孩子": learners.filter(kind=Learner.Kind.CHILD).count(),
        "位志愿者": Volunteer.objects.filter(pk__in=ids.get(Volunteer._meta.label, [])).count(),
        "个班": series.count(),
        "场课": Session.objects.filter(series__in=series).count(),
    }


def _grouped(kept: Iterable[Kept]) -> list[dict[str, Any]]:
    """What stays, by kind and reason, with the names."""
    groups: dict[tuple[str, str], list[str]] = {}
    for one in kept:
        groups.setdefault((one.kind, one.reason), []).append(one.name)
    sizes = Counter({key: len(names) for key, names in groups.items()})
    return [{"kind": key[0], "why": key[1], "names": groups[key]} for key, _ in sizes.most_common()]


def _take_back_all(rows: list[ImportRow], batch: ImportBatch, now: datetime) -> list[Kept]:
    """The last row first, so that lists go before the people in them and people before classes."""
    mine = {(label, pk) for row in rows for label, pk in row.made}
    for row in rows:
        for label, pk, before, after in reversed(row.changed):
            _restore(label, pk, before, after, now)
    lists = [row for row in rows if row.kind in LISTS]
    kept = [why for row in lists for why in _take_back(row, mine)]
    placed = Enrolment.objects.filter(pk__in=batch.summary.get("placed", []))
    busy = [one.pk for one in Series.objects.filter(enrolments__in=placed).distinct() if _has_helpers(one)]
    classes.take_back(enrolments=placed.exclude(series__in=busy).values_list("pk", flat=True), now=now)
    return kept + [why for row in rows if row.kind not in LISTS for why in _take_back(row, mine)]


def _restore(label: str, pk: int, before: dict[str, Any], after: dict[str, Any], now: datetime) -> None:
    """Put fields back, unless somebody has changed them since."""
    thing = _find(label, pk)
    if isinstance(thing, Assignment):
        if thing.status == after["status"] and seats.claim(thing.shift):
            Assignment.objects.filter(pk=pk).update(status=before["status"], note="", changed_at=now)
    elif thing:
        # An import of an earlier version may name a field that is no more.
        known = {field.name for field in thing._meta.get_fields()}
        mine = [name for name in before if name in known and _same(thing, name, after[name])]
        for name in mine:
            setattr(thing, name, _value(thing, name, before[name]))
        thing.save(update_fields=mine)
        if isinstance(thing, Person):
            people.reindex(thing)


def _same(thing: Model, name: str, value: Any) -> bool:
    return bool(getattr(thing, name) == _value(thing, name, value))


def _value(thing: Model, name: str, value: Any) -> Any:
    field = thing._meta.get_field(name)
    return field.to_python(value) if isinstance(field, Field) else value


def _find(label: str, pk: int) -> Model | None:
    return apps.get_model(label)._default_manager.filter(pk=pk).first()


def _take_back(row: ImportRow, mine: set[tuple[str, int]]) -> list[Kept]:
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


def _remove(thing: Model, mine: set[tuple[str, int]]) -> Kept | None:
    """Delete one thing; the reason when it has to stay."""
    why = _in_use(thing, mine)
    if why:
        return why
    if isinstance(thing, Assignment) and thing.status in Assignment.ACTIVE:
        seats.give_back(thing.shift_id)
    try:
        with transaction.atomic():
            thing.delete()
    except ProtectedError:
        return Kept("别的", f"“{thing}”", "还有别的记录在用")
    return None


def _in_use(thing: Model, mine: set[tuple[str, int]]) -> Kept | None:
    for model, (kind, asked) in USES.items():
        if isinstance(thing, model):
            name, reason = asked(thing, mine)
            return Kept(kind, name, reason) if reason else None
    return None


def _has_helpers(series: Series) -> bool:
    """Whether somebody has, or had, a place in the class, or came to it."""
    placed = Assignment.objects.filter(session__series=series).exists()
    return placed or CheckIn.objects.filter(series=series).exists()


def _volunteer(volunteer: Volunteer, mine: set[tuple[str, int]]) -> Use:
    if volunteer.assignments.exists():
        return str(volunteer), "已经排了班"
    return str(volunteer), "已经签到过" if volunteer.checkins.exists() else ""


def _learner(learner: Learner, mine: set[tuple[str, int]]) -> Use:
    if learner.attendance.exists():
        return str(learner), "已经点过名"
    places = learner.enrolments.exclude(status=Enrolment.Status.WITHDRAWN).select_related("series")
    if not places:
        return str(learner), ""
    busy = all(_has_helpers(place.series) for place in places)
    return str(learner), "在已经排了志愿者的班里" if busy else "后来又入了班"


def _person(person: Person, mine: set[tuple[str, int]]) -> Use:
    somebody = hasattr(person, "volunteer") or hasattr(person, "learner") or person.wards.exists()
    return str(person), "的资料还在用" if somebody else ""


def _series(series: Series, mine: set[tuple[str, int]]) -> Use:
    seated = series.enrolments.exclude(status=Enrolment.Status.WITHDRAWN).exists()
    return f"“{series}”", "已经有人排班或入班" if seated or _has_helpers(series) else ""


def _series_day(day: SeriesDay, mine: set[tuple[str, int]]) -> Use:
    held = Session.objects.filter(series=day.series, on_date__iso_week_day=day.weekday + 1).exists()
    return f"“{day.series}”{day.name}", "已经有场次或有人入班" if day.taken or held else ""


def _session(session: Session, mine: set[tuple[str, int]]) -> Use:
    others = set(Session.objects.filter(series=session.series).values_list("pk", flat=True))
    generated = any((session._meta.label, pk) not in mine for pk in others)
    in_use = session.assignments.exists() or generated
    return f"“{session.series}”{say_day(session.on_date)}这一场", "已经在课表里" if in_use else ""


def _shift(shift: Shift, mine: set[tuple[str, int]]) -> Use:
    return f"{say_day(shift.session.on_date)}的{shift.role}", "已经有人" if shift.assignments.exists() else ""


def _visit(visit: CheckIn, mine: set[tuple[str, int]]) -> Use:
    return f"{visit.volunteer}{say_day(visit.on_date)}的签到", "时长已经入账" if visit.records.exists() else ""


def _organisation(organisation: Organisation, mine: set[tuple[str, int]]) -> Use:
    return f"“{organisation}”", "还有别的志愿者" if organisation.members.exists() else ""


def _grid(grid: Grid, mine: set[tuple[str, int]]) -> Use:
    return f"“{grid}”", "还有别的学员" if Learner.objects.filter(grid=grid).exists() else ""


def _venue(venue: Venue, mine: set[tuple[str, int]]) -> Use:
    return f"“{venue}”", "还有别的教室" if venue.rooms.exists() else ""


# The word for each kind of thing, and who still uses it: its name, and the reason or nothing.
USES: dict[type[Model], tuple[str, Callable[[Any, set[tuple[str, int]]], Use]]] = {
    Volunteer: ("志愿者", _volunteer),
    Learner: ("学员", _learner),
    Person: ("人", _person),
    Series: ("班", _series),
    SeriesDay: ("上课的日子", _series_day),
    Session: ("场次", _session),
    Shift: ("岗位", _shift),
    CheckIn: ("签到", _visit),
    Organisation: ("单位", _organisation),
    Grid: ("网格", _grid),
    Venue: ("场地", _venue),
}
