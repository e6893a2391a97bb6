"""manage.py seed_demo: staff accounts, and a made-up term unless it shall stay empty."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from classes.models import Community
from classes.seeds import seed_reference
from volunteers import demo, demo_street
from volunteers.seeds import seed_roles


class Command(BaseCommand):
    """For a new database only; refuses when there is a community already."""

    help = "演示账号和演示数据（只用于新的数据库）"

    def add_arguments(self, parser):
        """[--empty | --street]"""
        kinds = parser.add_mutually_exclusive_group()
        kinds.add_argument("--empty", action="store_true", help="只要账号、项目、课程目录和日历，不要演示数据")
        kinds.add_argument("--street", action="store_true", help="一条街道：八个社区、四周的课，一个人都还没排")

    def handle(self, *args, empty: bool, street: bool, **options):
        """All or nothing, so that a start that was stopped can begin again."""
        if Community.objects.exists():
            raise CommandError("已经有社区了，演示数据只能写进新的数据库。")
        now = timezone.now()
        with transaction.atomic():
            demo.accounts()
            seed_reference(now)
            seed_roles()
            if street:
                demo_street.live(now=now)
            elif not empty:
                demo.live(now=now, say=self.stdout.write)
