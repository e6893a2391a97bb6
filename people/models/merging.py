"""Two entries of one person made one, with everything that is needed to take it back."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Merge(models.Model):
    """`gone` went into `kept`: both are ids of volunteers or of learners.

    `moved` is [[model label, pk, field], …]; `before` and `after` hold changed fields of what stayed;
    `rows` is what was deleted, as Django serialises it; `released` are assignments given up, with their
    state before. `report` is what the preview said.
    """

    class Kind(models.TextChoices):
        VOLUNTEER = "volunteer", "志愿者"
        LEARNER = "learner", "学员"

    kind = models.CharField(max_length=10, choices=Kind)
    kept_id = models.PositiveBigIntegerField()
    gone_id = models.PositiveBigIntegerField()
    name = models.CharField("谁", max_length=50)
    moved = models.JSONField(default=list, blank=True)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    made = models.JSONField(default=list, blank=True)
    released = models.JSONField(default=list, blank=True)
    rows = models.TextField(blank=True)
    report = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(kept_id=F("gone_id")), name="merge_is_of_two"),
            models.CheckConstraint(condition=Q(kind__in=["volunteer", "learner"]), name="merge_kind_is_known"),
            # Nobody goes into two others.
            models.UniqueConstraint(
                fields=["kind", "gone_id"], condition=Q(undone_at__isnull=True), name="merged_away_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.gone_id} → {self.kept_id}"
