"""The page 匹配: one proposal as an organiser reviews it, and who is told what once it is published."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet, Sum

from classes.calendar import teaching_week
from classes.models import Community, Session, Term
from people.models import Message
from volunteers import rules
from volunteers.models import Assignment, Placement, Proposal, Shift, Volunteer
from volunteers.queries import recruiting, running, ways
from volunteers.queries.evenness import Evenness, evenness, people_of

GAPS_SHOWN = 6
LOADS_SHOWN = 12
ALL_OPEN_UP_TO = 30
# The last step of the engine's funnel: nothing of their own keeps these people away.
ABLE = ("spare", "not-held")
# What is true of the people who are left once a rule has been applied.
LEFT_AFTER = {
    "here": "还不在这一场",
    "community": "愿意来这个社区",
    "programme": "参加这个项目",
    "lesson": "可以当讲师",
    "adult": "满 18 岁",
    "clearance": "当天背景查询有效",
    "free": "这个时间有空",
    "declined": "没说过来不了这一场",
    "barred": "到了这个岗位的年龄",
    "one-place": "没排在同一时间的别处",
    "week-limit": "这周没到本人上限",
    "month-limit": "这个月没到本人上限",
    "total-limit": "没到本人上限",
    "staffed": "还有名额",
    "newcomers": "有老手可以带",
    "club": "有同伴一起来",
}


@dataclass(slots=True)
class Row:
    """One proposed pair. `stale` says what changed since the run; such a row cannot be ticked.

    `crowded` says that others were placed there meanwhile and the rows before this one take what is left;
    `asked` is when somebody whose wish it bends was asked first (先问问).
    """

    placement: Placement
    alternatives: list[tuple[Volunteer, str]]
    stale: str = ""
    crowded: str = ""
    asked: datetime | None = None

    @property
    def session(self) -> Session:
        """Where."""
        return self.placement.shift.session

    @property
    def is_open(self) -> bool:
        """Whether it can still be accepted."""
        return self.placement.status == Placement.Status.PROPOSED and not self.stale

    @property
    def is_ticked(self) -> bool:
        """Ticked beforehand unless somebody should be asked first, or there is no place left."""
        return self.is_open and not self.placement.bends_a_wish and not self.crowded

    @property
    def asks(self) -> bool:
        """Whether the person is better asked first, since it bends a wish of theirs."""
        return self.is_open and self.placement.bends_a_wish

    @property
    def reasons(self) -> list[tuple[str, str]]:
        """Label and text, one line a label."""
        lines: dict[str, list[str]] = {}
        for reason in self.placement.reasons:
            lines.setdefault(reason["label"], []).append(reason["text"])
        return [(label, "；".join(texts)) for label, texts in lines.items()]


@dataclass(slots=True)
class Week:
    """The rows of one calendar week; `is_open` shows them in full."""

    monday: date
    number: int | None
    is_open: bool = False
    rows: list[Row] = field(default_factory=list)

    @property
    def sunday(self) -> date:
        """The last day."""
        return self.monday + timedelta(days=6)

    @property
    def ticked(self) -> int:
        """How many rows are ticked beforehand."""
        return sum(row.is_ticked for row in self.rows)


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of the funnel: how many are left, and who fell out."""

    text: str
    left: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Unfilled:
    """Places that stayed empty, with the funnel and the ways out."""

    shift: Shift
    missing: int
    text: str
    steps: list[Step]
    ways_out: list[ways.WayOut]
    recruit_text: str


@dataclass(frozen=True, slots=True)
class Load:
    """How often somebody comes with and without the proposal."""

    volunteer: Volunteer
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Review:
    """Everything the review page shows."""

    proposal: Proposal
    weeks: list[Week]
    unfilled: list[Unfilled]
    unfilled_more: list[Unfilled]
    loads: list[Load]
    recruits: list[str]
    evenness: Evenness | None
    filled: int
    left: int

    @property
    def rows(self) -> list[Row]:
        """All rows, in the order of time."""
        return [row for week in self.weeks for row in week.rows]

    @property
    def ticked(self) -> int:
        """How many rows are ticked beforehand."""
        return sum(row.is_ticked for row in self.rows)

    @property
    def people(self) -> int:
        """How many people the ticked rows are about."""
        return len({row.placement.volunteer_id for row in self.rows if row.is_ticked})

    @property
    def percent(self) -> float | None:
        """How far from the best an unproven plan is at most, in per cent; None where that is not known."""
        return running.percent(self.proposal.answer.get("gap"))

    @property
    def sample(self) -> Row | None:
        """The row whose message is shown as an example."""
        return next((row for row in self.rows if row.is_ticked), next(iter(self.rows), None))

    @property
    def too_new(self) -> int:
        """How many places stayed empty because too few of those who can come have done it before."""
        return sum(gap["missing"] for gap in self.proposal.answer.get("unfilled", []) if gap.get("too_new"))

    @property
    def most(self) -> int:
        """The longest bar of the loads."""
        return max([1, *(load.after for load in self.loads)])


def review(*, proposal: Proposal, now: datetime, week: date | None = None) -> Review:
    """The proposal as it stands now. `week` is the Monday shown in full when there is much.

    Six queries, and one more where a row bends a wish.
    """
    rows = list(_placements(proposal).filter(status__in=(Placement.Status.PROPOSED, Placement.Status.STALE)))
    gaps = proposal.answer.get("unfilled", [])
    shifts = _shifts(gap["shift"] for gap in gaps)
    shares = proposal.answer.get("evenness", {})
    people = _people(rows, gaps, proposal.answer.get("loads", []), people_of(shares))
    unfilled = [
        _unfilled(gap, shifts[gap["shift"]], people, proposal.answer["volunteers"])
        for gap in gaps
        if gap["shift"] in shifts
    ]
    left = sum(gap["missing"] for gap in gaps)
    taken_at = _taken(rows)
    found = [_row(row, people, taken_at, now) for row in rows]
    _leave_room(found)
    _say_who_was_asked(found)
    return Review(
        proposal=proposal,
        weeks=_weeks(found, week),
        unfilled=unfilled[:GAPS_SHOWN],
        unfilled_more=unfilled[GAPS_SHOWN:],
        loads=_loads(proposal, people),
        recruits=_recruits(proposal, shifts.values()),
        evenness=evenness(shares, people),
        filled=proposal.answer.get("gaps_before", 0) - left,
        left=left,
    )


def row(*, placement: Placement, now: datetime) -> Row:
    """One row alone, as it stands now."""
    found = _placements(placement.proposal).get(pk=placement.pk)
    one = _row(found, _people([found], [], [], set()), _taken([found]), now)
    _say_who_was_asked([one])
    return one


def chosen(*, proposal: Proposal, shift: Shift) -> list[Row]:
    """Who is proposed or was accepted for one shift, with the reasons and who else was considered."""
    kept = (Placement.Status.PROPOSED, Placement.Status.ACCEPTED)
    rows = list(_placements(proposal).filter(shift=shift, status__in=kept))
    people = _people(rows, [], [], set())
    return [_row(row, people, {}, proposal.created_at) for row in rows]


def outcome(*, proposal: Proposal) -> dict[str, list[Placement]]:
    """The rows by what became of them: accepted, stale, refused. One query."""
    found: dict[str, list[Placement]] = defaultdict(list)
    for placement in _placements(proposal):
        found[placement.status].append(placement)
    return dict(found)


def open_places(*, community: Community | None, first: date, last: date, now: datetime) -> int:
    """How many places of the days are empty. One query."""
    shifts = Shift.objects.filter(
        session__status=Session.Status.PLANNED, session__on_date__range=(first, last), session__starts_at__gt=now
    )
    if community:
        shifts = shifts.filter(session__community=community)
    sums = shifts.aggregate(needed=Sum("needed"), taken=Sum("taken"))
    return (sums["needed"] or 0) - (sums["taken"] or 0)


# --- parts --------------------------------------------------------------------------------------


def _placements(proposal: Proposal) -> QuerySet[Placement]:
    return proposal.placements.select_related(
        "volunteer__person",
        "assignment",
        "shift__role",
        "shift__session__series__programme",
        "shift__session__lesson",
        "shift__session__room",
        "shift__session__community",
    ).order_by("shift__session__starts_at", "shift__session_id", "-shift__role__is_lead", "id")


def _shifts(ids: Iterable[int]) -> dict[int, Shift]:
    found = Shift.objects.select_related(
        "role", "session__series__programme", "session__lesson", "session__room", "session__community"
    )
    return found.in_bulk(list(ids))


def _people(
    rows: list[Placement], gaps: list[dict[str, Any]], loads: list[dict[str, int]], more: set[int]
) -> dict[int, Volunteer]:
    ids = more | {other["volunteer"] for row in rows for other in row.alternatives}
    ids |= {load["volunteer"] for load in loads}
    ids |= {person for gap in gaps for way in gap["ways_out"] for person in way["people"]}
    return Volunteer.objects.select_related("person").in_bulk(ids)


def _taken(rows: list[Placement]) -> dict[tuple[int, int], str]:
    """What keeps a (volunteer, session) of the rows from being agreed: it is already, or was declined."""
    found = list(Assignment.objects.filter(session__in={row.shift.session_id for row in rows}).order_by())
    declined = dict.fromkeys(rules.declines(found), "本人说来不了")
    return declined | {
        (one.volunteer_id, one.session_id): "本人已经在这一场了" for one in found if one.status in Assignment.ACTIVE
    }


def _row(placement: Placement, people: dict[int, Volunteer], taken: dict[tuple[int, int], str], now: datetime) -> Row:
    others = [
        (people[other["volunteer"]], other["text"]) for other in placement.alternatives if other["volunteer"] in people
    ]
    return Row(placement, others, placement.stale_why or _changed(placement, taken, now))


def _leave_room(rows: list[Row]) -> None:
    """Untick what a shift has no place for any more since others were put there, its last rows first."""
    left: dict[int, int] = {}
    for row in rows:
        shift = row.placement.shift
        left.setdefault(shift.pk, shift.needed - shift.taken)
        if row.is_ticked and not left[shift.pk]:
            row.crowded = f"这一场的{shift.role}只剩 {shift.needed - shift.taken} 个名额，前面的先放"
        elif row.is_ticked:
            left[shift.pk] -= 1


def _say_who_was_asked(rows: list[Row]) -> None:
    bent = {(f"shift:{row.placement.shift_id}", row.placement.volunteer.person_id): row for row in rows if row.asks}
    if not bent:
        return
    places, people = zip(*bent, strict=True)
    asked = Message.objects.filter(kind="ask", about__in=places, person__in=people)
    for about, person, when in asked.values_list("about", "person_id", "created_at"):
        if row := bent.get((about, person)):
            row.asked = when


def _changed(placement: Placement, taken: dict[tuple[int, int], str], now: datetime) -> str:
    """What has happened since the run that makes an open row impossible."""
    shift, session = placement.shift, placement.shift.session
    if placement.status != Placement.Status.PROPOSED:
        return ""
    if session.status != Session.Status.PLANNED:
        return "这一场停课了"
    if session.starts_at <= now:
        return "这一场已经开始了"
    if placement.volunteer.status != Volunteer.Status.ACTIVE:
        return "本人暂停或离开了"
    if (placement.volunteer_id, session.pk) in taken:
        return taken[placement.volunteer_id, session.pk]
    if shift.taken >= shift.needed:
        return "这个名额已经有人了"
    return ""


def _weeks(rows: list[Row], shown: date | None) -> list[Week]:
    weeks: dict[date, Week] = {}
    terms = list(Term.objects.all())
    for row in rows:
        day = row.session.on_date
        monday = day - timedelta(days=day.weekday())
        if monday not in weeks:
            term = next((t for t in terms if t.starts_on <= day <= t.ends_on), None)
            weeks[monday] = Week(monday, teaching_week(term, monday) if term else None)
        weeks[monday].rows.append(row)
    found = list(weeks.values())
    for week in found:
        week.is_open = len(rows) <= ALL_OPEN_UP_TO or week.monday == (shown if shown in weeks else found[0].monday)
    return found


def _unfilled(gap: dict[str, Any], shift: Shift, people: dict[int, Volunteer], everybody: int) -> Unfilled:
    missing = max(0, shift.needed - shift.taken) and gap["missing"]
    steps = [Step("全部在册志愿者", everybody)]
    steps += [
        Step(LEFT_AFTER.get(cause["rule"], cause["label"]), cause["remaining"], f"{cause['count']} 人{cause['label']}")
        for cause in gap["funnel"]
        if cause["rule"] not in ABLE
    ]
    found = [
        ways.checked(way, people, shift, held=gap["held"]) if way.get("checked") else ways.counted(way, people)
        for way in gap["ways_out"]
        if way["kind"] != "recruit"
    ]
    text = recruiting.for_shift(shift, gaps=max(1, missing), address=settings.LINKE_ADDRESS)
    return Unfilled(shift, missing, gap["text"], steps, found, text)


def _recruits(proposal: Proposal, shifts: Iterable[Shift]) -> list[str]:
    """Whom to recruit, the community named where the proposal is about several."""
    names = {} if proposal.community_id else {s.session.community_id: s.session.community.name for s in shifts}
    several = len(set(names.values())) > 1
    return [
        f"{names[one['community']]}：{one['text']}" if several and one["community"] in names else one["text"]
        for one in proposal.answer.get("recruits", [])
    ]


def _loads(proposal: Proposal, people: dict[int, Volunteer]) -> list[Load]:
    return [
        Load(people[load["volunteer"]], load["before"], load["before"] + load["new"])
        for load in proposal.answer.get("loads", [])
        if load["volunteer"] in people
    ][:LOADS_SHOWN]
