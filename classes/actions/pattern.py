"""The pattern of a class follows when all its coming sessions move, and comes back when that is undone."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from classes import demand
from classes.actions.changing import WEEKDAYS, LacksEquipment, Record, Refused, UpTheStairs, local
from classes.models import Enrolment, Room, Series, SeriesDay, Session
from classes.queries.rooms import say_lacking

if TYPE_CHECKING:
    from classes.actions.moving import Edit, Target
    from classes.actions.reshaping import Shape


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
    write_series(series.pk, values)
    record.change.before = before
    record.change.save(update_fields=["before"])


def write_series(pk: int, values: dict[str, Any]) -> None:
    """Write the pattern of a class. Raises UpTheStairs for a new room that somebody of the class cannot get into,
    and LacksEquipment.

    Sessions refuse such a room themselves; a class without sessions to come has only this.
    """
    was, needs = Series.objects.values_list("room_id", "needs").get(pk=pk)
    room = Room.objects.filter(pk=values.get("room_id", was)).exclude(pk=was).first()
    if room and (lacking := room.lacks(needs)):
        raise LacksEquipment(say_lacking(room, lacking))
    Series.objects.filter(pk=pk).update(**values)
    if room and not room.step_free and demand.rolls_in(pk):
        raise UpTheStairs(f"有人坐轮椅，{room}在 {room.floor} 楼没有电梯。")


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


def reshape(record: Record, series: Series, shape: "Shape", before: "Shape") -> None:
    """Every field of the pattern of a class, its weekdays with their seats, and the learners' days.

    Raises Refused where a learner comes only on a day that is not one of the class any more.
    """
    columns = {name: text(value) for name, value in shape.columns().items()}
    kept: dict[str, Any] = {
        "series": {"pk": series.pk} | {name: text(value) for name, value in before.columns().items()}
    }
    write_series(series.pk, shape.columns())
    dropped = sorted(set(before.weekdays) - set(shape.weekdays))
    added = sorted(set(shape.weekdays) - set(before.weekdays))
    into = dict(zip(dropped, added, strict=False))
    kept["enrolments"] = move_learners(series, into, gone=set(dropped) - into.keys())
    kept["weekdays"] = list(series.days.order_by("weekday").values_list("weekday", "seats"))
    for old, new in into.items():
        SeriesDay.objects.filter(series=series, weekday=old).update(weekday=new)
    set_days(series, shape.weekdays, {})
    kept["left"] = columns
    record.change.before = kept
    record.change.save(update_fields=["before"])


def move_learners(series: Series, into: dict[int, int], gone: set[int]) -> dict[int, list[int]]:
    """Learners with days of their own come on the new days; what their days were, by the id of the enrolment."""
    places = Enrolment.objects.filter(series=series).exclude(weekdays=[]).select_related("learner__person")
    changed, stuck = {}, []
    for one in places.order_by("pk"):
        weekdays = sorted({into.get(day, day) for day in one.weekdays} - gone)
        if weekdays == one.weekdays:
            continue
        if not weekdays:
            stuck += [str(one.learner)] if one.status != Enrolment.Status.WITHDRAWN else []
            continue
        changed[one.pk] = one.weekdays
        Enrolment.objects.filter(pk=one.pk).update(weekdays=weekdays)
    if stuck:
        days = "、".join(f"周{WEEKDAYS[day]}" for day in sorted(gone))
        raise Refused(f"{'、'.join(stuck)}只报了{days}，这个班不上{days}了：先给他们换日子，或者退班。")
    return changed


def set_days(series: Series, weekdays: Iterable[int], seats: dict[int, int]) -> None:
    """These weekdays and no others, each with its seats (those of the class where nothing is said) and who comes."""
    wanted = set(weekdays)
    series.days.exclude(weekday__in=wanted).delete()
    places = list(series.enrolments.filter(status=Enrolment.Status.CONFIRMED).values_list("weekdays", flat=True))
    known = {day.weekday: day for day in series.days.all()}
    for weekday in sorted(wanted):
        taken = sum(not days or weekday in days for days in places)
        day = known.get(weekday) or SeriesDay(series=series, weekday=weekday, seats=series.capacity)
        day.seats, day.taken = max(seats.get(weekday, day.seats), taken), taken
        day.save()


def restore_shape(before: dict[str, Any]) -> None:
    """What reshape changed, as it was. Raises Refused when the class has been given another pattern since."""
    series = Series.objects.get(pk=before["series"]["pk"])
    if any(text(getattr(series, name)) != value for name, value in before["left"].items()):
        raise Refused(f"{series}的时间后来又改过，先撤销后来的那一次。")
    days = dict(before["weekdays"])
    new = series.enrolments.filter(status=Enrolment.Status.CONFIRMED).exclude(pk__in=before["enrolments"])
    lost = [str(one.learner) for one in new.order_by("pk") if one.weekdays and not days.keys() >= set(one.weekdays)]
    if lost:
        raise Refused(f"{'、'.join(lost)}后来报了新的日子，先给他们换日子再撤销。")
    restore_pattern({"series": before["series"], "enrolments": before["enrolments"]})
    series.refresh_from_db()
    set_days(series, days, days)


def restore_pattern(before: dict[str, Any]) -> None:
    """What change_pattern changed, as it was."""
    if "left" in before:
        restore_shape(before)
        return
    fields = dict(before.get("series", {}))
    pk = fields.pop("pk", None)
    if pk and fields:
        write_series(pk, fields)
    if "day" in before:
        day, weekday = before["day"]
        SeriesDay.objects.filter(pk=day).update(weekday=weekday)
    for enrolment, weekdays in before.get("enrolments", {}).items():
        Enrolment.objects.filter(pk=enrolment).update(weekdays=weekdays)


def text(value: Any) -> Any:
    """Dates and clocks as JSON holds them; Django reads both back."""
    return value.isoformat() if hasattr(value, "isoformat") else value
