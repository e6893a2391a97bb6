"""Changes to the timetable and the calendar that can be undone for a day, and who comes to a part of a split session."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

UNDO_WITHIN = timedelta(hours=24)


class Change(models.Model):
    """One act of an organiser on sessions, with what is needed to take it back exactly."""

    class Kind(models.TextChoices):
        MOVE = "move", "改时间地点"
        CANCEL = "cancel", "停课"
        CLOSE = "close", "整天停课"
        SHUT = "shut", "场地停用"
        MERGE = "merge", "并班"
        SPLIT = "split", "分班"
        SWAP = "swap", "换教室"
        LESSON = "lesson", "换课"
        # Steps on the roster: they touch people's places, no session.
        PLACE = "place", "排人"
        RELEASE = "release", "撤下"
        ACCEPT = "accept", "采纳建议"
        COPY = "copy", "照抄上周"
        COUNT = "count", "改人数"
        RESHAPE = "reshape", "改班"

    kind = models.CharField("种类", max_length=10, choices=Kind)
    community = models.ForeignKey("classes.Community", on_delete=models.CASCADE, related_name="changes")
    summary = models.CharField("做了什么", max_length=200)
    reason = models.CharField("原因", max_length=120, blank=True)
    made_at = models.DateTimeField("时间")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Rows besides sessions: the pattern of the series, the closed day, who comes to which part.
    before = models.JSONField(default=dict, blank=True)
    undone_at = models.DateTimeField("撤销于", null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(undone_at__gte=F("made_at")),
                name="change_is_undone_after_it_was_made",
            ),
        ]
        indexes = [models.Index(fields=["community", "made_at"], name="change_of_a_community")]

    def __str__(self) -> str:
        return self.summary

    @property
    def undo_until(self) -> datetime:
        """The moment after which it stands."""
        return self.made_at + UNDO_WITHIN


class SessionChange(models.Model):
    """What a change did to one session: its fields before and after; a session it made has no before."""

    change = models.ForeignKey(Change, on_delete=models.CASCADE, related_name="sessions")
    session = models.ForeignKey("classes.Session", on_delete=models.CASCADE, related_name="changes")
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["change", "session"], name="session_changed_once_a_change"),
        ]

    def __str__(self) -> str:
        return f"{self.change_id} {self.session_id}"


class PartPlace(models.Model):
    """A learner who comes to a part split off instead of the session it was split from.

    While a part is not held its learners come to the whole again.
    """

    part = models.ForeignKey("classes.Session", on_delete=models.CASCADE, related_name="part_places")
    whole = models.ForeignKey("classes.Session", on_delete=models.CASCADE, related_name="places_away")
    enrolment = models.ForeignKey("classes.Enrolment", on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["part", "enrolment"], name="learner_is_in_a_part_once"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} → {self.part_id}"


class NoticeImport(models.Model):
    """A yearly notice that was brought in, with what it needs to be taken back within 24 hours.

    `before` and `after` are the days that hold everywhere, of its year and of what it names, by ISO date.
    """

    year = models.PositiveSmallIntegerField("年份")
    source = models.CharField("来源", max_length=80)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    made_at = models.DateTimeField("导入于")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField("撤销于", null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(undone_at__gte=F("made_at")),
                name="notice_is_undone_after_it_came",
            ),
        ]

    def __str__(self) -> str:
        return self.source

    @property
    def undo_until(self) -> datetime:
        """When it can no longer be taken back."""
        return self.made_at + UNDO_WITHIN
