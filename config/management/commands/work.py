"""What the background is doing, as text: `./run manage work`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config import queue
from config.work import Work, look


class Command(BaseCommand):
    help = "后台在做什么：排队的任务、没发的通知、没成的任务；--retry 编号 再试一次。有事情没在做时以 1 结束。"

    def add_arguments(self, parser: CommandParser) -> None:
        """One failure to try again, or all of them."""
        parser.add_argument("--retry", metavar="编号", help="再试这一条；all 是全部")

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Print the state; exit code 1 when something does not get done."""
        if options["retry"]:
            self._retry(options["retry"])
            return
        work = look(timezone.now())
        self.stdout.write(as_text(work))
        if not work.is_ready:
            raise CommandError("有事情没在做，见上。", returncode=1)

    def _retry(self, pk: str) -> None:
        wanted = [one.pk for one in queue.failures()] if pk == "all" else [pk]
        for one in wanted:
            try:
                queue.retry(one)
            except queue.NotFailed as refusal:
                raise CommandError(f"没有这条没成的任务：{refusal}") from refusal
        self.stdout.write(f"{len(wanted)} 个任务又排上队了。")


def as_text(work: Work) -> str:
    """The state in lines: workers, queue, notes, failures."""
    lines = [f"后台：{work.word}" + (f"，{work.worker_seconds} 秒前" if work.worker_seconds is not None else "")]
    lines += [f"  进程 {name}：{timezone.localtime(at):%m-%d %H:%M:%S}" for name, at in work.beats]
    lines.append(f"任务：等着 {work.tasks.waiting}，正在做 {work.tasks.running}{_since(work.tasks.oldest_at)}")
    lines.append(f"通知：该发没发 {work.notes.due}{_since(work.notes.oldest_at)}；等时间到 {work.states['later']}")
    lines.append(f"  近 30 天没发出去 {work.states['failed']}，没等到回执 {work.states['unsure']}")
    lines.append(f"没成的任务：{len(work.failures)}")
    lines += [f"  {one.pk} {one.word} {timezone.localtime(one.at):%m-%d %H:%M} {one.error}" for one in work.failures]
    return "\n".join(lines)


def _since(moment: Any) -> str:
    return f"，最早 {timezone.localtime(moment):%m-%d %H:%M:%S}" if moment else ""
