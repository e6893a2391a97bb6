"""manage.py import_workbook: bring in workbooks, CSV files and sign-up chains."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from volunteers import intake
from volunteers.models import ImportBatch


class Command(BaseCommand):
    """Good rows go in whatever happens to the others. `--json` prints one object on standard output."""

    help = "导入志愿者、学员、课表、场地、出勤和接龙的文件。能导入的行先导入，其余的逐行说明。"

    def add_arguments(self, parser):
        """FILE… --community NAME --term NAME [--dry-run] [--json]"""
        parser.add_argument("files", nargs="+", metavar="FILE", help="xlsx、xls、csv、txt 都可以")
        parser.add_argument("--community", required=True, metavar="NAME", help="社区，没有就新建")
        parser.add_argument("--term", required=True, metavar="NAME", help="学期，例如 2026秋，没有就新建")
        parser.add_argument("--dry-run", action="store_true", help="只看结果，什么都不写")
        parser.add_argument("--json", action="store_true", help="结果写成一个 JSON 对象")

    def handle(self, *args, files, community, term, dry_run, **options):
        """Preview, carry out unless it is a dry run, and say what became of every row."""
        if not community.strip() or not term.strip():
            raise CommandError("社区和学期都要写：--community 梧桐社区 --term 2026秋")
        contents = [content_of(Path(name)) for name in files]
        now = timezone.now()
        with transaction.atomic():
            try:
                batch = intake.receive(files=contents, text="", community=community, term=term, now=now)
            except (intake.NothingToRead, intake.TermUnknown) as refusal:
                raise CommandError(str(refusal)) from None
            result = intake.counts(batch)
            transaction.set_rollback(dry_run)
        if not dry_run:
            # A transaction of its own: whoever signs up at this moment waits for one of the two, not for both.
            batch = intake.commit(batch=batch, now=now)
            result = intake.counts(batch)
        self.say(batch, result, dry_run)
        if options["json"]:
            number = None if dry_run else batch.pk
            self.stdout.write(json.dumps({**result, "import": number}, ensure_ascii=False))

    def say(self, batch: ImportBatch, result: dict, dry_run: bool) -> None:
        """Every row accounted for, in words, on standard error."""
        asked = result["needs_attention"]
        head = "试读，什么都没有写" if dry_run else f"导入 {batch.pk}"
        self.stderr.write(
            f"{head}：共 {result['rows']} 行，新增 {result['created']}，合并 {result['merged']}，要看一眼 {len(asked)}。"
        )
        for one in batch.files:
            if one["error"]:
                self.stderr.write(f"{one['file']} {one['sheet']}没有读：{one['error']}")
        for row in asked:
            self.stderr.write(f"{row['file']} 第 {row['row']} 行：{row['reason']}")
        if not dry_run:
            self.stderr.write(f"24 小时内可以撤销：undo_import {batch.pk}")


def content_of(path: Path) -> tuple[str, bytes]:
    """Name and content of a file; a sentence when it is not there or cannot be opened."""
    try:
        return path.name, path.read_bytes()
    except FileNotFoundError:
        raise CommandError(f"没有这个文件：{path}。请检查文件名，什么都还没有导入。") from None
    except IsADirectoryError:
        raise CommandError(f"{path} 是一个文件夹，请写里面的文件。什么都还没有导入。") from None
    except OSError as error:
        raise CommandError(f"打不开 {path}（{error.strerror}）。什么都还没有导入。") from None
