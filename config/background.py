"""Work in the background: the one module that knows django-q2.

Lower layers know only Django's own API: `@task()` on a function in a `tasks.py`, and
`that_function.enqueue(...)` where work is asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.tasks.backends.base import BaseTaskBackend
from django.tasks.base import Task, TaskError, TaskResult, TaskResultStatus
from django.tasks.exceptions import TaskResultDoesNotExist
from django.utils.json import normalize_json
from django.utils.module_loading import import_string
from django_q.models import OrmQ, Schedule
from django_q.models import Task as Outcome
from django_q.tasks import async_task

from people import delivery
from people.models import Heartbeat
from volunteers.queries import substitutes

RUN = "config.background.run"
SUPERVISOR = "supervisor"
DELIVERY = "people.tasks.deliver_messages"
SUBSTITUTES = "volunteers.tasks.find_substitutes"


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One task that runs by the clock; `cron` is read in the product's own time zone, `word` is what screens say."""

    name: str
    task: str
    cron: str
    word: str


SCHEDULES = (
    Scheduled("beat", "people.tasks.beat", "* * * * *", "报平安"),
    Scheduled("deliver-messages", "people.tasks.deliver_messages", "* * * * *", "发通知"),
    # Whoever asks for a proposal starts it at once; this catches those whose start was lost.
    Scheduled("run-waiting-proposals", "volunteers.tasks.run_waiting_proposals", "* * * * *", "补上没开始的排班"),
    Scheduled("run-waiting-timetables", "volunteers.tasks.run_waiting_timetables", "* * * * *", "补上没开始的排时间"),
    Scheduled("run-waiting-tradeoffs", "volunteers.tasks.run_waiting_tradeoffs", "* * * * *", "补上没开始的比较"),
    # What happens once a day is asked for several times: whoever was told already is not told again, and an hour
    # without worker loses nothing.
    Scheduled("remind-tomorrow", "volunteers.tasks.remind_tomorrow", "*/30 18-20 * * *", "前一天提醒"),
    Scheduled("remind-soon", "volunteers.tasks.remind_soon", "*/10 6-21 * * *", "两小时前提醒"),
    Scheduled("nudge-unanswered", "volunteers.tasks.nudge_unanswered", "15 10-12 * * *", "催没回复的邀请"),
    Scheduled("warn-of-clearances", "volunteers.tasks.warn_of_clearances", "25 9-11 * * *", "背景查询到期提醒"),
    Scheduled("warn-of-trainings", "volunteers.tasks.warn_of_trainings", "27 9-11 * * *", "培训到期提醒"),
    Scheduled("tell-expiring", "volunteers.tasks.tell_expiring", "29 9-11 * * *", "告诉工作人员谁快到期"),
    Scheduled("tell-unclosed", "volunteers.tasks.tell_unclosed", "35 8-10 * * *", "没签退的场次"),
    Scheduled("tell-week", "volunteers.tasks.tell_week", "5 8-10 * * 1", "周报"),
    Scheduled("call-for-help", "volunteers.tasks.call_for_help", "45 9-11 * * *", "告诉工作群哪里缺人"),
    Scheduled("release-unanswered", "volunteers.tasks.release_unanswered", "*/10 * * * *", "放出没回复的名额"),
    Scheduled("offer-freed-places", "volunteers.tasks.offer_freed_places", "* * * * *", "问等名额的人"),
    Scheduled("warn-of-lapses", "volunteers.tasks.warn_of_lapses", "5 8-20 * * *", "提醒社团填名字"),
    Scheduled("lapse-holds", "volunteers.tasks.lapse_holds", "*/5 * * * *", "放出社团没填名字的名额"),
    Scheduled("find-substitutes", "volunteers.tasks.find_substitutes", "* * * * *", "找替补"),
    Scheduled("watch-floors", "volunteers.tasks.watch_floors", "*/5 * * * *", "看孩子的课大人够不够"),
    Scheduled("mark-gaps", "volunteers.tasks.mark_gaps", "10 2 * * *", "标出缺口"),
    Scheduled("close-visits", "volunteers.tasks.close_visits", "*/10 * * * *", "按下课时间签退"),
    Scheduled("post-hours", "volunteers.tasks.post_hours", "50 * * * *", "服务时长入账"),
    Scheduled("settle-requests", "classes.tasks.settle_requests", "20 * * * *", "点单跟着场次走"),
    Scheduled("make-exports", "people.tasks.make_exports", "* * * * *", "导出全部数据"),
    Scheduled("forget-data", "volunteers.tasks.forget_data", "15 3 * * *", "到期清理"),
    Scheduled("forget-outcomes", "config.background.forget_outcomes", "40 2 * * *", "清理旧记录"),
)

WORDS = {one.task: one.word for one in SCHEDULES} | {
    "volunteers.tasks.run_proposal": "排班",
    "volunteers.tasks.run_timetable": "排时间",
    "volunteers.tasks.run_tradeoff": "比较偏好",
}
KEEP_OUTCOMES = timedelta(days=7)


def run(path: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """What the worker really calls: the task at the dotted path, with these arguments."""
    function = import_string(path)
    if isinstance(function, Task):
        return normalize_json(function.call(*args, **kwargs))
    return function(*args, **kwargs)


def enqueue(path: str, *args: Any) -> str:
    """Ask for one run of the task at the dotted path, as soon as a worker is free. Answers the id of its result.

    The row is written to the database: inside a transaction the work waits for its commit
    and vanishes with its rollback.
    """
    return async_task(RUN, path, list(args), {}, group=path)


class QueueBackend(BaseTaskBackend):
    """Django's task API on django-q2: every task is tried up to three times and may run twice."""

    supports_get_result = True

    def enqueue[**P, R](self, task: "Task[P, R]", args: Sequence[Any], kwargs: dict[str, Any]) -> "TaskResult[P, R]":
        """Write the task to the queue; its arguments must be JSON."""
        self.validate_task(task)
        result_id = async_task(RUN, task.module_path, list(args), kwargs, group=task.module_path)
        return self._result(task, result_id, args, kwargs)

    def get_result(self, result_id: str) -> "TaskResult[..., Any]":
        """The task's state: ready until an outcome is known. Raises TaskResultDoesNotExist."""
        outcome = Outcome.objects.filter(pk=result_id).first()
        if outcome is None:
            waiting = next((row for row in OrmQ.objects.all() if row.task_id() == result_id), None)
            if waiting is None:
                raise TaskResultDoesNotExist(result_id)
            path, args, kwargs = waiting.args()
            return self._result(import_string(path), result_id, args, kwargs)
        path, args, kwargs = outcome.args
        result: TaskResult[..., Any] = self._result(import_string(path), result_id, args, kwargs, outcome)
        if outcome.success:
            object.__setattr__(result, "_return_value", outcome.result)
        return result

    def _result[**P, R](
        self,
        task: "Task[P, R]",
        result_id: str,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        outcome: Outcome | None = None,
    ) -> "TaskResult[P, R]":
        errors = []
        if outcome is None:
            status = TaskResultStatus.READY
        elif outcome.success:
            status = TaskResultStatus.SUCCESSFUL
        else:
            tried_enough = outcome.attempt_count >= settings.Q_CLUSTER["max_attempts"]
            status = TaskResultStatus.FAILED if tried_enough else TaskResultStatus.READY
            errors = [TaskError(exception_class_path="builtins.Exception", traceback=outcome.result)]
        return TaskResult(
            task=task,
            id=result_id,
            status=status,
            enqueued_at=outcome and outcome.started,
            started_at=outcome and outcome.started,
            finished_at=outcome and outcome.stopped,
            last_attempted_at=outcome and outcome.stopped,
            args=list(args),
            kwargs=kwargs,
            backend=self.alias,
            errors=errors,
            worker_ids=["worker"] * (outcome.attempt_count if outcome else 0),
        )


@transaction.atomic
def install_schedules() -> None:
    """Make the stored schedules say what SCHEDULES says; run at every start, changes nothing the second time."""
    for one in SCHEDULES:
        wanted = {"func": RUN, "args": repr((one.task, [], {})), "schedule_type": Schedule.CRON, "cron": one.cron}
        if Schedule.objects.filter(name=one.name, **wanted).count() == 1:
            continue
        Schedule.objects.filter(name=one.name).delete()
        Schedule.objects.create(name=one.name, **wanted)
    Schedule.objects.filter(func=RUN).exclude(name__in=[one.name for one in SCHEDULES]).delete()


def forget_outcomes(now: datetime | None = None) -> int:
    """Delete what is known about tasks that succeeded long ago; failures stay. Answers how many."""
    before = (now or datetime.now().astimezone()) - KEEP_OUTCOMES
    return Outcome.objects.filter(success=True, stopped__lt=before).delete()[0]


def release_claims(now: datetime) -> int:
    """Let every task and every note that a dead worker held go on at once. Answers how many tasks.

    Only right when no worker of this database is alive.
    """
    delivery.release_claims(now=now)
    return OrmQ.objects.filter(lock__gt=now).update(lock=now)


def send_canary(path: str, *, now: datetime) -> str:
    """Ask for one run of the canary, and for what should not wait for its minute. Answers the canary's id.

    Notes leave and substitutes are asked within seconds this way; the schedule of once a minute is the net below.
    """
    for task, has_work in ((DELIVERY, delivery.has_work(now=now)), (SUBSTITUTES, substitutes.has_work(now))):
        if has_work and not is_queued(task):
            enqueue(task)
    return enqueue(path)


def is_queued(path: str) -> bool:
    """Whether a run of this task waits already: more of them would only make the queue longer."""
    waiting = OrmQ.objects.filter(lock__lte=datetime.now().astimezone())
    return any(row.group() == path for row in waiting)


def say_supervised(now: datetime) -> None:
    """Keep that somebody watches the workers: then a missing beat means something sooner (config/health.py)."""
    Heartbeat.objects.update_or_create(name=SUPERVISOR, defaults={"beat_at": now})


def has_run(result_id: str) -> bool:
    """True when a worker finished the task and its outcome was stored; what is known of a success is then deleted."""
    outcome = Outcome.objects.filter(pk=result_id)
    return bool(outcome.filter(success=True).delete()[0]) or outcome.exists()
