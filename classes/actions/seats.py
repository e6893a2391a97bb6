"""Seats on the days of a series, claimed and given back by conditional updates."""

from collections.abc import Collection, Iterable
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from classes import demand
from classes.actions.holding import hold_series
from classes.models import Series, SeriesDay, Session


class NoSeat(Exception):
    """At least one of the days is full. `full` holds the weekdays."""

    def __init__(self, full: list[int]) -> None:
        super().__init__(full)
        self.full = full


def days_for(series: Series, weekdays: Iterable[int]) -> list[SeriesDay]:
    """The series days of a choice of weekdays (an empty choice is all), in order of weekday."""
    chosen = set(weekdays)
    found = SeriesDay.objects.filter(series=series).order_by("weekday")
    return [day for day in found if not chosen or day.weekday in chosen]


def claim(series: Series, weekdays: Iterable[int]) -> None:
    """Take one seat on every chosen day or on none. Raises NoSeat.

    The row count of the update is the lock, on SQLite and PostgreSQL alike; days are taken in
    order of weekday, so two claims never wait for each other in a circle. The series comes first,
    as for whoever changes its weekdays.
    """
    hold_series([series.pk])
    days = days_for(series, weekdays)
    full = [day.weekday for day in days if day.taken >= day.seats]
    if full or not days:
        raise NoSeat(full)
    with transaction.atomic():
        for day in days:
            free = SeriesDay.objects.filter(pk=day.pk, taken__lt=F("seats"))
            if not free.update(taken=F("taken") + 1):
                raise NoSeat([day.weekday])


def give_back(series: Series, weekdays: Iterable[int]) -> None:
    """Free the seats of a choice of weekdays."""
    hold_series([series.pk])
    for day in days_for(series, weekdays):
        SeriesDay.objects.filter(pk=day.pk, taken__gt=0).update(taken=F("taken") - 1)


def set_seats(series: Series, seats: int) -> bool:
    """Change how many seats each day has; False (and no change) when more are taken."""
    try:
        with transaction.atomic():
            SeriesDay.objects.filter(series=series).update(seats=seats)
    except IntegrityError:
        return False
    return True


def set_expected(series_ids: Iterable[int], since: date | None = None) -> None:
    """Write how many learners each planned session of the series expects, from `since` on.

    Also whether somebody among them may meet no stairs: from then on the database keeps the
    session out of rooms up the stairs. One that is in such a room already is a warning (demand).
    """
    wanted = set(series_ids)
    hold_series(wanted)
    sessions = _where_they_come(wanted, since)
    counts = demand.headcounts(sessions)
    # Whoever was split off comes back when the part is off: what it was split from stays downstairs for them.
    waiting = {one.split_from_id for one in sessions if any(place.needs_no_stairs for place in counts[one.pk])}
    changed = []
    for session in sessions:
        places = counts[session.pk]
        step_free = demand.keeps_from_stairs(session, places, waiting=session.pk in waiting)
        if (session.expected, session.step_free) != (len(places), step_free):
            session.expected, session.step_free = len(places), step_free
            changed.append(session)
    Session.objects.bulk_update(changed, ["expected", "step_free"], batch_size=200)


def _where_they_come(series_ids: Collection[int], since: date | None) -> list[Session]:
    """The planned sessions of the series, and those of others into which one of theirs was merged.

    Also where that one was merged into yet another. One query, and one more for each such step.
    """
    status = Session.Status
    merged = Session.objects.filter(series_id__in=series_ids).exclude(merged_into=None).values_list("merged_into")
    found = Session.objects.filter(
        Q(series_id__in=series_ids) | Q(pk__in=merged), status__in=(status.PLANNED, status.CANCELLED)
    )
    if since:
        found = found.filter(on_date__gte=since)
    known = {one.pk: one for one in found.select_related("room")}
    while further := {one.merged_into_id for one in known.values() if one.merged_into_id} - known.keys():
        known |= {one.pk: one for one in Session.objects.filter(pk__in=further).select_related("room")}
    return [one for one in known.values() if one.status == status.PLANNED]
