"""How many leads and helpers a session needs, where the number comes from, and what is wrong.

`need_changed` is sent inside the transaction that changed sessions or enrolments, with
`series_ids` and `now`; the volunteers app writes its Shift rows then.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import ceil

from django.db.models import Q
from django.dispatch import Signal

from classes.models import CalendarDay, Enrolment, PartPlace, Programme, Room, Session

need_changed = Signal()

Kind = Programme.Kind
YOUNG_UP_TO = 8  # years; NSPCC: 4 to 8 need more adults than 9 to 12
CHILDREN_PER_ADULT = 10  # hard floor: above it a session is not held
WORDS = {Kind.SENIOR: "助教", Kind.CHILD: "辅导", Kind.DESK: "答疑"}
ROLES = {Kind.SENIOR: "helper", Kind.CHILD: "tutor", Kind.DESK: "desk"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the need of one session is computed from. Ratios are learners per helper."""

    kind: str
    learners: int
    young: int = 0
    ratio: int = 3
    young_ratio: int = 6
    minimum_adults: int = 1
    stated_leads: int = 0
    stated_helpers: int = 0
    seats: int | None = None
    room: str = "教室"
    before_stairs: int = 0  # learners in wheelchairs whose room is up the stairs


@dataclass(frozen=True, slots=True)
class Demand:
    """The need of one session. `role` is the code of the helpers' role; `minimum` is the floor
    of helpers under which the session is not held (for leads it is 1 when there are any).
    """

    role: str
    leads: int
    helpers: int
    minimum: int
    why: str
    warnings: tuple[str, ...] = ()
    learners: int = 0

    @property
    def lead_minimum(self) -> int:
        """One lead at least, where leads are needed at all."""
        return min(1, self.leads)


def demand_of(facts: Facts) -> Demand:
    """The need from the facts (formulae: decision 0001). Nobody enrolled: what the timetable says."""
    helpers, why = helpers_of(facts)
    return Demand(
        role=ROLES[Kind(facts.kind)],
        leads=facts.stated_leads,
        helpers=helpers,
        minimum=floor_of(facts, helpers),
        why=why,
        warnings=tuple(warnings_of(facts, helpers)),
        learners=facts.learners,
    )


def helpers_of(facts: Facts) -> tuple[int, str]:
    """How many helpers, and the sum as a sentence."""
    word = WORDS[Kind(facts.kind)]
    if facts.kind == Kind.DESK:
        return facts.stated_helpers, f"课表写的 {facts.stated_helpers} 位{word}"
    if not facts.learners:
        stated = max(facts.stated_helpers, least(facts))
        return stated, f"还没有学员入班，先按课表写的 {stated} 位{word}"
    if facts.kind == Kind.SENIOR:
        helpers = ceil(facts.learners / facts.ratio)
        return helpers, f"{facts.learners} 人 ÷ 每位带 {facts.ratio} 人 = {helpers} 位{word}"
    return tutors_of(facts, word)


def tutors_of(facts: Facts, word: str) -> tuple[int, str]:
    """Cleared adults for children: by age, and never fewer than the programme's minimum."""
    older = facts.learners - facts.young
    by_age = ceil(facts.young / facts.young_ratio) + ceil(older / facts.ratio)
    helpers = max(facts.minimum_adults, by_age)
    parts = []
    if facts.young:
        parts.append(f"{YOUNG_UP_TO} 岁及以下 {facts.young} 人 ÷ {facts.young_ratio}")
    if older:
        parts.append(f"{YOUNG_UP_TO + 1} 岁起 {older} 人 ÷ {facts.ratio}")
    if by_age < helpers:
        return helpers, f"{facts.learners} 个孩子，任何时候至少 {helpers} 位成年人"
    return helpers, f"{' + '.join(parts)} = {helpers} 位{word}"


def least(facts: Facts) -> int:
    """Child sessions are never planned with fewer than two adults."""
    return max(2, facts.minimum_adults) if facts.kind == Kind.CHILD else 0


def floor_of(facts: Facts, helpers: int) -> int:
    """The safety floor of helpers: half of them for seniors, two or 1:10 for children, 1 at a desk."""
    if facts.kind == Kind.CHILD:
        floor = max(least(facts), ceil(facts.learners / CHILDREN_PER_ADULT))
    elif facts.kind == Kind.SENIOR:
        floor = ceil(helpers / 2)
    else:
        floor = 1
    return min(floor, helpers)


def warnings_of(facts: Facts, helpers: int) -> Iterable[str]:
    """What an organiser should know, as sentences."""
    word = WORDS[Kind(facts.kind)]
    stated = facts.stated_helpers
    if facts.seats and facts.learners > facts.seats:
        yield f"{facts.learners} 人入班，{facts.room}只有 {facts.seats} 个座位"
    if facts.before_stairs:
        yield f"{facts.before_stairs} 位坐轮椅，{facts.room}在楼上没有电梯：换一楼或有电梯的教室"
    if facts.kind == Kind.DESK or not facts.learners:
        return
    if 0 < stated < helpers:
        yield f"课表写 {stated} 位{word}，按人数要 {helpers} 位：加 {helpers - stated} 位，或者少收人、分两组"
    if facts.kind == Kind.CHILD and 0 < stated * CHILDREN_PER_ADULT < facts.learners:
        yield f"课表写的 {stated} 位成年人看 {facts.learners} 个孩子，超过一位看 {CHILDREN_PER_ADULT} 个的底线，这样不能开课"


@dataclass(frozen=True, slots=True)
class Place:
    """One confirmed enrolment: its weekdays (empty = all), the latest possible birth date, and whose it is."""

    weekdays: frozenset[int]
    born: date | None
    grade: int | None
    enrolment: int = 0
    learner: int = 0
    needs_no_stairs: bool = False

    def comes(self, weekday: int | None) -> bool:
        """Whether this learner is expected on that weekday's timetable."""
        return not self.weekdays or weekday in self.weekdays

    def is_young(self, on_date: date) -> bool:
        """Up to 8 years on that day. Unknown ages count as young, the stricter ratio."""
        if self.born is None:
            return self.grade is None or self.grade <= 2
        before_birthday = (on_date.month, on_date.day) < (self.born.month, self.born.day)
        return on_date.year - self.born.year - before_birthday <= YOUNG_UP_TO


def places_of(series_ids: Iterable[int]) -> dict[int, list[Place]]:
    """The confirmed enrolments of some series, one query."""
    found = defaultdict(list)
    rows = Enrolment.objects.filter(series_id__in=set(series_ids), status=Enrolment.Status.CONFIRMED).values_list(
        "series_id",
        "weekdays",
        "learner__grade",
        "learner__person__birth_year",
        "learner__person__birth_month",
        "learner__person__birth_day",
        "learner_id",
        "pk",
        "learner__needs",
    )
    for series_id, weekdays, grade, year, month, day, learner, pk, needs in rows:
        place = Place(
            frozenset(weekdays),
            latest_birth(year, month, day),
            grade,
            learner=learner,
            enrolment=pk,
            needs_no_stairs=in_a_wheelchair(needs),
        )
        found[series_id].append(place)
    return found


def in_a_wheelchair(needs: Iterable[str]) -> bool:
    """Whether what somebody needs rules stairs out."""
    return any("轮椅" in need for need in needs)


def latest_birth(year: int | None, month: int | None, day: int | None) -> date | None:
    """The latest day the person can be born on: "2018" is the last of December 2018."""
    if year is None:
        return None
    last = monthrange(year, month or 12)[1]
    return date(year, month or 12, min(day or last, last))


def asked_day(session: Session) -> date:
    """The day whose learners come: a moved session keeps those of the day the pattern asked for."""
    return session.planned_on or session.on_date


def present_on(session: Session, places: list[Place], follows: int | None) -> list[Place]:
    """Who is expected at a session that was neither split nor merged.

    A make-up day runs the timetable of the weekday it follows; as long as nobody has said
    which, the fullest weekday counts.
    """
    day = asked_day(session)
    weekday = day.weekday()
    meets_anyway = any(weekday in place.weekdays for place in places)
    if meets_anyway or (session.day_type != CalendarDay.Type.MAKEUP and day == session.on_date):
        return [place for place in places if place.comes(weekday)]
    if follows is not None:
        return [place for place in places if place.comes(follows)]
    by_weekday = [[place for place in places if place.comes(day)] for day in range(7)]
    return max(by_weekday, key=len)


def followed(sessions: Iterable[Session]) -> dict[date, int | None]:
    """The weekdays that make-up days follow, at most one query."""
    dates = {asked_day(s) for s in sessions if s.day_type == CalendarDay.Type.MAKEUP or asked_day(s) != s.on_date}
    if not dates:
        return {}
    rows = CalendarDay.objects.filter(date__in=dates).order_by("community_id")
    return dict(rows.values_list("date", "follows_weekday"))


def headcounts(sessions: list[Session]) -> dict[int, list[Place]]:
    """Who is expected at each session, by session id; two queries for any number of sessions.

    Sessions that were split or merged cost a few more.
    """
    places = places_of(session.series_id for session in sessions)
    follows = followed(sessions)
    found = {
        session.pk: present_on(session, places[session.series_id], follows.get(asked_day(session)))
        for session in sessions
    }
    regrouped = [session for session in sessions if session.regrouped]
    if regrouped:
        divide(regrouped, places, found)
        join(regrouped, found)
    return found


def divide(sessions: list[Session], places: dict[int, list[Place]], found: dict[int, list[Place]]) -> None:
    """Learners of a part come to the part, and not to what it was split from unless the part is off."""
    here = {session.pk: session for session in sessions}
    rows = PartPlace.objects.filter(Q(part__in=here) | Q(whole__in=here)).select_related("part")
    away: dict[int, set[int]] = defaultdict(set)
    own: dict[int, set[int]] = {pk: set() for pk, session in here.items() if session.split_from_id}
    for row in rows:
        own.get(row.part_id, set()).add(row.enrolment_id)
        if row.part.status != Session.Status.CANCELLED or row.part.merged_into_id:
            away[row.whole_id].add(row.enrolment_id)
    for pk, session in here.items():
        if session.split_from_id:
            found[pk] = [place for place in places[session.series_id] if place.enrolment in own[pk]]
        found[pk] = [place for place in found[pk] if place.enrolment not in away[pk]]


def join(sessions: list[Session], found: dict[int, list[Place]]) -> None:
    """Learners of a session that was merged away come to the one it was merged into, each once."""
    merged = list(Session.objects.filter(merged_into__in=[session.pk for session in sessions]).order_by("pk"))
    if not merged:
        return
    theirs = headcounts(merged)
    for session in merged:
        here = found[session.merged_into_id]
        known = {place.learner for place in here}
        here.extend(place for place in theirs[session.pk] if place.learner not in known)


def expected_learners(session: Session) -> list[int]:
    """The ids of the learners expected at one session; two queries."""
    return [place.learner for place in headcounts([session])[session.pk]]


def ratio_of(session: Session) -> int:
    """Learners per helper: the lesson's own ratio for seniors, else the programme's."""
    programme = session.series.programme
    if programme.kind == Kind.SENIOR and session.lesson:
        return session.lesson.learners_per_helper
    return programme.default_ratio


def with_merged(series_ids: Iterable[int]) -> set[int]:
    """These series, and those into whose sessions one of theirs was merged, straight or by way of others: their
    learners count there too.
    """
    wanted: set[int] = set()
    fresh = set(series_ids)
    while fresh:
        wanted |= fresh
        rows = Session.objects.filter(series__in=fresh).exclude(merged_into=None)
        fresh = set(rows.values_list("merged_into__series", flat=True)) - wanted
    return wanted


def demands(sessions: Iterable[Session]) -> dict[int, Demand]:
    """The need of many sessions by session id; three queries for any number of sessions."""
    wanted = {session.pk for session in sessions}
    return demands_of(list(Session.objects.filter(pk__in=wanted).select_related("series__programme", "lesson", "room")))


def demands_of(sessions: list[Session]) -> dict[int, Demand]:
    """The same for sessions that have series, programme, lesson and room loaded; two queries."""
    expected = headcounts(sessions)
    return {session.pk: demand_of(facts_of(session, expected[session.pk])) for session in sessions}


def facts_of(session: Session, places: list[Place]) -> Facts:
    """One session's facts. It has its series, programme, lesson and room loaded."""
    programme = session.series.programme
    return Facts(
        kind=programme.kind,
        learners=len(places),
        young=sum(place.is_young(session.on_date) for place in places),
        ratio=ratio_of(session),
        young_ratio=programme.young_ratio,
        minimum_adults=programme.minimum_adults,
        stated_leads=session.series.stated_leads,
        stated_helpers=session.series.stated_helpers,
        seats=session.room.seats if session.room else None,
        room=session.room.name if session.room else "教室",
        before_stairs=sum(place.needs_no_stairs for place in places) if up_the_stairs(session.room) else 0,
    )


def keeps_from_stairs(session: Session, places: Iterable[Place], *, waiting: bool = False) -> bool | None:
    """True when the database is to keep the session out of rooms up the stairs, else nothing.

    One that is in such a room already with somebody in a wheelchair is a warning. `waiting` says that somebody
    in a wheelchair would come if a part of the session were called off.
    """
    rolls = waiting or any(place.needs_no_stairs for place in places)
    return (rolls and not up_the_stairs(session.room)) or None


def rolls_in(series_id: int) -> bool:
    """Whether somebody of the class, on whichever of its days, can get only where no stairs are."""
    return any(place.needs_no_stairs for place in places_of([series_id])[series_id])


def up_the_stairs(room: Room | None) -> bool:
    """Whether a wheelchair cannot get into the room; of an unknown room nobody can say so."""
    return room is not None and not room.step_free
