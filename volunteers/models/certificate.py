"""服务证明: asked for by a volunteer, issued by staff with a number, checked by anybody who holds it."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q

# Without letters and digits that are taken for each other on paper.
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_check_code() -> str:
    """Eight letters and digits, about 39 bits: enough behind ten attempts an hour."""
    return "".join(secrets.choice(LETTERS) for _ in range(8))


class Certificate(models.Model):
    """A numbered extract of the ledger. What it says is copied on issue and never follows later changes.

    `snapshot`: name, issuer, contact, person in charge, handler, and one line per kind of service.
    """

    class Status(models.TextChoices):
        REQUESTED = "requested", "等社区开"
        ISSUED = "issued", "已开具"
        REJECTED = "rejected", "没开"
        WITHDRAWN = "withdrawn", "不要了"
        REVOKED = "revoked", "已作废"

    volunteer = models.ForeignKey("volunteers.Volunteer", on_delete=models.PROTECT, related_name="certificates")
    community = models.ForeignKey("classes.Community", on_delete=models.PROTECT, related_name="certificates")
    status = models.CharField(max_length=10, choices=Status, default=Status.REQUESTED)
    requested_at = models.DateTimeField("申请时间")
    number = models.CharField("编号", max_length=20, unique=True, null=True, blank=True)
    code = models.CharField("核验码", max_length=8, default=new_check_code)
    from_on = models.DateField("从", null=True, blank=True)
    until_on = models.DateField("到", null=True, blank=True)
    minutes = models.PositiveIntegerField("分钟", default=0)
    times = models.PositiveIntegerField("次数", default=0)
    snapshot = models.JSONField(default=dict, blank=True)
    issued_at = models.DateTimeField("开具时间", null=True, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    ended_at = models.DateTimeField("作废、没开或不要的时间", null=True, blank=True)
    reason = models.CharField("原因", max_length=120, blank=True)

    class Meta:
        ordering = ["-requested_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["volunteer"], condition=Q(status="requested"), name="one_certificate_is_asked_for_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["requested", "rejected", "withdrawn"], number__isnull=True)
                | Q(
                    status__in=["issued", "revoked"],
                    number__isnull=False,
                    issued_at__isnull=False,
                    minutes__gt=0,
                    from_on__isnull=False,
                    until_on__gte=F("from_on"),
                ),
                name="certificate_is_numbered_when_issued",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["rejected", "revoked"]) | ~Q(reason=""),
                name="certificate_is_refused_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.volunteer_id} {self.status}"
