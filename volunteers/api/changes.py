"""Changes to sessions: look whom one touches, make it, take it back. The ways are those of the pages."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from classes.actions.changing import Done
from classes.api.places import community_of
from classes.models import Change, Session, Venue
from people.api import ORGANISER, REFUSED, Conflict, Paging, cut, filled, one_of
from people.models import Message
from volunteers.actions import changing, previewing, taking_back
from volunteers.queries import changes as queries
from volunteers.views.changes import CLOSE_DAY, CLOSE_VENUE, STALE, WAYS

router = Router(tags=["改动"])


# --- what comes in --------------------------------------------------------------------------------


class SeenIn(Schema):
    """What every change of a session has; what is left out stays as it is."""

    seen: int = Field(description="看的时候场次的 sequence；别人改过就是 409")


class WhyIn(SeenIn):
    """A change that may say why."""

    reason: str = Field("", description="原因，写在通知里，可以不写")


class CancelIn(SeenIn):
    """Called off."""

    reason: str = Field(description="原因，写在通知里")


class PlaceIn(WhyIn):
    """Another day, time or room."""

    on_date: date | None = Field(None, description="不写就不变")
    time: str | None = Field(None, description="例如 9:30-11:00，不写就不变")
    room: int | None = Field(None, description="教室编号；不写就不变，null 是没定")
    anyway: bool = Field(False, description="放假、停课的日子也照开")


class MoveIn(PlaceIn):
    """Move one session or more."""

    scope: Literal["one", "following", "all"] = Field("one", description="只改这一场、这一场和以后的、还没上的都改")
    releasing: bool = Field(False, description="去不了的志愿者撤下并告诉他们；不写时有人去不了就是 409")


class SplitIn(PlaceIn):
    """A second session for some learners."""

    enrolments: list[int] = Field(description="去另一场的报名编号")


class OtherIn(WhyIn):
    """Another session, to swap rooms with or to merge into."""

    other: int = Field(description="另一场的编号")


class LessonIn(WhyIn):
    """Another lesson."""

    lesson: str = Field(description="课的编码，review 是复习课")


class ClosingIn(Schema):
    """A venue is shut, both days included."""

    first: date
    last: date
    reason: str = Field(description="原因，写在通知里")


class CloseIn(Schema):
    """A whole day of a community."""

    community: int = Field(description="社区编号")
    date: date
    reason: str = Field(description="原因，写在通知里")


# --- what comes out -------------------------------------------------------------------------------


class ToldOut(Schema):
    """A note that somebody would get."""

    person: str
    text: str

    @staticmethod
    def resolve_person(message: Message) -> str:
        return str(message.person)

    @staticmethod
    def resolve_text(message: Message) -> str:
        return message.body


class PreviewOut(Schema):
    """What it would do; nothing was changed."""

    sessions: int = Field(description="影响几场")
    lines: list[str] = Field(description="每一场一句")
    agreed: list[str] = Field(description="已经答应的志愿者")
    agreed_sessions: int = Field(description="其中几场已有人答应")
    people: int = Field(description="几人会收到通知")
    helpers: list[ToldOut]
    families: list[ToldOut]
    unreachable: list[str] = Field(description="没有电话，要当面说的学员")
    meeting: list[str] = Field(description="会同时有两节课的学员")
    not_free: list[str] = Field(description="没说过新的时间有空的志愿者")


class ChangeOut(Schema):
    """A change that was made."""

    id: int
    kind: one_of(Change.Kind)
    community: int
    summary: str
    reason: str
    made_at: datetime
    made_by: str
    undo_until: datetime
    undone_at: datetime | None

    @staticmethod
    def resolve_community(change: Change) -> int:
        return change.community_id

    @staticmethod
    def resolve_made_by(change: Change) -> str:
        return change.made_by.get_full_name() or change.made_by.username if change.made_by else ""


class MadeOut(Schema):
    """What was done, and what should still be said by hand."""

    change: ChangeOut
    lines: list[str]
    unreachable: list[str] = Field(description="没有电话，要当面说的学员")

    @staticmethod
    def resolve_lines(done: Done) -> list[str]:
        return [done.lines[pk] for pk in sorted(done.lines)]


class Changes(Schema):
    """A part of the list."""

    count: int
    items: list[ChangeOut]


# --- the ways -------------------------------------------------------------------------------------


def make_of(request: HttpRequest, pk: int, verb: str, body: SeenIn) -> Callable[[], Done]:
    """The change as the page would make it, once its form is right. Raises Conflict when somebody was faster."""
    session, now, way = get_object_or_404(queries.found_session(pk)), timezone.now(), WAYS[verb]
    if body.seen != session.sequence:
        raise Conflict(STALE)
    form = filled(way.form(session, now, as_filled(way.form(session, now).initial, body)))
    releasing = getattr(body, "releasing", False)
    return lambda: way.make(
        session, form.cleaned_data | {"form": form}, now=now, actor=request.user, releasing=releasing
    )


def as_filled(initial: dict[str, Any], body: SeenIn) -> dict[str, Any]:
    """What the form of the page would hold: what is there, and over it what was sent."""
    sent = body.dict(exclude_unset=True)
    kept = {name: value for name, value in sent.items() if value is not None or name == "room"}
    return {"scope": "one", **initial, **kept}


def ways_of(verb: str, body: type[SeenIn], word: str) -> None:
    """Two operations for one way: look, and do."""

    def look(request: HttpRequest, pk: int, body: SeenIn) -> Any:
        """Whom it touches and what they would be told; nothing is changed."""
        return previewing.preview(make_of(request, pk, verb, body))

    def change(request: HttpRequest, pk: int, body: SeenIn) -> Any:
        """Make it: whoever is touched is told, and for 24 hours it can be taken back."""
        return make_of(request, pk, verb, body)()

    for function, end, answer, start in ((look, "/preview", PreviewOut, "先看影响："), (change, "", MadeOut, "")):
        function.__annotations__["body"] = body
        operation = f"{verb}_{function.__name__}"
        add = router.post(
            f"/sessions/{{pk}}/{verb}{end}",
            response={200: answer, **REFUSED},
            auth=ORGANISER,
            summary=start + word,
            operation_id=operation,
        )
        add(function)


for verb, body, word in (
    ("move", MoveIn, "改时间地点"),
    ("cancel", CancelIn, "停这一场"),
    ("lesson", LessonIn, "换一课"),
    ("swap", OtherIn, "和别的场次换教室"),
    ("merge", OtherIn, "并到另一场"),
    ("split", SplitIn, "分成两场"),
):
    ways_of(verb, body, word)


def close_of(request: HttpRequest, body: CloseIn) -> Callable[[], Done]:
    """整天停课 as the page does it."""
    community, now = community_of(body.community), timezone.now()
    reason = filled(CLOSE_DAY.form(None, now, body.dict())).cleaned_data["reason"]
    return lambda: changing.close_day(community=community, day=body.date, reason=reason, now=now, actor=request.user)


@router.post("/days/close/preview", response={200: PreviewOut, **REFUSED}, auth=ORGANISER, summary="先看影响：整天停课")
def close_look(request: HttpRequest, body: CloseIn) -> Any:
    """Whom it touches; nothing is changed."""
    return previewing.preview(close_of(request, body))


@router.post("/days/close", response={200: MadeOut, **REFUSED}, auth=ORGANISER, summary="整天停课")
def close(request: HttpRequest, body: CloseIn) -> Any:
    """Call off a whole day of a community."""
    return close_of(request, body)()


def shut_of(request: HttpRequest, pk: int, body: ClosingIn) -> Callable[[], Done]:
    """停用场地 as the page does it."""
    venue, now = get_object_or_404(Venue.objects.select_related("community"), pk=pk), timezone.now()
    said = filled(CLOSE_VENUE.form(None, now, body.dict())).cleaned_data
    return lambda: changing.close_venue(venue=venue, **said, now=now, actor=request.user)


@router.post(
    "/venues/{pk}/close/preview", response={200: PreviewOut, **REFUSED}, auth=ORGANISER, summary="先看影响：停用场地"
)
def shut_look(request: HttpRequest, pk: int, body: ClosingIn) -> Any:
    """Whom it touches; nothing is changed."""
    return previewing.preview(shut_of(request, pk, body))


@router.post("/venues/{pk}/close", response={200: MadeOut, **REFUSED}, auth=ORGANISER, summary="停用场地")
def shut(request: HttpRequest, pk: int, body: ClosingIn) -> Any:
    """Shut a venue for some days and call off what was to be held there."""
    return shut_of(request, pk, body)()


@router.get("/changes", response={200: Changes, **REFUSED}, summary="改过什么，还能不能撤销")
def changes(request: HttpRequest, community: int, paging: Query[Paging]) -> Any:
    """The changes of a month, those that can still be taken back first."""
    rows = queries.changes(community=community_of(community), now=timezone.now())
    return cut([row.change for row in rows], paging)


@router.post("/changes/{pk}/undo", response={200: ChangeOut, **REFUSED}, auth=ORGANISER, summary="撤销")
def undo(request: HttpRequest, pk: int) -> Any:
    """Take a change back: everything is as it was, and whoever was told is told."""
    change = get_object_or_404(Change, pk=pk)
    taking_back.undo(change=change, now=timezone.now(), actor=request.user)
    change.refresh_from_db()
    return change


class ExpectedOut(Schema):
    """A learner who is expected, by the number of the enrolment."""

    enrolment: int
    name: str


class ChoiceOut(Schema):
    """A session that can be chosen."""

    id: int
    text: str


class AroundOut(Schema):
    """Who is expected at a session, and which sessions it can be swapped with or merged into."""

    learners: list[ExpectedOut]
    to_swap_with: list[ChoiceOut]
    to_merge_into: list[ChoiceOut]


@router.get("/sessions/{pk}/around", response={200: AroundOut, **REFUSED}, summary="应到的人，能换、能并的场次")
def around(request: HttpRequest, pk: int) -> Any:
    """What split, swap and merge can be about."""
    session: Session = get_object_or_404(queries.found_session(pk))
    now = timezone.now()
    return {
        "learners": [{"enrolment": pk, "name": name} for pk, name in queries.learners(session)],
        "to_swap_with": [{"id": pk, "text": text} for pk, text in queries.to_swap_with(session, now)],
        "to_merge_into": [{"id": pk, "text": text} for pk, text in queries.to_merge_into(session, now)],
    }
