"""What is offered: programmes with their rule packs, lessons, and the series of a term."""

from django.db import models
from django.db.models import F, Q


class SchoolLevel(models.TextChoices):
    """Schools that keep the same terms and breaks."""

    PRIMARY = "primary", "小学"
    JUNIOR = "junior", "初中"
    SENIOR = "senior", "高中"


class Programme(models.Model):
    """A strand of work with its rule pack.

    The `on_…` fields say what happens on each type of day: run, skip, or ask the organiser. A
    programme that goes by the school year names its `school_level`; then the `in_…` fields say the
    same for the weeks of term and of both breaks, and the stricter of the two rules holds. Ratios
    are learners per helper. Sources: 未成年人保护法 art. 62 (clearance),
    NSPCC supervision ratios (1:6 up to 8 years, 1:8 from 9 to 12, two adults always).

    `code` is there for the programmes that every installation begins with: they may be renamed.
    """

    class Kind(models.TextChoices):
        SENIOR = "senior", "教老人"
        CHILD = "child", "陪孩子"
        DESK = "desk", "门诊答疑"

    class DayRule(models.TextChoices):
        RUN = "run", "开课"
        SKIP = "skip", "不开"
        ASK = "ask", "先问"

    name = models.CharField("项目", max_length=30, unique=True)
    code = models.CharField(max_length=12, blank=True, default="", editable=False)
    kind = models.CharField("类型", max_length=10, choices=Kind)
    on_workday = models.CharField("工作日", max_length=4, choices=DayRule, default="run")
    on_weekend = models.CharField("周末", max_length=4, choices=DayRule, default="run")
    on_holiday = models.CharField("节假日", max_length=4, choices=DayRule, default="skip")
    on_makeup = models.CharField("调休上班日", max_length=4, choices=DayRule, default="ask")
    on_half_day = models.CharField("半天放假(六一)", max_length=4, choices=DayRule, default="run")
    school_level = models.CharField("跟着哪级学校的假期", max_length=10, choices=SchoolLevel, blank=True, default="")
    in_term = models.CharField("上学期间", max_length=4, choices=DayRule, default="run")
    in_winter = models.CharField("寒假", max_length=4, choices=DayRule, default="skip")
    in_summer = models.CharField("暑假", max_length=4, choices=DayRule, default="skip")
    needs_clearance = models.BooleanField("要背景查询", default=False)
    minimum_adults = models.PositiveSmallIntegerField("至少几位成年人", default=1)
    default_ratio = models.PositiveSmallIntegerField("每位带几人", default=3)
    young_ratio = models.PositiveSmallIntegerField("8 岁以下每位带几人", default=6)
    risk_note = models.CharField("风险提示", max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="programme_code_once"),
            models.CheckConstraint(
                condition=~Q(kind="child") | Q(needs_clearance=True, minimum_adults__gte=2),
                name="children_have_two_cleared_adults",
                violation_error_message="孩子的项目必须要背景查询,并且至少两位成年人。",
            ),
            # NSPCC's widest ratio; the hard floor of classes.demand.
            models.CheckConstraint(
                condition=~Q(kind="child") | Q(default_ratio__lte=10, young_ratio__lte=10),
                name="children_ratio_has_a_floor",
                violation_error_message="一位成年人最多带 10 个孩子。",
            ),
            models.CheckConstraint(
                condition=Q(default_ratio__gt=0, young_ratio__gt=0),
                name="programme_ratios_are_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def rule_for(self, day_type: str) -> str:
        """What this programme does on a day of that type: run, skip or ask."""
        return {
            "workday": self.on_workday,
            "weekend": self.on_weekend,
            "holiday": self.on_holiday,
            "makeup_workday": self.on_makeup,
            "half_day": self.stricter(self.on_workday, self.on_half_day),
            "closed": "skip",
        }[day_type]

    def rule_in(self, part: str | None) -> str:
        """What it does in that part of the school year (term, winter, summer); run when nobody knows the part."""
        rules = {"term": self.in_term, "winter": self.in_winter, "summer": self.in_summer}
        return rules[part] if part else "run"

    @staticmethod
    def stricter(one: str, other: str) -> str:
        """Of two rules the one that holds: skip before ask before run."""
        return next(rule for rule in ("skip", "ask", "run") if rule in (one, other))


class Lesson(models.Model):
    """One lesson of the smartphone catalogue, with what must come before it."""

    code = models.CharField("编码", max_length=8, unique=True)
    stage = models.CharField("阶段", max_length=30)
    title = models.CharField("课名", max_length=80)
    minutes = models.PositiveSmallIntegerField("分钟", default=90)
    learners_per_helper = models.PositiveSmallIntegerField("每位助教带几人")
    pass_check = models.CharField("过关检查", max_length=120, blank=True)
    prerequisites = models.ManyToManyField("self", symmetrical=False, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(learners_per_helper__gt=0), name="lesson_ratio_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def short_title(self) -> str:
        """The title up to its colon, as cards show it."""
        return self.title.replace(":", ":").split(":")[0]


class Series(models.Model):
    """One run of a course in a term: weekly days, times, room and size (screen: 班).

    It meets on its weekdays every week, every `every_weeks` weeks counted from teaching week
    `1 + week_offset` (双周: 2 and 1), or on the n-th such weekdays of each month (`month_weeks`,
    "1,3", -1 is the last), from `from_on` to `until_on` where the term is not meant as a whole.
    `classes.recurrence` reads this as one RFC 5545 rule.

    `needs` is the equipment without which it cannot be held: words of Room.has.
    `stages` are the letters of the lesson stages it teaches, in order ("A", "DEF").
    `stated_leads`/`stated_helpers` are what the organiser's timetable says; the real need
    is computed from the learners enrolled.
    """

    class MonthWeeks(models.TextChoices):
        NONE = "", "不按月"
        FIRST = "1", "每月第一个"
        SECOND = "2", "每月第二个"
        THIRD = "3", "每月第三个"
        FOURTH = "4", "每月第四个"
        LAST = "-1", "每月最后一个"
        FIRST_AND_THIRD = "1,3", "每月第一、三个"
        SECOND_AND_FOURTH = "2,4", "每月第二、四个"

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="series")
    term = models.ForeignKey("classes.Term", on_delete=models.CASCADE, related_name="series")
    community = models.ForeignKey("classes.Community", on_delete=models.CASCADE, related_name="series")
    name = models.CharField("班", max_length=40)
    room = models.ForeignKey("classes.Room", null=True, blank=True, on_delete=models.PROTECT)
    starts = models.TimeField("开始")
    ends = models.TimeField("结束")
    every_weeks = models.PositiveSmallIntegerField("每几周", default=1)
    week_offset = models.PositiveSmallIntegerField("从第几周数起", default=0)
    month_weeks = models.CharField("每月第几个", max_length=5, choices=MonthWeeks, blank=True, default="")
    from_on = models.DateField("从哪天", null=True, blank=True)
    until_on = models.DateField("到哪天", null=True, blank=True)
    capacity = models.PositiveSmallIntegerField("名额")
    stated_leads = models.PositiveSmallIntegerField("课表写的讲师", default=0)
    stated_helpers = models.PositiveSmallIntegerField("课表写的助教", default=0)
    stages = models.CharField("教哪几段", max_length=10, blank=True)
    needs = models.JSONField("要的设备", default=list, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        ordering = ["community", "starts", "id"]
        verbose_name_plural = "series"
        constraints = [
            models.UniqueConstraint(fields=["term", "community", "name"], name="series_named_once_a_term"),
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")),
                name="series_ends_after_it_starts",
                violation_error_message="下课时间要晚于上课时间。",
            ),
            models.CheckConstraint(condition=Q(capacity__gt=0, every_weeks__gt=0), name="series_has_places"),
            models.CheckConstraint(
                condition=Q(week_offset__lt=F("every_weeks")) & (Q(month_weeks="") | Q(every_weeks=1)),
                name="series_pattern_is_one",
                violation_error_message="隔周和每月第几个只能选一样。",
            ),
            models.CheckConstraint(
                condition=Q(month_weeks__in=["", "1", "2", "3", "4", "-1", "1,3", "2,4"]),
                name="series_month_weeks_are_known",
            ),
            models.CheckConstraint(
                condition=Q(from_on__isnull=True) | Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="series_limits_are_forward",
                violation_error_message="最后一天要在第一天之后。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SeriesDay(models.Model):
    """One weekday on which a series meets (Monday is 0), with its seats.

    `taken` is the counter behind "capacity never exceeded": an enrolment claims a seat
    with a conditional update, the check constraint has the last word.
    """

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="days")
    weekday = models.PositiveSmallIntegerField("星期")
    seats = models.PositiveSmallIntegerField("名额")
    taken = models.PositiveSmallIntegerField("已用", default=0)

    class Meta:
        ordering = ["weekday"]
        constraints = [
            models.UniqueConstraint(fields=["series", "weekday"], name="series_day_once"),
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="series_day_is_a_weekday"),
            models.CheckConstraint(condition=Q(taken__lte=F("seats")), name="series_day_is_never_overfull"),
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.name}"

    @property
    def name(self) -> str:
        """周三"""
        return f"周{'一二三四五六日'[self.weekday]}"
