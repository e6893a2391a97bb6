"""改这个班 by API: look whom it touches, then make it."""

from collections.abc import Callable
from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router

from classes.actions import reshaping
from classes.actions import series as series_actions
from classes.actions.changing import Done, Refused
from classes.api.series import SeriesPatch
from classes.forms.term import IN_USE, SERIES_TAKEN, initial_of
from classes.views.term import series_of
from people.api import ORGANISER, REFUSED, filled, refuse_field
from volunteers.actions import editing, previewing
from volunteers.api.changes import MadeOut, PreviewOut
from volunteers.views.series import form_of

router = Router(tags=["改动"])
SAME = "没有改动：时间和教室都和原来一样。班名和名额用 PATCH 改。"


class ReshapeIn(SeriesPatch):
    """Another pattern; what is left out stays."""

    weekdays: list[int] | None = Field(None, description="周一是 0")
    time: str | None = Field(None, description="例如 9:30-11:00")
    scope: Literal["one", "following", "all"] = Field("all", description="只改一场、从一场起、还没上的都改")
    session: int | None = Field(None, description="哪一场，或者从哪一场起；不写是最近的一场")
    reason: str = Field("", description="原因，写在通知里，可以不写")
    releasing: bool = Field(False, description="去不了的志愿者撤下并告诉他们；不写时有人去不了就是 409")


def make_of(request: HttpRequest, pk: int, body: ReshapeIn) -> Callable[[], Done]:
    """The change as the page makes it."""
    found, now = series_of(pk), timezone.now()
    coming = reshaping.coming_of(found, None, now)
    said = {"scope": "all", **initial_of(found), **body.dict(exclude_unset=True)}
    form = filled(form_of(found, coming, said))
    wanted = editing.Wanted(
        form.pattern(), body.scope, form.chosen(), form.cleaned_data.get("reason", ""), body.releasing
    )

    def make() -> Done:
        try:
            done = editing.edit_series(series=series_of(pk), wanted=wanted, now=now, actor=request.user)
        except series_actions.NameTaken:
            refuse_field("name", SERIES_TAKEN)
        except series_actions.SeatsInUse:
            refuse_field("capacity", IN_USE)
        if done is None:
            raise Refused(SAME)
        return done

    return make


@router.post(
    "/series/{pk}/reshape/preview", response={200: PreviewOut, **REFUSED}, auth=ORGANISER, summary="先看影响：改这个班"
)
def reshape_look(request: HttpRequest, pk: int, body: ReshapeIn) -> Any:
    """Whom another weekday, time or room touches, and what they would be told; nothing is changed."""
    return previewing.preview(make_of(request, pk, body))


@router.post("/series/{pk}/reshape", response={200: MadeOut, **REFUSED}, auth=ORGANISER, summary="改这个班")
def reshape(request: HttpRequest, pk: int, body: ReshapeIn) -> Any:
    """Make it: every session follows, whoever is touched is told, and for 24 hours it can be taken back."""
    return make_of(request, pk, body)()
