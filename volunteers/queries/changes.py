"""The pages of one session, of one day, and of the changes that can still be taken back."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from classes import demand
from classes.actions.changing import say
from classes.calendar import Days
from classes.models import Change, Community, Enrolment, Session
from classes.models.changes import UNDO_WITHIN
from volunteers.queries import board

ON_THE_ROSTER = (
    Change.Kind.PLACE,
    Change.Kind.RELEASE,
    Change.Kind.ACCEPT,
    Change.Kind.COPY,
    Change.Kind.COUNT,
)
KEPT_IN_SIGHT = timedelta(days=30)
NEAR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change: whether it can still be taken back, and until when."""

    change: Change
    open_until: datetime | None

    @property
    def kind(self) -> str:
        """What sort of change it is, unless its words begin with that."""
        kind = self.change.get_kind_display()
        return "" if self.change.summary.startswith(kind) else kind


@dataclass(frozen=True, slots=True)
class SessionPage:
    """One session: its card, who is expected, what has happened to it."""

    session: Session
    card: board.Card
    learners: list[str]
    changes: list[ChangeRow]
    parts: list[Session]
    merged: list[Session]
    is_open: bool


@dataclass(frozen=True, slots=True)
class DayPage:
    """One day of a community with its cards."""

    day: board.Day
    cards: list[board.Card]
    open_sessions: int


def found_session(pk: int) -> QuerySet[Session]:
    """The session with what its pages need."""
    related = ("series__programme", "series__term", "community", "room", "lesson", "split_from", "merged_into__series")
    return Session.objects.filter(pk=pk).select_related(*related)


def session_page(*, session: Session, now: datetime) -> SessionPage:
    """Everything on the page of a session. A constant number of queries."""
    of_it = Change.objects.filter(sessions__session=session).select_related("made_by", "undone_by")
    return SessionPage(
        session=session,
        card=board.card(session=session, now=now),
        learners=[name for _, name in learners(session)],
        changes=[row_of(change, now) for change in of_it.order_by("-made_at", "-id")[:10]],
        parts=list(session.parts.exclude(status=Session.Status.CANCELLED).select_related("room").order_by("starts_at")),
        merged=list(session.merged.select_related("series").order_by("starts_at")),
        is_open=session.status == Session.Status.PLANNED and session.starts_at > now,
    )


def row_of(change: Change, now: datetime) -> ChangeRow:
    """A change with its last moment, while that is to come."""
    return ChangeRow(change, change.undo_until if change.undone_at is None and change.undo_until > now else None)


def changes(*, community: Community, now: datetime) -> list[ChangeRow]:
    """The changes of a month, those that can still be taken back first, the newest first. One query."""
    found = Change.objects.filter(community=community, made_at__gt=now - KEPT_IN_SIGHT)
    # A step on the roster is of interest while it can be taken back; what was done to sessions for a month.
    found = found.exclude(kind__in=ON_THE_ROSTER, made_at__lte=now - UNDO_WITHIN)
    rows = [row_of(change, now) for change in found.select_related("made_by", "undone_by").order_by("-made_at", "-id")]
    return sorted(rows, key=lambda row: row.open_until is None)


def open_changes(*, community: Community, now: datetime) -> int:
    """How many can still be taken back."""
    return Change.objects.filter(community=community, undone_at=None, made_at__gt=now - UNDO_WITHIN).count()


def learners(session: Session) -> list[tuple[int, str]]:
    """Who is expected: id of the enrolment and name, in the order in which they enrolled."""
    places = demand.headcounts([session])[session.pk]
    rows = Enrolment.objects.filter(pk__in=[place.enrolment for place in places])
    return [(row.pk, str(row.learner)) for row in rows.select_related("learner__person").order_by("created_at", "id")]


def to_swap_with(session: Session, now: datetime) -> list[tuple[int, str]]:
    """Sessions of the same day in another room."""
    rows = same_place(session, now).filter(on_date=session.on_date).exclude(room=session.room_id)
    return [(other.pk, say(other)) for other in rows]


def to_merge_into(session: Session, now: datetime) -> list[tuple[int, str]]:
    """Sessions of the same kind within a week."""
    kind = session.series.programme.kind
    rows = same_place(session, now).filter(series__programme__kind=kind, split_from=None)
    rows = rows.filter(on_date__range=(session.on_date - NEAR, session.on_date + NEAR))
    return [(other.pk, f"{say(other)}（{other.expected} 人）") for other in rows]


def same_place(session: Session, now: datetime) -> QuerySet[Session]:
    """Other sessions of the community that have not begun, in order of time."""
    rows = Session.objects.filter(community=session.community_id, status=Session.Status.PLANNED, starts_at__gt=now)
    return rows.exclude(pk=session.pk).select_related("series__programme", "room").order_by("starts_at", "id")


def day_page(*, community: Community, day: date, now: datetime) -> DayPage:
    """One day. A constant number of queries."""
    cards = board.cards_between(community=community, first=day, last=day, now=now)
    days = Days.between(day, day, community)
    column = board.Day(
        date=day,
        day_type=days.type_of(day),
        name=days.name_of(day),
        is_today=day == timezone.localdate(now),
        cards=cards,
    )
    held = [card for card in cards if card.session.status == Session.Status.PLANNED and card.session.starts_at > now]
    return DayPage(column, cards, len(held))
