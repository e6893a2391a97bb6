"""Arriving and leaving: what the hour ledger will be counted from."""

from django.db import models
from django.db.models import F, Q


class CheckIn(models.Model):
    """One volunteer at one meeting of a series. Without a departure it does not count yet."""

    volunteer = models.ForeignKey("volunteers.Volunteer", on_delete=models.CASCADE, related_name="checkins")
    series = models.ForeignKey("classes.Series", on_delete=models.CASCADE, related_name="+")
    session = models.ForeignKey(
        "classes.Session", null=True, blank=True, on_delete=models.SET_NULL, related_name="checkins"
    )
    on_date = models.DateField("日期")
    arrived_at = models.DateTimeField("签到", null=True, blank=True)
    left_at = models.DateTimeField("签退", null=True, blank=True)
    source = models.CharField("来自", max_length=60, blank=True)
    note = models.CharField("备注", max_length=120, blank=True)

    class Meta:
        ordering = ["-on_date", "id"]
        constraints = [
            models.UniqueConstraint(fields=["volunteer", "series", "on_date"], name="checkin_once_a_meeting"),
            models.CheckConstraint(
                condition=Q(arrived_at__isnull=True) | Q(left_at__isnull=True) | Q(left_at__gt=F("arrived_at")),
                name="checkin_leaves_after_arriving",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer_id} {self.on_date}"
