"""Work in the background that belongs to no other app."""

from django.tasks import task
from django.utils import timezone

from people.models import Heartbeat


@task()
def beat() -> None:
    """Say that the worker makes progress: /healthz tells how long ago that was."""
    Heartbeat.objects.update_or_create(name="worker", defaults={"beat_at": timezone.now()})
