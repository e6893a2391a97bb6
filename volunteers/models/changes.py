"""What a change of the timetable did to people who help."""

from django.db import models


class AssignmentChange(models.Model):
    """What a change did to one assignment and its invitation; one that it made has no before."""

    change = models.ForeignKey("classes.Change", on_delete=models.CASCADE, related_name="assignments")
    assignment = models.ForeignKey("volunteers.Assignment", on_delete=models.CASCADE, related_name="changes")
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["change", "assignment"], name="assignment_changed_once_a_change"),
        ]

    def __str__(self) -> str:
        return f"{self.change_id} {self.assignment_id}"
