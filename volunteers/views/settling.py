"""日子变了的课: sessions whose day has changed, each kept, called off or moved."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from classes.actions.changing import Refused
from classes.calendar import day_in
from people.access import organiser_required
from volunteers.actions import settling as actions
from volunteers.context import community_of
from volunteers.queries import settling as queries

CHOICES = (actions.KEEP, actions.CANCEL, actions.MOVE)


@require_http_methods(["GET", "POST"])
@organiser_required
def caught(request: HttpRequest) -> HttpResponse:
    """The list; POST carries out what was chosen, all of it or nothing."""
    community = community_of(request)
    if community is None:
        return render(request, "volunteers/no_community.html")
    now = timezone.now()
    said = said_in(request)
    days = queries.page(community=community, now=now, said=said)
    context = {"days": days, "number": sum(len(day.rows) for day in days), "cur": "term"}
    if request.method == "POST":
        try:
            done = actions.settle_days(choices=choices_of(days, said), now=now, actor=request.user)
        except Refused as refusal:
            context["refused"] = str(refusal)
            return render(request, "volunteers/caught.html", context, status=409)
        messages.success(request, in_words(done))
        return redirect("desk:caught")
    return render(request, "volunteers/caught.html", context)


def choices_of(days: list[queries.Day], said: dict[int, tuple[str, str]]) -> list[actions.Choice]:
    """What was chosen, for the action. Raises NoLongerCaught when somebody has settled one of them meanwhile."""
    here = {row.caught.session.pk: row for day in days for row in day.rows}
    chosen = [pk for pk, (what, _) in said.items() if what in CHOICES]
    if gone := sum(pk not in here for pk in chosen):
        raise actions.NoLongerCaught(f"有 {gone} 场刚刚有人处理过了，请看现在的样子。")
    return [actions.Choice(here[pk].caught, here[pk].chosen, day_in(here[pk].to)) for pk in chosen]


def said_in(request: HttpRequest) -> dict[int, tuple[str, str]]:
    """What the form says of each session: what, and the day it goes to."""
    return {
        int(name[5:]): (what, request.POST.get(f"to-{name[5:]}", ""))
        for name, what in request.POST.items()
        if name.startswith("what-") and name[5:].isdecimal()
    }


def in_words(done: actions.Settled) -> str:
    """照开 2 场，停 3 场，挪 1 场。通知 4 位志愿者。"""
    parts = [
        f"{word} {number} 场"
        for word, number in (("照开", done.kept), ("停", done.cancelled), ("挪", done.moved))
        if number
    ]
    if not parts:
        return "一场都没有选，什么也没动。"
    told = f"通知 {done.people} 位志愿者的话备好了。" if done.people else "没有志愿者要通知。"
    return f"{'，'.join(parts)}。{told}"
