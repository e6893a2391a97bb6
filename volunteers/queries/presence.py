"""Who of today's sessions is there, late, or gone again: what 今天 knows from the roll."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from classes import demand
from classes.actions.attending import OPENS_BEFORE
from classes.models import Attendance, Guardian, Learner, Programme, Session
from volunteers.models import CheckIn, NoShow
from volunteers.queries.board import Card
from volunteers.queries.clashes import clashes
from volunteers.rules import hours

# 15 minutes after a child should be there somebody rings its family (guide, job 11).
CHILD_LATE_AFTER = timedelta(minutes=15)
MOST_LATE = 4


@dataclass(frozen=True, slots=True)
class Seen:
    """One placed volunteer: `state` is came, missed, or awaited (late and not there); minutes late where that counts."""

    state: str
    at: datetime | None = None
    late: int = 0


@dataclass(frozen=True, slots=True)
class LateChild:
    """A child of whom nobody has said anything although it should be there; whom to ring, if there is a number."""

    learner: Learner
    minutes: int
    guardian: Guardian | None


@dataclass(frozen=True, slots=True)
class Heads:
    """The learners of one session; `late` are children, `is_called` says whether anybody has called the roll."""

    here: int
    gone: int
    away: int
    unsaid: int
    late: list[LateChild]
    is_called: bool
    is_due: bool

    @property
    def shown_late(self) -> list[LateChild]:
        """The first of them, the latest first."""
        return self.late[:MOST_LATE]

    @property
    def more_late(self) -> int:
        """How many more there are."""
        return max(0, len(self.late) - MOST_LATE)

    @property
    def not_yet(self) -> int:
        """Not there, and not late."""
        return self.unsaid - len(self.late)


@dataclass(frozen=True, slots=True)
class Presence:
    """Volunteers by assignment, learners by session; sessions whose roll is not open yet are not in it.

    `clashes` counts by session the people of whom two machines said different things.
    """

    seen: dict[int, Seen]
    heads: dict[int, Heads]
    clashes: Counter[int]

    @property
    def late(self) -> int:
        """How many people are awaited now: volunteers and children."""
        awaited = sum(one.state == "awaited" for one in self.seen.values())
        return awaited + sum(len(one.late) for one in self.heads.values())


def presence(cards: Iterable[Card], now: datetime) -> Presence:
    """What is known of the sessions of these cards. No query before the first roll is open, else at most nine."""
    open_ones = [card for card in cards if now >= card.session.starts_at - OPENS_BEFORE]
    if not open_ones:
        return Presence({}, {}, Counter())
    sessions = [card.session for card in open_ones]
    told = Counter(session for session, _, _ in clashes(sessions))
    return Presence(_seen(open_ones, now), _heads(sessions, now), told)


def _seen(cards: list[Card], now: datetime) -> dict[int, Seen]:
    sessions = [card.session for card in cards]
    visits = {
        (row.session_id, row.volunteer_id): row
        for row in CheckIn.objects.filter(session__in=sessions).select_related("session")
    }
    missed = set(NoShow.objects.filter(assignment__session__in=sessions).values_list("assignment_id", flat=True))
    found = {}
    for card in cards:
        for place in card.places:
            if place.assignment is None or place.state == "draft":
                continue
            one = place.assignment
            visit = visits.get((card.session.pk, one.volunteer_id))
            if state := _of_one(card.session, visit, one.pk in missed, now, has_agreed=place.state == "ok"):
                found[one.pk] = state
    return found


def _of_one(
    session: Session, visit: CheckIn | None, is_missed: bool, now: datetime, *, has_agreed: bool
) -> Seen | None:
    """Nobody is awaited who never said yes."""
    if visit and visit.arrived_at:
        late = _minutes(visit.arrived_at - session.starts_at) if hours.is_late(visit) else 0
        return Seen("came", visit.arrived_at, late)
    if is_missed:
        return Seen("missed")
    if has_agreed and session.starts_at + hours.LATE_AFTER < now < session.ends_at:
        return Seen("awaited", None, _minutes(now - session.starts_at))
    return None


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds()) // 60


def _heads(sessions: list[Session], now: datetime) -> dict[int, Heads]:
    expected = {pk: {place.learner for place in places} for pk, places in demand.headcounts(sessions).items()}
    marks: dict[int, dict[int, Attendance]] = defaultdict(dict)
    for row in Attendance.objects.filter(session__in=sessions):
        marks[row.session_id][row.learner_id] = row
    silent = {one.pk: expected[one.pk] - set(marks[one.pk]) for one in sessions}
    late = _late([one for one in sessions if _may_be_late(one, now) and marks[one.pk]], silent, now)
    return {
        one.pk: _count(marks[one.pk].values(), len(silent[one.pk]), late.get(one.pk, []), is_due=_is_due(one, now))
        for one in sessions
        if expected[one.pk] or marks[one.pk]
    }


def _is_due(session: Session, now: datetime) -> bool:
    """Whether the roll should have been called by now, and the session is still on."""
    return session.starts_at + CHILD_LATE_AFTER <= now < session.ends_at


def _may_be_late(session: Session, now: datetime) -> bool:
    return _is_due(session, now) and session.series.programme.kind == Programme.Kind.CHILD


def _count(marks: Iterable[Attendance], unsaid: int, late: list[LateChild], *, is_due: bool) -> Heads:
    rows = list(marks)
    came = [row for row in rows if row.state == Attendance.State.PRESENT]
    gone = sum(row.left_at is not None for row in came)
    return Heads(
        here=len(came) - gone,
        gone=gone,
        away=len(rows) - len(came),
        unsaid=unsaid,
        late=late,
        is_called=bool(rows),
        is_due=is_due,
    )


def _late(sessions: list[Session], silent: dict[int, set[int]], now: datetime) -> dict[int, list[LateChild]]:
    """Children by session, the longest awaited first; school that ends later excuses until then. Three queries."""
    wanted = {pk for session in sessions for pk in silent[session.pk]}
    if not wanted:
        return {}
    rows = Learner.objects.filter(pk__in=wanted).select_related("person").prefetch_related("guardians__person")
    children = {row.pk: row for row in rows.order_by("person__name_key", "pk")}
    found = {}
    for session in sessions:
        over = {pk: now - _due_at(session, child) for pk, child in children.items() if pk in silent[session.pk]}
        late = [_late_child(children[pk], span) for pk, span in over.items() if span >= CHILD_LATE_AFTER]
        found[session.pk] = sorted(late, key=lambda one: -one.minutes)
    return found


def _due_at(session: Session, child: Learner) -> datetime:
    if child.release_time is None:
        return session.starts_at
    released = datetime.combine(session.on_date, child.release_time, timezone.get_current_timezone())
    return max(session.starts_at, released)


def _late_child(child: Learner, over: timedelta) -> LateChild:
    reachable = (guardian for guardian in child.guardians.all() if guardian.person.phone)
    return LateChild(child, _minutes(over), next(reachable, None))
