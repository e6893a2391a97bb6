"""The organiser's changes to sessions, with everybody who helps there taken along, asked again or let go.

Each is one transaction over both apps: the sessions (classes.actions), the assignments, and one note
to each person touched. `undo` takes all of it back within 24 hours.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import IntegrityError, transaction

from classes.actions import calling_off, holding, moving, regrouping, reshaping, teaching, venues
from classes.actions.changing import ChangedMeanwhile, Done, Refused
from classes.actions.moving import Edit, Target
from classes.actions.reshaping import Shape
from classes.models import Community, Lesson, Series, Session, Venue
from people.models import User
from volunteers.actions.following import Book, Clash, clashes, hold_people
from volunteers.models import Assignment

CALLED_OFF = "停课"
CANNOT_FOLLOW = "这个时间您在别处"
MERGED = "并班"


class InTheWay(Refused):
    """Somebody who helps cannot follow; `clashes` says who and why."""

    def __init__(self, found: list[Clash]) -> None:
        self.clashes = found
        super().__init__("；".join(clash.sentence for clash in found) + "，不能两边都去。" if found else BUSY)


BUSY = "有人那个时间已经在别的场次，刷新再看。"


@transaction.atomic
def move_sessions(
    *,
    session: Session,
    scope: str,
    edit: Edit,
    reason: str,
    now: datetime,
    actor: User | None,
    releasing: bool = False,
) -> Done:
    """Move a session, it and the following, or all to come.

    Who was asked or had agreed is asked again when the time changes. With `releasing` those who
    cannot follow are taken off and told. Raises InTheWay, and classes.actions.changing.Refused.
    """
    holding.hold_community(session.community_id)
    wanted = moving.in_scope(session, scope, edit, now)
    active = hold_people(wanted, rooms=[edit.room.pk if edit.room else None])
    stuck = clashes(active, {target.session.pk: target for target in moving.targets(wanted, edit)})
    if stuck and not releasing:
        raise InTheWay(stuck)
    book = release_all((clash.assignment for clash in stuck), CANNOT_FOLLOW, now)
    try:
        done = moving.move_sessions(session=session, scope=scope, edit=edit, reason=reason, now=now, actor=actor)
    except IntegrityError as error:
        raise InTheWay([]) from error
    follow(book, active, stuck, done, now)
    book.keep(done, now)
    return done


@transaction.atomic
def reshape_series(
    *,
    series: Series,
    shape: Shape,
    since: date | None,
    reason: str,
    now: datetime,
    actor: User | None,
    releasing: bool = False,
) -> Done:
    """Give a class other days, another time or room: all sessions to come, or those from `since` on.

    Who helps at a session that moves is asked again, at one that falls out they are let go. Raises
    InTheWay, and classes.actions.changing.Refused.
    """
    holding.hold_community(series.community_id)
    # As it is now: whoever asks may have read it before somebody else gave it other days.
    series = Series.objects.select_related("programme", "term", "community", "room").get(pk=series.pk)
    plan = reshaping.lay(series=series, shape=shape, since=since, now=now)
    active = hold_people(plan.sessions, rooms=[shape.room.pk if shape.room else None])
    off = {session.pk for session in plan.off}
    going = {target.session.pk: target for target in plan.going}
    stuck = clashes((one for one in active if one.session_id in going), going)
    if stuck and not releasing:
        raise InTheWay(stuck)
    book = release_all((clash.assignment for clash in stuck), CANNOT_FOLLOW, now)
    for one in active:
        if one.session_id in off:
            book.release(one, reshaping.FELL_OUT, now)
    try:
        done = reshaping.reshape_series(series=series, shape=shape, since=since, reason=reason, now=now, actor=actor)
    except IntegrityError as error:
        raise InTheWay([]) from error
    if {one.pk for one in plan.sessions} & done.lines.keys() != off | going.keys():
        # The calendar is changed without holding the community: people were released by days that are others now.
        raise ChangedMeanwhile(f"{series}的日子刚刚被别人改过，刷新看看现在的样子。")
    follow(book, (one for one in active if one.session_id in going), stuck, done, now)
    for one in active:
        if one.session_id in off:
            book.tell(one, f"{done.lines[one.session_id]}，不用来了，谢谢您")
    book.keep(done, now)
    return done


def follow(book: Book, active: Iterable[Assignment], stuck: list[Clash], done: Done, now: datetime) -> None:
    """Whoever can follow is asked again where the time is another, and everybody hears their line."""
    gone = {clash.assignment.pk for clash in stuck}
    for one in active:
        line = done.lines[one.session_id]
        if one.pk in gone:
            book.tell(one, f"{one.session.series} {line}。{CANNOT_FOLLOW}，不用来了，谢谢您")
            continue
        if one.session_id in done.asks and one.status != one.Status.DRAFT:
            book.ask_again(one, now)
        book.tell(one, f"{one.session.series} {line}")


@transaction.atomic
def cancel_sessions(*, sessions: Iterable[Session], reason: str, now: datetime, actor: User | None) -> Done:
    """Call sessions of one community off. Raises calling_off.NoReason and changing.Refused."""
    wanted = list(sessions)
    holding.hold_community(wanted[0].community_id)
    active = hold_people(wanted)
    book = release_all(active, CALLED_OFF, now)
    done = calling_off.cancel_sessions(sessions=wanted, reason=reason, now=now, actor=actor)
    return told(book, active, done, "，不用来了", now)


@transaction.atomic
def close_day(*, community: Community, day: date, reason: str, now: datetime, actor: User | None) -> Done:
    """Call off a whole day of a community. Raises calling_off.NoReason, changing.NotHeld."""
    holding.hold_community(community.pk)
    rows = Session.objects.filter(community=community, on_date=day, status=Session.Status.PLANNED, starts_at__gt=now)
    active = hold_people(rows)
    book = release_all(active, CALLED_OFF, now)
    done = calling_off.close_day(community=community, day=day, reason=reason, now=now, actor=actor)
    return told(book, active, done, "，不用来了", now)


@transaction.atomic
def close_venue(*, venue: Venue, first: date, last: date, reason: str, now: datetime, actor: User | None) -> Done:
    """Shut a venue for some days, with everything in it called off. Raises what venues.close_venue does."""
    rows = venues.sessions_there(venue, first, last, now)
    holding.hold_community(venue.community_id, *rows.order_by().values_list("community_id", flat=True))
    active = hold_people(rows, rooms=venue.rooms.values_list("pk", flat=True))
    book = release_all(active, CALLED_OFF, now)
    done = venues.close_venue(venue=venue, first=first, last=last, reason=reason, now=now, actor=actor)
    return told(book, active, done, "，不用来了", now)


@transaction.atomic
def merge_sessions(*, away: Session, into: Session, reason: str, now: datetime, actor: User | None) -> Done:
    """Two sessions become one; who helped at the one that goes comes along where there is a place.

    Raises regrouping.CannotMerge and changing.Refused.
    """
    holding.hold_community(into.community_id)
    active = [one for one in hold_people([away, into]) if one.session_id == away.pk]
    book = release_all(active, MERGED, now)
    done = regrouping.merge_sessions(away=away, into=into, reason=reason, now=now, actor=actor)
    into.refresh_from_db()
    asks = (away.starts_at, away.ends_at) != (into.starts_at, into.ends_at)
    there = Target(away, into.on_date, into.starts_at, into.ends_at, into.room)
    stuck = {clash.assignment.pk for clash in clashes(active, {away.pk: there})}
    for one in active:
        comes = one.pk not in stuck and book.carry(one, into, asks=asks, now=now)
        book.tell(one, done.lines[away.pk] + ("，请您还来" if comes else "，不用来了，谢谢您"))
    book.keep(done, now)
    return done


@transaction.atomic
def split_session(
    *, session: Session, enrolments: Collection[int], edit: Edit, reason: str, now: datetime, actor: User | None
) -> Done:
    """Some learners come to a second session. Who helps stays where they are, and is told nothing.

    Raises regrouping.CannotSplit and changing.Refused.
    """
    holding.hold_community(session.community_id)
    hold_people([session], rooms=[edit.room.pk if edit.room else None])
    return regrouping.split_session(
        session=session, enrolments=enrolments, edit=edit, reason=reason, now=now, actor=actor
    )


@transaction.atomic
def swap_rooms(*, one: Session, other: Session, reason: str, now: datetime, actor: User | None) -> Done:
    """Two sessions change rooms. Raises changing.Refused."""
    holding.hold_community(one.community_id)
    active = hold_people([one, other])
    done = moving.swap_rooms(one=one, other=other, reason=reason, now=now, actor=actor)
    return told(Book(), active, done, "", now)


@transaction.atomic
def change_lesson(*, session: Session, lesson: Lesson | None, reason: str, now: datetime, actor: User | None) -> Done:
    """Another lesson for one session, or a review (None). Raises changing.Refused."""
    holding.hold_community(session.community_id)
    active = hold_people([session])
    done = teaching.change_lesson(session=session, lesson=lesson, reason=reason, now=now, actor=actor)
    return told(Book(), active, done, "", now)


def release_all(active: Iterable[Assignment], note: str, now: datetime) -> Book:
    """Take everybody off."""
    book = Book()
    for one in active:
        book.release(one, note, now)
    return book


def told(book: Book, active: Iterable[Assignment], done: Done, more: str, now: datetime) -> Done:
    """Everybody who knows of a session hears its line."""
    for one in active:
        if one.session_id in done.lines:
            book.tell(one, f"{done.lines[one.session_id]}{more}")
    book.keep(done, now)
    return done
