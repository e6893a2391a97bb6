"""One note to one person about one thing: written with its cause, delivered later."""

from django.db import models
from django.db.models import Q


class Message(models.Model):
    """A row of the outbox.

    `(person, kind, about)` is the idempotency key: whatever is retried, nobody is told twice.
    Delivery claims the row (`claimed_at`), sends, then marks it sent. `handed_on_at` is when
    somebody of the staff said that they passed the words on themselves, by WeChat or telephone.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", "待发"
        CLAIMED = "claimed", "发送中"
        SENT = "sent", "已发"
        FAILED = "failed", "没发出去"

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField("种类", max_length=40)
    about = models.CharField("关于", max_length=80)
    subject = models.CharField("标题", max_length=120)
    body = models.TextField("内容")
    link = models.CharField("链接", max_length=300, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField("不早于")
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    handed_on_at = models.DateTimeField("转发给本人", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "about"], name="message_is_written_once"),
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False) | (~Q(status="sent") & Q(sent_at__isnull=True)),
                name="message_sent_has_a_time",
            ),
        ]
        indexes = [models.Index(fields=["status", "not_before"], name="message_due")]

    def __str__(self) -> str:
        return f"{self.kind} → {self.person_id}"
