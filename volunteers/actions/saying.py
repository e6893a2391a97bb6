"""One tap on a roll, at once or kept on a machine without network and sent later: the newest tap holds.

A mark is known by its key, so sending it again does nothing. One that contradicts what its machine had not seen is
taken or gives way by the time of the tap, and both are shown until somebody has looked (docs/decisions, kept marks).
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from classes.actions import attending
from classes.actions.attending import Refused
from classes.models import Attendance, Delegate, Learner, PickUp, Session
from people.models import User
from volunteers.actions import attendance, seats
from volunteers.actions.marks import MAKES, Outcome, Said, Standing, Who, about, standing
from volunteers.models import Assignment, CheckIn, RollMark, Volunteer
from volunteers.rules import hours

# Who may fetch a child may have changed since: said only with the list as it is now.
AT_ONCE = frozenset({Said.LEFT, Said.BACK})
OF_VOLUNTEERS = frozenset({Said.CAME, Said.MISSED, Said.CLEAR})
OF_LEARNERS = frozenset(Said) - {Said.CAME, Said.MISSED}


class TooLate(Refused):
    """Kept for more than a day: the hours may be in the ledger."""


class NotFromMemory(Refused):
    """Handing over a child is said at once or not at all."""


class NotThere(Refused):
    """The person is not part of this session."""


@transaction.atomic
def say(
    *,
    session: Session,
    who: Who,
    said: str,
    key: UUID,
    said_at: datetime,
    now: datetime,
    actor: User | None,
    seen: str | None = None,
    pickup: PickUp | Delegate | None = None,
) -> RollMark:
    """Take one mark, or the newer one that stands; answers the line that was written, the first one for this key.

    `said_at` is the tap, `seen` what stood on the page that was tapped. Raises TooLate, NotFromMemory, NotThere and
    what the single actions raise; then nothing has changed and the same mark may be sent again.
    """
    if isinstance(who, Volunteer):
        seats.lock([who.pk])
    seats.lock_session(session)
    if known := RollMark.objects.filter(key=key).first():
        return known
    said_at = min(said_at, now)
    _require_sayable(said, said_at, now)
    stands = standing(session, who)
    mark = RollMark(key=key, session=session, said=said, said_at=said_at, received_at=now, said_by=actor, **about(who))
    mark.outcome = Outcome.TAKEN
    if not _agrees(stands, said, said_at):
        _weigh(mark, stands, seen)
        if mark.outcome == Outcome.TAKEN:
            _make(session, who, mark, pickup)
    if not mark.against:
        # Whoever taps after a clash was shown has looked at it.
        look(session=session, who=who, now=now, since=said_at)
    mark.save()
    return mark


def _require_sayable(said: str, said_at: datetime, now: datetime) -> None:
    if said_at < now - hours.STAYS_OPEN:
        raise TooLate("这一条是 24 小时以前点的，不能再传。真要改，请在点名页上重新点。")
    if said in AT_ONCE and said_at < now:
        raise NotFromMemory("接走孩子要连着网当场记：谁能接，可能刚改过。")


def _agrees(stands: Standing, said: str, said_at: datetime) -> bool:
    """Nothing is left to do: it stands so, or the child came as said and has left since.

    A child that has left cannot be fetched once more, whoever it is by.
    """
    if said == Said.LEFT:
        return False
    came_then = stands.said == Said.LEFT and said == Said.PRESENT and stands.at is not None and said_at <= stands.at
    return stands.said == MAKES.get(Said(said), said) or came_then


def _weigh(mark: RollMark, stands: Standing, seen: str | None) -> None:
    """The newer of the two holds; what was said without having been seen is kept beside it."""
    is_older = stands.at is not None and mark.said_at < stands.at
    if is_older or (seen is not None and seen != stands.said):
        mark.against, mark.against_at, mark.against_by = stands.said, stands.at, stands.by
    if is_older:
        mark.outcome = Outcome.OLDER


def _make(session: Session, who: Who, mark: RollMark, pickup: PickUp | Delegate | None) -> None:
    if isinstance(who, Volunteer):
        _of_volunteer(session, who, mark)
    else:
        _of_learner(session, who, mark, pickup)


def _of_volunteer(session: Session, who: Volunteer, mark: RollMark) -> None:
    now, at, actor = mark.received_at, mark.said_at, mark.said_by
    if mark.said == Said.CAME:
        attendance.check_in(volunteer=who, session=session, how=CheckIn.How.STAFF, now=now, actor=actor, at=at)
    elif mark.said == Said.CLEAR:
        attendance.take_back(session=session, volunteer=who, now=now)
    else:
        placed = Assignment.objects.select_related("session__series__programme")
        found = placed.filter(session=session, volunteer=who, status__in=Assignment.ACTIVE).first()
        if found is None:
            raise NotThere(f"{who}没有排在这一场，不用记没来。")
        attendance.say_missed(assignment=found, now=now, actor=actor, at=at)


def _of_learner(session: Session, who: Learner, mark: RollMark, pickup: PickUp | Delegate | None) -> None:
    now, actor = mark.received_at, mark.said_by
    row = Attendance.objects.filter(session=session, learner=who).first()
    if mark.said in AT_ONCE:
        if row is None:
            raise NotThere(f"{who}还没有点到，先点到了。")
        if mark.said == Said.LEFT:
            attending.collect(attendance=row, pickup=pickup, now=now, actor=actor)
        else:
            attending.uncollect(attendance=row, now=now)
        return
    if row:
        attending.require_here(row)
    if mark.said == Said.CLEAR:
        attendance.clear_learners(session=session, learners=[who], now=now)
    else:
        attendance.mark_learners(
            session=session, learners=[who], state=mark.said, now=now, actor=actor, at=mark.said_at
        )


@transaction.atomic
def look(*, session: Session, who: Who, now: datetime, since: datetime | None = None) -> int:
    """Somebody has seen what two machines said about this person, as it was shown at `since`. Answers how many lines."""
    rows = RollMark.objects.filter(session=session, looked_at=None, **about(who)).exclude(against="")
    return rows.filter(received_at__lte=since or now).update(looked_at=now)
