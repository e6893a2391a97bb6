"""What every run of an engine in the background has: a row that a worker claims, and how far it is."""

from django.conf import settings
from django.db import models


class Run(models.Model):
    """A question that waits for a worker, then for an organiser.

    A worker claims a waiting row with a conditional update; a claim older than some minutes is retried.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", "排队中"
        RUNNING = "running", "正在排"
        READY = "ready", "等您看"
        ACCEPTED = "accepted", "已采纳"
        PUBLISHED = "published", "已发布"
        DISCARDED = "discarded", "不要了"
        FAILED = "failed", "没排成"

    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    stage = models.CharField("进行到", max_length=60, blank=True)
    progress = models.PositiveSmallIntegerField("百分比", default=0)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    seconds = models.FloatField(null=True, blank=True)
    proven = models.BooleanField(default=False)
    answer = models.JSONField(default=dict, blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True
