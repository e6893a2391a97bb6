"""课程安排: the lessons of a class in order, what has to come before what, and what learners asked for."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from classes.actions import lessons as actions
from classes.models import Learner, Lesson, Series
from classes.queries import plan as queries
from classes.views.term import series_of
from people.access import organiser_required

CHANGED = "安排改好了，还没上的课已经按新的顺序排。"
GONE = "这一步刚刚变过了，请看现在的安排。"


@require_http_methods(["GET", "POST"])
@organiser_required
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan; a press on a button moves, adds or removes a step, or keeps what a learner asked for."""
    series, status = series_of(pk), 200
    if request.method == "POST":
        try:
            said = _do(request, series)
        except actions.NoSuchStep:
            messages.warning(request, GONE)
            status = 409
        else:
            messages.success(request, said)
            return redirect("desk:series-plan", pk)
    context = {"series": series, "page": queries.plan_page(series=series, now=timezone.now())}
    return render(request, "classes/plan.html", context, status=status)


def _do(request: HttpRequest, series: Series) -> str:
    """What the button says; answers the sentence about it."""
    what, now, actor = request.POST.get("do"), timezone.now(), request.user
    position = _number(request.POST.get("position"))
    if what in ("earlier", "later"):
        by = -1 if what == "earlier" else 1
        actions.move_step(series=series, position=position, by=by, now=now, actor=actor)
    elif what == "remove":
        actions.remove_step(series=series, position=position, now=now, actor=actor)
    elif what == "reset":
        actions.set_plan(series=series, lessons=[], now=now, actor=actor)
    elif what in ("add", "wish"):
        lesson = get_object_or_404(Lesson, code=request.POST.get("lesson", ""))
        if what == "add":
            actions.add_step(series=series, lesson=lesson, now=now, actor=actor)
        else:
            learner = get_object_or_404(Learner.objects.select_related("person"), pk=_number(request.POST["learner"]))
            actions.wish(lesson=lesson, learner=learner, now=now, actor=actor)
            return f"记下了：{learner}想学“{lesson.short_title}”。"
    return CHANGED


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0
