"""In which order a community cares for the wishes of a roster, and how far each may give way."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

UNDO_WITHIN = timedelta(hours=24)
FIXED_TIERS = ("unheld", "short", "waiting")
"""Sessions held, places filled, first sessions of newcomers: always first, nobody ranks them."""
MOST_TOLERANCE = 9_999


class TierOrderQuerySet(models.QuerySet):
    """Versions of the order."""

    def standing(self) -> "TierOrderQuerySet":
        """Those that were not taken back."""
        return self.filter(undone_at=None)


class TierOrder(models.Model):
    """One version of a community's order; the standing one with the highest number is in force.

    A version is never edited. Two organisers who start from the same one cannot both store the next:
    its number is taken.
    """

    community = models.ForeignKey("classes.Community", on_delete=models.CASCADE, related_name="tier_orders")
    number = models.PositiveIntegerField("第几版")
    summary = models.CharField("改了什么", max_length=120)
    made_at = models.DateTimeField("时间")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    undone_at = models.DateTimeField("撤销于", null=True, blank=True)

    objects = TierOrderQuerySet.as_manager()

    class Meta:
        ordering = ["community", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["community", "number"], name="tier_order_has_its_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="tier_order_counts_from_one"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(undone_at__gte=F("made_at")),
                name="tier_order_is_undone_after_it_was_made",
            ),
        ]

    def __str__(self) -> str:
        return self.summary

    @property
    def undo_until(self) -> datetime:
        """The moment after which it stands."""
        return self.made_at + UNDO_WITHIN


class TierRank(models.Model):
    """The place of one tier in a version, and by how much later tiers may make it worse than its best."""

    order = models.ForeignKey(TierOrder, on_delete=models.CASCADE, related_name="ranks")
    tier = models.CharField("偏好", max_length=20)
    place = models.PositiveSmallIntegerField("第几")
    tolerance = models.PositiveSmallIntegerField("可以让几分", default=0)

    class Meta:
        ordering = ["order", "place"]
        constraints = [
            models.UniqueConstraint(fields=["order", "tier"], name="tier_ranked_once_an_order"),
            models.UniqueConstraint(fields=["order", "place"], name="tier_place_given_once"),
            models.CheckConstraint(condition=Q(place__gte=1), name="tier_place_counts_from_one"),
            models.CheckConstraint(condition=Q(tolerance__lte=MOST_TOLERANCE), name="tier_tolerance_is_bounded"),
            models.CheckConstraint(condition=~Q(tier__in=FIXED_TIERS), name="tier_first_ones_are_fixed"),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.tier}"
