"""What is needed at a session and who agreed to do it."""

from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac


class Role(models.Model):
    """A kind of help with its requirements (screen: 岗位)."""

    code = models.CharField(max_length=10, unique=True)
    name = models.CharField("岗位", max_length=10)
    is_lead = models.BooleanField(default=False)
    needs_clearance = models.BooleanField("要背景查询", default=False)
    minimum_age = models.PositiveSmallIntegerField("最小年龄", default=14)
    what = models.CharField("做什么", max_length=80, blank=True)

    class Meta:
        ordering = ["-is_lead", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(minimum_age__gte=14), name="role_is_for_fourteen_and_older"),
            models.CheckConstraint(
                condition=Q(needs_clearance=False) | Q(minimum_age__gte=18), name="role_with_children_is_of_age"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Shift(models.Model):
    """The need: one role at one session, and how many.

    `taken` counts active assignments and the places that clubs hold (`held` of them have no name yet);
    a place is claimed by a conditional update (`taken < needed`) and the check constraint has the last
    word. `minimum` is the safety floor under which the session is not held. `why` says where the number
    comes from, `fixed` is the one that an organiser said instead.
    """

    session = models.ForeignKey("classes.Session", on_delete=models.CASCADE, related_name="shifts")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="shifts")
    needed = models.PositiveSmallIntegerField("需要")
    minimum = models.PositiveSmallIntegerField("至少", default=1)
    taken = models.PositiveSmallIntegerField("已排", default=0)
    held = models.PositiveSmallIntegerField("社团留着", default=0)
    why = models.CharField("怎么算的", max_length=120, blank=True)
    fixed = models.PositiveSmallIntegerField("手工定的人数", null=True, blank=True)
    gap_marked_at = models.DateTimeField("标为缺口", null=True, blank=True)

    class Meta:
        ordering = ["session", "-role__is_lead", "id"]
        constraints = [
            models.UniqueConstraint(fields=["session", "role"], name="shift_once_a_session"),
            models.CheckConstraint(condition=Q(taken__lte=F("needed")), name="shift_is_never_overfull"),
            models.CheckConstraint(condition=Q(held__lte=F("taken")), name="held_places_are_taken"),
            models.CheckConstraint(condition=Q(minimum__lte=F("needed")), name="shift_minimum_is_within_need"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.role_id}"

    @property
    def filled(self) -> int:
        """Places with somebody; those that a club holds without a name are none of them."""
        return self.taken - self.held


class Assignment(models.Model):
    """One volunteer on one shift, from draft to agreement (states: domain section 9.2).

    Draft: the organiser placed it, nobody is told. Offered: published, the volunteer is
    asked. Accepted: only the volunteer moves it there (志愿服务条例 art. 25), by link, by sign-up or by
    a list they wrote themselves into. `starts_at`/`ends_at` repeat the session's, so that the
    database itself refuses one person in two places (exclusion constraint / triggers).
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "草稿"
        OFFERED = "offered", "待回"
        ACCEPTED = "accepted", "已定"
        DECLINED = "declined", "来不了"
        RELEASED = "released", "已撤下"

    ACTIVE = (Status.DRAFT, Status.OFFERED, Status.ACCEPTED)

    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="assignments")
    session = models.ForeignKey("classes.Session", on_delete=models.CASCADE, related_name="assignments")
    volunteer = models.ForeignKey("volunteers.Volunteer", on_delete=models.CASCADE, related_name="assignments")
    status = models.CharField(max_length=10, choices=Status)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    source = models.CharField("怎么来的", max_length=10, default="staff")
    reasons = models.JSONField(default=list, blank=True)
    note = models.CharField("备注", max_length=120, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "volunteer"],
                condition=Q(status__in=["draft", "offered", "accepted"]),
                name="one_active_assignment_a_session",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="assignment_ends_after_it_starts"),
            # An unknown status would slip past both rules about active rows.
            models.CheckConstraint(
                condition=Q(status__in=["draft", "offered", "accepted", "declined", "released"]),
                name="assignment_status_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["volunteer", "starts_at"], name="assignment_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer_id} on {self.shift_id} {self.status}"

    @property
    def arrival_code(self) -> str:
        """Four digits that a newcomer says at the door. Derived, so that nothing is stored."""
        digest = salted_hmac("volunteers.arrival-code", str(self.pk), algorithm="sha256").digest()
        return f"{int.from_bytes(digest[:4]) % 10_000:04d}"
