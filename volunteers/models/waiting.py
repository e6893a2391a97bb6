"""Who would like to be called when somebody cannot come."""

from django.db import models
from django.db.models import F, Q


class Wait(models.Model):
    """One volunteer who waits for a place at one full session (screen: 有人来不了就叫我).

    The first who said so is asked first. `asked_at` is when a freed place was offered or, close to the
    session, when they were told of it; from then on they wait no longer, unless they say so again.
    """

    session = models.ForeignKey("classes.Session", on_delete=models.CASCADE, related_name="waits")
    volunteer = models.ForeignKey("volunteers.Volunteer", on_delete=models.CASCADE, related_name="waits")
    since = models.DateTimeField("从什么时候等")
    asked_at = models.DateTimeField("什么时候叫的", null=True, blank=True)

    class Meta:
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(fields=["session", "volunteer"], name="waits_once_a_session"),
            models.CheckConstraint(
                condition=Q(asked_at__isnull=True) | Q(asked_at__gte=F("since")), name="wait_is_asked_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer_id} waits for {self.session_id}"
