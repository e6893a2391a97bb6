"""manage.py add_staff: a staff account for a new installation; prints its first password."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from people import settling
from people.models import User


class Command(BaseCommand):
    """The first 站长 of a place that has no account yet; later ones are opened under 设置."""

    help = "开一个工作人员账号，印出第一次登录的密码"

    def add_arguments(self, parser: CommandParser) -> None:
        """USERNAME NAME [--role manager]"""
        parser.add_argument("username", help="用户名，登录用")
        parser.add_argument("name", help="姓名")
        parser.add_argument("--role", choices=User.Role.values, default=User.Role.MANAGER, help="角色，不写是站长")

    def handle(self, *args, username: str, name: str, role: str, **options) -> None:
        """Open it, or say why not."""
        try:
            _, password = settling.add_staff(username=username, name=name, role=role, now=timezone.now(), actor=None)
        except settling.Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{username} 的密码：{password}（只显示这一次）")
