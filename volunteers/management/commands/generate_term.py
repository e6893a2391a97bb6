"""Turn a term's series into dated sessions, with the need of each (the volunteers app listens)."""

import json

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from classes.actions import generate_term
from classes.models import CalendarDay, Community, Term
from classes.seeds import seed_reference


class Command(BaseCommand):
    """Running it again changes nothing. `--json` prints one object on standard output."""

    help = "按课表生成一个学期的场次"

    def add_arguments(self, parser):
        """NAME [--community NAME] [--json]"""
        parser.add_argument("name", help="学期，例如 2026秋")
        parser.add_argument("--community", default="", help="只生成这个社区的")
        parser.add_argument("--json", action="store_true", help="结果写成一个 JSON 对象")

    def handle(self, *args, name, community, **options):
        """Generate and say what was made and what was left out."""
        term = named(Term, name, "学期")
        place = named(Community, community, "社区") if community else None
        now = timezone.now()
        if not CalendarDay.objects.exists():
            seed_reference(now)
        done = generate_term(term=term, community=place, now=now)
        self.stderr.write(f"{term}：新增 {done.created} 场，原有 {done.existing} 场，{len(done.skipped)} 天没有排。")
        if options["json"]:
            self.stdout.write(as_json(done))
            return
        for programme, count in done.by_programme.items():
            self.stdout.write(f"{programme} {count} 场")
        for row in done.skipped:
            self.stdout.write(f"{row['date']} {row['series']}：{row['why']}")


def named(model, name: str, word: str):
    """The row of that name, or a sentence that lists the names there are."""
    found = model.objects.filter(name=name).first()
    if found:
        return found
    known = "、".join(model.objects.values_list("name", flat=True)) or f"一个{word}都没有，先在课表页建一个"
    raise CommandError(f"没有叫“{name}”的{word}。现在有：{known}。")


def as_json(done) -> str:
    """The contract's object."""
    return json.dumps(
        {
            "created": done.created,
            "existing": done.existing,
            "by_programme": done.by_programme,
            "skipped": done.skipped,
            "questions": done.questions,
        },
        ensure_ascii=False,
    )
