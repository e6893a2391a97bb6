"""点单: what residents ask to learn, and the way of each request from asking to served (domain section 9.4)."""

from datetime import time

from django.conf import settings
from django.db import models
from django.db.models import Q

# When somebody has time: code to word, weekdays (Monday is 0) and hours. No code at all means any time.
TIMES = {
    "wk-am": ("平时上午", range(5), time(8), time(12)),
    "wk-pm": ("平时下午", range(5), time(12), time(18)),
    "we-am": ("周末上午", range(5, 7), time(8), time(12)),
    "we-pm": ("周末下午", range(5, 7), time(12), time(18)),
}


class Request(models.Model):
    """One wish of one resident. `wish` are their words, `lesson` what the desk makes of them.

    `made` names what placing has made (learner, enrolment, wish, session, series by id), so that it can be
    taken back. `forgotten_at` is when name and phone were taken out.
    """

    class Status(models.TextChoices):
        SUBMITTED = "submitted", "点单"
        REVIEW = "review", "审单"
        NEEDS_INFO = "needs_info", "要问清楚"
        REJECTED = "rejected", "办不了"
        ORDERED = "ordered", "下单"
        OFFERED = "offered", "派单"
        ACCEPTED = "accepted", "接单"
        DECLINED = "declined", "没接"
        TIMED_OUT = "timed_out", "没回"
        SCHEDULED = "scheduled", "送单"
        IN_SERVICE = "in_service", "正在上"
        DONE = "done", "完成"
        RATED = "rated", "评单"
        CALL_BACK = "call_back", "回访"
        CLOSED = "closed", "办结"
        CANCELLED = "cancelled", "不学了"

    class Channel(models.TextChoices):
        PAGE = "page", "自己填的"
        PHONE = "phone", "打电话来的"

    OPEN = ("submitted", "review", "needs_info", "ordered", "offered", "accepted", "declined", "timed_out")
    PLACED = ("scheduled", "in_service")

    community = models.ForeignKey("classes.Community", on_delete=models.CASCADE, related_name="requests")
    name = models.CharField("您是哪位", max_length=50)
    phone = models.CharField("电话", max_length=20, blank=True)
    wish = models.CharField("想学什么", max_length=80)
    lesson = models.ForeignKey(
        "classes.Lesson", null=True, blank=True, on_delete=models.SET_NULL, related_name="requests"
    )
    times = models.JSONField("什么时候方便", default=list, blank=True)
    channel = models.CharField(max_length=10, choices=Channel)
    status = models.CharField(max_length=12, choices=Status, default=Status.SUBMITTED)
    asked_at = models.DateTimeField("什么时候点的")
    consent_at = models.DateTimeField("同意")
    placed_at = models.DateTimeField("排好", null=True, blank=True)
    closed_at = models.DateTimeField("办完", null=True, blank=True)
    forgotten_at = models.DateTimeField("姓名电话已清掉", null=True, blank=True)
    session = models.ForeignKey(
        "classes.Session", null=True, blank=True, on_delete=models.SET_NULL, related_name="requests"
    )
    learner = models.ForeignKey(
        "classes.Learner", null=True, blank=True, on_delete=models.SET_NULL, related_name="requests"
    )
    made = models.JSONField(default=dict, blank=True)
    stars = models.PositiveSmallIntegerField("评几分", null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "submitted",
                        "review",
                        "needs_info",
                        "rejected",
                        "ordered",
                        "offered",
                        "accepted",
                        "declined",
                        "timed_out",
                        "scheduled",
                        "in_service",
                        "done",
                        "rated",
                        "call_back",
                        "closed",
                        "cancelled",
                    ]
                ),
                name="request_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(forgotten_at__isnull=False) | (~Q(name="") & ~Q(phone="")), name="request_says_whose_it_is"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["scheduled", "in_service"]) | Q(placed_at__isnull=False),
                name="request_placed_says_when",
            ),
            models.CheckConstraint(
                condition=Q(stars__isnull=True) | Q(stars__range=(1, 5)), name="request_stars_are_one_to_five"
            ),
            # The same words from the same phone twice are one request: a second tap, or an impatient one.
            models.UniqueConstraint(
                fields=["community", "phone", "name", "wish"],
                condition=Q(
                    status__in=[
                        "submitted",
                        "review",
                        "needs_info",
                        "ordered",
                        "offered",
                        "accepted",
                        "declined",
                        "timed_out",
                    ]
                ),
                name="request_open_once",
            ),
        ]
        indexes = [models.Index(fields=["community", "status"], name="request_of_a_community")]

    def __str__(self) -> str:
        return f"{self.name or '（已清掉）'}想学{self.wish}"

    @property
    def times_text(self) -> str:
        """平时上午、周末下午, or 都行."""
        return "、".join(TIMES[code][0] for code in self.times if code in TIMES) or "都行"

    @property
    def is_open(self) -> bool:
        """Whether it still waits for a place."""
        return self.status in self.OPEN

    @property
    def is_placed(self) -> bool:
        """Whether it has a session that is still to come or under way."""
        return self.status in self.PLACED


_ORDER = ("needs_info", "rejected", "ordered", "scheduled", "cancelled")
# Which state may follow which; a request that has ended may be opened again.
NEXT: dict[str, tuple[str, ...]] = {
    "submitted": ("review", *_ORDER),
    "review": _ORDER,
    "needs_info": ("submitted", "rejected", "scheduled", "cancelled"),
    "rejected": ("submitted",),
    "ordered": ("offered", "scheduled", "cancelled"),
    "offered": ("accepted", "declined", "timed_out", "cancelled"),
    "accepted": ("scheduled", "cancelled"),
    "declined": ("offered", "scheduled", "rejected", "cancelled"),
    "timed_out": ("offered", "scheduled", "rejected", "cancelled"),
    "scheduled": ("submitted", "in_service", "done", "cancelled"),
    "in_service": ("done",),
    "done": ("rated", "call_back", "closed", "submitted"),
    "rated": ("call_back", "closed"),
    "call_back": ("closed", "submitted"),
    "closed": ("submitted",),
    "cancelled": ("submitted",),
}


class RequestStep(models.Model):
    """One step of a request: who took it, when, and a word about it. Never changed afterwards."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    before = models.CharField(max_length=12, blank=True)
    after = models.CharField(max_length=12)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.request_id} {self.before} → {self.after}"

    @property
    def word(self) -> str:
        """What the request became."""
        return Request.Status(self.after).label
