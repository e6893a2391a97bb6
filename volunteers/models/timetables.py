"""Timetables that the engine proposes for the classes of a term, waiting for an organiser."""

from django.db import models
from django.db.models import Q

from .runs import Run


class TimetableProposal(Run):
    """One run of the timetable engine for some classes of a community (screen: 排时间).

    `series` are the ids of the classes to place. `gives` is how many of a thousand learners may be given
    for more helpers. `answer` holds up to three timetables with their figures and reasons (see
    volunteers.planning.timetable); `chosen` is the one that was accepted, counted from 0.
    """

    term = models.ForeignKey("classes.Term", on_delete=models.CASCADE)
    community = models.ForeignKey("classes.Community", on_delete=models.CASCADE)
    series = models.JSONField(default=list)
    gives = models.PositiveSmallIntegerField("学员可以让出千分之几", default=0)
    chosen = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(progress__lte=100), name="timetable_progress_is_a_percentage"),
            models.CheckConstraint(condition=Q(gives__lte=100), name="timetable_gives_little"),
            models.CheckConstraint(
                condition=~Q(status="accepted") | Q(chosen__isnull=False), name="timetable_accepted_says_which"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.term} {self.community} {self.status}"
