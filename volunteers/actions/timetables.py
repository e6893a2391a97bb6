"""Asking for a timetable, keeping what the engine found, taking one of them, moving one class."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from classes.actions import holding, reshaping
from classes.actions import series as series_actions
from classes.actions.changing import Refused
from classes.models import Community, Room, Series, Term
from people import audit
from people.models import User
from volunteers.actions import changing, runs
from volunteers.actions.following import hold_people
from volunteers.actions.runs import OPEN, NotReady
from volunteers.models import TimetableProposal

Status = TimetableProposal.Status
GAVE_UP = f"试了 {runs.ATTEMPTS} 次都没排完，已经停下。请少选几个班再排一次。"
REASON = "重排时间"
MOST_CLASSES = 120

type Place = tuple[int, int, int]
"""Weekday, minutes after midnight, room."""


class NothingChosen(Exception):
    """No class of this term and community was chosen, or too many."""


@transaction.atomic
def request_timetable(
    *, term: Term, community: Community, series: Collection[int], gives: int, now: datetime, actor: User | None
) -> TimetableProposal:
    """A waiting run for some classes. Whoever calls also starts the task. Raises NothingChosen.

    A community has one under way: an earlier one for review is thrown away.
    """
    own = Series.objects.filter(pk__in=series, term=term, community=community)
    chosen = sorted(own.values_list("pk", flat=True))
    if not 0 < len(chosen) <= MOST_CLASSES:
        raise NothingChosen
    TimetableProposal.objects.filter(community=community, status__in=OPEN).update(
        status=Status.DISCARDED, finished_at=now
    )
    made = TimetableProposal.objects.create(
        term=term,
        community=community,
        series=chosen,
        gives=gives,
        requested_by=actor,
        created_at=now,
        stage="马上开始",
    )
    audit.write(
        actor=actor,
        verb="排时间",
        thing=runs.thing(TimetableProposal, made.pk),
        now=now,
        summary=f"{community} {term}，{len(chosen)} 个班",
    )
    return made


def claim_timetable(*, pk: int, now: datetime) -> TimetableProposal | None:
    """Take a waiting run; None when it is not to be had."""
    return runs.claim(of=TimetableProposal, pk=pk, stage="读取班、教室和空闲时间", gave_up=GAVE_UP, now=now)


def save_timetables(
    *, proposal: TimetableProposal, found: dict[str, Any], proven: bool, seconds: float, now: datetime
) -> bool:
    """Keep what was found; False when the run was discarded or taken over meanwhile."""
    mine = TimetableProposal.objects.filter(pk=proposal.pk, status=Status.RUNNING, attempts=proposal.attempts)
    return bool(
        mine.update(
            status=Status.READY,
            stage="",
            progress=100,
            answer=found,
            proven=proven,
            seconds=seconds,
            finished_at=now,
        )
    )


@transaction.atomic
def discard_timetable(*, proposal: TimetableProposal, now: datetime, actor: User | None) -> None:
    """Throw it away; a running engine stops, nothing changes. Raises NotReady."""
    mine = TimetableProposal.objects.filter(pk=proposal.pk, status__in=OPEN)
    if not mine.update(status=Status.DISCARDED, finished_at=now):
        raise NotReady
    thing = runs.thing(TimetableProposal, proposal.pk)
    audit.write(actor=actor, verb="不要这次的时间", thing=thing, now=now)


@dataclass(slots=True)
class Taken:
    """What became of each class: moved, already there, or refused with the reason."""

    moved: list[Series] = field(default_factory=list)
    same: list[Series] = field(default_factory=list)
    refused: list[tuple[Series, str]] = field(default_factory=list)


@transaction.atomic
def accept_timetable(*, proposal: TimetableProposal, number: int, now: datetime, actor: User | None) -> Taken:
    """Give the classes the days, times and rooms of one of the timetables.

    Sessions that are there already move with everybody taken along; what is refused stays as it is and
    is named. Raises NotReady.
    """
    tables = proposal.answer.get("timetables", [])
    mine = TimetableProposal.objects.filter(pk=proposal.pk, status=Status.READY)
    if not 0 <= number < len(tables) or not mine.update(status=Status.ACCEPTED, chosen=number, finished_at=now):
        raise NotReady
    wanted = {row["series"]: [tuple(place) for place in row["places"]] for row in tables[number]["series"]}
    _hold_all(wanted, now)
    taken = _place_all(wanted, now, actor)
    summary = f"{len(taken.moved)} 个班改了时间，{len(taken.same)} 个不变，{len(taken.refused)} 个没改成"
    thing = runs.thing(TimetableProposal, proposal.pk)
    audit.write(actor=actor, verb="采纳时间", thing=thing, now=now, summary=summary)
    kept = {**proposal.answer, "refused": [[series.pk, why] for series, why in taken.refused]}
    TimetableProposal.objects.filter(pk=proposal.pk).update(answer=kept)
    return taken


def _hold_all(wanted: dict[int, list[Place]], now: datetime) -> None:
    """Everything of all classes before any of them moves, in the order of classes.actions.holding."""
    classes = Series.objects.filter(pk__in=wanted).order_by("pk")
    holding.hold_community(*classes.values_list("community_id", flat=True))
    coming = [session for series in classes for session in reshaping.coming_of(series, None, now)]
    hold_people(coming, rooms=[room for places in wanted.values() for _, _, room in places])


def _place_all(wanted: dict[int, list[Place]], now: datetime, actor: User | None) -> Taken:
    """One class after the other, once more as long as a class that moved makes room for another."""
    taken = Taken()
    left = {one.pk: one for one in Series.objects.filter(pk__in=wanted).select_related("community", "room")}
    why: dict[int, str] = {}
    while left:
        before = len(left)
        for pk, series in sorted(left.items()):
            try:
                changed = place_series(series=series, places=wanted[pk], now=now, actor=actor)
            except Refused as refusal:
                why[pk] = str(refusal)
                continue
            (taken.moved if changed else taken.same).append(left.pop(pk))
        if len(left) == before:
            break
    taken.refused = [(series, why[pk]) for pk, series in sorted(left.items())]
    return taken


@transaction.atomic
def place_series(*, series: Series, places: Iterable[Place], now: datetime, actor: User | None) -> bool:
    """Give one class its weekdays, time and room; False when it has them. Raises classes' Refused."""
    wanted = sorted(places)
    before = reshaping.shape_of(series)
    shape = replace(
        before,
        weekdays=tuple(weekday for weekday, _, _ in wanted),
        starts=clock(wanted[0][1]),
        ends=clock(wanted[0][1] + long(series)),
        room=Room.objects.filter(pk=wanted[0][2]).first(),
    )
    if shape == before:
        return False
    if series.sessions.exists():
        changing.reshape_series(series=series, shape=shape, since=None, reason=REASON, now=now, actor=actor)
    else:
        series_actions.change_series(series=series, pattern=reshaping.said(series, shape), now=now, actor=actor)
    return True


@transaction.atomic
def move_series(*, series: Series, weekday: int, to: Place, now: datetime, actor: User | None) -> None:
    """挪到…: one weekday of a class goes to another time; its other days take the time and room along.

    Raises classes' Refused.
    """
    before = list(series.days.order_by("weekday").values_list("weekday", flat=True))
    others = [day for day in before if day != weekday]
    if to[0] in others:
        raise Refused(f"{series}那天已经有课。")
    place_series(series=series, places=[(day, to[1], to[2]) for day in (*others, to[0])], now=now, actor=actor)


def clock(minutes: int) -> time:
    """570 is 09:30."""
    return time(minutes // 60, minutes % 60)


def long(series: Series) -> int:
    """Minutes of one session."""
    day = timezone.localdate()
    begins, ends = (datetime.combine(day, moment) for moment in (series.starts, series.ends))
    return (ends - begins) // timedelta(minutes=1)
