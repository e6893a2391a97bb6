"""The pattern of a class follows when all its coming sessions move, and comes back when that is undone."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from classes import demand
from classes.actions.changing import Record, local
from classes.models import Enrolment, Series, SeriesDay, Session

if TYPE_CHECKING:
    from classes.actions.moving import Edit, Target


def change_pattern(record: Record, session: Session, going: "list[Target]", edit: "Edit", now: datetime) -> None:
    """Times, room and weekday of the series become those of the moved sessions.

    Sessions held before keep their days: the pattern then begins with the first one that moved.
    """
    series = Series.objects.get(pk=session.series_id)
    before: dict[str, Any] = {"series": {"pk": series.pk}}
    values: dict[str, Any] = {}
    if edit.starts or edit.ends:
        values |= {"starts": local(going[0].starts_at).time(), "ends": local(going[0].ends_at).time()}
    if edit.changes_room:
        values["room_id"] = edit.room and edit.room.pk
    if edit.days:
        before |= shift_weekday(series, demand.asked_day(session).weekday(), edit.days)
        for target in sorted(going, key=lambda one: one.on_date, reverse=edit.days > 0):
            record.write(target.session, planned_on=target.on_date)
    earlier = series.sessions.exclude(pk__in=[target.session.pk for target in going])
    if edit.days and earlier.filter(starts_at__lt=going[0].starts_at).exists():
        values["from_on"] = min(target.on_date for target in going)
    before["series"] |= {name: text(getattr(series, name)) for name in values}
    Series.objects.filter(pk=series.pk).update(**values)
    record.change.before = before
    record.change.save(update_fields=["before"])


def shift_weekday(series: Series, weekday: int, days: int) -> dict[str, Any]:
    """One weekday of the class becomes another, for its seats and for the learners who come on it."""
    new = (weekday + days) % 7
    own = SeriesDay.objects.filter(series=series, weekday=weekday).first()
    if own is None or new == weekday or series.days.filter(weekday=new).exists():
        return {}
    SeriesDay.objects.filter(pk=own.pk).update(weekday=new)
    places = Enrolment.objects.filter(series=series).exclude(weekdays=[])
    changed = {one.pk: one.weekdays for one in places if weekday in one.weekdays}
    for pk, weekdays in changed.items():
        moved = sorted({new if day == weekday else day for day in weekdays})
        Enrolment.objects.filter(pk=pk).update(weekdays=moved)
    return {"day": [own.pk, weekday], "enrolments": changed}


def restore_pattern(before: dict[str, Any]) -> None:
    """What change_pattern changed, as it was."""
    fields = dict(before.get("series", {}))
    pk = fields.pop("pk", None)
    if pk and fields:
        Series.objects.filter(pk=pk).update(**fields)
    if "day" in before:
        day, weekday = before["day"]
        SeriesDay.objects.filter(pk=day).update(weekday=weekday)
    for enrolment, weekdays in before.get("enrolments", {}).items():
        Enrolment.objects.filter(pk=enrolment).update(weekdays=weekdays)


def text(value: Any) -> Any:
    """Dates and clocks as JSON holds them; Django reads both back."""
    return value.isoformat() if hasattr(value, "isoformat") else value
