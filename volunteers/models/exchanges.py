"""Places that change hands between two volunteers."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from .volunteer import new_token


class ExchangeRule(models.Model):
    """A community in which the organiser approves every exchange; without a row nobody need."""

    community = models.OneToOneField("classes.Community", on_delete=models.CASCADE, related_name="exchange_rule")

    def __str__(self) -> str:
        return f"{self.community_id} approves exchanges"


class Exchange(models.Model):
    """A hand-over of one place to a friend, or a swap of two places (screen: 转给朋友, 换班).

    The place stays its owner's until the other side has said yes and, where a rule says so, an organiser
    has approved. `given` is the place offered, `wanted` the one asked for in return, `taker` who takes the
    given one. `took` and `gave` are the places that the exchange made for taker and giver.
    """

    class Kind(models.TextChoices):
        HAND_OVER = "hand_over", "转给朋友"
        SWAP = "swap", "换班"

    class Status(models.TextChoices):
        OPEN = "open", "等对方"
        ASKED = "asked", "等社区点头"
        DONE = "done", "换好了"
        REFUSED = "refused", "没换成"
        CLOSED = "closed", "不换了"
        UNDONE = "undone", "撤销了"

    RUNNING = (Status.OPEN, Status.ASKED)
    UNDO_WITHIN = timedelta(hours=24)

    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    token = models.CharField(max_length=40, unique=True, default=new_token)
    given = models.ForeignKey("volunteers.Assignment", on_delete=models.CASCADE, related_name="exchanges")
    wanted = models.ForeignKey(
        "volunteers.Assignment", null=True, blank=True, on_delete=models.CASCADE, related_name="wanted_in"
    )
    taker = models.ForeignKey(
        "volunteers.Volunteer", null=True, blank=True, on_delete=models.CASCADE, related_name="exchanges"
    )
    took = models.OneToOneField(
        "volunteers.Assignment", null=True, blank=True, on_delete=models.SET_NULL, related_name="came_by"
    )
    gave = models.OneToOneField(
        "volunteers.Assignment", null=True, blank=True, on_delete=models.SET_NULL, related_name="came_back_by"
    )
    made_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["given"], condition=Q(status__in=["open", "asked"]), name="place_is_offered_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(kind="swap", wanted__isnull=False) | Q(kind="hand_over", wanted__isnull=True),
                name="swap_wants_a_place",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["asked", "done"]) | Q(taker__isnull=False), name="exchange_has_a_taker"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "asked", "done", "refused", "closed", "undone"]),
                name="exchange_status_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.given_id} {self.status}"
