"""A code sent to a volunteer's own number, with which they find their page again."""

from django.db import models
from django.db.models import F, Q


class LinkCode(models.Model):
    """Six digits that were sent once; only their keyed digest is kept.

    `tries` counts wrong answers, `used_at` the right one: a code opens a page once.
    """

    MOST_TRIES = 5

    volunteer = models.ForeignKey("volunteers.Volunteer", on_delete=models.CASCADE, related_name="link_codes")
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="link_code_expires_later"),
            models.CheckConstraint(condition=Q(tries__lte=5), name="link_code_is_tried_five_times"),
        ]

    def __str__(self) -> str:
        return f"code of {self.volunteer_id}"
