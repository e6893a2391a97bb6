"""What staff said on a roll, tap by tap: which one holds, and what two machines said otherwise."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class RollMark(models.Model):
    """One thing said about one person of one session; the newest said about a person holds.

    `key` is made by whoever taps, so a mark sent twice counts once. A machine without network keeps its
    marks: `said_at` is the tap, `received_at` when it came here. `against` is set where somebody else had
    said otherwise without being seen: what, when and who, until somebody has looked (`looked_at`).
    """

    class Said(models.TextChoices):
        CAME = "came", "到了"
        MISSED = "missed", "没来"
        PRESENT = "present", "到了"
        ABSENT = "absent", "没来"
        EXCUSED = "excused", "请假"
        LEFT = "left", "接走了"
        BACK = "back", "还没走"
        CLEAR = "clear", "没点"

    class Outcome(models.TextChoices):
        TAKEN = "taken", "算数"
        OLDER = "older", "后来有人改了"

    key = models.UUIDField(unique=True)
    session = models.ForeignKey("classes.Session", on_delete=models.CASCADE, related_name="roll_marks")
    volunteer = models.ForeignKey(
        "volunteers.Volunteer", null=True, blank=True, on_delete=models.CASCADE, related_name="roll_marks"
    )
    learner = models.ForeignKey(
        "classes.Learner", null=True, blank=True, on_delete=models.CASCADE, related_name="roll_marks"
    )
    said = models.CharField(max_length=10, choices=Said)
    said_at = models.DateTimeField("什么时候点的")
    received_at = models.DateTimeField("什么时候传到")
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    outcome = models.CharField(max_length=10, choices=Outcome)
    against = models.CharField("另一台记的", max_length=10, choices=Said, blank=True, default="")
    against_at = models.DateTimeField("另一台什么时候记的", null=True, blank=True)
    against_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    looked_at = models.DateTimeField("看过了", null=True, blank=True)

    class Meta:
        ordering = ["said_at", "id"]
        verbose_name = "点名记录"
        constraints = [
            models.CheckConstraint(
                condition=Q(volunteer__isnull=False, learner__isnull=True)
                | Q(volunteer__isnull=True, learner__isnull=False),
                name="roll_mark_is_about_one_person",
            ),
            models.CheckConstraint(
                condition=Q(received_at__gte=F("said_at")), name="roll_mark_is_said_before_it_comes"
            ),
            models.CheckConstraint(
                condition=Q(outcome="taken") | (Q(outcome="older") & ~Q(against="")),
                name="roll_mark_gives_way_to_something",
            ),
        ]
        indexes = [models.Index(fields=["session", "said_at"], name="roll_marks_of_a_session")]

    def __str__(self) -> str:
        return f"{self.volunteer_id or self.learner_id} at {self.session_id} {self.said}"
