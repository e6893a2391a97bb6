"""Add the reference data: programmes with rule packs, lesson catalogue, calendar."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from classes.seeds import seed_reference


class Command(BaseCommand):
    """Run it as often as you like: it adds what is missing and changes nothing."""

    help = __doc__

    def handle(self, *args, **options):
        """Seed."""
        seed_reference(timezone.now())
        self.stderr.write("项目、课程目录和日历都在了。")
