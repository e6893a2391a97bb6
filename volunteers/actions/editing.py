"""改这个班: name and seats at once; days, time and room of sessions that are made, with everybody told."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from classes.actions import holding, reshaping
from classes.actions import series as series_actions
from classes.actions.changing import Done, Refused
from classes.actions.moving import ALL, FOLLOWING, ONE, Edit
from classes.actions.reshaping import Shape
from classes.actions.series import Pattern
from classes.models import Series, Session
from people.models import User
from volunteers.actions import changing
from volunteers.actions.following import hold_people

ONLY_ONE = "只改一场，不能换星期几和哪几周上。要换日期，请到那一场里点“改时间地点”。"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the form of a class says: the pattern, and for which sessions from `session` on."""

    pattern: Pattern
    scope: str = ALL
    session: Session | None = None
    reason: str = ""
    releasing: bool = False


@transaction.atomic
def edit_series(*, series: Series, wanted: Wanted, now: datetime, actor: User | None) -> Done | None:
    """Change a class; the change of its sessions, where there is one.

    What it needs no more goes first and what it needs anew comes last, so that a new room is in between.
    Raises classes' series.NameTaken and SeatsInUse, changing.InTheWay and changing.Refused.
    """
    holding.hold_community(series.community_id)
    before = reshaping.shape_of(series)
    if not series.sessions.exists():
        series_actions.change_series(series=series, pattern=wanted.pattern, now=now, actor=actor)
        return None
    shape = reshaping.shape_from(series.community, wanted.pattern, now)
    # More seats want more helpers: who helps is held before the places are.
    hold_people(reshaping.coming_of(series, None, now), rooms=[shape.room.pk if shape.room else None])
    facts = replace(
        reshaping.said(series, before),
        name=wanted.pattern.name,
        capacity=wanted.pattern.capacity,
        stages=wanted.pattern.stages,
        needs=tuple(one for one in series.needs if one in wanted.pattern.needs),
    )
    series_actions.change_series(series=series, pattern=facts, now=now, actor=actor)
    done = _edit_sessions(series, wanted, before, shape, now, actor)
    series_actions.set_needs(series=series, needs=wanted.pattern.needs, now=now, actor=actor)
    return done


def _edit_sessions(
    series: Series, wanted: Wanted, before: Shape, shape: Shape, now: datetime, actor: User | None
) -> Done | None:
    """Another pattern for the sessions that are made, where it is another."""
    if wanted.scope == ONE:
        return _edit_one(wanted, before, shape, now, actor)
    if shape == before:
        return None
    return changing.reshape_series(
        series=series,
        shape=shape,
        since=wanted.session.on_date if wanted.scope == FOLLOWING and wanted.session else None,
        reason=wanted.reason,
        now=now,
        actor=actor,
        releasing=wanted.releasing,
    )


def _edit_one(wanted: Wanted, before: Shape, shape: Shape, now: datetime, actor: User | None) -> Done | None:
    """Another time or room for one session; the class stays as it is."""
    if replace(shape, starts=before.starts, ends=before.ends, room=before.room) != before:
        raise Refused(ONLY_ONE)
    if shape == before or wanted.session is None:
        return None
    times = {} if (shape.starts, shape.ends) == (before.starts, before.ends) else _clock(shape)
    edit = Edit(**times, changes_room=shape.room != before.room, room=shape.room)
    return changing.move_sessions(
        session=wanted.session,
        scope=ONE,
        edit=edit,
        reason=wanted.reason,
        now=now,
        actor=actor,
        releasing=wanted.releasing,
    )


def _clock(shape: Shape) -> dict:
    return {"starts": shape.starts, "ends": shape.ends}
