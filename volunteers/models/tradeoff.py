"""What one wish costs in another, as a few plans on a curve."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from .runs import Run

MOST_POINTS = 5


class Tradeoff(Run):
    """The price of one tier in its neighbour, for one proposal (screen: 多一点…，…要让多少)."""

    proposal = models.ForeignKey("volunteers.Proposal", on_delete=models.CASCADE, related_name="tradeoffs")
    upper = models.CharField("前一条偏好", max_length=20)
    lower = models.CharField("后一条偏好", max_length=20)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "upper", "lower"], name="tradeoff_once_a_proposal"),
            models.CheckConstraint(condition=~Q(upper=F("lower")), name="tradeoff_is_between_two_tiers"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="tradeoff_progress_is_a_percentage"),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.upper}/{self.lower} {self.status}"

    @property
    def points(self) -> list[dict[str, Any]]:
        """Rows of `upper`, `lower`, `text`, `step`, `proven`; `gives` and `wins` compare with the first one."""
        return self.answer.get("points", [])
