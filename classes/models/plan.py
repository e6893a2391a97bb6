"""What a series teaches in which order, and what learners asked to learn."""

from django.db import models


class PlannedLesson(models.Model):
    """One step of a series' lesson plan; the same lesson may come again. No rows = the catalogue's order."""

    series = models.ForeignKey("classes.Series", on_delete=models.CASCADE, related_name="plan")
    position = models.PositiveSmallIntegerField("第几")
    lesson = models.ForeignKey("classes.Lesson", on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["series", "position"], name="planned_lesson_has_its_place"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.lesson_id}"


class LessonWish(models.Model):
    """A learner asked to learn this (点单): it raises the lesson's place in the plans of the community."""

    lesson = models.ForeignKey("classes.Lesson", on_delete=models.CASCADE, related_name="wishes")
    learner = models.ForeignKey("classes.Learner", on_delete=models.CASCADE, related_name="lesson_wishes")
    asked_at = models.DateTimeField("何时说的")

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["lesson", "learner"], name="lesson_wished_once"),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} {self.lesson_id}"
