"""Is the product able to work? Progress is asked for, not signs of life."""

from django.db import Error
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from people.models import Heartbeat

# Seconds. The schedule beats once a minute, and django-q2 looks at its schedules every 30 seconds.
LATE_AFTER = 150


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """JSON with `database`, `worker` (ok, late, never) and `worker_seconds`, the age of the last beat.

    503 when the database is away. A late worker is said but answers 200: pages still work.
    """
    try:
        beat = Heartbeat.objects.order_by("-beat_at").first()
    except Error:
        return JsonResponse({"database": "away", "worker": "unknown", "worker_seconds": None}, status=503)
    if beat is None:
        return JsonResponse({"database": "ok", "worker": "never", "worker_seconds": None})
    seconds = round((timezone.now() - beat.beat_at).total_seconds(), 1)
    return JsonResponse(
        {"database": "ok", "worker": "late" if seconds > LATE_AFTER else "ok", "worker_seconds": seconds}
    )
