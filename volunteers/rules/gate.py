"""May this volunteer take this place: one ordered list of refusals on the models.

The same meanings as the engine's rules (`volunteers.matching.rules`), whose labels they
borrow; here for one session as it stands, for sign-up, board, import and publishing.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from classes.calendar import teaching_week
from classes.models import Community, Programme, Session, Term
from volunteers.matching.company import KeptApart
from volunteers.matching.gates import Away, Cleared, DoesProgramme, Free, MayLead, OfAge
from volunteers.matching.limits import MonthLimit, OnePlaceAtATime, WeekLimit
from volunteers.models import Absence, Assignment, Availability, Company, Role, Volunteer
from volunteers.rules.persons import ADULT_AT, cleared_until, does, turns, unguarded
from volunteers.rules.windows import TRAVEL, free_windows

ONE_PLACE = OnePlaceAtATime.code
DECLINED = ("declined", "本人说来不了")
# A person's own wishes: whoever signs up has just said otherwise.
WISHES = frozenset(
    {DoesProgramme.code, Free.code, Away.code, WeekLimit.code, MonthLimit.code, KeptApart.code, DECLINED[0]}
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why not: `code` of the rule, short `label`, and a `sentence` for this case."""

    code: str
    label: str
    sentence: str


@dataclass(slots=True)
class Known:
    """What is known about some volunteers around one session, by volunteer id."""

    session: Session
    week_number: int | None = None
    cleared: dict[int, date] = field(default_factory=dict)
    availability: dict[int, list[Availability]] = field(default_factory=dict)
    assignments: dict[int, list[Assignment]] = field(default_factory=dict)
    declined: dict[int, datetime] = field(default_factory=dict)
    absences: dict[int | None, Absence] = field(default_factory=dict)
    apart: dict[int, Volunteer] = field(default_factory=dict)
    unguarded: set[int] = field(default_factory=set)


def refusals(volunteer: Volunteer, session: Session, role: Role, *, overlooking: Iterable[str] = ()) -> list[Refusal]:
    """Everything in the way of this volunteer, in the fixed order of the rules; empty means yes.

    `overlooking` are codes of rules that do not count here (WISHES for people who sign up).
    """
    return _judge(volunteer, role, _know([volunteer], session), frozenset(overlooking))


def gate(session: Session, role: Role) -> list[tuple[Volunteer, list[Refusal]]]:
    """Every volunteer who has not left, with what is in the way. A constant number of queries."""
    people = Volunteer.objects.exclude(status=Volunteer.Status.LEFT).select_related("person", "organisation")
    everybody = list(people.order_by("person__name_key", "id"))
    known = _know(everybody, session)
    return [(volunteer, _judge(volunteer, role, known, frozenset())) for volunteer in everybody]


def hard(pairs: Iterable[tuple[Volunteer, Session, Role]]) -> list[list[Refusal]]:
    """What no wish of theirs can change, for many people at many sessions at once. Three queries, whatever the number."""
    asked = list(pairs)
    if not asked:
        return []
    volunteers = {volunteer.pk: volunteer for volunteer, _, _ in asked}
    people = sorted(volunteers)
    days = [session.on_date for _, session, _ in asked]
    near = (min(days) - timedelta(days=1), max(days) + timedelta(days=1))
    cleared, silent = cleared_until(people), unguarded(volunteers.values(), min(days))
    placed: dict[int, list[Assignment]] = defaultdict(list)
    for row in _near(people, near):
        placed[row.volunteer_id].append(row)
    found = []
    for volunteer, session, role in asked:
        grown = turns(volunteer, ADULT_AT)
        under_age = {volunteer.pk} if grown and grown > session.on_date else set()
        known = Known(session, cleared=cleared, assignments=placed, unguarded=silent & under_age)
        found.append(_judge(volunteer, role, known, WISHES))
    return found


def _near(people: list[int], days: tuple[date, date], here: Session | None = None) -> QuerySet[Assignment]:
    """Places of these people that stand between two days, and everything that was ever said about `here`."""
    in_reach = Assignment.objects.filter(
        Q(status__in=Assignment.ACTIVE) | Q(session=here), volunteer__in=people, session__on_date__range=days
    ).exclude(session__status=Session.Status.CANCELLED)
    return in_reach.select_related("session__community", "session__series").order_by("starts_at", "id")


def _know(volunteers: list[Volunteer], session: Session) -> Known:
    people = [volunteer.pk for volunteer in volunteers]
    term = Term.objects.filter(starts_on__lte=session.on_date, ends_on__gte=session.on_date).first()
    known = Known(
        session=session,
        week_number=teaching_week(term, session.on_date) if term else None,
        cleared=cleared_until(people),
        availability=defaultdict(list),
        assignments=defaultdict(list),
    )
    for row in Availability.objects.filter(volunteer__in=people).order_by("id"):
        known.availability[row.volunteer_id].append(row)
    monday = session.on_date - timedelta(days=session.on_date.weekday())
    first, last = session.on_date.replace(day=1), session.on_date.replace(day=28) + timedelta(days=3)
    days = (min(monday, first), max(monday + timedelta(days=6), last))
    rows = list(_near(people, days, session))
    for assignment in rows:
        if assignment.status in Assignment.ACTIVE:
            known.assignments[assignment.volunteer_id].append(assignment)
    away = Absence.objects.filter(starts_on__lte=session.on_date, ends_on__gte=session.on_date)
    known.absences = {absence.organisation_id: absence for absence in away}
    said = declines(row for row in rows if row.session_id == session.pk)
    known.declined = {volunteer: moment for (volunteer, _), moment in said.items()}
    known.apart = _apart(people, session)
    known.unguarded = unguarded(volunteers, session.on_date)
    return known


def _apart(people: list[int], session: Session) -> dict[int, Volunteer]:
    """Who of these would meet somebody there whom one of the two does not want to meet. One query."""
    found: dict[int, Volunteer] = {}
    there = {"assignments__session": session, "assignments__status__in": Assignment.ACTIVE}
    one_way = Q(volunteer__in=people, **{f"other__{name}": value for name, value in there.items()})
    other_way = Q(other__in=people, **{f"volunteer__{name}": value for name, value in there.items()})
    rows = Company.objects.filter(one_way | other_way, kind=Company.Kind.APART)
    for row in rows.select_related("volunteer__person", "other__person"):
        if row.other:
            found.setdefault(row.volunteer_id, row.other)
            found.setdefault(row.other.pk, row.volunteer)
    return found


def declines(assignments: Iterable[Any]) -> dict[tuple[int, int], datetime]:
    """(volunteer, session) of everybody whose last word on that session is 来不了, and when it was said.

    Of assignments, or of rows with the same pk, volunteer_id, session_id, status and changed_at.
    An invitation that ran out unanswered, or a place taken back, is no such word.
    """
    said = last_said_no(sorted(assignments, key=lambda row: (row.changed_at, row.pk)))
    return {pair: row.changed_at for pair, row in said.items()}


def last_said_no(assignments: Iterable[Any]) -> dict[tuple[int, int], Any]:
    """The same of rows that stand in the order in which they changed, each with its row."""
    last = {(row.volunteer_id, row.session_id): row for row in assignments}
    return {pair: row for pair, row in last.items() if row.status == Assignment.Status.DECLINED}


def _judge(volunteer: Volunteer, role: Role, known: Known, overlooking: frozenset[str]) -> list[Refusal]:
    found = (
        _inactive(volunteer),
        _said_no(volunteer, known),
        _other_programme(volunteer, known.session),
        _too_young(volunteer, role, known.session),
        _not_cleared(volunteer, role, known),
        _guardian_silent(volunteer, known),
        _no_lead(volunteer, role),
        _away(volunteer, known),
        _busy_day(volunteer, known),
        _already_here(volunteer, known),
        _elsewhere(volunteer, known),
        _week_is_full(volunteer, known),
        _month_is_full(volunteer, known),
        _kept_apart(volunteer, known),
    )
    return [refusal for refusal in found if refusal and refusal.code not in overlooking]


def _inactive(volunteer: Volunteer) -> Refusal | None:
    if volunteer.status == Volunteer.Status.ACTIVE:
        return None
    word = volunteer.get_status_display()
    return Refusal("inactive", "暂停或离开了", f"{volunteer}现在是“{word}”，请先恢复。")


def _said_no(volunteer: Volunteer, known: Known) -> Refusal | None:
    """Nobody asks again for what somebody has just declined; only they themselves can say otherwise."""
    said_at = known.declined.get(volunteer.pk)
    if said_at is None:
        return None
    return Refusal(*DECLINED, f"{volunteer} {_local(said_at):%-m月%-d日}说来不了这一场。")


def _other_programme(volunteer: Volunteer, session: Session) -> Refusal | None:
    kind = session.series.programme.kind
    if kind in does(volunteer):
        return None
    word = Programme.Kind(kind).label
    return Refusal(DoesProgramme.code, DoesProgramme.label, f"{volunteer}没有选“{word}”。")


def _too_young(volunteer: Volunteer, role: Role, session: Session) -> Refusal | None:
    """Adults only for children and for leads, counted on the session's date (domain 9.6 rule 8)."""
    with_children = session.series.programme.kind == Programme.Kind.CHILD
    age = ADULT_AT if role.is_lead or with_children else role.minimum_age
    allowed_from = turns(volunteer, age)
    if allowed_from is None or allowed_from <= session.on_date:
        return None
    label = OfAge.label if age == ADULT_AT else f"不到 {age} 岁"
    return Refusal(OfAge.code, label, f"{role}要满 {age} 岁，{volunteer}当天还不到。")


def _not_cleared(volunteer: Volunteer, role: Role, known: Known) -> Refusal | None:
    """未成年人保护法 art. 62: the session's date counts, not today's."""
    if not (known.session.series.programme.needs_clearance or role.needs_clearance):
        return None
    until = known.cleared.get(volunteer.pk)
    if until and known.session.on_date <= until:
        return None
    why = f"查询 {until.month}月{until.day}日就到期了" if until else "还没有登记有效的背景查询"
    return Refusal(Cleared.code, Cleared.label, f"陪孩子要有当天有效的背景查询，{volunteer}{why}。")


def _guardian_silent(volunteer: Volunteer, known: Known) -> Refusal | None:
    """Who signed up under 18 comes when a guardian has agreed; whoever the staff entered has it on paper."""
    if volunteer.pk not in known.unguarded:
        return None
    return Refusal("guardian", "等监护人同意", f"{volunteer}未满 {ADULT_AT} 岁，要监护人先同意。")


def _no_lead(volunteer: Volunteer, role: Role) -> Refusal | None:
    if not role.is_lead or volunteer.may_lead:
        return None
    return Refusal(MayLead.code, MayLead.label, f"{volunteer}还没有登记可以当讲师。")


def _away(volunteer: Volunteer, known: Known) -> Refusal | None:
    """Exam weeks and holidays of the organisation count whatever else was said about free time."""
    absence = known.absences.get(volunteer.organisation_id)
    if absence is None:
        return None
    until = f"{absence.ends_on.month}月{absence.ends_on.day}日"
    return Refusal(Away.code, Away.label, f"{volunteer.organisation}{absence.get_kind_display()}，到 {until}。")


def _busy_day(volunteer: Volunteer, known: Known) -> Refusal | None:
    session = known.session
    rows = known.availability.get(volunteer.pk, [])
    starts, ends = _local(session.starts_at), _local(session.ends_at)
    for window in free_windows(rows, [session.on_date], lambda day: known.week_number):
        if window.starts_at <= starts and ends <= window.ends_at:
            return None
    said = "没填过哪天有空" if not rows else f"没说 {starts:%-m月%-d日 %H:%M}–{ends:%H:%M} 整段有空"
    return Refusal(Free.code, Free.label, f"{volunteer}{said}。")


def _already_here(volunteer: Volunteer, known: Known) -> Refusal | None:
    if any(one.session_id == known.session.pk for one in known.assignments.get(volunteer.pk, [])):
        return Refusal("here", "已经在这一场", f"{volunteer}已经在这一场了。")
    return None


def _elsewhere(volunteer: Volunteer, known: Known) -> Refusal | None:
    session = known.session
    for other in known.assignments.get(volunteer.pk, []):
        if other.session_id == session.pk:
            continue
        way = travel(session.community, other.session.community)
        if other.starts_at < session.ends_at + way and session.starts_at < other.ends_at + way:
            when = f"{_local(other.starts_at):%H:%M}–{_local(other.ends_at):%H:%M}"
            text = f"{volunteer}这天 {when} 在{other.session.series.name}"
            text += f"，路上要 {int(way.total_seconds() // 60)} 分钟，赶不过来。" if way else "，时间撞上了。"
            return Refusal(OnePlaceAtATime.code, OnePlaceAtATime.label, text)
    return None


def _week_is_full(volunteer: Volunteer, known: Known) -> Refusal | None:
    limit = volunteer.max_per_week
    year_week = known.session.on_date.isocalendar()[:2]
    others = [one for one in _others(volunteer, known) if _local(one.starts_at).isocalendar()[:2] == year_week]
    if limit is None or len(others) < limit:
        return None
    return Refusal(WeekLimit.code, WeekLimit.label, f"{volunteer}说每周最多 {limit} 次，这一周已经 {len(others)} 次。")


def _month_is_full(volunteer: Volunteer, known: Known) -> Refusal | None:
    limit, month = volunteer.max_per_month, known.session.on_date.timetuple()[:2]
    others = [one for one in _others(volunteer, known) if _local(one.starts_at).timetuple()[:2] == month]
    if limit is None or len(others) < limit:
        return None
    return Refusal(
        MonthLimit.code, MonthLimit.label, f"{volunteer}说每月最多 {limit} 次，这个月已经 {len(others)} 次。"
    )


def _others(volunteer: Volunteer, known: Known) -> list[Assignment]:
    """The volunteer's places at other sessions."""
    return [one for one in known.assignments.get(volunteer.pk, []) if one.session_id != known.session.pk]


def _kept_apart(volunteer: Volunteer, known: Known) -> Refusal | None:
    """A private wish of one of the two, for the staff's eyes alone."""
    other = known.apart.get(volunteer.pk)
    if other is None:
        return None
    return Refusal(KeptApart.code, KeptApart.label, f"{volunteer}和{other}说过不排在一起（只给工作人员看）。")


def travel(one: Community, other: Community) -> timedelta:
    """The way between two communities in whole minutes, rounded up; nothing inside one."""
    if one.pk == other.pk:
        return timedelta()
    km = math.hypot(one.x_km - other.x_km, one.y_km - other.y_km)
    return timedelta(minutes=math.ceil(TRAVEL.base_minutes + TRAVEL.minutes_per_km * km - 1e-9))


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment).replace(tzinfo=None)
