"""Who did or opened what, and the sign of life of the background worker."""

from django.conf import settings
from django.db import models


class AuditEntry(models.Model):
    """One act on one thing. Written by actions, never changed afterwards."""

    at = models.DateTimeField("时间")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    actor_label = models.CharField("谁", max_length=60, blank=True)
    verb = models.CharField("做了什么", max_length=40)
    thing = models.CharField("对象", max_length=60, db_index=True)
    summary = models.CharField("说明", max_length=300, blank=True)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_label} {self.verb} {self.thing}"


class Heartbeat(models.Model):
    """The last moment a background task really ran, by name."""

    name = models.CharField(max_length=40, unique=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.beat_at}"
