"""后台: what the background is doing, and what failed. The only page of `config`, because only it knows the queue."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from config import health, queue
from people import delivery
from people.access import organiser_required, staff_required
from people.models import Heartbeat

STATES = {"ok": "正常", "late": "没有动静", "never": "还没有运行过"}


@dataclass(frozen=True, slots=True)
class Work:
    """Everything that the page and the command `work` show."""

    worker: str
    worker_seconds: float | None
    is_ready: bool
    beats: list[tuple[str, datetime]]
    tasks: queue.QueueState
    notes: delivery.Unsent
    states: dict[str, int]
    failures: list[queue.Failure]
    next_runs: list[tuple[str, datetime]]

    @property
    def word(self) -> str:
        """The state of the workers in a word."""
        return STATES[self.worker]


def look(now: datetime) -> Work:
    """The state of the background. Six queries."""
    state, tasks, notes = health.worker_state(now), queue.state(now), delivery.unsent(now=now)
    beats = Heartbeat.objects.filter(name__startswith="worker:").order_by("name").values_list("name", "beat_at")
    return Work(
        **state,
        is_ready=state["worker"] == "ok" and not health.is_overdue(tasks, notes, now),
        beats=[(name.partition(":")[2], at) for name, at in beats],
        tasks=tasks,
        notes=notes,
        states=delivery.states(now=now),
        failures=queue.failures(),
        next_runs=queue.next_runs(),
    )


@require_GET
@staff_required
def page(request: HttpRequest) -> HttpResponse:
    """The state of the background, with a button beside each failure."""
    now = timezone.now()
    return render(request, "config/work.html", {"work": look(now), "now": now})


@require_POST
@organiser_required
def retry(request: HttpRequest, pk: str) -> HttpResponse:
    """再试一次."""
    try:
        queue.retry(pk)
        messages.success(request, "又排上队了，过一会儿看结果。")
    except queue.NotFailed:
        messages.warning(request, "这一条已经有人处理过了。")
    return redirect("desk:work")


@require_POST
@organiser_required
def forget(request: HttpRequest, pk: str) -> HttpResponse:
    """不用管了."""
    try:
        queue.forget_failure(pk)
        messages.success(request, "从名单里去掉了。")
    except queue.NotFailed:
        messages.warning(request, "这一条已经有人处理过了。")
    return redirect("desk:work")


desk = [
    path("work/", page, name="work"),
    path("work/<str:pk>/retry/", retry, name="work-retry"),
    path("work/<str:pk>/forget/", forget, name="work-forget"),
]
