"""With whom a volunteer would like to come, and with whom not."""

from django.db import models
from django.db.models import F, Q


class Company(models.Model):
    """One wish of a volunteer about another, by the name they wrote.

    `other` is found when exactly one volunteer has that name; else somebody of the staff chooses. Both
    kinds are the volunteer's own and private: `other` never learns of them, least of all of `apart`.
    """

    class Kind(models.TextChoices):
        TOGETHER = "together", "一起来"
        APART = "apart", "不排在一起"

    volunteer = models.ForeignKey("volunteers.Volunteer", on_delete=models.CASCADE, related_name="company")
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField("和谁", max_length=20)
    other = models.ForeignKey(
        "volunteers.Volunteer", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    said_at = models.DateTimeField("什么时候说的")

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "company"
        constraints = [
            models.UniqueConstraint(fields=["volunteer", "name"], name="company_named_once"),
            models.CheckConstraint(
                condition=Q(other__isnull=True) | ~Q(other=F("volunteer")), name="company_is_somebody_else"
            ),
            models.CheckConstraint(condition=Q(kind__in=["together", "apart"]), name="company_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer_id} {self.kind} {self.name}"
