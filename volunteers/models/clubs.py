"""Places that a club holds before it knows who comes."""

from django.db import models
from django.db.models import F, Q


class Hold(models.Model):
    """Places of one shift that a club keeps for its own people until a deadline (screen: 留名额).

    `places` are those without a name. They count in `Shift.taken` and `Shift.held`: nobody else gets them,
    and nobody is there yet. A name turns one into an assignment; who declines gives it back to the club.
    At `lapses_at` what has no name is free again.
    """

    organisation = models.ForeignKey("volunteers.Organisation", on_delete=models.CASCADE, related_name="holds")
    shift = models.ForeignKey("volunteers.Shift", on_delete=models.CASCADE, related_name="holds")
    places = models.PositiveSmallIntegerField("还没有名字的")
    made_at = models.DateTimeField("什么时候留的")
    lapses_at = models.DateTimeField("留到")
    ended_at = models.DateTimeField("放掉了", null=True, blank=True)

    class Meta:
        ordering = ["shift__session__starts_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "shift"], condition=Q(ended_at=None), name="club_holds_once_a_shift"
            ),
            models.CheckConstraint(condition=Q(ended_at=None) | Q(places=0), name="ended_hold_keeps_no_place"),
            models.CheckConstraint(condition=Q(lapses_at__gt=F("made_at")), name="hold_lapses_later"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} holds {self.places} of {self.shift_id}"


class HoldName(models.Model):
    """A held place that got a name: whose it is now."""

    hold = models.ForeignKey(Hold, on_delete=models.CASCADE, related_name="names")
    assignment = models.OneToOneField("volunteers.Assignment", on_delete=models.CASCADE, related_name="held_as")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.hold_id} {self.assignment_id}"
