"""The word of a guardian, without which nobody of 14 to 17 years helps."""

from django.db import models
from django.db.models import Q


class GuardianConsent(models.Model):
    """Who answers for a young volunteer, and when and how they agreed (志愿服务条例 art. 7, domain section 1.4)."""

    class How(models.TextChoices):
        PAGE = "page", "在网页上点的"
        PAPER = "paper", "纸质签字"

    volunteer = models.ForeignKey("volunteers.Volunteer", on_delete=models.CASCADE, related_name="guardian_consents")
    name = models.CharField("监护人", max_length=20)
    relation = models.CharField("关系", max_length=10)
    phone = models.CharField("监护人电话", max_length=20)
    how = models.CharField("怎么同意的", max_length=10, choices=How)
    given_at = models.DateTimeField("同意时间")
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    recorded_by = models.CharField("登记人", max_length=40, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["volunteer"], condition=Q(withdrawn_at=None), name="one_standing_guardian_consent"
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(phone=""), name="guardian_consent_says_who"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=models.F("given_at")),
                name="guardian_consent_is_withdrawn_later",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.relation}{self.name} {self.given_at:%Y-%m-%d}"
