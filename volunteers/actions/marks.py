"""What was last said about somebody on a roll, and the lines that say it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from classes.models import Attendance, Learner, Session
from people.models import User
from volunteers.models import CheckIn, NoShow, RollMark, Volunteer

Who = Volunteer | Learner
Said, Outcome, How = RollMark.Said, RollMark.Outcome, CheckIn.How
# What somebody is after a tap; every other tap says what it makes of them.
MAKES = {Said.BACK: Said.PRESENT}


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds about one person now: `said` (clear while nobody has said anything), since when, by whom.

    `at` is None where nothing tells when it was said; then anything said is newer.
    """

    said: str
    at: datetime | None = None
    by: User | None = None


def about(who: Who) -> dict[str, Who]:
    """The column of a mark that names this person."""
    return {"volunteer" if isinstance(who, Volunteer) else "learner": who}


def standing(session: Session, who: Who) -> Standing:
    """What holds about this person at this session. Two to four queries."""
    found = _of_volunteer(session, who) if isinstance(who, Volunteer) else _of_learner(session, who)
    taken = RollMark.objects.filter(session=session, outcome=Outcome.TAKEN, **about(who))
    last = taken.select_related("said_by").order_by("said_at", "pk").last()
    if last and MAKES.get(Said(last.said), last.said) == found.said:
        return Standing(found.said, last.said_at, last.said_by)
    return found


def _of_volunteer(session: Session, who: Volunteer) -> Standing:
    if row := CheckIn.objects.filter(session=session, volunteer=who).first():
        # Whoever checks in alone says so on arriving; a list that was brought in says no moment.
        said_at = {How.DEVICE: row.arrived_at, How.CODE: row.arrived_at, How.STAFF: row.changed_at}
        return Standing(Said.CAME, said_at.get(How(row.how)))
    missed = NoShow.objects.filter(assignment__session=session, assignment__volunteer=who)
    if told := missed.select_related("said_by").first():
        return Standing(Said.MISSED, told.said_at, told.said_by)
    return Standing(Said.CLEAR)


def _of_learner(session: Session, who: Learner) -> Standing:
    row = Attendance.objects.filter(session=session, learner=who).select_related("marked_by").first()
    if row is None:
        return Standing(Said.CLEAR)
    if row.left_at:
        return Standing(Said.LEFT, row.left_at, row.marked_by)
    return Standing(row.state, row.marked_at, row.marked_by)


def note_all(*, session: Session, people: Iterable[Who], now: datetime, actor: User | None) -> None:
    """全到了 says it of each of them."""
    RollMark.objects.bulk_create(
        RollMark(
            key=uuid4(),
            session=session,
            said=Said.CAME if isinstance(who, Volunteer) else Said.PRESENT,
            said_at=now,
            received_at=now,
            said_by=actor,
            outcome=Outcome.TAKEN,
            **about(who),
        )
        for who in people
    )


def forget_all(*, session: Session, at: datetime) -> None:
    """全到了 at that moment was not said."""
    RollMark.objects.filter(session=session, said_at=at, received_at=at).delete()
