"""The catalogue of lessons."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from classes.models import Lesson
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


@router.get("/lessons", response={200: Lessons, **REFUSED}, summary="课的目录")
def lessons(request: HttpRequest, paging: Query[Paging]) -> Any:
    """Every lesson there is."""
    return cut(Lesson.objects.prefetch_related("prerequisites").order_by("code"), paging)
