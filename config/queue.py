"""What the queue is doing, for people: how much waits, what failed, what runs next. Knows django-q2, too."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Min, Q
from django_q.models import OrmQ, Schedule
from django_q.models import Task as Outcome
from django_q.tasks import async_task

from config.background import RUN, SCHEDULES, WORDS


@dataclass(frozen=True, slots=True)
class QueueState:
    """How many tasks wait and run, and since when the oldest waits."""

    waiting: int
    running: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class Failure:
    """A task that did not succeed: what it was, when, how often it was tried, and its last words."""

    pk: str
    path: str
    at: datetime
    attempts: int
    error: str

    @property
    def word(self) -> str:
        """What screens call the task."""
        return WORDS.get(self.path, self.path)

    @property
    def is_tried_again(self) -> bool:
        """Whether the queue will try it again by itself."""
        most: Any = settings.Q_CLUSTER["max_attempts"]
        return self.attempts < most


class NotFailed(Exception):
    """No failure of this number: somebody else has tried it again or thrown it away."""


def state(now: datetime) -> QueueState:
    """The queue as the database has it; a task that a worker holds counts as running. One query."""
    waiting = Q(lock__lte=now)
    found = OrmQ.objects.aggregate(
        waiting=Count("pk", filter=waiting),
        running=Count("pk", filter=~waiting),
        oldest_at=Min("lock", filter=waiting),
    )
    return QueueState(**found)


def failures(limit: int = 50) -> list[Failure]:
    """The last failures, newest first."""
    rows = Outcome.objects.filter(success=False).order_by("-stopped")[:limit]
    return [
        Failure(row.pk, row.group or row.func, row.stopped, row.attempt_count, last_words(row.result)) for row in rows
    ]


def last_words(result: Any) -> str:
    """The last line of a traceback, which says what was wrong."""
    lines = [line for line in str(result or "").splitlines() if line.strip()]
    return lines[-1].strip()[:300] if lines else ""


@transaction.atomic
def retry(pk: str) -> str:
    """Ask for the failed task once more, with what it was asked for with. Raises NotFailed. Answers the new id.

    The row is deleted first, and its count is the lock: of two people who press the button one succeeds.
    """
    failed = Outcome.objects.filter(pk=pk, success=False)
    row = failed.first()
    if row is None or not failed.delete()[0]:
        raise NotFailed(pk)
    OrmQ.objects.filter(pk__in=[one.pk for one in OrmQ.objects.all() if one.task_id() == pk]).delete()
    path, args, kwargs = row.args
    return async_task(RUN, path, args, kwargs, group=path)


def forget_failure(pk: str) -> None:
    """Somebody has seen it, and nothing is to be done. Raises NotFailed."""
    if not Outcome.objects.filter(pk=pk, success=False).delete()[0]:
        raise NotFailed(pk)


def next_runs() -> list[tuple[str, datetime]]:
    """What runs by the clock, and when next."""
    words = {one.name: one.word for one in SCHEDULES}
    rows = Schedule.objects.filter(name__in=words).order_by("next_run", "name").values_list("name", "next_run")
    return [(words[name], at) for name, at in rows]
