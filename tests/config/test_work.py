"""后台: the queue, the notes and the failures, as a page and as a command."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ
from django_q.models import Task as Outcome

from config import background, queue
from people.models import Heartbeat
from tests import make

pytestmark = pytest.mark.django_db


def failed(pk: str = "a", attempts: int = 3) -> Outcome:
    path = "people.tasks.beat"
    now = timezone.now()
    return Outcome.objects.create(
        id=pk,
        name=pk,
        func=background.RUN,
        group=path,
        args=(path, [], {}),
        kwargs={},
        success=False,
        attempt_count=attempts,
        started=now,
        stopped=now,
        result="refused : Traceback (most recent call last):\n  File …\nValueError: refused\n",
    )


def beat() -> None:
    for name in ("worker", "worker:123"):
        Heartbeat.objects.create(name=name, beat_at=timezone.now())


@pytest.fixture
def organiser(client):
    make.community()
    client.force_login(make.user())
    return client


class TestPage:
    def test_everything_is_well(self, organiser):
        beat()
        background.install_schedules()

        page = organiser.get(reverse("desk:work")).content.decode()

        assert "正常" in page and "进程 123" in page and "前一天提醒：下一次" in page and "没有。" in page

    def test_nothing_has_ever_run(self, organiser):
        page = organiser.get(reverse("desk:work")).content.decode()

        assert "还没有运行过" in page and "通知发不出去" in page

    def test_a_failure_says_why_and_is_tried_again_once(self, organiser):
        failed()
        assert "ValueError: refused" in organiser.get(reverse("desk:work")).content.decode()

        first = organiser.post(reverse("desk:work-retry", args=["a"]), follow=True).content.decode()
        second = organiser.post(reverse("desk:work-retry", args=["a"]), follow=True).content.decode()

        assert "又排上队了" in first and "已经有人处理过了" in second
        (row,) = OrmQ.objects.all()
        assert row.args() == ("people.tasks.beat", [], {})

    def test_a_failure_that_was_seen_is_taken_off(self, organiser):
        failed()

        organiser.post(reverse("desk:work-forget", args=["a"]))

        assert not OrmQ.objects.exists() and not Outcome.objects.exists()

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_costs_the_same_however_many_there_are(self, organiser, count, django_assert_num_queries):
        for number in range(count):
            failed(str(number))
        organiser.get(reverse("desk:work"))

        with django_assert_num_queries(10):
            organiser.get(reverse("desk:work"))


class TestCommand:
    def test_tells_and_ends_well(self, capsys):
        beat()

        call_command("work")

        assert "后台：正常" in (said := capsys.readouterr().out)
        assert "任务：等着 0，正在做 0" in said

    def test_ends_badly_when_nothing_gets_done(self, capsys):
        beat()
        background.enqueue("people.tasks.beat")
        OrmQ.objects.update(lock=timezone.now() - timedelta(minutes=11))

        with pytest.raises(CommandError):
            call_command("work")

        assert "等着 1" in capsys.readouterr().out

    def test_tries_again(self, capsys):
        failed("a")
        failed("b")

        call_command("work", "--retry", "all")

        assert OrmQ.objects.count() == 2
        with pytest.raises(CommandError):
            call_command("work", "--retry", "nobody")


def test_a_retry_of_what_the_queue_tries_again_anyway_runs_once():
    """Between two tries of its own the task is still in the queue: there must not be two of it."""
    pk = background.enqueue("people.tasks.beat")
    Outcome.objects.filter(pk=pk).delete()
    failed(pk, attempts=1)

    queue.retry(pk)

    assert OrmQ.objects.count() == 1
