"""The secret address under which a volunteer's own calendar program reads their places."""

from django.db import models
from django.db.models import Q

from .volunteer import new_token


class OwnFeed(models.Model):
    """One address of the calendar feed of one volunteer (screen: 日历订阅).

    Whoever has it reads when and where the volunteer helps. Closing it is final; a new one has another address.
    """

    volunteer = models.ForeignKey("volunteers.Volunteer", on_delete=models.CASCADE, related_name="feeds")
    token = models.CharField(max_length=40, unique=True, default=new_token)
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["volunteer"], condition=Q(closed_at=None), name="volunteer_has_one_open_feed"
            ),
        ]

    def __str__(self) -> str:
        return f"feed of {self.volunteer_id}"
