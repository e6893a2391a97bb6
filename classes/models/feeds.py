"""Secret addresses under which a calendar program reads the timetable."""

import secrets

from django.db import models
from django.db.models import Q


def new_token() -> str:
    """A 128-bit secret."""
    return secrets.token_urlsafe(16)


class Feed(models.Model):
    """One address of an iCalendar feed: of a series, a room or a community, exactly one of them.

    Whoever has the address reads it, so it holds no names of people. Closing it is final; a new
    one has another address.
    """

    series = models.ForeignKey("classes.Series", null=True, blank=True, on_delete=models.CASCADE, related_name="feeds")
    room = models.ForeignKey("classes.Room", null=True, blank=True, on_delete=models.CASCADE, related_name="feeds")
    community = models.ForeignKey(
        "classes.Community", null=True, blank=True, on_delete=models.CASCADE, related_name="feeds"
    )
    token = models.CharField(max_length=40, unique=True, default=new_token)
    made_at = models.DateTimeField("什么时候给的")
    closed_at = models.DateTimeField("什么时候收回的", null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(series__isnull=False, room__isnull=True, community__isnull=True)
                | Q(series__isnull=True, room__isnull=False, community__isnull=True)
                | Q(series__isnull=True, room__isnull=True, community__isnull=False),
                name="feed_is_of_one_thing",
            ),
            *(
                models.UniqueConstraint(
                    fields=[of],
                    condition=Q(**{f"{of}__isnull": False}, closed_at__isnull=True),
                    name=f"feed_of_{of}_once",
                )
                for of in ("series", "room", "community")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series or self.room or self.community}"
