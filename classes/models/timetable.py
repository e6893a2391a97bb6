"""When: terms, the Chinese calendar as data, questions it raises, and dated sessions."""

from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property

from classes.models.programme import SchoolLevel


class Term(models.Model):
    """A planning range. Both dates belong to it."""

    name = models.CharField("学期", max_length=20, unique=True)
    starts_on = models.DateField("开始")
    ends_on = models.DateField("结束")

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="term_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return self.name


class CalendarDay(models.Model):
    """A day that is not an ordinary workday or weekend day, as data.

    Days without a row are workdays Monday to Friday and weekend otherwise. A community's
    own row wins over the general one. `follows_weekday` is the weekday whose timetable
    schools run on a make-up day (Monday is 0).
    """

    class Type(models.TextChoices):
        WORKDAY = "workday", "工作日"
        WEEKEND = "weekend", "周末"
        HOLIDAY = "holiday", "放假"
        MAKEUP = "makeup_workday", "调休上班"
        HALF = "half_day", "半天放假"
        CLOSED = "closed", "停课"

    class Status(models.TextChoices):
        OFFICIAL = "official", "官方"
        PREDICTED = "predicted", "预测"
        LOCAL = "local", "本地"

    date = models.DateField("日期")
    community = models.ForeignKey("classes.Community", null=True, blank=True, on_delete=models.CASCADE)
    day_type = models.CharField("类型", max_length=15, choices=Type)
    name = models.CharField("名称", max_length=40, blank=True)
    follows_weekday = models.PositiveSmallIntegerField("按周几上课", null=True, blank=True)
    source = models.CharField("来源", max_length=80, blank=True)
    status = models.CharField("状态", max_length=10, choices=Status)

    class Meta:
        ordering = ["date", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["date"],
                condition=Q(community__isnull=True),
                name="calendar_day_once",
            ),
            models.UniqueConstraint(
                fields=["date", "community"],
                condition=Q(community__isnull=False),
                name="calendar_day_once_a_community",
            ),
            models.CheckConstraint(
                condition=Q(follows_weekday__isnull=True) | Q(follows_weekday__range=(0, 6)),
                name="calendar_day_follows_a_weekday",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.get_day_type_display()}"

    @property
    def is_announced(self) -> bool:
        """Whether the State Council's notice of the year says so; half days are in the law, not in the notice."""
        return self.status == self.Status.OFFICIAL and self.day_type in (self.Type.HOLIDAY, self.Type.MAKEUP)


class SchoolTerm(models.Model):
    """Weeks of term or of a break in the schools of one level, both dates included.

    A level is in one part of its year at a time: an exclusion constraint on PostgreSQL and
    triggers on SQLite say so.
    """

    class Kind(models.TextChoices):
        TERM = "term", "上学"
        WINTER = "winter", "寒假"
        SUMMER = "summer", "暑假"

    level = models.CharField("学校", max_length=10, choices=SchoolLevel)
    kind = models.CharField("什么时候", max_length=10, choices=Kind)
    starts_on = models.DateField("第一天")
    ends_on = models.DateField("最后一天")
    status = models.CharField("状态", max_length=10, choices=CalendarDay.Status, default=CalendarDay.Status.LOCAL)
    source = models.CharField("来源", max_length=80, blank=True)

    class Meta:
        ordering = ["starts_on", "level"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="school_term_is_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()}{self.get_kind_display()}"


class DayQuestion(models.Model):
    """A day on which the rule pack says "ask": the organiser answers run or skip, once."""

    class Answer(models.TextChoices):
        OPEN = "", "还没定"
        RUN = "run", "开课"
        SKIP = "skip", "不开"

    series = models.ForeignKey("classes.Series", on_delete=models.CASCADE, related_name="questions")
    on_date = models.DateField("日期")
    why = models.CharField("为什么问", max_length=100)
    answer = models.CharField(max_length=4, choices=Answer, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["on_date", "id"]
        constraints = [
            models.UniqueConstraint(fields=["series", "on_date"], name="day_is_asked_once"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True)
                | Q(answer__in=["run", "skip"], answered_at__isnull=False),
                name="day_answer_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.on_date}"


class Session(models.Model):
    """One dated meeting of a series, half-open `[starts_at, ends_at)`.

    No room is booked twice at a time: an exclusion constraint on PostgreSQL and triggers
    on SQLite say so (see the migration), for sessions that are not cancelled.

    `sequence` counts the changes of when, where and whether (RFC 5545 SEQUENCE); a trigger
    raises it on both databases, whoever writes.
    `planned_on` is the day the pattern asked for; a moved session keeps it, an extra one has none.
    `ticked_at` is when somebody said that it is held although the day is closed.
    `regrouped` sessions have other learners than the list of the series says: a part was split
    off (`split_from` on the part) or another session was merged in (`merged_into` on that one).
    `step_free` is True when somebody in a wheelchair is expected, else nothing: the database
    then refuses a room up the stairs.
    """

    class Status(models.TextChoices):
        PLANNED = "planned", "待开"
        CANCELLED = "cancelled", "停课"
        DONE = "done", "已结束"

    series = models.ForeignKey("classes.Series", on_delete=models.CASCADE, related_name="sessions")
    community = models.ForeignKey("classes.Community", on_delete=models.CASCADE, related_name="sessions")
    room = models.ForeignKey("classes.Room", null=True, blank=True, on_delete=models.PROTECT)
    on_date = models.DateField("日期", db_index=True)
    planned_on = models.DateField("课表上的日期", null=True, blank=True)
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    lesson = models.ForeignKey("classes.Lesson", null=True, blank=True, on_delete=models.SET_NULL)
    lesson_by_hand = models.BooleanField("课是手定的", default=False)
    is_review = models.BooleanField("复习课", default=False)
    expected = models.PositiveSmallIntegerField("应到", default=0)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.PLANNED)
    cancel_reason = models.CharField("停课原因", max_length=120, blank=True)
    day_type = models.CharField("日子", max_length=15, default="workday")
    sequence = models.PositiveIntegerField("第几次改", default=0, editable=False)
    ticked_at = models.DateTimeField("停课日照开,确认于", null=True, blank=True)
    split_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="parts")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merged")
    regrouped = models.BooleanField("人分过或并过", default=False)
    step_free = models.BooleanField("有人坐轮椅", null=True, blank=True)

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "on_date"],
                condition=Q(split_from__isnull=True) & ~Q(status="cancelled"),
                name="session_once_a_day",
            ),
            models.UniqueConstraint(
                fields=["series", "planned_on"],
                condition=Q(planned_on__isnull=False),
                name="session_planned_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="session_ends_after_it_starts",
                violation_error_message="下课时间要晚于上课时间。",
            ),
            models.CheckConstraint(
                condition=~Q(day_type="closed") | ~Q(status="planned") | Q(ticked_at__isnull=False),
                name="session_on_a_closed_day_is_ticked",
                violation_error_message="这天停课，要照开请先确认。",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(status="cancelled"),
                name="session_merged_away_is_not_held",
            ),
            models.CheckConstraint(
                condition=Q(step_free__isnull=True) | Q(step_free=True),
                name="session_step_free_is_true_or_nothing",
            ),
        ]
        indexes = [models.Index(fields=["community", "starts_at"], name="session_of_a_week")]

    def __str__(self) -> str:
        return f"{self.series_id} {self.on_date}"

    @cached_property
    def needs(self) -> list[str]:
        """The equipment without which it cannot be held, that of sessions merged into it too."""
        both = [self.series, *(one.series for one in self.merged.all())] if self.regrouped else [self.series]
        return list(dict.fromkeys(thing for series in both for thing in series.needs))
