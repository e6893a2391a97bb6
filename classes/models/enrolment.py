"""Who comes to learn, who answers for a child, and their places."""

from django.db import models
from django.db.models import Q

DIALECT = "关中话"


class Learner(models.Model):
    """A person in respect of what they attend: a senior or a child. Needs, never categories."""

    class Kind(models.TextChoices):
        SENIOR = "senior", "长者"
        CHILD = "child", "孩子"

    person = models.OneToOneField("people.Person", on_delete=models.CASCADE, related_name="learner")
    kind = models.CharField(max_length=10, choices=Kind)
    community = models.ForeignKey("classes.Community", on_delete=models.CASCADE, related_name="learners")
    grid = models.ForeignKey("classes.Grid", null=True, blank=True, on_delete=models.SET_NULL)
    address = models.CharField("住址(楼栋)", max_length=60, blank=True)
    enrolled_by = models.CharField("登记人", max_length=40, blank=True)
    # seniors
    phone_brand = models.CharField("手机", max_length=20, blank=True)
    phone_model = models.CharField("手机型号", max_length=30, blank=True)
    family_name = models.CharField("家人", max_length=20, blank=True)
    family_relation = models.CharField("家人是谁", max_length=10, blank=True)
    family_phone = models.CharField("家人电话", max_length=20, blank=True)
    level = models.PositiveSmallIntegerField("程度", null=True, blank=True)
    level_text = models.CharField("会到什么程度", max_length=40, blank=True)
    needs = models.JSONField("需要", default=list, blank=True)
    wishes = models.CharField("想学什么", max_length=80, blank=True)
    # [[weekday, "HH:MM", "HH:MM"], …]: when they can come; nothing means nobody has said yet.
    free_windows = models.JSONField("什么时候能来", null=True, blank=True)
    # children
    school = models.CharField("学校", max_length=40, blank=True)
    grade = models.PositiveSmallIntegerField("年级", null=True, blank=True)
    class_no = models.PositiveSmallIntegerField("班", null=True, blank=True)
    release_time = models.TimeField("放学时间", null=True, blank=True)
    may_leave_alone = models.BooleanField("可以自己回家", default=False)
    leave_alone_at = models.TimeField("几点自己回家", null=True, blank=True)
    health_note = models.CharField("过敏/健康", max_length=80, blank=True)
    photo_consent = models.CharField("照片同意", max_length=10, blank=True)
    consent_on = models.DateField("监护人签字日期", null=True, blank=True)
    # Weekdays the guardian asked for (Monday is 0); nothing means nobody has said yet.
    days_wanted = models.JSONField("想哪几天来", null=True, blank=True)

    class Meta:
        ordering = ["person__name_key", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(level__isnull=True) | Q(level__range=(0, 3)),
                name="learner_level_is_known",
            ),
            models.CheckConstraint(
                condition=Q(leave_alone_at__isnull=True) | Q(may_leave_alone=True),
                name="learner_leaves_at_a_time_only_alone",
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)

    @property
    def phone_text(self) -> str:
        """Make and model of a senior's phone: 华为 Mate 30."""
        said = self.phone_model or self.phone_brand
        return f"{self.phone_brand} {said}" if self.phone_brand and self.phone_brand not in said else said

    def has_other_family(self, name: str, relation: str, phone: str) -> bool:
        """Whether somebody else of the family stands here: one's number is never put beside another's name."""
        own = (self.family_name, self.family_relation, self.family_phone)
        return any(was and said and was != said for was, said in zip(own, (name, relation, phone), strict=True))

    @property
    def dialect(self) -> str:
        """The dialect somebody has to be spoken to in; it is one of the needs."""
        return DIALECT if DIALECT in self.needs else ""

    @property
    def other_needs(self) -> list[str]:
        """The needs besides the dialect."""
        return [need for need in self.needs if need != DIALECT]

    @property
    def class_text(self) -> str:
        """3 年级 2 班"""
        parts = [f"{self.grade} 年级" if self.grade else "", f"{self.class_no} 班" if self.class_no else ""]
        return " ".join(filter(None, parts))


class Guardian(models.Model):
    """Who answers for a child."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="guardians")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="wards")
    relation = models.CharField("关系", max_length=10, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["learner", "person"], name="guardian_named_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.relation}"


class PickUp(models.Model):
    """An adult who may fetch a child. Nobody else can be chosen at hand-over."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="pickups")
    name = models.CharField("姓名", max_length=50, blank=True)
    relation = models.CharField("关系", max_length=10, blank=True)
    phone = models.CharField("电话", max_length=20, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["learner", "name", "relation"], name="pickup_named_once"),
        ]

    def __str__(self) -> str:
        return f"{self.relation}{self.name}"


class Enrolment(models.Model):
    """A learner's place on a series, on some of its weekdays (empty list = all of them)."""

    class Status(models.TextChoices):
        REQUESTED = "requested", "待补材料"
        CONFIRMED = "confirmed", "已入班"
        WAITING = "waiting", "候补"
        WITHDRAWN = "withdrawn", "已退"

    DAYS_UNSAID = "没说哪几天来"

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="enrolments")
    series = models.ForeignKey("classes.Series", on_delete=models.CASCADE, related_name="enrolments")
    weekdays = models.JSONField("哪几天", default=list, blank=True)
    status = models.CharField(max_length=10, choices=Status)
    why = models.CharField("原因", max_length=100, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "series"],
                condition=~Q(status="withdrawn"),
                name="enrolled_once_in_a_series",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} in {self.series_id}"

    @property
    def days_text(self) -> str:
        """周一、三; nothing when the learner comes on every day of the series."""
        names = "、".join("一二三四五六日"[day] for day in self.weekdays)
        return f"周{names}" if names else ""
