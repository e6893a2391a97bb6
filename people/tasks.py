"""Work in the background: sending what is due, and a sign of life."""

import logging
import os
import time
from datetime import timedelta

from django.tasks import task
from django.utils import timezone

from people import delivery, exporting
from people.models import Export, Heartbeat

log = logging.getLogger(__name__)

# One run is short, so that the canary behind it is not late; the next run goes on.
MOST_AT_ONCE, MOST_SECONDS = 200, 5
FORGOTTEN_AFTER = timedelta(minutes=10)


@task()
def deliver_messages() -> int:
    """Send what is due, then find out about what is in doubt; answers how many notes were handled.

    A bounded number for a bounded time. Any number of these may run at once.
    """
    until = time.monotonic() + MOST_SECONDS
    for handled in range(MOST_AT_ONCE):
        now = timezone.now()
        if time.monotonic() > until:
            return handled
        if delivery.deliver_next(now=now) is None and delivery.settle_next(now=now) is None:
            return handled
    return MOST_AT_ONCE


@task()
def beat() -> None:
    """The canary: written by a real run of a task, so a green page means that work is done.

    Every worker process has a beat of its own besides; those of processes that are gone are forgotten.
    """
    now = timezone.now()
    for name in ("worker", f"worker:{os.getpid()}"):
        Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": now})
    Heartbeat.objects.filter(name__startswith="worker:", beat_at__lt=now - FORGOTTEN_AFTER).delete()


@task()
def make_exports() -> int:
    """Make the copies that were asked for, delete those that have expired; answers how many were made."""
    exporting.tidy(now=timezone.now())
    made = 0
    while export := exporting.claim(timezone.now()):
        try:
            exporting.make(export=export, now=timezone.now())
            made += 1
        except Exception:
            log.exception("export %s", export.pk)
            Export.objects.filter(pk=export.pk).update(status="failed")
    return made
