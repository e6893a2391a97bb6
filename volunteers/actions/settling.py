"""Sessions whose day has changed: kept, called off or moved, all in one action, everybody touched told once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from classes.actions import changing as class_changes
from classes.actions import holding
from classes.actions.changing import Refused
from classes.actions.moving import ONE, Edit
from classes.models import Change, Session
from classes.queries.days import Caught
from people import audit
from people.models import User
from volunteers.actions import changing
from volunteers.actions.following import hold_people
from volunteers.models import AssignmentChange

KEEP, CANCEL, MOVE = "keep", "cancel", "move"


class NoDay(Refused):
    """A session is to be moved, and nobody said to which day."""


class NoLongerCaught(Refused):
    """A session is not among those whose day has changed: somebody has settled it, or the day is as it was."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What becomes of one session: keep, cancel, or move to a day at the same time and place."""

    caught: Caught
    what: str
    to: date | None = None


@dataclass(slots=True)
class Settled:
    """What was done. `people` are volunteers who are told of it."""

    kept: int = 0
    cancelled: int = 0
    moved: int = 0
    people: int = 0
    changes: list[Change] = field(default_factory=list)


@transaction.atomic
def settle_days(*, choices: Iterable[Choice], now: datetime, actor: User | None) -> Settled:
    """Carry out every choice or none; each calling off and each move can be undone for a day.

    Who cannot follow a move is taken off and told. Raises classes.actions.changing.Refused.
    """
    chosen = list(choices)
    done = Settled()
    # Everything is held before anything is written, in the order of classes.actions.holding.
    sessions_here = [choice.caught.session for choice in chosen]
    holding.hold_community(*{session.community_id for session in sessions_here})
    hold_people(sessions_here)
    for choice in chosen:
        if choice.what == KEEP:
            keep(choice.caught, now, actor)
            done.kept += 1
    for (_, reason), sessions in called_off(chosen).items():
        made = changing.cancel_sessions(sessions=sessions, reason=reason, now=now, actor=actor)
        done.changes.append(made.change)
        done.cancelled += len(sessions)
    for choice in chosen:
        if choice.what == MOVE:
            done.changes.append(move(choice, now, actor))
            done.moved += 1
    touched = AssignmentChange.objects.filter(change__in=done.changes).values("assignment__volunteer")
    done.people = touched.order_by().distinct().count()
    return done


def called_off(choices: Iterable[Choice]) -> dict[tuple[int, str], list[Session]]:
    """What is not held, by community and reason: one change of the timetable for each."""
    found: dict[tuple[int, str], list[Session]] = defaultdict(list)
    for choice in choices:
        if choice.what == CANCEL:
            found[choice.caught.session.community_id, choice.caught.reason].append(choice.caught.session)
    return found


def keep(caught: Caught, now: datetime, actor: User | None) -> None:
    """The session is held all the same: it knows the type of its day, and that somebody has ticked it."""
    session = caught.session
    mine = Session.objects.filter(pk=session.pk, status=Session.Status.PLANNED, day_type=session.day_type)
    if not mine.update(day_type=caught.day_type, ticked_at=now):
        raise class_changes.ChangedMeanwhile(f"{class_changes.say(session)} 刚刚被别人改过，刷新看看现在的样子。")
    audit.write(
        actor=actor,
        verb="日子变了照开",
        thing=f"session:{session.pk}",
        now=now,
        summary=f"{class_changes.say(session)}（{caught.why}）",
    )


def move(choice: Choice, now: datetime, actor: User | None) -> Change:
    """The session goes to another day, at its time and in its room."""
    session = choice.caught.session
    if choice.to is None:
        raise NoDay(f"{class_changes.say(session)} 要挪到哪天？请选一天。")
    edit = Edit(days=(choice.to - session.on_date).days)
    done = changing.move_sessions(
        session=session,
        scope=ONE,
        edit=edit,
        reason=choice.caught.reason,
        now=now,
        actor=actor,
        releasing=True,
    )
    return done.change
