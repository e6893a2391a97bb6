"""The trail as the 站长 reads it: who did or opened what."""

from dataclasses import dataclass

from django.db.models import QuerySet

from people.models import AuditEntry, SettingChange

PER_PAGE = 50
# What a line is about: the beginning of `thing`.
ABOUT = {
    "volunteer": "志愿者",
    "learner": "学员",
    "request": "点单",
    "session": "场次",
    "change": "改动",
    "series": "班",
    "term": "学期",
    "setting": "设置",
    "user": "账号",
    "export": "导出",
    "channel": "通道",
}
OPENED = ("看了", "打开", "下载", "reveal")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the log is narrowed to."""

    who: str = ""
    about: str = ""
    opened: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is chosen."""
        return bool(self.who or self.about or self.opened)


def log(filters: Filters) -> QuerySet[AuditEntry]:
    """The lines, the newest first."""
    found = AuditEntry.objects.select_related("actor").order_by("-at", "-id")
    if filters.who.isdigit():
        found = found.filter(actor_id=int(filters.who))
    if filters.about in ABOUT:
        found = found.filter(thing__startswith=f"{filters.about}:")
    if filters.opened:
        found = found.filter(verb__regex="|".join(OPENED))
    return found


def setting_changes() -> QuerySet[SettingChange]:
    """The last changes of settings."""
    return SettingChange.objects.select_related("by")[:10]
