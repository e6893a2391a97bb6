"""A run of an engine in the background: claimed, reported, failed, stopped. The row count is the lock."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from people import audit
from volunteers.models.runs import Run

Status = Run.Status
OPEN = (Status.WAITING, Status.RUNNING, Status.READY)
# A worker says where it is about twice a second; silent for this long, it is gone.
SILENT_FOR = timedelta(seconds=60)
ATTEMPTS = 3


class NotReady(Exception):
    """The run is not in a state in which this can be done."""


@transaction.atomic
def claim[R: Run](*, of: type[R], pk: int, stage: str, gave_up: str, now: datetime) -> R | None:
    """Take a waiting run, or one whose worker has fallen silent; None when it is not to be had.

    After too many silent workers the run has failed.
    """
    silent = Q(status=Status.RUNNING, claimed_at__lt=now - SILENT_FOR)
    rows = of._default_manager.filter(pk=pk)
    free = rows.filter(Q(status=Status.WAITING) | silent)
    if free.filter(attempts__gte=ATTEMPTS).update(status=Status.FAILED, error=gave_up, finished_at=now):
        audit.write(actor=None, verb="没排成", thing=thing(of, pk), now=now, summary=gave_up)
        return None
    claimed = free.update(status=Status.RUNNING, claimed_at=now, attempts=F("attempts") + 1, stage=stage, progress=2)
    return rows.get() if claimed else None


def report(*, run: Run, stage: str, progress: int, now: datetime) -> bool:
    """Write how far the claimed run is; False when it was stopped, discarded or taken over."""
    return write_running(run=run, stage=stage, progress=progress, claimed_at=now)


def write_running(*, run: Run, **fields: Any) -> bool:
    """Write to the row of a claimed run; False when it was stopped, discarded or taken over."""
    mine = of_run(run).filter(status=Status.RUNNING, attempts=run.attempts)
    return bool(mine.update(**fields)) and not mine.filter(answer__stop=True).exists()


@transaction.atomic
def fail(*, run: Run, why: str, now: datetime) -> None:
    """Say on the page that this run came to nothing."""
    mine = of_run(run).filter(status=Status.RUNNING, attempts=run.attempts)
    if mine.update(status=Status.FAILED, error=why[:300], finished_at=now, stage=""):
        audit.write(actor=None, verb="没排成", thing=thing(type(run), run.pk), now=now, summary=why)


def stop(*, run: Run) -> None:
    """Ask the running engine to hand in the best it has. Raises NotReady."""
    if not of_run(run).filter(status=Status.RUNNING).update(answer={"stop": True}):
        raise NotReady


def of_run(run: Run):  # type: ignore[no-untyped-def]
    """The row of this run, to be changed conditionally."""
    return type(run)._default_manager.filter(pk=run.pk)


def thing(of: type[Run], pk: int) -> str:
    """How the trail names it."""
    return f"{of._meta.model_name}:{pk}"
