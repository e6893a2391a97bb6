"""Two sessions become one, or one becomes two, because of the helpers or learners there are."""

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction

from classes import demand
from classes.actions import changing, families, holding
from classes.actions.calling_off import cancel
from classes.actions.changing import Done, say, say_when
from classes.actions.moving import Edit, Target, require_possible, targets
from classes.actions.timetable import sessions_changed
from classes.demand import Place
from classes.models import Change, PartPlace, Session
from classes.queries import rooms
from people.models import User


class CannotMerge(changing.Refused):
    """The two sessions cannot be one."""


class CannotSplit(changing.Refused):
    """The learners named are nobody, or everybody."""


@transaction.atomic
def merge_sessions(*, away: Session, into: Session, reason: str, now: datetime, actor: User | None) -> Done:
    """The learners of `away` come to `into`; `away` is not held.

    Raises CannotMerge, changing.NotHeld, ChangedMeanwhile, TooSmall, LacksEquipment, UpTheStairs.
    """
    holding.hold_community(into.community_id)
    held = {one.pk: one for one in changing.hold([away.pk, into.pk])}
    changing.require_held(held.values(), now)
    for looked_at in (away, into):
        changing.require_as_seen(looked_at, held.values())
    away, into = held[away.pk], held[into.pk]
    if away.pk == into.pk or away.community_id != into.community_id:
        raise CannotMerge("要并的两场得是同一个社区里不同的两场。")
    if away.series.programme.kind != into.series.programme.kind:
        raise CannotMerge(f"{away.series.programme}和{into.series.programme}不能并成一场。")
    heads = demand.headcounts([away, into])
    require_room_for_both(away, into, heads)
    summary = f"{say(away)} 并到 {say(into)}"
    record = changing.begin(
        kind=Change.Kind.MERGE, community=into.community, summary=summary, reason=reason, now=now, actor=actor
    )
    done = Done(record.change, {away.pk: f"{say(away)} 并到 {say(into)}"})
    cancel(record, away, f"并到{into.series} {say_when(into.starts_at, into.ends_at)}", merged_into_id=into.pk)
    record.write(into, regrouped=True)
    record.keep()
    for series in {away.series, into.series}:
        sessions_changed(series, now)
    families.tell(done=done, heads={away.pk: heads[away.pk]}, now=now)
    return done


def require_room_for_both(away: Session, into: Session, heads: dict[int, list[Place]]) -> None:
    """Seats for everybody, what either class needs, and no stairs for who cannot climb them."""
    learners = {place.learner for place in [*heads[away.pk], *heads[into.pk]]}
    room = into.room
    if room and room.seats and len(learners) > room.seats:
        raise changing.TooSmall(f"{room}只有 {room.seats} 个座位，两场一共 {len(learners)} 人。")
    if room and (lacking := room.lacks(away.series.needs)):
        raise changing.LacksEquipment(rooms.say_lacking(room, lacking))
    if demand.up_the_stairs(room) and any(place.needs_no_stairs for place in heads[away.pk]):
        raise changing.UpTheStairs(f"有人坐轮椅，{room}在 {room.floor if room else ''} 楼没有电梯。")


@transaction.atomic
def split_session(
    *,
    session: Session,
    enrolments: Collection[int],
    edit: Edit,
    reason: str,
    now: datetime,
    actor: User | None,
) -> Done:
    """Some of the learners come to a second session, at another time or in another room, as `edit` says.

    Raises CannotSplit, and changing.Refused as moving.move_sessions does.
    """
    holding.hold_community(session.community_id)
    held = changing.hold([session.pk], rooms=[edit.room.pk if edit.room else None])
    changing.require_held(held, now)
    changing.require_as_seen(session, held)
    (session,) = held
    expected = demand.headcounts([session])[session.pk]
    going = [place for place in expected if place.enrolment in set(enrolments)]
    if not going or len(going) == len(expected):
        raise CannotSplit("请选一部分人去另一场：不能一个也没有，也不能全部。")
    if edit.is_nothing():
        raise CannotSplit("分出的一场要换时间或者换教室。")
    (target,) = targets([session], edit)
    day_types = require_part_possible(target, edit, going, now)
    line = f"{say(session)}，您改到 {say_when(target.starts_at, target.ends_at)}" + (
        f"，{target.room}" if target.room else ""
    )
    summary = f"{say(session)} 分出 {len(going)} 人到 {say_when(target.starts_at, target.ends_at)}"
    record = changing.begin(
        kind=Change.Kind.SPLIT, community=session.community, summary=summary, reason=reason, now=now, actor=actor
    )
    part = make_part(session, target, going, day_types[session.pk], edit, now)
    record.write(session, regrouped=True)
    record.made(part)
    record.keep()
    sessions_changed(session.series, now)
    done = Done(record.change, {session.pk: line})
    families.tell(done=done, heads={session.pk: going}, now=now)
    return done


def require_part_possible(target: Target, edit: Edit, going: list[Place], now: datetime) -> dict[int, str]:
    """Raise what is in the way of the second session: the room has to hold its own learners only."""
    session = target.session
    away = Session(**{field: getattr(session, field) for field in ("series", "community", "room")})
    away.pk, away.split_from, away.on_date = 0, session, session.on_date
    away.starts_at, away.ends_at, away.day_type = session.starts_at, session.ends_at, session.day_type
    away.expected, away.step_free = len(going), any(place.needs_no_stairs for place in going) or None
    if away.step_free and demand.up_the_stairs(target.room):
        raise changing.UpTheStairs(f"有人坐轮椅，{target.room}在楼上没有电梯。")
    found = require_possible([Target(away, target.on_date, target.starts_at, target.ends_at, target.room)], edit, now)
    return {session.pk: found[0]}


def make_part(
    session: Session, target: Target, going: list[Place], day_type: str, edit: Edit, now: datetime
) -> Session:
    """The second session with its learners."""
    part = Session(
        series=session.series,
        community_id=session.community_id,
        room=target.room,
        on_date=target.on_date,
        starts_at=target.starts_at,
        ends_at=target.ends_at,
        lesson=session.lesson,
        is_review=session.is_review,
        day_type=day_type,
        ticked_at=now if edit.anyway else session.ticked_at,
        split_from=session,
        regrouped=True,
    )
    try:
        with transaction.atomic():
            part.save(force_insert=True)
    except IntegrityError as error:
        raise changing.named(error, part) from error
    PartPlace.objects.bulk_create(PartPlace(part=part, whole=session, enrolment_id=place.enrolment) for place in going)
    return part
