"""Two entries again, after a merge that was none: within a day, as they were."""

from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.core import serializers
from django.db import IntegrityError, transaction

from classes.models import Learner
from people import actions as person_actions
from people import audit
from people.models import Merge, Person, User
from volunteers.actions import seats
from volunteers.actions.merging import ChangedSince, Refused, plain
from volunteers.models import Assignment, Volunteer

UNDO_FOR = timedelta(hours=24)


class TooLateToUndo(Refused):
    """More than a day has passed."""


def may_undo(made: Merge, now: datetime) -> bool:
    """Whether it can still be taken back."""
    return made.undone_at is None and now <= made.at + UNDO_FOR


@transaction.atomic
def undo(*, made: Merge, now: datetime, actor: User | None) -> None:
    """Two entries again, as they were; what has changed since stays as it is now.

    Raises TooLateToUndo, ChangedSince.
    """
    if now > made.at + UNDO_FOR:
        raise TooLateToUndo("超过 24 小时，撤不回来了。")
    if made.kind == Merge.Kind.VOLUNTEER:
        seats.lock([made.kept_id, made.gone_id])
    if not Merge.objects.filter(pk=made.pk, undone_at=None).update(undone_at=now):
        raise ChangedSince("这次合并已经撤销过了。")
    try:
        with transaction.atomic():
            _take_apart(made, now)
    except IntegrityError as error:
        raise ChangedSince("合并以后又有人动过这两条（比如手机号给了别人），撤不回来，请手工改。") from error
    audit.write(actor=actor, verb="撤销了合并", thing=f"{made.kind}:{made.kept_id}", now=now, summary=made.name)


def _take_apart(made: Merge, now: datetime) -> None:
    for one in serializers.deserialize("json", made.rows or "[]"):
        one.save()
    for label, pk in made.made:
        apps.get_model(label)._default_manager.filter(pk=pk).delete()
    for place, before in made.before.items():
        _put_back(place, before, made.after[place])
    gone_person = _person_of(made)
    for label, pk, name in reversed(made.moved):
        owner = gone_person if name == "person" else made.gone_id
        kept = _person_of(made, kept=True) if name == "person" else made.kept_id
        apps.get_model(label)._default_manager.filter(pk=pk, **{f"{name}_id": kept}).update(**{f"{name}_id": owner})
    for pk, status in made.released:
        row = Assignment.objects.select_related("shift").filter(pk=pk, status=Assignment.Status.RELEASED).first()
        if row and row.starts_at > now and seats.claim(row.shift):
            Assignment.objects.filter(pk=pk).update(status=status, changed_at=now)


def _person_of(made: Merge, *, kept: bool = False) -> int:
    """The person behind one of the two."""
    model: type[Volunteer] | type[Learner] = Volunteer if made.kind == Merge.Kind.VOLUNTEER else Learner
    rows = model._default_manager.filter(pk=made.kept_id if kept else made.gone_id)
    return int(rows.values_list("person_id", flat=True).get())


def _put_back(place: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Fields that are still as the merge left them."""
    label, _, pk = place.rpartition(":")
    model = apps.get_model(label)
    row = model._default_manager.filter(pk=int(pk)).first()
    if row is None:
        return
    fields = {key: model._meta.get_field(key.removesuffix("_id") if key.endswith("_id") else key) for key in before}
    mine = {key: before[key] for key in before if plain(getattr(row, key)) == after[key]}
    values = {key: value if key.endswith("_id") else fields[key].to_python(value) for key, value in mine.items()}
    model._default_manager.filter(pk=row.pk).update(**values)
    if isinstance(row, Person):
        row.refresh_from_db()
        person_actions.reindex(row)
