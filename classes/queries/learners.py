"""The page 学员: the lists of seniors and children, and one learner."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Prefetch, Q, QuerySet, Subquery

from classes.models import Community, Enrolment, Guardian, Learner, Series, Term
from people import queries as people

PER_PAGE = 50
MOST_HELPERS = 3
MOST_ALIKE = 5
Status = Enrolment.Status
STATES = {"none": "还没有班", "confirmed": "已入班", "waiting": "候补", "requested": "待补材料"}
LEVELS = {"0": "零基础", "1": "会打电话、会一点", "2": "会微信、能看视频", "3": "基本会用"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; empty = everybody of that kind."""

    kind: str = Learner.Kind.SENIOR
    q: str = ""
    level: str = ""
    series: str = ""
    need: str = ""
    state: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the tab is chosen."""
        return any((self.q, self.level, self.series, self.need, self.state))


def places() -> QuerySet[Enrolment]:
    """Enrolments that have not ended, with their class."""
    return (
        Enrolment.objects.exclude(status=Status.WITHDRAWN)
        .select_related("series__programme", "series__term")
        .order_by("created_at", "id")
    )


def learners(*, community: Community, filters: Filters) -> QuerySet[Learner]:
    """Learners of a community in the order of their names, with `places` and guardians.

    Found by characters, pinyin, initials, phone tail; a child also by a guardian's.
    """
    found = (
        Learner.objects.filter(community=community, kind=filters.kind)
        .select_related("person", "grid")
        .prefetch_related(
            Prefetch("enrolments", queryset=places(), to_attr="places"),
            Prefetch("guardians", queryset=Guardian.objects.select_related("person")),
            "pickups",
        )
        .annotate(
            helper=Subquery(pairings().order_by("-session__starts_at", "-pk").values("volunteer__person__name")[:1])
        )
        .order_by("person__name_key", "id")
    )
    return narrowed(searched(found, filters.q), filters, community)


def pairings() -> QuerySet[Any]:
    """Who sat with a learner (`OuterRef("pk")`): the table lies in the app above, so it is asked by its relation."""
    return Learner._meta.get_field("pairings").related_model._default_manager.filter(learner=OuterRef("pk"))


def helpers(learner: Learner) -> list[dict[str, Any]]:
    """Who has sat with a senior, the last first: volunteer (id), name, times, last."""
    rows: Any = learner.pairings.values("volunteer", name=F("volunteer__person__name"))
    return list(
        rows.annotate(times=Count("pk"), last=Max("session__on_date")).order_by("-last", "volunteer")[:MOST_HELPERS]
    )


def searched(found: QuerySet[Learner], q: str) -> QuerySet[Learner]:
    """Every word must fit the learner, or a guardian of the learner."""
    for word in people.typed(q):
        guardian = Guardian.objects.filter(people.found_by(word), learner=OuterRef("pk"))
        found = found.filter(people.found_by(word) | Exists(guardian))
    return found


def narrowed(found: QuerySet[Learner], filters: Filters, community: Community) -> QuerySet[Learner]:
    """Level, class, need and state of the place."""
    if filters.level.isdigit():
        found = found.filter(level=int(filters.level))
    if filters.need:
        # SQLite cannot look into a JSON list, and a community has few learners.
        rows = Learner.objects.filter(community=community).values_list("pk", "needs")
        found = found.filter(pk__in=[pk for pk, needs in rows if filters.need in needs])
    active = Enrolment.objects.filter(learner=OuterRef("pk")).exclude(status=Status.WITHDRAWN)
    if filters.series.isdigit():
        found = found.filter(Exists(active.filter(series_id=int(filters.series))))
    if filters.state == "none":
        found = found.filter(~Exists(active))
    elif filters.state in STATES:
        found = found.filter(Exists(active.filter(status=filters.state)))
    return found


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer, and the sizes of the two tabs."""

    seniors: int
    children: int
    without_class: int
    needs: list[str]
    series: list[Series]


def choices(*, community: Community, kind: str, term: Term | None) -> Choices:
    """Tabs, needs in use, and the classes of the term; three queries."""
    rows = list(Learner.objects.filter(community=community).values_list("pk", "kind", "needs"))
    settled = set(
        Enrolment.objects.filter(series__term=term, learner__community=community)
        .exclude(status=Status.WITHDRAWN)
        .values_list("learner_id", flat=True)
    )
    offered = Series.objects.filter(term=term, community=community).select_related("programme")
    children = kind == Learner.Kind.CHILD
    return Choices(
        seniors=sum(of == Learner.Kind.SENIOR for _, of, _ in rows),
        children=sum(of == Learner.Kind.CHILD for _, of, _ in rows),
        without_class=sum(pk not in settled for pk, _, _ in rows),
        needs=sorted({need for _, of, needs in rows if of == kind for need in needs}),
        series=[s for s in offered if (s.programme.kind == "child") == children],
    )


def offered_to(*, community: Community, kind: str, term: Term | None) -> list[Series]:
    """The classes of the term that people of that kind are enrolled on; a desk has none. Two queries."""
    found = Series.objects.filter(term=term, community=community, programme__kind=kind)
    return list(found.select_related("programme", "room").prefetch_related("days").order_by("starts", "id"))


def learner_page(*, learner: Learner, term: Term | None) -> dict[str, Any]:
    """One learner: places, who answers for a child, notes, and the classes still to choose from."""
    held = list(places().filter(learner=learner))
    taken = {place.series_id for place in held}
    child = learner.kind == Learner.Kind.CHILD
    offered = (
        Series.objects.filter(term=term, community=learner.community)
        .exclude(pk__in=taken)
        .select_related("programme", "room")
        .prefetch_related("days")
        .order_by("starts", "id")
    )
    guardians = list(learner.guardians.select_related("person__family_link"))
    pickups = list(learner.pickups.all())
    blocked = blocking(learner, guardians)
    return {
        "places": held,
        "helpers": [] if child else helpers(learner),
        "guardians": guardians,
        "pickups": pickups,
        "notes": list(learner.person.notes.all()),
        "offered": [s for s in offered if (s.programme.kind == "child") == child],
        "days_wanted": learner.days_wanted or [],
        "blocked": blocked,
        "missing": blocked if pickups or not child else [*blocked, "没写谁来接，放学时只能交给名单上的人"],
    }


def blocking(learner: Learner, guardians: list[Guardian]) -> list[str]:
    """What keeps a child out of a class, as sentences."""
    if learner.kind != Learner.Kind.CHILD:
        return []
    said = []
    if not learner.consent_on:
        said.append("缺监护人签字，签了才能入班")
    if not any(guardian.person.phone for guardian in guardians):
        said.append("缺监护人电话，有了才能入班")
    return said


def known_as(*, community: Community, kind: str, name: str, number: str) -> list[Learner]:
    """Up to five of the list with this very name or telephone, a child also by its guardian's. One query."""
    same = Q(person__name="".join(name.split()))
    if number:
        same |= Q(person__phone=number) | Q(guardians__person__phone=number)
    found = Learner.objects.filter(same, community=community, kind=kind).select_related("person")
    return list(found.order_by("pk").distinct()[:MOST_ALIKE])
