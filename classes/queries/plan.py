"""The lesson plan of a series: its order, what has to come before what, what was asked for, what is next."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from classes.models import Enrolment, Learner, Lesson, LessonWish, PlannedLesson, Programme, Request, Series, Session


@dataclass(frozen=True, slots=True)
class Step:
    """One lesson of the plan: how many asked for it, what should come before and does not, when it is taught."""

    position: int
    lesson: Lesson
    asked: int
    missing: list[str]
    sessions: list[Session]


@dataclass(frozen=True, slots=True)
class PlanPage:
    """The plan with its warnings, and what could be put into it."""

    steps: list[Step]
    by_hand: bool
    following: Session | None
    more: list[Lesson]
    asked_elsewhere: list[tuple[Lesson, int]]
    learners: list[Learner]


def order_of(series: Series) -> list[Lesson]:
    """The lessons of a series in teaching order: as set by hand, else as in the catalogue."""
    steps = PlannedLesson.objects.filter(series=series).select_related("lesson").order_by("position")
    by_hand = [step.lesson for step in steps]
    if by_hand or not series.stages:
        return by_hand
    every = list(Lesson.objects.prefetch_related("prerequisites"))
    return in_order(series.stages, every, wishes_in([series.community_id]).get(series.community_id, {}))


def orders_by_hand(series_ids: Iterable[int]) -> dict[int, list[Lesson]]:
    """The orders that somebody has set, by series; one query."""
    found: dict[int, list[Lesson]] = defaultdict(list)
    steps = PlannedLesson.objects.filter(series__in=list(series_ids)).select_related("lesson")
    for step in steps.order_by("series_id", "position"):
        found[step.series_id].append(step.lesson)
    return found


def wishes_in(community_ids: Iterable[int]) -> dict[int, dict[int, int]]:
    """How many learners asked for which lesson, by community and lesson; two queries."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    rows = LessonWish.objects.filter(learner__community__in=list(community_ids)).order_by()
    for community, lesson, number in rows.values_list("learner__community", "lesson").annotate(Count("pk")):
        found[community][lesson] = number
    # Who has asked and has no place yet is no learner, and counts as well.
    asked = Request.objects.filter(community__in=list(community_ids), status__in=Request.OPEN).exclude(lesson=None)
    for community, lesson, number in asked.order_by().values_list("community", "lesson").annotate(Count("pk")):
        found[community][lesson] = found[community].get(lesson, 0) + number
    return found


def in_order(stages: str, every: Iterable[Lesson], wishes: Mapping[int, int]) -> list[Lesson]:
    """The lessons of these stages (prerequisites loaded) in teaching order.

    Never before a prerequisite that is taught here too; among those that can come next, what more
    learners asked for (or what has to come before that), then stage by stage as named, then by code.
    """
    rows = [lesson for lesson in every if lesson.code[0] in stages]
    here = {lesson.pk for lesson in rows}
    before = {lesson.pk: {other.pk for other in lesson.prerequisites.all()} & here for lesson in rows}
    weight = weights(before, wishes)
    rows.sort(key=lambda lesson: (-weight[lesson.pk], stages.index(lesson.code[0]), lesson.code))
    ordered: list[Lesson] = []
    while rows:
        known = {lesson.pk for lesson in ordered}
        ready = next((lesson for lesson in rows if before[lesson.pk] <= known), rows[0])
        ordered.append(ready)
        rows.remove(ready)
    return ordered


def weights(before: Mapping[int, set[int]], wishes: Mapping[int, int]) -> dict[int, int]:
    """How much each lesson is asked for: itself, or the most wished of those that need it first."""
    weight = {pk: wishes.get(pk, 0) for pk in before}
    changed = True
    while changed:
        changed = False
        for pk, needs in before.items():
            for needed in needs:
                if weight[needed] < weight[pk]:
                    weight[needed], changed = weight[pk], True
    return weight


def plan_page(*, series: Series, now: datetime) -> PlanPage:
    """Everything on the page of the plan. A constant number of queries."""
    lessons = order_of(series)
    every = list(Lesson.objects.prefetch_related("prerequisites").order_by("code"))
    prerequisites = {lesson.pk: list(lesson.prerequisites.all()) for lesson in every}
    asked = wishes_in([series.community_id]).get(series.community_id, {})
    held = series.sessions.exclude(status=Session.Status.CANCELLED).filter(split_from=None)
    sessions = list(held.select_related("lesson").order_by("starts_at", "id"))
    inside = {lesson.pk for lesson in lessons}
    return PlanPage(
        steps=steps_of(lessons, prerequisites, asked, sessions),
        by_hand=PlannedLesson.objects.filter(series=series).exists(),
        following=following(sessions, now),
        more=every,
        asked_elsewhere=[
            (lesson, asked[lesson.pk]) for lesson in every if lesson.pk in asked and lesson.pk not in inside
        ],
        learners=learners_of(series),
    )


def steps_of(
    lessons: list[Lesson],
    prerequisites: Mapping[int, list[Lesson]],
    asked: Mapping[int, int],
    sessions: list[Session],
) -> list[Step]:
    """The steps; a lesson that comes twice shows its own sessions in turn."""
    found, known, turn = [], set(), Counter[int]()
    taught: dict[int | None, list[Session]] = defaultdict(list)
    for session in sessions:
        taught[session.lesson_id].append(session)
    times = Counter(lesson.pk for lesson in lessons)
    for position, lesson in enumerate(lessons, start=1):
        missing = [other.code for other in prerequisites.get(lesson.pk, []) if other.pk not in known]
        own = taught[lesson.pk][turn[lesson.pk] :: times[lesson.pk]]
        found.append(Step(position, lesson, asked.get(lesson.pk, 0), missing, own))
        known.add(lesson.pk)
        turn[lesson.pk] += 1
    return found


def following(sessions: Iterable[Session], now: datetime) -> Session | None:
    """下一课: the next session that teaches or repeats something."""
    coming = (one for one in sessions if one.starts_at > now and one.status == Session.Status.PLANNED)
    return next((one for one in coming if one.lesson_id or one.is_review), None)


def learners_of(series: Series) -> list[Learner]:
    """Who has a place on the series, by name."""
    rows = Learner.objects.filter(enrolments__series=series, enrolments__status=Enrolment.Status.CONFIRMED)
    return list(rows.select_related("person").distinct().order_by("person__name_key", "id"))


def reached_by(lesson: Lesson, learner: Learner) -> QuerySet[Series]:
    """The senior classes of the learner's community that teach this lesson's stage."""
    return Series.objects.filter(
        community=learner.community_id,
        programme__kind=Programme.Kind.SENIOR,
        stages__contains=lesson.code[0],
    ).order_by("id")
