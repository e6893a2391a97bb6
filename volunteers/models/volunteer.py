"""Volunteers, the groups they belong to, what they are cleared for, and when they are free."""

import secrets

from django.db import models
from django.db.models import F, Q


def new_token() -> str:
    """A 128-bit secret for a personal link."""
    return secrets.token_urlsafe(16)


class Organisation(models.Model):
    """A club, branch or group that volunteers belong to.

    With a `token` its leader has a page of the club behind a secret link; None closes it.
    """

    name = models.CharField("组织", max_length=60, unique=True)
    leader = models.ForeignKey(
        "people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name="负责人"
    )
    token = models.CharField(max_length=40, unique=True, null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Absence(models.Model):
    """Days, both included, on which nobody of an organisation can come: exam weeks, a university's holidays.

    Whatever its members have said about their free time, these days are taken away.
    """

    class Kind(models.TextChoices):
        EXAM = "exam", "考试周"
        HOLIDAY = "holiday", "放假"
        AWAY = "away", "外出"

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="absences")
    kind = models.CharField("为什么", max_length=10, choices=Kind)
    starts_on = models.DateField("第一天")
    ends_on = models.DateField("最后一天")

    class Meta:
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="absence_is_forward"),
            models.UniqueConstraint(fields=["organisation", "starts_on", "ends_on"], name="absence_said_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}{self.get_kind_display()}"


class Volunteer(models.Model):
    """A person in respect of the help they give.

    `mobile` repeats the person's phone because it must be unique among volunteers who have
    not left. `programmes` are the kinds they wish to serve (senior, child, desk).
    `experienced` is false for people who come for the first time: at a session they never
    outnumber the others. `may_lead` says an organiser trusts them to lead a senior class.
    `max_per_week` and `max_per_month` are their own limits. `linked_at` is when a phone was first known
    to be theirs, `proven_at` when a code sent to their number came back, `seen_at` when somebody of the
    staff saw them: steps of the ladder in `volunteers.rules.trust`.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", "在册"
        PAUSED = "paused", "暂停"
        LEFT = "left", "离开"

    class Occupation(models.TextChoices):
        STUDENT = "student", "学生"
        WORKING = "working", "在职"
        RETIRED = "retired", "退休"
        OTHER = "other", "其他"
        UNSAID = "", "没填"

    class Source(models.TextChoices):
        IMPORT = "import", "导入"
        SIGN_UP = "sign_up", "自己报名"
        STAFF = "staff", "工作人员登记"

    person = models.OneToOneField("people.Person", on_delete=models.CASCADE, related_name="volunteer")
    mobile = models.CharField("手机号", max_length=20)
    home = models.ForeignKey("classes.Community", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="members"
    )
    occupation = models.CharField("身份", max_length=10, choices=Occupation, blank=True, default="")
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    source = models.CharField(max_length=10, choices=Source, default=Source.STAFF)
    programmes = models.JSONField("愿意参加", default=list, blank=True)
    skills = models.JSONField("擅长", default=list, blank=True)
    dialect = models.BooleanField("会说关中话", default=False)
    experienced = models.BooleanField("以前来过", default=False)
    may_lead = models.BooleanField("可以当讲师", default=False)
    max_per_week = models.PositiveSmallIntegerField("每周最多", null=True, blank=True)
    max_per_month = models.PositiveSmallIntegerField("每月最多", null=True, blank=True)
    paused_until = models.DateField("暂停到", null=True, blank=True)
    token = models.CharField(max_length=40, unique=True, default=new_token)
    linked_at = models.DateTimeField("认得手机", null=True, blank=True)
    proven_at = models.DateTimeField("核对过号码", null=True, blank=True)
    seen_at = models.DateTimeField("见过本人", null=True, blank=True)
    submitted_on = models.DateField("填表日期", null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["person__name_key", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["mobile"],
                condition=~Q(status="left"),
                name="volunteer_mobile_is_theirs_alone",
                violation_error_message="这个手机号已经有志愿者在用。",
            ),
            models.CheckConstraint(
                condition=Q(max_per_week__isnull=True) | Q(max_per_week__gt=0),
                name="volunteer_weekly_limit_is_positive",
            ),
            models.CheckConstraint(
                condition=Q(max_per_month__isnull=True) | Q(max_per_month__gt=0),
                name="volunteer_monthly_limit_is_positive",
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)


class Clearance(models.Model):
    """Dated evidence that a volunteer may be with children; no content of any record is kept.

    Source: 未成年人保护法 art. 62: query before engagement and every year. A child shift needs
    `clear` and `valid_until` not before the session's date.
    """

    class Result(models.TextChoices):
        CLEAR = "clear", "已查,可以"
        PENDING = "pending", "在查"
        NOT_CLEAR = "not_clear", "不能陪孩子"

    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, related_name="clearances")
    result = models.CharField(max_length=10, choices=Result)
    valid_until = models.DateField("有效期至", null=True, blank=True)
    recorded_by = models.CharField("登记人", max_length=40, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    source = models.CharField("凭据", max_length=80, blank=True)

    class Meta:
        ordering = ["-valid_until", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(result="clear") | Q(valid_until__isnull=False),
                name="clearance_says_until_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_result_display()} {self.valid_until or ''}"


class Training(models.Model):
    """A training somebody has had, and until when it counts; no end means for good (志愿服务条例 art. 16)."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, related_name="trainings")
    what = models.CharField("学了什么", max_length=40)
    on_date = models.DateField("哪天")
    valid_until = models.DateField("有效到", null=True, blank=True)
    recorded_by = models.CharField("登记人", max_length=40, blank=True)

    class Meta:
        ordering = ["-on_date", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["volunteer", "what", "on_date"], name="training_recorded_once"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("on_date")), name="training_ends_later"
            ),
        ]

    def __str__(self) -> str:
        return self.what


class Availability(models.Model):
    """A volunteer's period: weekly (`weekday`) or on one date (`on_date`), half-open.

    `weeks` counts teaching weeks of the term: 双周 are the even ones. `impossible` rows take
    time away from the others.
    """

    class Kind(models.TextChoices):
        PREFERRED = "preferred", "最好"
        POSSIBLE = "possible", "可以"
        IMPOSSIBLE = "impossible", "不行"

    class Weeks(models.TextChoices):
        EVERY = "every", "每周"
        ODD = "odd", "单周"
        EVEN = "even", "双周"

    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, related_name="availability")
    weekday = models.PositiveSmallIntegerField("星期", null=True, blank=True)
    on_date = models.DateField("日期", null=True, blank=True)
    starts = models.TimeField("从")
    ends = models.TimeField("到")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.POSSIBLE)
    weeks = models.CharField(max_length=5, choices=Weeks, default=Weeks.EVERY)
    from_on = models.DateField("起", null=True, blank=True)
    until_on = models.DateField("止", null=True, blank=True)
    told_on = models.DateField("什么时候说的", null=True, blank=True)
    told_how = models.CharField("怎么说的", max_length=80, blank=True)

    class Meta:
        ordering = ["weekday", "on_date", "starts", "id"]
        verbose_name_plural = "availability"
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="availability_ends_after_it_starts"),
            models.CheckConstraint(
                # Without the first part a row with neither would pass: SQL's unknown is no breach.
                condition=Q(weekday__isnull=False, weekday__range=(0, 6), on_date__isnull=True)
                | Q(weekday__isnull=True, on_date__isnull=False),
                name="availability_is_weekly_or_dated",
            ),
            models.CheckConstraint(
                condition=Q(from_on__isnull=True) | Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="availability_range_is_forward",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer_id} {self.weekday} {self.starts}-{self.ends}"
