"""照抄上周: whoever helped a week ago is put on the same sessions again, as drafts, where the rules allow."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction

from classes.models import Community, Session
from people import audit
from people.models import User
from volunteers.actions import seats, steps
from volunteers.models import Assignment, Shift, Volunteer

WEEK = timedelta(weeks=1)
NO_ROOM = "这一场这个岗位已经满了"
Places = dict[tuple[int, date, int], list[Volunteer]]


class NothingToCopy(seats.Refused):
    """Nobody of last week can be put on anything of this week."""


@dataclass(frozen=True, slots=True)
class NotCopied:
    """Somebody of last week who cannot come again, and why; without anybody, a session that was not there."""

    session: Session
    volunteer: Volunteer | None
    why: str


@dataclass(slots=True)
class Copied:
    """What became of last week's roster. `step` is what takes it back."""

    made: list[Assignment] = field(default_factory=list)
    left: list[NotCopied] = field(default_factory=list)
    step: int | None = None


@transaction.atomic
def copy_week(*, community: Community, monday: date, now: datetime, actor: User | None) -> Copied:
    """Put last week's people on the sessions of the week of `monday`; every rule is checked again.

    Only sessions of the same class on the same weekday; people there already stay. Raises NothingToCopy.
    """
    sessions = list(_sessions(community, monday, now))
    before = _last_week(community, monday)
    people = {one.pk for row in before.values() for one in row}
    seats.lock(people)
    here = _here(sessions)
    copied = Copied()
    for session in sessions:
        _copy(session, before, here[session.pk], copied, now)
    if not copied.made:
        raise NothingToCopy("上周的人这周一个也放不进去：不是已经在了，就是有规则拦着。")
    copied.step = _keep(copied.made, community, monday, now, actor)
    return copied


def preview_copy(*, community: Community, monday: date, now: datetime) -> Copied:
    """What `copy_week` would do, by doing it and rolling back."""
    with transaction.atomic():
        try:
            found = copy_week(community=community, monday=monday, now=now, actor=None)
        except NothingToCopy:
            found = Copied()
        transaction.set_rollback(True)
    return found


def _sessions(community: Community, monday: date, now: datetime) -> Iterable[Session]:
    found = Session.objects.filter(
        community=community,
        on_date__range=(monday, monday + timedelta(days=6)),
        status=Session.Status.PLANNED,
        starts_at__gt=now,
    ).select_related("series__programme", "community", "room", "lesson")
    return found.prefetch_related("shifts__role").order_by("starts_at", "id")


def _last_week(community: Community, monday: date) -> Places:
    """Who helped by class, date and role."""
    rows = Assignment.objects.filter(
        session__community=community,
        session__on_date__range=(monday - WEEK, monday - timedelta(days=1)),
        status__in=Assignment.ACTIVE,
    ).select_related("volunteer__person", "session", "shift")
    found: Places = defaultdict(list)
    for row in rows.order_by("starts_at", "id"):
        found[row.session.series_id, row.session.on_date, row.shift.role_id].append(row.volunteer)
    return found


def _here(sessions: Iterable[Session]) -> dict[int, set[int]]:
    """Who is on each session already."""
    found: dict[int, set[int]] = defaultdict(set)
    active = Assignment.objects.filter(session__in=[one.pk for one in sessions], status__in=Assignment.ACTIVE)
    for session, volunteer in active.values_list("session_id", "volunteer_id"):
        found[session].add(volunteer)
    return found


def _copy(session: Session, before: Places, here: set[int], copied: Copied, now: datetime) -> None:
    was = session.on_date - WEEK
    shifts = list(session.shifts.all())
    if shifts and not any((session.series_id, was, shift.role_id) in before for shift in shifts):
        copied.left.append(NotCopied(session, None, "上周没有这一场，或者那天没有人"))
        return
    for shift in shifts:
        shift.session = session
        for volunteer in before.get((session.series_id, was, shift.role_id), []):
            if volunteer.pk not in here:
                _put(shift, volunteer, copied, now)


def _put(shift: Shift, volunteer: Volunteer, copied: Copied, now: datetime) -> None:
    try:
        made = seats.take(shift=shift, volunteer=volunteer, status=Assignment.Status.DRAFT, source="copy", now=now)
    except seats.ShiftFull:
        copied.left.append(NotCopied(shift.session, volunteer, NO_ROOM))
    except seats.Refused as refusal:
        copied.left.append(NotCopied(shift.session, volunteer, str(refusal).rstrip("。")))
    else:
        copied.made.append(made)


def _keep(made: list[Assignment], community: Community, monday: date, now: datetime, actor: User | None) -> int:
    summary = f"照抄上周到 {monday:%-m月%-d日} 这周，{len(made)} 个名额"
    step = steps.begin(kind=steps.Kind.COPY, community=community, summary=summary, now=now, actor=actor)
    steps.keep_made(step, made)
    audit.write(actor=actor, verb="照抄上周", thing=f"community:{community.pk}", now=now, summary=summary)
    return step.pk
