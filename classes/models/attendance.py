"""What happened to one learner at one session: came, was fetched, or did not come."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Attendance(models.Model):
    """One learner at one session (screen: 出勤). Without a row nobody has said yet.

    Present with `arrived_at`, absent or excused without. A child leaves with somebody of its list
    (`collected_by`, whose name is kept in `collected_text`), with whom a guardian has named for that day
    (`delegate`), or alone where that is allowed.
    """

    class State(models.TextChoices):
        PRESENT = "present", "到了"
        ABSENT = "absent", "没来"
        EXCUSED = "excused", "请假"

    session = models.ForeignKey("classes.Session", on_delete=models.CASCADE, related_name="attendance")
    learner = models.ForeignKey("classes.Learner", on_delete=models.CASCADE, related_name="attendance")
    state = models.CharField(max_length=10, choices=State)
    arrived_at = models.DateTimeField("到", null=True, blank=True)
    left_at = models.DateTimeField("走", null=True, blank=True)
    collected_by = models.ForeignKey(
        "classes.PickUp", null=True, blank=True, on_delete=models.SET_NULL, related_name="collected"
    )
    delegate = models.OneToOneField("classes.Delegate", null=True, blank=True, on_delete=models.SET_NULL)
    collected_text = models.CharField("谁接的", max_length=60, blank=True)
    marked_at = models.DateTimeField("什么时候点的")
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)

    class Meta:
        ordering = ["session", "id"]
        verbose_name_plural = "attendance"
        constraints = [
            models.UniqueConstraint(fields=["session", "learner"], name="attendance_once_a_session"),
            models.CheckConstraint(
                condition=Q(state="present", arrived_at__isnull=False)
                | Q(state__in=["absent", "excused"], arrived_at__isnull=True, left_at__isnull=True),
                name="attendance_has_a_time_when_present",
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("arrived_at")),
                name="attendance_leaves_after_arriving",
            ),
            models.CheckConstraint(
                condition=Q(collected_text="") | Q(left_at__isnull=False), name="attendance_is_fetched_when_left"
            ),
            models.CheckConstraint(
                condition=Q(delegate=None) | Q(left_at__isnull=False, collected_by=None),
                name="attendance_delegate_is_who_fetched",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} at {self.session_id} {self.state}"
