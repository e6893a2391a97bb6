"""Terms, making their sessions, and the days that ask."""

from datetime import date
from typing import Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router, Schema
from ninja.responses import Status

from classes import actions
from classes.actions import opening
from classes.actions import series as series_actions
from classes.api.places import community_of
from classes.forms.term import HAS_CLASSES, TERM_TAKEN, TERM_TOO_LONG, LikeForm, TermForm
from classes.models import DayQuestion, Term
from classes.queries import term as queries
from people.api import ORGANISER, REFUSED, Conflict, Paging, cut, filled, one_of, refuse_field

router = Router(tags=["学期"])


class TermOut(Schema):
    """A planning range; both days belong to it."""

    id: int
    name: str
    starts_on: date
    ends_on: date


class Terms(Schema):
    """A part of the list."""

    count: int
    items: list[TermOut]


class TermIn(Schema):
    """A new term, with classes like those of an earlier one or of a template."""

    community: int = Field(description="社区编号")
    name: str = Field(description="例如 2027春")
    starts_on: date
    ends_on: date
    like: str = Field("", description="term:编号 照着那个学期；usual 平常的四个班；break 寒暑假带娃；空着先不加班")


class FillIn(Schema):
    """The same for a term that is there."""

    community: int = Field(description="社区编号")
    like: str = Field(description="term:编号 照着那个学期；usual 平常的四个班；break 寒暑假带娃")


class GenerateIn(Schema):
    """Whose sessions are made."""

    community: int = Field(description="社区编号")


class SkippedOut(Schema):
    """A day without its session, and why."""

    date: date
    series: str
    why: str


class GeneratedOut(Schema):
    """What was made."""

    created: int = Field(description="新生成几场")
    existing: int = Field(description="原来就有几场，没有动")
    questions: int = Field(description="新添几件等您定的事")
    by_programme: dict[str, int] = Field(description="每个项目现在几场")
    skipped: list[SkippedOut]


class OpenedOut(Schema):
    """A term with the classes it began with."""

    term: TermOut
    series: list[int] = Field(description="班的编号")
    generated: GeneratedOut

    @staticmethod
    def resolve_series(opened: opening.Opened) -> list[int]:
        return [series.pk for series in opened.series]


class QuestionOut(Schema):
    """A day on which somebody has to say whether a class is held."""

    id: int
    series: int
    series_name: str
    on_date: date
    why: str
    answer: one_of(DayQuestion.Answer) = Field(description="空着是还没定")

    @staticmethod
    def resolve_series(question: DayQuestion) -> int:
        return question.series_id

    @staticmethod
    def resolve_series_name(question: DayQuestion) -> str:
        return question.series.name


class Questions(Schema):
    """A part of the list."""

    count: int
    items: list[QuestionOut]


class AnswerIn(Schema):
    """Held or not."""

    answer: Literal["run", "skip"] = Field(description="run 开课，skip 不开")


@router.get("/terms", response={200: Terms, **REFUSED}, summary="学期")
def terms(request: HttpRequest, paging: Query[Paging]) -> Any:
    """All terms, the latest first."""
    return cut(Term.objects.order_by("-starts_on", "-id"), paging)


@router.post("/terms", response={201: OpenedOut, **REFUSED}, auth=ORGANISER, summary="新学期，连同它的班")
def term_add(request: HttpRequest, body: TermIn) -> Any:
    """A new term, with its classes and their sessions."""
    community = community_of(body.community)
    form = filled(TermForm(body.dict(), earlier=queries.terms_to_copy(community)))
    said = {name: form.cleaned_data[name] for name in ("name", "starts_on", "ends_on")}
    try:
        opened = opening.open_term(
            **said, **form.classes(), community=community, now=timezone.now(), actor=request.user
        )
    except series_actions.NameTaken:
        refuse_field("name", TERM_TAKEN)
    except series_actions.TermTooLong:
        refuse_field("ends_on", TERM_TOO_LONG)
    return Status(201, opened)


@router.post("/terms/{pk}/fill", response={201: OpenedOut, **REFUSED}, auth=ORGANISER, summary="照样子排学期")
def fill(request: HttpRequest, pk: int, body: FillIn) -> Any:
    """Classes and their sessions for a term in which the community has none yet (409 where it has)."""
    term, community = get_object_or_404(Term, pk=pk), community_of(body.community)
    form = filled(LikeForm(body.dict(), earlier=queries.terms_to_copy(community)))
    try:
        opened = opening.fill_term(
            term=term, community=community, **form.classes(), now=timezone.now(), actor=request.user
        )
    except opening.HasClasses as error:
        raise Conflict(HAS_CLASSES) from error
    return Status(201, opened)


@router.post("/terms/{pk}/generate", response={200: GeneratedOut, **REFUSED}, auth=ORGANISER, summary="生成场次")
def generate(request: HttpRequest, pk: int, body: GenerateIn) -> Any:
    """Make the sessions of a community that are not there yet; the second time changes nothing."""
    term = get_object_or_404(Term, pk=pk)
    return actions.generate_term(term=term, community=community_of(body.community), now=timezone.now())


@router.get("/terms/{pk}/questions", response={200: Questions, **REFUSED}, summary="等您定的日子")
def questions(request: HttpRequest, pk: int, community: int, paging: Query[Paging]) -> Any:
    """Days that ask, answered ones too."""
    found: QuerySet[DayQuestion] = DayQuestion.objects.filter(
        series__term=get_object_or_404(Term, pk=pk), series__community=community_of(community)
    )
    return cut(found.select_related("series").order_by("on_date", "id"), paging)


@router.post("/questions/{pk}", response={200: QuestionOut, **REFUSED}, auth=ORGANISER, summary="定一天：开或不开")
def answer(request: HttpRequest, pk: int, body: AnswerIn) -> Any:
    """Answer a day that asks; where it is held, the session is made at once."""
    asked = get_object_or_404(DayQuestion.objects.select_related("series__programme", "series__term"), pk=pk)
    day = f"{asked.on_date.month}月{asked.on_date.day}日{asked.series.name}"
    try:
        actions.answer_question(question=asked, answer=body.answer, now=timezone.now(), actor=request.user)
    except actions.AlreadyAnswered as error:
        raise Conflict(f"{day}已经有人定过了。") from error
    except actions.RoomTaken as refusal:
        raise Conflict(f"{day}没排上：{refusal}。") from refusal
    asked.refresh_from_db(fields=["answer"])
    return asked
