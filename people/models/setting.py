"""What the place has decided for itself, every change of it, and copies of the data that were asked for."""

import secrets
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q


class Setting(models.Model):
    """One decision by its key; nothing stored means as delivered (`people.queries.DELIVERED`)."""

    key = models.CharField(max_length=40, unique=True)
    value = models.JSONField(default=dict)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key


class SettingChange(models.Model):
    """One change of a setting or of a rule pack: fields before and after, who, when. Undone at most once.

    `thing` is "setting:KEY", "programme:3" or "role:2"; `label` is how screens name it.
    """

    thing = models.CharField(max_length=60, db_index=True)
    label = models.CharField(max_length=60)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(undone_at__gte=models.F("at")), name="setting_is_undone_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.at:%Y-%m-%d}"


def new_key() -> str:
    """The secret part of a download's address."""
    return secrets.token_urlsafe(24)


class Export(models.Model):
    """A copy of all data as one archive, made in the background; the file goes when it expires."""

    class Status(models.TextChoices):
        WAITING = "waiting", "在等"
        RUNNING = "running", "正在做"
        READY = "ready", "好了"
        FAILED = "failed", "没做成"
        GONE = "gone", "过期删了"

    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    key = models.CharField(max_length=40, unique=True, default=new_key)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    claimed_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    rows = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "running", "ready", "failed", "gone"]),
                name="export_status_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="ready") | Q(expires_at__isnull=False), name="export_ready_expires"
            ),
        ]

    def __str__(self) -> str:
        return f"export {self.pk} {self.status}"

    KINDS = ("zip", "xlsx")

    def path_in(self, folder: Path, kind: str) -> Path:
        """One of its two files; the address names it by its key only."""
        return folder / f"{self.key}.{kind}"
