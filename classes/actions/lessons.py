"""What each session of a series teaches: the plan in order, a review every fourth time, what was taught left out."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from classes.actions.holding import hold_series
from classes.models import Learner, Lesson, LessonWish, PlannedLesson, Series, Session
from classes.queries import plan as queries
from people import audit
from people.models import User

REVIEW_EVERY = 4


class NoSuchStep(Exception):
    """The plan has no lesson at that place any more."""


def plan_lessons(series: Series) -> int:
    """Give a series' sessions their lessons; the number of sessions that changed.

    A session that falls out passes its lesson on to the next. A part teaches what its whole does.
    """
    lessons = queries.order_of(series)
    if not lessons:
        return 0
    held = series.sessions.exclude(status=Session.Status.CANCELLED).order_by("on_date", "starts_at")
    rows = list(held)
    whole = [session for session in rows if session.split_from_id is None]
    changed = lay_out(whole, lessons)
    changed += follow([session for session in rows if session.split_from_id], whole)
    Session.objects.bulk_update(changed, ["is_review", "lesson"], batch_size=200)
    return len(changed)


def lay_out(meetings_held: list[Session], lessons: list[Lesson]) -> list[Session]:
    """Give these sessions, in order of date, their lessons; those that changed, not yet saved.

    Every fourth meeting is a review. Sessions already held, and those set by hand, keep what they
    teach, and it counts as taught. When all are taught they start again (repeating is normal for
    seniors).
    """
    changed: list[Session] = []
    to_teach = still_to_teach(lessons, [one.lesson_id for one in meetings_held if is_fixed(one)])
    for number, session in enumerate(meetings_held, start=1):
        if is_fixed(session):
            continue
        review = number % REVIEW_EVERY == 0
        lesson = None
        if not review:
            to_teach = to_teach or list(lessons)
            lesson = to_teach.pop(0)
        if set_lesson(session, lesson, review):
            changed.append(session)
    return changed


def is_fixed(session: Session) -> bool:
    """Whether what it teaches is not for the plan to say."""
    return session.status == Session.Status.DONE or session.lesson_by_hand


def still_to_teach(lessons: list[Lesson], taught: Iterable[int | None]) -> list[Lesson]:
    """The plan without what was taught; what stands in it twice has to be taught twice."""
    left = list(lessons)
    for pk in taught:
        known = next((lesson for lesson in left if lesson.pk == pk), None)
        if known:
            left.remove(known)
            left = left or list(lessons)
    return left


def follow(parts: list[Session], whole: list[Session]) -> list[Session]:
    """Parts teach what the session does that they were split from; those that changed."""
    by_pk = {session.pk: session for session in whole}
    changed = []
    for part in parts:
        of = by_pk.get(part.split_from_id or 0)
        if of and not is_fixed(part) and set_lesson(part, of.lesson, of.is_review):
            changed.append(part)
    return changed


def set_lesson(session: Session, lesson: Lesson | None, review: bool) -> bool:
    """Put it on the row; whether that changes anything."""
    if (session.is_review, session.lesson_id) == (review, lesson and lesson.pk):
        return False
    session.is_review, session.lesson = review, lesson
    return True


# --- the plan by hand -------------------------------------------------------------------------------


@transaction.atomic
def set_plan(*, series: Series, lessons: list[Lesson], now: datetime, actor: User | None) -> None:
    """Teach these lessons in this order; prerequisites are a warning on the page, never a refusal.

    An empty list goes back to the order of the catalogue.
    """
    hold_series([series.pk])
    PlannedLesson.objects.filter(series=series).delete()
    PlannedLesson.objects.bulk_create(
        PlannedLesson(series=series, position=position, lesson=lesson)
        for position, lesson in enumerate(lessons, start=1)
    )
    plan_lessons(series)
    what = "、".join(lesson.code for lesson in lessons) or "按课程目录"
    audit.write(actor=actor, verb="改了课程安排", thing=f"series:{series.pk}", now=now, summary=f"{series}：{what}")


@transaction.atomic
def move_step(*, series: Series, position: int, by: int, now: datetime, actor: User | None) -> None:
    """One step earlier (by -1) or later (by 1). Raises NoSuchStep."""
    hold_series([series.pk])
    lessons = queries.order_of(series)
    if not 1 <= position <= len(lessons):
        raise NoSuchStep
    lesson = lessons.pop(position - 1)
    lessons.insert(max(0, position - 1 + by), lesson)
    set_plan(series=series, lessons=lessons, now=now, actor=actor)


@transaction.atomic
def remove_step(*, series: Series, position: int, now: datetime, actor: User | None) -> None:
    """Teach it one time less. The last one stays. Raises NoSuchStep."""
    hold_series([series.pk])
    lessons = queries.order_of(series)
    if not 1 <= position <= len(lessons) or len(lessons) == 1:
        raise NoSuchStep
    lessons.pop(position - 1)
    set_plan(series=series, lessons=lessons, now=now, actor=actor)


@transaction.atomic
def add_step(*, series: Series, lesson: Lesson, now: datetime, actor: User | None) -> None:
    """Teach it too, as the next one that has not been taught; repetition is allowed."""
    hold_series([series.pk])
    lessons = queries.order_of(series)
    taught = series.sessions.filter(status=Session.Status.DONE).exclude(lesson=None).count()
    lessons.insert(min(taught, len(lessons)), lesson)
    set_plan(series=series, lessons=lessons, now=now, actor=actor)


@transaction.atomic
def wish(*, lesson: Lesson, learner: Learner, now: datetime, actor: User | None) -> None:
    """Keep what a learner asked to learn (点单); said twice it counts once.

    Classes of the community whose order nobody has set by hand teach it, and what has to come before
    it, earlier.
    """
    _, is_new = LessonWish.objects.get_or_create(lesson=lesson, learner=learner, defaults={"asked_at": now})
    if not is_new:
        return
    for series in queries.reached_by(lesson, learner):
        plan_lessons(series)
    summary = f"{learner}想学 {lesson.code} {lesson.short_title}"
    audit.write(actor=actor, verb="记下想学的课", thing=f"learner:{learner.pk}", now=now, summary=summary)


class Orders:
    """Teaching orders by stages and community, for generating a whole term."""

    def __init__(self, every: list[Lesson], wishes: Mapping[int, Mapping[int, int]]) -> None:
        self.every, self.wishes = every, wishes
        self.known: dict[tuple[str, int], list[Lesson]] = {}

    def of(self, series: Series) -> list[Lesson]:
        """The order for this series, as far as nobody has set it by hand."""
        key = (series.stages, series.community_id)
        if key not in self.known:
            self.known[key] = queries.in_order(series.stages, self.every, self.wishes.get(series.community_id, {}))
        return self.known[key]
