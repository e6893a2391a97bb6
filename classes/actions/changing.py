"""What every change of sessions has in common: refusals, locks, and a record to undo it by."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError

from classes.actions.holding import hold_series
from classes.actions.timetable import ROOM_CLASH, hold_rooms
from classes.models import Change, Community, Session, SessionChange
from classes.models.truths import BOOKED, LACKING, STAIRS
from people import audit
from people.models import User

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEKDAYS = "一二三四五六日"
# The fields that say whether, when and where; a writer names what it saw there.
SEEN = ("status", "on_date", "starts_at", "ends_at", "room_id")
MOMENTS = {"starts_at", "ends_at", "ticked_at"}
DATES = {"on_date", "planned_on"}


class Refused(Exception):
    """A change cannot be made; the message is the sentence for the screen."""


class NotHeld(Refused):
    """The session is cancelled, over, or has begun."""


class ChangedMeanwhile(Refused):
    """Somebody else has changed the session since it was looked at."""


class RoomInUse(Refused):
    """Another session or somebody else has the room, or it is not open then."""


class TooSmall(Refused):
    """The room has fewer seats than people expected."""


class UpTheStairs(Refused):
    """Somebody in a wheelchair is expected, and the room is on a floor without a lift."""


class LacksEquipment(Refused):
    """The room does not have what the class needs."""


class DayTaken(Refused):
    """The class has another session on that day."""


class NeedsTick(Refused):
    """The day is closed or a holiday: somebody has to say that the session is held anyway."""


class InThePast(Refused):
    """The new time has passed."""


@dataclass(slots=True)
class Done:
    """A change that was made: one sentence about each session it touched, by session id.

    Who helps at a session of `asks` has to say again whether they can come. `unreachable` are the
    learners whom nobody could be written about: there is no telephone. `rule` says in one sentence
    what many lines say, for a class that meets at other times from now on.
    """

    change: Change
    lines: dict[int, str] = field(default_factory=dict)
    asks: set[int] = field(default_factory=set)
    unreachable: list[str] = field(default_factory=list)
    rule: str = ""


def local(moment: datetime) -> datetime:
    """The moment on a clock in Shanghai."""
    return moment.astimezone(SHANGHAI)


def say_day(day: date) -> str:
    """周六 9月12日"""
    return f"周{WEEKDAYS[day.weekday()]} {day.month}月{day.day}日"


def say_when(starts_at: datetime, ends_at: datetime) -> str:
    """周六 9月12日 09:30–11:00"""
    return f"{say_day(local(starts_at).date())} {local(starts_at):%H:%M}–{local(ends_at):%H:%M}"


def say(session: Session) -> str:
    """A session in one sentence: the class, when, where."""
    where = f"，{session.room}" if session.room else ""
    return f"{session.series} {say_when(session.starts_at, session.ends_at)}{where}"


def hold(session_ids: Iterable[int], *, rooms: Iterable[int | None] = ()) -> list[Session]:
    """The sessions as they are, in order of time, and nobody else changes them until the transaction ends."""
    wanted = set(session_ids)
    seen = list(Session.objects.filter(pk__in=wanted).values_list("series_id", "room_id"))
    hold_series({series_id for series_id, _ in seen})
    hold_rooms({*rooms, *(room_id for _, room_id in seen)})
    list(Session.objects.select_for_update().filter(pk__in=wanted).order_by("pk").values("pk"))
    found = Session.objects.filter(pk__in=wanted).select_related(
        "series__programme", "series__term", "community", "room", "lesson"
    )
    return list(found.order_by("starts_at", "id"))


def require_as_seen(looked_at: Session, held: Iterable[Session]) -> None:
    """Raise ChangedMeanwhile when the session is not any more what whoever asks has looked at."""
    for session in held:
        if session.pk == looked_at.pk and any(getattr(session, name) != getattr(looked_at, name) for name in SEEN):
            raise ChangedMeanwhile(f"{say(session)} 刚刚被别人改过，刷新看看现在的样子。")


def require_held(sessions: Iterable[Session], now: datetime) -> None:
    """Raise NotHeld for a session that is not going to happen any more."""
    for session in sessions:
        if session.status == Session.Status.CANCELLED:
            raise NotHeld(f"{say(session)} 已经停课了。")
        if session.status != Session.Status.PLANNED or session.starts_at <= now:
            raise NotHeld(f"{say(session)} 已经开始了，不能再改。")


class Record:
    """Writes sessions for one change, and keeps what they were."""

    def __init__(self, change: Change) -> None:
        self.change = change
        self.before: dict[int, dict[str, Any]] = {}
        self.after: dict[int, dict[str, Any]] = {}

    def write(self, session: Session, **values: Any) -> None:
        """Change fields of a session that is still as seen. Raises ChangedMeanwhile and what `refusing` raises."""
        seen = {name: getattr(session, name) for name in SEEN}
        update(session, seen, values)
        before = self.before.setdefault(session.pk, {})
        for name in values:
            before.setdefault(name, encoded(getattr(session, name)))
        self.after.setdefault(session.pk, {}).update({name: encoded(value) for name, value in values.items()})
        for name, value in values.items():
            setattr(session, name, value)

    def made(self, session: Session) -> None:
        """A session that this change has added."""
        self.before[session.pk] = {}
        self.after[session.pk] = {name: encoded(getattr(session, name)) for name in SEEN}

    def keep(self) -> None:
        """Store it all, in the order in which it was done."""
        SessionChange.objects.bulk_create(
            SessionChange(change=self.change, session_id=pk, before=before, after=self.after[pk])
            for pk, before in self.before.items()
        )


def update(session: Session, seen: dict[str, Any], values: dict[str, Any]) -> None:
    """A conditional update; the database's refusals come out named."""
    try:
        rows = Session.objects.filter(pk=session.pk, **seen).update(**values)
    except IntegrityError as error:
        raise named(error, session) from error
    if not rows:
        raise ChangedMeanwhile(f"{say(session)} 刚刚被别人改过，刷新看看现在的样子。")


def named(error: IntegrityError, session: Session) -> Exception:
    """The database's last word as a refusal; a rule of another app goes up as it is."""
    text = str(error)
    if ROOM_CLASH in text or BOOKED in text:
        return RoomInUse(f"{session.series}要用的教室那个时间已经被占用，换个教室或时间。")
    if STAIRS in text:
        return UpTheStairs(f"{session.series}有人坐轮椅，那间教室在楼上没有电梯。")
    if LACKING in text:
        return LacksEquipment(f"{session.series}要{'、'.join(session.series.needs)}，那间教室没有。")
    if "session_on_a_closed_day_is_ticked" in text:
        return NeedsTick(f"{session.series}那天停课，要照开请先打勾。")
    if "session_once_a_day" in text or "classes_session.on_date" in text:
        return DayTaken(f"{session.series}那天已经有一场。")
    return error


def encoded(value: Any) -> Any:
    """A field's value as JSON holds it."""
    return value.isoformat() if isinstance(value, date) else value


def decoded(values: dict[str, Any]) -> dict[str, Any]:
    """And back."""
    found = dict(values)
    for name, value in values.items():
        if value and name in MOMENTS:
            found[name] = datetime.fromisoformat(value)
        elif value and name in DATES:
            found[name] = date.fromisoformat(value)
    return found


def begin(*, kind: str, community: Community, summary: str, reason: str, now: datetime, actor: User | None) -> Record:
    """A change about to be made, with its line in the trail."""
    change = Change.objects.create(
        kind=kind,
        community=community,
        summary=summary[:200],
        reason=reason.strip()[:120],
        made_at=now,
        made_by=actor,
    )
    verb = Change.Kind(kind).label
    why = f"（{change.reason}）" if change.reason else ""
    audit.write(actor=actor, verb=verb, thing=f"change:{change.pk}", now=now, summary=f"{change.summary}{why}")
    return Record(change)
