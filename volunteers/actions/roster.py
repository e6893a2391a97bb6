"""The organiser's acts on the roster: place, release, accept a proposal, publish."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from classes.models import Change, Community
from classes.queries import days
from people import audit
from people.models import User
from volunteers.actions import floors, notes, seats, steps, substitutes, texts
from volunteers.actions.seats import (
    AlreadyPlaced,
    ChangedMeanwhile,
    InTwoPlaces,
    NotHeld,
    NotPlaced,
    Refused,
    RuleBroken,
    ShiftFull,
)
from volunteers.models import Assignment, Offer, Placement, Proposal, Shift, Volunteer
from volunteers.queries import publishing

__all__ = [
    "Accepted",
    "AlreadyPlaced",
    "ChangedMeanwhile",
    "Guessed",
    "InTwoPlaces",
    "NoRiskNote",
    "NotHeld",
    "NotPlaced",
    "NotReady",
    "OtherDrafts",
    "Refused",
    "RuleBroken",
    "ShiftFull",
    "accept_placements",
    "place",
    "publish",
    "publish_proposal",
    "release",
]

Status = Assignment.Status
# How long somebody has to answer: five days, but not into the last day before the session,
# and never less than half a day (or until the session begins).
ANSWER_WITHIN = timedelta(days=5)
ANSWERED_BEFORE = timedelta(days=1)
ANSWER_AT_LEAST = timedelta(hours=12)


class NoRiskNote(Refused):
    """A programme does not say its risks: its sessions may not be offered (志愿服务条例 art. 12)."""


class Guessed(Refused):
    """Some of the days rest on a guess, and nobody has ticked that this is known. `dates` are those days."""

    def __init__(self, dates: list[date]) -> None:
        self.dates = dates
        super().__init__(
            f"{days.guess_in_words(dates)}的放假安排还没公布，现在是预测的，以后可能要改。要发布，请先打勾。"
        )


class OtherDrafts(Refused):
    """Drafts came or went since whoever publishes looked at them. `places` are the ids of those."""

    def __init__(self, places: set[int]) -> None:
        self.places = places
        super().__init__(f"您看的这一会儿，草稿变了 {len(places)} 处。下面是现在的样子，请再看一眼再发布。")


class NotReady(Refused):
    """The proposal is still being worked out, was thrown away or failed."""


@dataclass(slots=True)
class Accepted:
    """What became of the placements of a proposal."""

    assignments: list[Assignment] = field(default_factory=list)
    stale: list[Placement] = field(default_factory=list)


@transaction.atomic
def place(
    *,
    shift: Shift,
    volunteer: Volunteer,
    now: datetime,
    actor: User | None,
    reasons: Iterable[Any] = (),
    source: str = "staff",
    overlooking: Collection[str] = (),
    seen: int | None = None,
) -> Assignment:
    """Put a volunteer on a shift as a draft: nobody is told before publishing. Can be taken back for a day.

    `seen` is the sequence of the session that whoever places has looked at.
    Raises Refused: ShiftFull, AlreadyPlaced, InTwoPlaces, RuleBroken, NotHeld, ChangedMeanwhile.
    """
    seats.lock([volunteer.pk])
    seats.require_as_seen(shift.session, seen)
    assignment = seats.take(
        shift=shift,
        volunteer=volunteer,
        status=Status.DRAFT,
        source=source,
        now=now,
        reasons=reasons,
        overlooking=overlooking,
    )
    step = steps.begin(
        kind=steps.Kind.PLACE,
        community=shift.session.community,
        summary=f"{volunteer} → {notes.when(shift.session.starts_at)} {shift.session.series.name}",
        now=now,
        actor=actor,
    )
    steps.keep_made(step, [assignment])
    _wrote(assignment, "排上", now, actor)
    return assignment


@transaction.atomic
def release(
    *,
    assignment: Assignment,
    now: datetime,
    actor: User | None,
    note: str = "",
    seen: datetime | None = None,
    find: bool = False,
) -> Change:
    """Take somebody off. Who had been asked or had agreed is told. Can be taken back for a day.

    `seen` is the moment of the last change that whoever releases has looked at. With `find` the search for a
    substitute starts. Raises NotPlaced, ChangedMeanwhile.
    """
    seats.lock([assignment.volunteer_id])
    told = publishing.for_telling(Assignment.objects.filter(pk=assignment.pk).select_related("offer")).get()
    was = steps.state_of(told)
    before = seats.move(assignment, to=Status.RELEASED, now=now, note=note, only_from=Assignment.ACTIVE, seen=seen)
    step = steps.begin(
        kind=steps.Kind.RELEASE,
        community=told.session.community,
        summary=f"{told.volunteer}不来 {notes.when(told.starts_at)} {told.session.series.name}了",
        now=now,
        actor=actor,
    )
    steps.keep_released(step, assignment, was)
    if before != Status.DRAFT and assignment.starts_at > now:
        notes.released(assignment=told, now=now, change=step)
    _wrote(assignment, "撤下", now, actor)
    if before == Status.ACCEPTED:
        floors.check(session=assignment.session, now=now)
    if find and assignment.starts_at > now:
        substitutes.start(shift=assignment.shift, now=now, actor=actor, why=f"撤下了{told.volunteer}", places=1)
    return step


@transaction.atomic
def accept_placements(
    *, proposal: Proposal, placement_ids: Iterable[int], now: datetime, actor: User | None
) -> Accepted:
    """Make drafts of the chosen placements; each is checked again as things stand now.

    What is not possible any more is marked stale with the reason; the others go in.
    Raises NotReady.
    """
    ready = (Proposal.Status.READY, Proposal.Status.ACCEPTED)
    # Taking the row makes a second press wait, and then find its placements settled.
    if not Proposal.objects.filter(pk=proposal.pk, status__in=ready).update(status=Proposal.Status.ACCEPTED):
        raise NotReady("这份建议现在不能采纳，请刷新看看。")
    chosen = proposal.placements.filter(pk__in=list(placement_ids), status=Placement.Status.PROPOSED)
    rows = chosen.select_related(
        "volunteer__person",
        "shift__role",
        "shift__session__series__programme",
        "shift__session__community",
    )
    done = Accepted()
    placements = list(rows.order_by("shift_id", "id"))
    seats.lock(placement.volunteer_id for placement in placements)
    for placement in placements:
        _settle(placement, done, now)
    if proposal.placements.filter(status=Placement.Status.PROPOSED).exists():
        Proposal.objects.filter(pk=proposal.pk).update(status=Proposal.Status.READY)
    proposal.refresh_from_db(fields=["status"])
    for community, made in _by_community(done.assignments):
        step = steps.begin(
            kind=steps.Kind.ACCEPT,
            community=community,
            summary=f"采纳建议 {proposal.from_on:%-m月%-d日} – {proposal.until_on:%-m月%-d日}，{len(made)} 项",
            now=now,
            actor=actor,
        )
        steps.keep_made(step, made)
    audit.write(
        actor=actor,
        verb="采纳",
        thing=f"proposal:{proposal.pk}",
        now=now,
        summary=f"采纳 {len(done.assignments)} 项，{len(done.stale)} 项已经不行",
    )
    return done


def _by_community(assignments: Iterable[Assignment]) -> Iterable[tuple[Community, list[Assignment]]]:
    """What was made, for each community: what is taken back is of one of them."""
    found: dict[Community, list[Assignment]] = {}
    for one in assignments:
        found.setdefault(one.session.community, []).append(one)
    return found.items()


def _settle(placement: Placement, done: Accepted, now: datetime) -> None:
    """One placement becomes a draft, or stale with the reason."""
    try:
        assignment = seats.take(
            shift=placement.shift,
            volunteer=placement.volunteer,
            status=Status.DRAFT,
            source="proposal",
            now=now,
            reasons=placement.reasons,
        )
    except Refused as refusal:
        placement.status = Placement.Status.STALE
        placement.stale_why = str(refusal)[:120]
        done.stale.append(placement)
    else:
        placement.status = Placement.Status.ACCEPTED
        placement.assignment = assignment
        done.assignments.append(assignment)
    placement.save(update_fields=["status", "stale_why", "assignment"])


@transaction.atomic
def publish(
    *,
    community: Community | None,
    from_on: date,
    until_on: date,
    now: datetime,
    actor: User | None,
    guess_seen: bool = False,
    seen: Collection[int] | None = None,
) -> list[Assignment]:
    """Ask everybody with a draft place in these days, once; answers the places asked about.

    `guess_seen` is the tick for days whose holidays are only predicted. `seen` are the drafts that whoever
    presses has looked at. Raises NoRiskNote, Guessed, and OtherDrafts where there are others by now.
    """
    found = publishing.drafts(community=community, from_on=from_on, until_on=until_on, now=now)
    if seen is not None and (others := {row.pk for row in found} ^ set(seen)):
        raise OtherDrafts(others)
    return _publish(found, f"{community or '全部社区'} {from_on}–{until_on}", now, actor, guess_seen)


@transaction.atomic
def publish_proposal(
    *, proposal: Proposal, now: datetime, actor: User | None, guess_seen: bool = False
) -> list[Assignment]:
    """Ask everybody whom this proposal placed, once. Raises NoRiskNote, Guessed, NotReady."""
    allowed = (Proposal.Status.ACCEPTED, Proposal.Status.READY, Proposal.Status.PUBLISHED)
    if proposal.status not in allowed:
        raise NotReady("这份建议还没有采纳，不能发布。")
    told = _publish(publishing.drafts_of(proposal, now=now), f"建议 {proposal.pk}", now, actor, guess_seen)
    done = Proposal.objects.filter(pk=proposal.pk, status=Proposal.Status.ACCEPTED)
    done.update(status=Proposal.Status.PUBLISHED)
    proposal.refresh_from_db(fields=["status"])
    return told


def _publish(
    found: QuerySet[Assignment], what: str, now: datetime, actor: User | None, guess_seen: bool
) -> list[Assignment]:
    rows = list(found)
    silent = {row.session.series.programme.name for row in rows if not row.session.series.programme.risk_note}
    if silent:
        raise NoRiskNote(f"“{'、'.join(sorted(silent))}”还没写风险提示，先写好再发布。")
    guessed = publishing.guessed(rows)
    if guessed and not guess_seen:
        raise Guessed(guessed)
    told = []
    words = texts.current("offer")
    # A session that moves at this moment takes its people along: one after the other.
    seats.lock(row.volunteer_id for row in rows)
    for _, group in groupby(rows, key=lambda row: row.volunteer_id):
        told += _ask(list(group), words, now)
    if told:
        people = len({row.volunteer_id for row in told})
        audit.write(
            actor=actor, verb="发布", thing="roster", now=now, summary=f"{what}：{len(told)} 个名额，通知 {people} 人"
        )
    return told


def _ask(rows: list[Assignment], words: str, now: datetime) -> list[Assignment]:
    """Draft to offered, with an invitation each and one note in these words to the volunteer for all of them."""
    asked = []
    for row in rows:
        draft = Assignment.objects.filter(pk=row.pk, status=Status.DRAFT)
        # Somebody else published this one a moment ago: then it is told already.
        if not draft.update(status=Status.OFFERED, changed_at=now):
            continue
        row.status, row.changed_at = Status.OFFERED, now
        Offer.objects.create(assignment=row, made_at=now, expires_at=answer_by(row.starts_at, now))
        asked.append(row)
    if asked:
        earliest = min(answer_by(row.starts_at, now) for row in asked)
        notes.offered(assignments=asked, words=words, answer_by=earliest, now=now)
    return asked


def answer_by(starts_at: datetime, now: datetime) -> datetime:
    """Until when an invitation made now may be answered."""
    wanted = min(now + ANSWER_WITHIN, starts_at - ANSWERED_BEFORE)
    return max(wanted, min(now + ANSWER_AT_LEAST, starts_at))


def _wrote(assignment: Assignment, verb: str, now: datetime, actor: User | None) -> None:
    audit.write(
        actor=actor,
        verb=verb,
        thing=f"session:{assignment.session_id}",
        now=now,
        summary=f"{assignment.volunteer} {notes.when(assignment.starts_at)}",
        data={"assignment": assignment.pk, "volunteer": assignment.volunteer_id},
    )
