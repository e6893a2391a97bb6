"""The list of volunteers with its search and filters, and the page of one of them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Aggregate, Count, Exists, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from classes.models import Community, Learner
from classes.queries import learners as learner_queries
from people import queries as person_queries
from people.models import Call
from volunteers.models import Assignment, Availability, CheckIn, Clearance, Company, Organisation, Volunteer
from volunteers.rules import trust
from volunteers.rules.persons import unguarded

PER_PAGE = 50
EXPIRES_WITHIN = timedelta(days=30)
WEEKDAYS = "一二三四五六日"
PARTS = (("上午", time(8), time(12)), ("下午", time(12), time(16)), ("放学后", time(16), time(20)))
WEEKS = {Availability.Weeks.EVERY: "", Availability.Weeks.ODD: "单周", Availability.Weeks.EVEN: "双周"}

CLEARANCES = {"yes": "查过，有效", "expiring": "30 天内到期", "no": "没查或过期"}
PROGRAMMES = {"senior": "教老人", "child": "陪孩子", "desk": "门诊答疑"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; every field empty = everybody who has not left."""

    q: str = ""
    programme: str = ""
    organisation: str = ""
    occupation: str = ""
    clearance: str = ""
    lead: str = ""
    status: str = ""
    seen: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is filtered."""
        return any(getattr(self, name) for name in self.__slots__)


def listed(*, community: Community, filters: Filters, now: datetime) -> QuerySet[Volunteer]:
    """Volunteers of a community, or of none yet, with `next_at`, `last_on`, `this_month`
    and `cleared_until` (the meaning of `rules.persons.cleared_until`, for many at once)."""
    today = timezone.localdate(now)
    active = Assignment.objects.filter(volunteer=OuterRef("pk"), status__in=Assignment.ACTIVE).order_by()
    barred = Clearance.objects.filter(
        volunteer=OuterRef("volunteer"), result=Clearance.Result.NOT_CLEAR, id__gt=OuterRef("id")
    )
    clear = Clearance.objects.filter(~Exists(barred), volunteer=OuterRef("pk"), result=Clearance.Result.CLEAR)
    month = active.filter(session__on_date__year=today.year, session__on_date__month=today.month)
    found = (
        Volunteer.objects.filter(Q(home=community) | Q(home__isnull=True))
        .exclude(status=Volunteer.Status.LEFT)
        .select_related("person", "organisation", "home")
        .prefetch_related("trainings")
        .annotate(
            cleared_until=_one(clear.order_by(), Max("valid_until")),
            next_at=_one(active.filter(starts_at__gt=now), Min("starts_at")),
            last_on=_one(CheckIn.objects.filter(volunteer=OuterRef("pk")).order_by(), Max("on_date")),
            this_month=Coalesce(_one(month, Count("pk")), 0),
        )
        .order_by("person__name_key", "id")
    )
    return _narrowed(_searched(found, filters.q), filters, today)


def _one(rows: QuerySet, aggregate: Aggregate) -> Subquery:
    """One aggregated number per volunteer as a subquery."""
    return Subquery(rows.values("volunteer").annotate(one=aggregate).values("one"))


def active(q: str = "") -> QuerySet[Volunteer]:
    """Everybody who may be asked, by name; narrowed to what `q` finds."""
    found = Volunteer.objects.select_related("person").filter(status=Volunteer.Status.ACTIVE)
    return _searched(found.order_by("person__name_key", "id"), q)


def _searched(found: QuerySet[Volunteer], q: str) -> QuerySet[Volunteer]:
    """Every word must fit the person, or stand in the name of their organisation."""
    for word in person_queries.typed(q):
        theirs = Organisation.objects.filter(name__icontains=word).values("pk")
        found = found.filter(person_queries.found_by(word) | Q(organisation__in=theirs))
    return found


def alike(*, kind: str, community: Community, q: str) -> list[Volunteer] | list[Learner]:
    """Entries of a kind that a search finds, by name: the other half of a merge."""
    if kind == "learner":
        found = Learner.objects.filter(community=community).select_related("person")
        return list(learner_queries.searched(found, q).order_by("person__name_key", "pk")[:20])
    rows = Volunteer.objects.filter(Q(home=community) | Q(home=None)).exclude(status=Volunteer.Status.LEFT)
    return list(_searched(rows.select_related("person"), q).order_by("person__name_key", "pk")[:20])


def _narrowed(found: QuerySet[Volunteer], filters: Filters, today: date) -> QuerySet[Volunteer]:
    soon = today + EXPIRES_WITHIN
    clearance = {
        "yes": Q(cleared_until__gte=today),
        "expiring": Q(cleared_until__range=(today, soon)),
        "no": Q(cleared_until__isnull=True) | Q(cleared_until__lt=today),
    }
    if filters.programme in PROGRAMMES:
        # JSON lists: containment is not portable to SQLite, the quoted word in the text is.
        found = found.filter(programmes__icontains=f'"{filters.programme}"')
    if filters.organisation.isdecimal():
        found = found.filter(organisation=int(filters.organisation))
    if filters.occupation in Volunteer.Occupation.values:
        found = found.filter(occupation=filters.occupation) if filters.occupation else found
    if filters.clearance in clearance:
        found = found.filter(clearance[filters.clearance])
    if filters.lead:
        found = found.filter(may_lead=True)
    if filters.status in (Volunteer.Status.PAUSED, Volunteer.Status.ACTIVE):
        found = found.filter(status=filters.status)
    if filters.seen:
        found = found.filter(seen_at__isnull=True, source=Volunteer.Source.SIGN_UP)
    return found


def organisations() -> QuerySet[Organisation]:
    """Groups that have members, for the filter."""
    return Organisation.objects.filter(Exists(Volunteer.objects.filter(organisation=OuterRef("pk"))))


@dataclass(frozen=True, slots=True)
class Clock:
    """One painted cell of the week: `state` is all, part, wish (double line) or no."""

    part: str
    state: str
    words: str


@dataclass(frozen=True, slots=True)
class DayRow:
    """One weekday with its three parts."""

    name: str
    cells: list[Clock]


def availability_grid(rows: list[Availability], *, today: date) -> list[DayRow]:
    """The weekly windows painted as 7 × 3, as they stand today."""
    weekly = defaultdict(list)
    for row in rows:
        if row.weekday is not None and (row.until_on is None or row.until_on >= today):
            weekly[row.weekday].append(row)
    return [
        DayRow(f"周{WEEKDAYS[day]}", [_clock(name, starts, ends, weekly[day]) for name, starts, ends in PARTS])
        for day in range(7)
    ]


def _clock(name: str, starts: time, ends: time, rows: list[Availability]) -> Clock:
    here = [row for row in rows if row.starts < ends and row.ends > starts]
    if any(row.kind == Availability.Kind.IMPOSSIBLE for row in here):
        return Clock(name, "no", "不行")
    if not here:
        return Clock(name, "none", "")
    row = min(here, key=lambda row: (row.starts, row.id))
    whole = row.starts <= starts and row.ends >= ends and row.weeks == Availability.Weeks.EVERY
    return Clock(name, "all" if whole else "part", "" if whole else _short(row, starts, ends))


def _short(row: Availability, starts: time, ends: time) -> str:
    """Why the cell is only partly painted: odd weeks, or from when until when."""
    words = [WEEKS[row.weeks]] if WEEKS[row.weeks] else []
    if row.starts > starts and row.ends < ends:
        words.append(f"{row.starts:%H:%M}–{row.ends:%H:%M}")
    elif row.starts > starts:
        words.append(f"{row.starts:%H:%M} 起")
    elif row.ends < ends:
        words.append(f"到 {row.ends:%H:%M}")
    return " ".join(words)


def availability_words(row: Availability) -> str:
    """One window as a sentence: 双周周六 08:00–12:00(11月1日起)."""
    when = f"{row.on_date:%-m月%-d日}" if row.on_date else f"{WEEKS[row.weeks]}周{WEEKDAYS[row.weekday]}"
    limits = [f"{row.from_on:%-m月%-d日}起"] if row.from_on else []
    limits += [f"到{row.until_on:%-m月%-d日}"] if row.until_on else []
    around = f"（{'，'.join(limits)}）" if limits else ""
    kind = "" if row.kind == Availability.Kind.POSSIBLE else f" {row.get_kind_display()}"
    return f"{when} {row.starts:%H:%M}–{row.ends:%H:%M}{around}{kind}"


@dataclass(frozen=True, slots=True)
class Profile:
    """The page of one volunteer."""

    volunteer: Volunteer
    upcoming: list[Assignment]
    past: list[CheckIn]
    past_count: int
    this_month: int
    this_week: int
    clearance: Clearance | None
    clearance_state: str
    grid: list[DayRow]
    windows: list[Availability]
    notes: list


def clearance_state(clearance: Clearance | None, today: date) -> str:
    """none, pending, not_clear, expired, expiring (30 days) or clear."""
    if clearance is None:
        return "none"
    if clearance.result != Clearance.Result.CLEAR or clearance.valid_until is None:
        return clearance.result
    if clearance.valid_until < today:
        return "expired"
    return "expiring" if clearance.valid_until <= today + EXPIRES_WITHIN else "clear"


def profile(*, volunteer: Volunteer, now: datetime) -> Profile:
    """Everything about one volunteer, in seven queries."""
    today = timezone.localdate(now)
    monday = today - timedelta(days=today.weekday())
    active = volunteer.assignments.filter(status__in=Assignment.ACTIVE).select_related(
        "shift__role", "session__series__programme", "session__room", "session__community"
    )
    counts = active.aggregate(
        month=Count("pk", filter=Q(session__on_date__year=today.year, session__on_date__month=today.month)),
        week=Count("pk", filter=Q(session__on_date__range=(monday, monday + timedelta(days=6)))),
    )
    served = volunteer.checkins.select_related("series__programme").order_by("-on_date", "id")
    newest = volunteer.clearances.order_by("-recorded_at", "-id").first()
    windows = list(volunteer.availability.all())
    return Profile(
        volunteer=volunteer,
        upcoming=list(active.filter(ends_at__gt=now).order_by("starts_at", "id")[:20]),
        past=list(served[:12]),
        past_count=served.count(),
        this_month=counts["month"],
        this_week=counts["week"],
        clearance=newest,
        clearance_state=clearance_state(newest, today),
        grid=availability_grid(windows, today=today),
        windows=windows,
        notes=list(volunteer.person.notes.all()),
    )


TRIES = 3


def rights(volunteer: Volunteer, now: datetime) -> list[str]:
    """What this person may see and do, in words."""
    newest = volunteer.clearances.order_by("-recorded_at", "-id").first()
    cleared = clearance_state(newest, timezone.localdate(now)) in ("clear", "expiring")
    valid_until = newest.valid_until if newest and cleared else None
    step = trust.step_of(volunteer, cleared_until=valid_until, today=timezone.localdate(now))
    said = [trust.WORDS[step], "用个人链接看自己的班次，回能来、来不了，改哪天有空"]
    said.append("排班定了以后，看得到要陪的老人姓什么、手机什么牌子、想学什么；看不到电话和住址")
    said.append("可以陪孩子" if cleared else "不能陪孩子：没有有效的背景查询")
    said.append("可以当讲师" if volunteer.may_lead else "只当助教，不当讲师")
    if volunteer.status != Volunteer.Status.ACTIVE:
        said.append("现在不排新的课")
    if trust.is_stranger(volunteer):
        said.append("第一次来请在签到时点“见过本人”，在那之前只能占一个名额")
    return said


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish about somebody, and whom its name can mean."""

    row: Company
    choices: list[Volunteer]


def wishes(volunteer: Volunteer) -> list[Wish]:
    """Whom somebody wants to come with, or not; two queries. Private: only for who organises."""
    rows = list(volunteer.company.select_related("other__person"))
    staying = Volunteer.objects.exclude(status=Volunteer.Status.LEFT).exclude(pk=volunteer.pk)
    named: dict[str, list[Volunteer]] = defaultdict(list)
    for one in staying.filter(person__name__in=[row.name for row in rows]).select_related("person").order_by("pk"):
        named[one.person.name].append(one)
    return [Wish(row, named[row.name]) for row in rows]


def wants_guardian(volunteer: Volunteer, now: datetime) -> bool:
    """Whether somebody under age signed up whose guardian has not agreed: no place until then."""
    return bool(unguarded([volunteer], timezone.localdate(now)))


def unreached(volunteer: Volunteer) -> int:
    """How many calls in a row nobody has answered, up to the last that was; from three on the page asks to pause."""
    results = Call.objects.filter(message__person=volunteer.person_id).order_by("-at", "-id")
    row = list(results.values_list("result", flat=True)[:TRIES])
    return len(row) if len(row) == TRIES and set(row) == {Call.Result.NO_ANSWER} else 0


def known_as(*, name: str, number: str) -> list[Volunteer]:
    """Up to five volunteers with this very name or number, wherever they help. One query."""
    same = Q(person__name="".join(name.split())) | (Q(mobile=number) if number else Q(pk__in=[]))
    return list(Volunteer.objects.filter(same).select_related("person", "organisation").order_by("pk")[:5])
