"""One note to one recipient about one thing: written with its cause, delivered later."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Message(models.Model):
    """A row of the outbox.

    `(recipient, kind, about)` is the idempotency key: whatever is retried, nobody is told twice. The
    recipient is a person, somebody of the staff, or a group's bot: exactly one of the three.

    Delivery claims the row (`claimed_at`, `attempts` is the claim's number), says that the note is
    leaving (`handing_at`) right before the gateway cannot be stopped any more, then marks it sent:
    docs/decisions/0008-exactly-once.md. Several notes that leave as one are carried by the first.
    `failures` counts what gateways said no to; a worker that died is not the note's fault.
    `handed_on_at` is when somebody of the staff said that they passed the words on themselves, by
    WeChat or telephone.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", "待发"
        CLAIMED = "claimed", "发送中"
        SENT = "sent", "已发"
        CALL = "call", "要打电话"
        UNSURE = "unsure", "没等到回执"
        STALE = "stale", "过时没发"
        FAILED = "failed", "没发出去"

    person = models.ForeignKey(
        "people.Person", null=True, blank=True, on_delete=models.CASCADE, related_name="messages"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="notices"
    )
    bot = models.ForeignKey("people.Channel", null=True, blank=True, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField("种类", max_length=40)
    about = models.CharField("关于", max_length=80)
    subject = models.CharField("标题", max_length=120)
    body = models.TextField("内容")
    link = models.CharField("链接", max_length=300, blank=True)
    facts = models.JSONField("短信里的字", default=dict, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField("不早于")
    happens_at = models.DateTimeField("说的事什么时候开始", null=True, blank=True)
    useless_after = models.DateTimeField("过了就不用发", null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    handing_at = models.DateTimeField("交给网关", null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    handed_on_at = models.DateTimeField("转发给本人", null=True, blank=True)
    carried_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="carried")
    via = models.CharField("通道", max_length=20, blank=True)
    receipt = models.CharField("回执", max_length=80, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "about"], name="message_is_written_once"),
            models.UniqueConstraint(fields=["user", "kind", "about"], name="message_to_staff_is_written_once"),
            models.UniqueConstraint(fields=["bot", "kind", "about"], name="message_to_a_group_is_written_once"),
            models.CheckConstraint(
                condition=Q(person__isnull=False, user=None, bot=None)
                | Q(person=None, user__isnull=False, bot=None)
                | Q(person=None, user=None, bot__isnull=False),
                name="message_has_one_recipient",
            ),
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False) | (~Q(status="sent") & Q(sent_at__isnull=True)),
                name="message_sent_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="claimed") | Q(claimed_at__isnull=False), name="message_claim_has_a_time"
            ),
            models.CheckConstraint(condition=~Q(carried_by=F("id")), name="message_does_not_carry_itself"),
            # An unknown status would never be due, and nobody would see that it is not.
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "claimed", "sent", "call", "unsure", "stale", "failed"]),
                name="message_status_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "not_before"], name="message_due"),
            models.Index(fields=["person", "sent_at"], name="message_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.recipient}"

    @property
    def recipient(self) -> models.Model:
        """The person, the member of staff or the group's bot it is for."""
        return self.person or self.user or self.bot


class Call(models.Model):
    """One telephone call about one message, and what came of it (domain section 9.5)."""

    class Result(models.TextChoices):
        REACHED = "reached", "通知到了"
        NO_ANSWER = "no_answer", "没人接"
        WRONG_NUMBER = "wrong", "号码错"

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="calls")
    result = models.CharField("结果", max_length=10, choices=Result)
    at = models.DateTimeField("什么时候")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(result__in=["reached", "no_answer", "wrong"]), name="call_result_is_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.result}"
