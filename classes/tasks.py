"""Work in the background: requests whose session is over are done, and those whose session fell out wait again."""

from django.tasks import task
from django.utils import timezone

from classes.actions import requesting


@task()
def settle_requests() -> int:
    """Bring placed requests in line with their sessions; answers how many changed."""
    now = timezone.now()
    return requesting.serve_held(now=now) + requesting.reopen_cancelled(now=now)
