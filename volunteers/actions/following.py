"""Who helps at sessions that change: who can follow, who is asked again, who is let go, and what they are told."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from classes.actions.changing import Done, hold, local
from classes.actions.moving import Target
from classes.models import Session
from volunteers.actions import notes, roster, seats, texts
from volunteers.actions.steps import state_of
from volunteers.models import Assignment, AssignmentChange, Offer, Shift, Volunteer
from volunteers.rules import travel
from volunteers.rules.persons import cleared_until

Status = Assignment.Status
TOLD = (Status.OFFERED, Status.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Clash:
    """Somebody who cannot follow, and why."""

    assignment: Assignment
    sentence: str


def hold_people(sessions: Iterable[Session], rooms: Iterable[int | None] = ()) -> list[Assignment]:
    """The active assignments of these sessions; nobody else changes them until the transaction ends.

    Then the sessions themselves, so that places are given back last (classes.actions.holding).
    """
    pks = [session.pk for session in sessions]
    of = Assignment.objects.filter(session__in=pks)
    seats.lock(of.values_list("volunteer_id", flat=True))
    hold(pks, rooms=rooms)
    rows = of.filter(status__in=Assignment.ACTIVE).select_related(
        "volunteer__person", "shift__role", "offer", "session__series__programme", "session__community"
    )
    return list(rows.order_by("starts_at", "id"))


def clashes(active: Iterable[Assignment], going: Mapping[int, Target]) -> list[Clash]:
    """Who would be in two places, or with children without a valid check. Two queries."""
    active = list(active)
    people = {one.volunteer_id for one in active}
    busy = elsewhere(people, going.values())
    cleared = cleared_until(people)
    found = []
    for one in active:
        target = going[one.session_id]
        why = where_else(one, target, busy[one.volunteer_id]) or not_cleared(one, target, cleared)
        if why:
            found.append(Clash(one, why))
            continue
        # The next session of the same person must not meet this one at its new time.
        busy[one.volunteer_id].append((target.starts_at, target.ends_at, target.session))
    return found


def hindered(active: Iterable[Assignment], targets: Collection[Target]) -> list[list[str]]:
    """Who could not follow their one session to each of these targets, as sentences. Two queries."""
    active = list(active)
    people = {one.volunteer_id for one in active}
    busy, cleared = elsewhere(people, targets), cleared_until(people)
    return [
        [
            why
            for one in active
            if (why := where_else(one, target, busy[one.volunteer_id]) or not_cleared(one, target, cleared))
        ]
        for target in targets
    ]


def elsewhere(
    people: Iterable[int], targets: Collection[Target]
) -> dict[int, list[tuple[datetime, datetime, Session]]]:
    """Periods in which these volunteers help at other sessions, by volunteer."""
    day = timedelta(days=1)
    first = min((target.starts_at for target in targets), default=None)
    last = max((target.ends_at for target in targets), default=None)
    busy: dict[int, list[tuple[datetime, datetime, Session]]] = defaultdict(list)
    if first is None or last is None:
        return busy
    others = Assignment.objects.filter(
        volunteer__in=list(people), status__in=Assignment.ACTIVE, starts_at__lt=last + day, ends_at__gt=first - day
    ).exclude(session__in={target.session.pk for target in targets})
    for other in others.select_related("session__series", "session__community").order_by("starts_at", "id"):
        busy[other.volunteer_id].append((other.starts_at, other.ends_at, other.session))
    return busy


def where_else(one: Assignment, target: Target, busy: list[tuple[datetime, datetime, Session]]) -> str:
    """The sentence about the other place, or nothing."""
    for starts_at, ends_at, other in busy:
        way = travel(target.session.community, other.community)
        if starts_at < target.ends_at + way and target.starts_at < ends_at + way:
            when = f"{local(starts_at):%-m月%-d日 %H:%M}–{local(ends_at):%H:%M}"
            return f"{one.volunteer} {when} 在{other.series.name}"
    return ""


def not_cleared(one: Assignment, target: Target, cleared: Mapping[int, Any]) -> str:
    """未成年人保护法 art. 62: the new date counts."""
    needed = one.session.series.programme.needs_clearance or one.shift.role.needs_clearance
    until = cleared.get(one.volunteer_id)
    if not needed or (until and target.on_date <= until):
        return ""
    return f"{one.volunteer}的背景查询到那天已经过期"


@dataclass(slots=True)
class Book:
    """What one change does to assignments, kept so that it can be taken back, and who is told what."""

    rows: dict[int, tuple[Assignment, dict[str, Any]]] = field(default_factory=dict)
    lines: dict[Volunteer, list[tuple[datetime, str]]] = field(default_factory=lambda: defaultdict(list))
    asked: set[int] = field(default_factory=set)

    def seen(self, one: Assignment) -> None:
        """Remember how it was, the first time."""
        self.rows.setdefault(one.pk, (one, state_of(one)))

    def release(self, one: Assignment, note: str, now: datetime) -> None:
        """Take somebody off."""
        self.seen(one)
        mine = Assignment.objects.filter(pk=one.pk, status=one.status)
        if mine.update(status=Status.RELEASED, note=note[:120], changed_at=now):
            seats.give_back(one.shift_id)

    def ask_again(self, one: Assignment, now: datetime) -> None:
        """They agreed to another time, or were asked about it: only they can say whether this one suits."""
        self.seen(one)
        one.refresh_from_db(fields=["starts_at"])
        Assignment.objects.filter(pk=one.pk).update(status=Status.OFFERED, changed_at=now)
        fresh = {"made_at": now, "expires_at": roster.answer_by(one.starts_at, now), "answer": "", "answered_at": None}
        Offer.objects.update_or_create(assignment=one, defaults=fresh)
        self.asked.add(one.volunteer_id)

    def carry(self, one: Assignment, into: Session, *, asks: bool, now: datetime) -> bool:
        """The same person in the session merged into; False when there is no place for them."""
        shift = Shift.objects.filter(session=into, role=one.shift.role_id, taken__lt=F("needed")).first()
        if shift is None or Assignment.objects.filter(session=into, volunteer=one.volunteer_id).exists():
            return False
        if not seats.claim(shift):
            return False
        status = Status.OFFERED if asks and one.status != Status.DRAFT else one.status
        made = Assignment.objects.create(
            shift=shift,
            session=into,
            volunteer=one.volunteer,
            status=status,
            starts_at=into.starts_at,
            ends_at=into.ends_at,
            source=one.source,
            reasons=one.reasons,
            created_at=now,
            changed_at=now,
        )
        self.rows[made.pk] = (made, {})
        if status == Status.OFFERED:
            expires = roster.answer_by(into.starts_at, now)
            Offer.objects.create(assignment=made, made_at=now, expires_at=expires)
            self.asked.add(one.volunteer_id)
        return True

    def tell(self, one: Assignment, line: str) -> None:
        """Add a line to what this person is told; who knows of nothing is told nothing."""
        _, before = self.rows.get(one.pk, (one, state_of(one)))
        if before.get("status", one.status) in TOLD:
            self.lines[one.volunteer].append((one.starts_at, line))

    def keep(self, done: Done, now: datetime) -> None:
        """Write the rows to undo by, and one note to each person."""
        pks = list(self.rows)
        after = {one.pk: state_of(one) for one in Assignment.objects.filter(pk__in=pks).select_related("offer")}
        AssignmentChange.objects.bulk_create(
            AssignmentChange(change=done.change, assignment_id=pk, before=before, after=after[pk])
            for pk, (_, before) in self.rows.items()
        )
        words = texts.current(notes.CHANGED) if self.lines else ""
        for volunteer, lines in self.lines.items():
            notes.changed(
                volunteer=volunteer,
                lines=[line for _, line in lines],
                asks=volunteer.pk in self.asked,
                change=done.change,
                happens_at=min(starts_at for starts_at, _ in lines),
                words=words,
                now=now,
            )
