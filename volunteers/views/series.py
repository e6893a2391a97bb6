"""改这个班: what it does to its sessions is shown before it is done."""

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from classes.actions import reshaping
from classes.actions import series as series_actions
from classes.actions.changing import Done, Refused
from classes.actions.moving import ALL
from classes.forms.term import IN_USE, SERIES_TAKEN, initial_of
from classes.models import Room, Series
from classes.views.term import series_of
from people import channels
from people.access import organiser_required
from volunteers.actions import changing, editing, previewing
from volunteers.actions.editing import Wanted
from volunteers.forms.changes import SeriesChangeForm

STALE = "这个班刚刚被别人改过，下面是现在的样子，请再看一遍。"


@require_http_methods(["GET", "POST"])
@organiser_required
def series_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Fill in; what changes no session is kept at once, the rest is shown first, with everybody it touches.

    An address with `look` shows what it says, so that other pages can lead here.
    """
    found, now = series_of(pk), timezone.now()
    coming = reshaping.coming_of(found, None, now)
    said = request.POST if request.method == "POST" else request.GET if "look" in request.GET else None
    form = form_of(found, coming, said)
    context = {"form": form, "series": found, "seen": seen(found), "sent": sent(said)}
    if said is None:
        return page(request, context)
    if not form.is_valid():
        return page(request, context, 422)
    makes = request.method == "POST" and (said.get("make") == "1" or not touches(found, form))
    if makes and said.get("seen", context["seen"]) != context["seen"]:
        return page(request, context | {"refused": STALE}, 409)
    wanted = Wanted(
        form.pattern(),
        scope=form.cleaned_data.get("scope") or ALL,
        session=form.chosen(),
        reason=form.cleaned_data.get("reason", ""),
        releasing=said.get("releasing") == "1",
    )
    try:
        if makes:
            return made(request, found, wanted.pattern.name, edit(request, found, wanted))
        preview = previewing.preview_or_none(lambda: edit(request, found, wanted))
    except series_actions.NameTaken:
        form.add_error("name", SERIES_TAKEN)
    except series_actions.SeatsInUse:
        form.add_error("capacity", IN_USE)
    except changing.InTheWay as refusal:
        return page(request, context | {"clashes": refusal.clashes, "refused": str(refusal)}, 409)
    except Refused as refusal:
        return page(request, context | {"refused": str(refusal)}, 409)
    else:
        return page(request, context | {"preview": preview, "looked": True, "releasing": wanted.releasing})
    return page(request, context, 422)


def edit(request: HttpRequest, found: Series, wanted: Wanted) -> Done | None:
    """The change, on the class as it is in the database."""
    return editing.edit_series(series=series_of(found.pk), wanted=wanted, now=timezone.now(), actor=request.user)


def form_of(found: Series, coming: list, said: dict | None) -> SeriesChangeForm:
    """The form, over what is there when only some of it is said."""
    rooms = list(Room.objects.filter(venue__community=found.community).order_by("id"))
    return SeriesChangeForm(said, initial=initial_of(found), programme=found.programme, rooms=rooms, coming=coming)


def touches(found: Series, form: SeriesChangeForm) -> bool:
    """Whether sessions that are made would change."""
    pattern = form.pattern()
    before = reshaping.shape_of(found)
    room_name = before.room.name if before.room else ""
    same_room = pattern.room_name == room_name
    shape = reshaping.Shape(
        tuple(sorted(set(pattern.weekdays))), pattern.starts, pattern.ends, before.room, **pattern.rhythm()
    )
    return found.sessions.exists() and not (same_room and shape == before)


def seen(found: Series) -> str:
    """Another text whenever one of the sessions, or the pattern, has been changed."""
    counted = found.sessions.aggregate(changes=Sum("sequence"))["changes"] or 0
    shape = reshaping.shape_of(found)
    days = "".join(map(str, shape.weekdays))
    return f"{found.sessions.count()}-{counted}-{days}-{shape.starts:%H%M}-{shape.room and shape.room.pk}"


def sent(said: dict | None) -> list[tuple[str, str]]:
    """What was filled in, for the button that makes it so."""
    kept = {"look", "make", "seen", "releasing", "csrfmiddlewaretoken"}
    return [(name, value) for name, values in (said.lists() if said else ()) if name not in kept for value in values]


def made(request: HttpRequest, found: Series, name: str, done: Done | None) -> HttpResponse:
    """To the class, which says what was done and where it can be taken back."""
    if done is None:
        messages.success(request, f"{name}改好了。")
    else:
        words = "正在通知大家。" if channels.sends() else "要说的话备好在“通知”里，请复制发到微信。"
        text = '改好了：{}。{}<a href="{}">24 小时内可以撤销</a>'
        messages.success(request, format_html(text, done.change.summary, words, reverse("desk:changes")))
    return redirect("desk:series", found.pk)


def page(request: HttpRequest, context: dict, status: int = 200) -> HttpResponse:
    """The form with whatever is known about it."""
    return render(request, "volunteers/series_edit.html", {"sends": channels.sends(), **context}, status=status)
