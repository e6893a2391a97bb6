"""Is the product able to work? Progress is asked for, not signs of life.

`/healthz` says whether this web process can answer, `/readyz` whether everything gets done.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import Error
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from config import background, queue
from people import delivery
from people.models import Heartbeat

# Seconds. The schedule beats once a minute, and django-q2 looks at its schedules every 30 seconds.
LATE_AFTER = 150
# Under `config.serve` a canary comes by every five seconds, and a wedged cluster is healed within twenty.
LATE_AFTER_SUPERVISED = 30
# Notes and tasks that have been due for longer than this mean that nobody does them, whatever beats.
OVERDUE = timedelta(minutes=10)
AWAY = {"database": "away", "worker": "unknown", "worker_seconds": None}


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """JSON with `database`, `worker` (ok, late, never) and `worker_seconds`, the age of the last beat.

    503 when the database is away. A late worker is said but answers 200: pages still work.
    """
    try:
        return JsonResponse({"database": "ok", **worker_state(timezone.now())})
    except Error:
        return JsonResponse(AWAY, status=503)


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """The same with `tasks` and `notes`: how many wait, and for how many seconds the oldest has been due.

    503 when the database is away, no worker makes progress, or something has been due for ten minutes.
    """
    now = timezone.now()
    try:
        tasks, unsent = queue.state(now), delivery.unsent(now=now)
        found = {
            "database": "ok",
            **worker_state(now),
            "tasks": {"waiting": tasks.waiting, "oldest_seconds": _seconds(tasks.oldest_at, now)},
            "notes": {"due": unsent.due, "oldest_seconds": _seconds(unsent.oldest_at, now)},
        }
    except Error:
        return JsonResponse(AWAY, status=503)
    return JsonResponse(found, status=200 if found["worker"] == "ok" and not is_overdue(tasks, unsent, now) else 503)


def is_overdue(tasks: queue.QueueState, notes: delivery.Unsent, now: datetime) -> bool:
    """Whether a task or a note has been due for so long that nobody can be doing them."""
    return any(moment and now - moment > OVERDUE for moment in (tasks.oldest_at, notes.oldest_at))


def worker_state(now: datetime) -> dict[str, Any]:
    """`worker` and `worker_seconds`. One query."""
    names = ("worker", background.SUPERVISOR)
    beats = dict(Heartbeat.objects.filter(name__in=names).values_list("name", "beat_at"))
    last = beats.get("worker")
    if last is None:
        return {"worker": "never", "worker_seconds": None}
    watched = beats.get(background.SUPERVISOR)
    is_watched = watched is not None and (now - watched).total_seconds() < LATE_AFTER_SUPERVISED
    seconds = round((now - last).total_seconds(), 1)
    is_late = seconds > (LATE_AFTER_SUPERVISED if is_watched else LATE_AFTER)
    return {"worker": "late" if is_late else "ok", "worker_seconds": seconds}


def _seconds(since: datetime | None, now: datetime) -> float | None:
    return None if since is None else round((now - since).total_seconds(), 1)
