"""The queue: schedules, results, and what a killed worker leaves behind."""

import os
import signal
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from django.tasks import TaskResultStatus, default_task_backend
from django.tasks.exceptions import TaskResultDoesNotExist
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import OrmQ, Schedule
from django_q.models import Task as Outcome

from config import background
from tests.config import tasks
from tests.config.waiting import until


def stored() -> dict[str, tuple]:
    return {row.name: (row.pk, row.args, row.cron) for row in Schedule.objects.all()}


@pytest.mark.django_db
class TestSchedules:
    def test_each_names_something_that_exists(self):
        assert [one.task for one in background.SCHEDULES if not callable(found(one.task))] == []

    def test_second_start_changes_nothing(self):
        background.install_schedules()
        first = stored()

        background.install_schedules()

        assert stored() == first
        assert set(first) == {one.name for one in background.SCHEDULES}

    def test_new_time_replaces_the_old_one(self, monkeypatch):
        background.install_schedules()
        moved = replace(background.SCHEDULES[0], cron="*/5 * * * *")
        monkeypatch.setattr(background, "SCHEDULES", (moved,))

        background.install_schedules()

        (row,) = Schedule.objects.all()
        assert (row.name, row.cron) == (moved.name, "*/5 * * * *")

    def test_daily_task_waits_for_its_hour(self):
        background.install_schedules()

        row = Schedule.objects.get(name="mark-gaps")

        assert timezone.localtime(row.next_run).strftime("%H:%M") == "02:10"
        assert row.next_run > timezone.now()

    def test_twins_of_two_starts_at_one_moment_are_healed(self):
        background.install_schedules()
        twin = Schedule.objects.first()
        twin.pk = None
        twin.save()

        background.install_schedules()

        assert Schedule.objects.count() == len(background.SCHEDULES)


def found(path: str):
    """The plain function behind a task at a dotted path."""
    thing = import_string(path)
    return getattr(thing, "func", thing)


@pytest.mark.django_db
class TestQueue:
    def test_enqueued_task_is_ready(self):
        result = tasks.note.enqueue("/nowhere", text="hello")

        again = default_task_backend.get_result(result.id)

        assert again.status == TaskResultStatus.READY
        assert (again.args, again.kwargs) == (["/nowhere"], {"text": "hello"})

    def test_task_vanishes_with_the_transaction_that_asked_for_it(self):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            tasks.note.enqueue("/nowhere", "hello")
            1 / 0  # noqa: B018

        assert not OrmQ.objects.exists()

    def test_unknown_result(self):
        with pytest.raises(TaskResultDoesNotExist):
            default_task_backend.get_result("nobody")

    def test_old_successes_are_forgotten_and_failures_stay(self):
        now = timezone.now()
        old = {"started": now - timedelta(days=8), "stopped": now - timedelta(days=8), "func": background.RUN}
        Outcome.objects.create(id="a", name="a", success=True, **old)
        Outcome.objects.create(id="b", name="b", success=False, **old)
        Outcome.objects.create(id="c", name="c", success=True, **{**old, "stopped": now})

        assert background.forget_outcomes(now) == 1

        assert set(Outcome.objects.values_list("id", flat=True)) == {"b", "c"}

    def test_claims_of_a_dead_worker_are_released(self):
        now = timezone.now()
        tasks.note.enqueue("/nowhere", "hello")
        OrmQ.objects.update(lock=now + timedelta(minutes=6))

        assert background.release_claims(now) == 1

        assert OrmQ.objects.get().lock == now


class TestWorker:
    """With a real cluster on the test database."""

    def test_runs_a_task_and_keeps_what_it_returned(self, qcluster, tmp_path):
        result = tasks.note.enqueue(str(tmp_path / "notes"), "hello")

        until(lambda: result.refresh() or result.is_finished)

        assert result.return_value == "hello"
        assert (tmp_path / "notes").read_text() == "hello\n"

    def test_failed_task_tells_why_and_waits_for_its_next_try(self, qcluster):
        result = tasks.refuse.enqueue()

        until(lambda: result.refresh() or result.errors)

        assert result.status == TaskResultStatus.READY
        assert "ValueError: refused" in result.errors[0].traceback

    def test_task_of_a_worker_killed_in_the_middle_runs_again(self, database_url, start_process, tmp_path):
        start_process("manage.py", "qcluster", DATABASE_URL=database_url, LINKE_TASK_TIMEOUT="5")
        file = tmp_path / "workers"
        result = tasks.slow_the_first_time.enqueue(str(file))
        first = int(until(lambda: file.exists() and file.read_text().strip()))

        os.kill(first, signal.SIGKILL)
        until(lambda: result.refresh() or result.is_finished)

        assert result.status == TaskResultStatus.SUCCESSFUL
        assert len(file.read_text().split()) == 2
