"""Arriving and leaving, not coming, and the ledger of hours that is counted from it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

MOST_MINUTES = 720


class CheckIn(models.Model):
    """One volunteer at one meeting of a series. Without a departure it does not count yet.

    `how` says who saw the arrival. `left_how` is empty while nobody has said when the volunteer left,
    "planned" when the planned end was taken for it, "said" when somebody said a time.
    `changed_at` is the last change: a day later the hours go into the ledger and it stays as it is.
    """

    class How(models.TextChoices):
        IMPORT = "import", "导入"
        DEVICE = "device", "本人手机"
        CODE = "code", "墙上的码"
        STAFF = "staff", "工作人员"

    class LeftHow(models.TextChoices):
        UNSAID = "", "还没说"
        PLANNED = "planned", "按下课时间"
        SAID = "said", "说的时间"

    volunteer = models.ForeignKey("volunteers.Volunteer", on_delete=models.CASCADE, related_name="checkins")
    series = models.ForeignKey("classes.Series", on_delete=models.CASCADE, related_name="+")
    session = models.ForeignKey(
        "classes.Session", null=True, blank=True, on_delete=models.SET_NULL, related_name="checkins"
    )
    on_date = models.DateField("日期")
    arrived_at = models.DateTimeField("签到", null=True, blank=True)
    left_at = models.DateTimeField("签退", null=True, blank=True)
    how = models.CharField("怎么签的", max_length=10, choices=How, default=How.IMPORT)
    left_how = models.CharField("怎么签退的", max_length=10, choices=LeftHow, blank=True, default="")
    source = models.CharField("来自", max_length=60, blank=True)
    note = models.CharField("备注", max_length=120, blank=True)
    changed_at = models.DateTimeField("最后改动", null=True, blank=True)

    class Meta:
        ordering = ["-on_date", "id"]
        constraints = [
            models.UniqueConstraint(fields=["volunteer", "series", "on_date"], name="checkin_once_a_meeting"),
            models.CheckConstraint(
                condition=Q(arrived_at__isnull=True) | Q(left_at__isnull=True) | Q(left_at__gt=F("arrived_at")),
                name="checkin_leaves_after_arriving",
            ),
            models.CheckConstraint(
                condition=Q(how__in=["import", "device", "code", "staff"]) & Q(left_how__in=["", "planned", "said"]),
                name="checkin_says_how",
            ),
        ]
        indexes = [models.Index(fields=["session", "volunteer"], name="checkin_of_a_session")]

    def __str__(self) -> str:
        return f"{self.volunteer_id} {self.on_date}"


class NoShow(models.Model):
    """An agreed place whose volunteer did not come; no hours, a note to talk about, nothing else."""

    assignment = models.OneToOneField("volunteers.Assignment", on_delete=models.CASCADE, related_name="no_show")
    said_at = models.DateTimeField("什么时候记的")
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    reason = models.CharField("原因", max_length=120, blank=True)

    class Meta:
        ordering = ["-said_at", "id"]

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.said_at:%Y-%m-%d}"


class ServiceRecord(models.Model):
    """One line of the hour ledger: minutes of one volunteer, never changed and never deleted.

    A line without `corrects` is counted from a check-in; one with it adds signed minutes to that
    line, with a reason. `kind`, `what` and `where` are copied, so that a certificate says in years
    what it says today. Source: domain 1.8, after 志愿服务记录与证明出具办法.
    """

    volunteer = models.ForeignKey("volunteers.Volunteer", on_delete=models.PROTECT, related_name="records")
    checkin = models.ForeignKey(CheckIn, on_delete=models.PROTECT, related_name="records")
    community = models.ForeignKey("classes.Community", on_delete=models.PROTECT, related_name="+")
    corrects = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")
    on_date = models.DateField("日期", db_index=True)
    starts_at = models.DateTimeField("从")
    ends_at = models.DateTimeField("到")
    minutes = models.SmallIntegerField("分钟")
    kind = models.CharField(max_length=10)
    what = models.CharField("做什么", max_length=60)
    reason = models.CharField("原因", max_length=120, blank=True)
    recorded_at = models.DateTimeField("入账时间")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)

    class Meta:
        ordering = ["on_date", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["checkin"], condition=Q(corrects__isnull=True), name="hours_are_counted_once"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="hours_end_after_they_start"),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, minutes__range=(1, MOST_MINUTES))
                | (Q(corrects__isnull=False, minutes__range=(-MOST_MINUTES, MOST_MINUTES)) & ~Q(minutes=0)),
                name="hours_are_within_bounds",
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True) | ~Q(reason=""), name="hours_are_corrected_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer_id} {self.on_date} {self.minutes}"
