"""课程安排: what each session of a class teaches, its order, and what learners asked for (点单)."""

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Router, Schema
from ninja.responses import Status

from classes.actions import lessons as actions
from classes.models import Learner, Lesson, Series, Session
from classes.queries import plan as queries
from classes.views.plans import GONE
from people.api import ORGANISER, REFUSED, Conflict, refuse_field

router = Router(tags=["课"])
NO_LESSON = "没有这个编码的课：{}。"


class StepOut(Schema):
    """One session and its lesson."""

    session: int
    on_date: date
    lesson: str | None = Field(description="课的编码")
    title: str
    is_review: bool
    by_hand: bool = Field(description="课是手定的")

    @staticmethod
    def resolve_session(session: Session) -> int:
        return session.pk

    @staticmethod
    def resolve_by_hand(session: Session) -> bool:
        return session.lesson_by_hand

    @staticmethod
    def resolve_lesson(session: Session) -> str | None:
        return session.lesson.code if session.lesson else None

    @staticmethod
    def resolve_title(session: Session) -> str:
        return session.lesson.title if session.lesson else ""


class PlannedOut(Schema):
    """One lesson of the order; `missing` only warns."""

    position: int = Field(description="第几步，从 1 数")
    lesson: str = Field(description="课的编码")
    title: str
    asked: int = Field(description="几位学员点过这一课")
    missing: list[str] = Field(description="应该先学、没有排在前面的课")
    sessions: list[int] = Field(description="教这一步的场次")

    @staticmethod
    def resolve_lesson(step: queries.Step) -> str:
        return step.lesson.code

    @staticmethod
    def resolve_title(step: queries.Step) -> str:
        return step.lesson.title

    @staticmethod
    def resolve_sessions(step: queries.Step) -> list[int]:
        return [session.pk for session in step.sessions]


class PlanOut(Schema):
    """The order of a class and what each session teaches; every fourth one reviews."""

    next: StepOut | None = Field(description="下一课")
    by_hand: bool = Field(description="顺序是手定的；不是就按课程目录，点过的提前")
    order: list[PlannedOut]
    steps: list[StepOut] = Field(description="每一场教什么")


class PlanIn(Schema):
    """The whole order."""

    lessons: list[str] = Field(description="课的编码，按顺序，可以重复；空着是按课程目录", max_length=200)


class AddIn(Schema):
    """One more lesson."""

    lesson: str = Field(description="课的编码")


class MoveIn(Schema):
    """Which way."""

    to: Literal["earlier", "later"] = Field(description="earlier 提前一步，later 推后一步")


class WishIn(Schema):
    """What a learner wants to learn."""

    learner: int = Field(description="学员编号")
    lesson: str = Field(description="课的编码")


def series_of(pk: int) -> Series:
    """The class that is asked for. Raises Http404."""
    return get_object_or_404(Series.objects.select_related("programme", "community"), pk=pk)


def lesson_of(code: str) -> Lesson:
    """The lesson of that code. Raises Invalid."""
    lesson = Lesson.objects.filter(code=code).first()
    return lesson or refuse_field("lesson", NO_LESSON.format(code[:20]))


def told(series: Series) -> dict[str, Any]:
    """The plan as it is now. A constant number of queries."""
    page = queries.plan_page(series=series, now=timezone.now())
    held = series.sessions.filter(split_from=None).exclude(status=Session.Status.CANCELLED)
    steps = list(held.select_related("lesson").order_by("starts_at", "id"))
    return {"next": page.following, "by_hand": page.by_hand, "order": page.steps, "steps": steps}


@router.get("/series/{pk}/plan", response={200: PlanOut, **REFUSED}, summary="一个班的课程安排")
def plan(request: HttpRequest, pk: int) -> Any:
    """The order, and what each session teaches that is held; a part split off teaches what its whole does."""
    return told(series_of(pk))


@router.put("/series/{pk}/plan", response={200: PlanOut, **REFUSED}, auth=ORGANISER, summary="定课的顺序")
def plan_set(request: HttpRequest, pk: int, body: PlanIn) -> Any:
    """Teach these lessons in this order; what should come before is said in `missing` and refuses nothing."""
    series, known = series_of(pk), Lesson.objects.in_bulk(body.lessons, field_name="code")
    for code in body.lessons:
        if code not in known:
            refuse_field("lessons", NO_LESSON.format(code[:20]))
    lessons = [known[code] for code in body.lessons]
    actions.set_plan(series=series, lessons=lessons, now=timezone.now(), actor=request.user)
    return told(series)


@router.post("/series/{pk}/plan/steps", response={201: PlanOut, **REFUSED}, auth=ORGANISER, summary="加一课")
def step_add(request: HttpRequest, pk: int, body: AddIn) -> Any:
    """Teach it too, as the next one that has not been taught."""
    series, lesson = series_of(pk), lesson_of(body.lesson)
    actions.add_step(series=series, lesson=lesson, now=timezone.now(), actor=request.user)
    return Status(201, told(series))


@router.post(
    "/series/{pk}/plan/steps/{position}/move",
    response={200: PlanOut, **REFUSED},
    auth=ORGANISER,
    summary="一课提前或推后",
)
def step_move(request: HttpRequest, pk: int, position: int, body: MoveIn) -> Any:
    """One step earlier or later."""
    series, by = series_of(pk), -1 if body.to == "earlier" else 1
    try:
        actions.move_step(series=series, position=position, by=by, now=timezone.now(), actor=request.user)
    except actions.NoSuchStep as error:
        raise Conflict(GONE) from error
    return told(series)


@router.delete(
    "/series/{pk}/plan/steps/{position}", response={200: PlanOut, **REFUSED}, auth=ORGANISER, summary="少教一课"
)
def step_remove(request: HttpRequest, pk: int, position: int) -> Any:
    """Teach it one time less; the last one stays."""
    series = series_of(pk)
    try:
        actions.remove_step(series=series, position=position, now=timezone.now(), actor=request.user)
    except actions.NoSuchStep as error:
        raise Conflict(GONE) from error
    return told(series)


@router.post("/series/{pk}/plan/wishes", response={200: PlanOut, **REFUSED}, auth=ORGANISER, summary="点单：想学一课")
def wish(request: HttpRequest, pk: int, body: WishIn) -> Any:
    """Keep what a learner asked to learn: it comes earlier where nobody set the order; twice is once."""
    series, lesson = series_of(pk), lesson_of(body.lesson)
    learner = get_object_or_404(Learner.objects.select_related("person"), pk=body.learner)
    actions.wish(lesson=lesson, learner=learner, now=timezone.now(), actor=request.user)
    return told(series)
