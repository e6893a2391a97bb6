"""Who sits with whom: settled pairs of one session."""

from django.db import models
from django.db.models import Q


class Pairing(models.Model):
    """A learner who sits with a helper at one session.

    `seat` numbers a helper's learners from 1, so two desks cannot both give away the last seat; the
    lesson's ratio is the highest number that actions hand out. `by_hand` rows are an organiser's own
    choice, which the engine arranges everybody else around.
    """

    session = models.ForeignKey("classes.Session", on_delete=models.CASCADE, related_name="pairings")
    learner = models.ForeignKey("classes.Learner", on_delete=models.CASCADE, related_name="pairings")
    volunteer = models.ForeignKey("volunteers.Volunteer", on_delete=models.CASCADE, related_name="pairings")
    seat = models.PositiveSmallIntegerField("第几位")
    by_hand = models.BooleanField("手工定的", default=False)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["session", "volunteer", "seat"]
        constraints = [
            models.UniqueConstraint(fields=["session", "learner"], name="learner_paired_once_a_session"),
            models.UniqueConstraint(fields=["session", "volunteer", "seat"], name="pairing_seat_is_taken_once"),
            models.CheckConstraint(condition=Q(seat__gte=1), name="pairing_seat_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} ↔ {self.volunteer_id}"
