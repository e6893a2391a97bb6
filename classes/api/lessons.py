"""The catalogue of lessons, and what each session of a class teaches."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from classes.models import Lesson, Series, Session
from people.api import REFUSED, Paging, cut

router = Router(tags=["课"])


class LessonOut(Schema):
    """One lesson, with the codes of those that come before it."""

    code: str
    stage: str
    title: str
    minutes: int
    learners_per_helper: int
    prerequisites: list[str]

    @staticmethod
    def resolve_prerequisites(lesson: Lesson) -> list[str]:
        return sorted(before.code for before in lesson.prerequisites.all())


class Lessons(Schema):
    """A part of the list."""

    count: int
    items: list[LessonOut]


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


class PlanOut(Schema):
    """The lessons of a class in order of its sessions, and the next one."""

    next: StepOut | None = Field(description="下一课")
    steps: list[StepOut]


@router.get("/lessons", response={200: Lessons, **REFUSED}, summary="课的目录")
def lessons(request: HttpRequest, paging: Query[Paging]) -> Any:
    """Every lesson there is."""
    return cut(Lesson.objects.prefetch_related("prerequisites").order_by("code"), paging)


@router.get("/series/{pk}/plan", response={200: PlanOut, **REFUSED}, summary="一个班的教案顺序")
def plan(request: HttpRequest, pk: int) -> Any:
    """What each session teaches that is held; a part split off teaches what its whole does."""
    series, now = get_object_or_404(Series, pk=pk), timezone.now()
    held = series.sessions.filter(split_from=None).exclude(status=Session.Status.CANCELLED)
    steps = list(held.select_related("lesson").order_by("starts_at", "id"))
    return {"next": next((step for step in steps if step.starts_at > now), None), "steps": steps}
