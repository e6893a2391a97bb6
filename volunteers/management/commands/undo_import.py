"""manage.py undo_import: take a whole import back, within 24 hours."""

import json

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from volunteers import intake
from volunteers.models import ImportBatch


class Command(BaseCommand):
    """What is in use by now stays, and is listed. `--json` prints one object on standard output."""

    help = "撤销一次导入（24 小时内）。已经在用的会留下，并说明原因。"

    def add_arguments(self, parser):
        """ID [--json]"""
        parser.add_argument("id", type=int, metavar="ID", help="导入的编号，import_workbook 最后一行写着")
        parser.add_argument("--json", action="store_true", help="结果写成一个 JSON 对象")

    def handle(self, *args, id, **options):
        """Undo and say what was kept and why."""
        batch = ImportBatch.objects.filter(pk=id).first()
        if batch is None:
            raise CommandError(f"没有编号 {id} 的导入。")
        try:
            batch = intake.undo(batch=batch, now=timezone.now())
        except (intake.AlreadyDone, intake.TooLateToUndo) as refusal:
            raise CommandError(str(refusal)) from None
        self.stderr.write(f"导入 {batch.pk} 已经撤销。")
        for kept in batch.undo_report:
            self.stderr.write(kept)
        if options["json"]:
            self.stdout.write(json.dumps({"import": batch.pk, "kept": batch.undo_report}, ensure_ascii=False))
