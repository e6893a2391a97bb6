"""Answers of the engine that wait for an organiser, and invitations that wait for a person."""

from django.db import models
from django.db.models import F, Q

from .runs import Run
from .volunteer import new_token


class Proposal(Run):
    """One run of the matching engine for a range of days; nobody is told before publishing.

    It is about one community, about a `street`, or about every community. `so_far` is the best plan
    while the engine works on a better one. `answer` is the engine's answer (`linke-roster-answer/1`)
    plus gap explanations. `tiers` is the order of the wishes it was asked for, as rows of tier and
    tolerance; empty is the usual one.
    """

    community = models.ForeignKey("classes.Community", null=True, blank=True, on_delete=models.CASCADE)
    street = models.CharField("街道", max_length=40, blank=True, default="")
    from_on = models.DateField("从")
    until_on = models.DateField("到")
    so_far = models.JSONField(default=dict, blank=True)
    tiers = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="proposal_range_is_forward"),
            models.CheckConstraint(
                condition=Q(street="") | Q(community__isnull=True), name="proposal_is_of_a_community_or_a_street"
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="proposal_progress_is_a_percentage"),
        ]

    def __str__(self) -> str:
        return f"{self.from_on}–{self.until_on} {self.status}"


class Placement(models.Model):
    """One pair in a proposal, with its reasons and what else was considered."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", "建议"
        ACCEPTED = "accepted", "采纳"
        REFUSED = "refused", "不要"
        STALE = "stale", "过期"

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="placements")
    shift = models.ForeignKey("volunteers.Shift", on_delete=models.CASCADE, related_name="placements")
    volunteer = models.ForeignKey("volunteers.Volunteer", on_delete=models.CASCADE, related_name="placements")
    reasons = models.JSONField(default=list, blank=True)
    alternatives = models.JSONField(default=list, blank=True)
    bends_a_wish = models.BooleanField("有代价", default=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.PROPOSED)
    stale_why = models.CharField(max_length=120, blank=True)
    assignment = models.ForeignKey("volunteers.Assignment", null=True, blank=True, on_delete=models.SET_NULL)

    class Meta:
        ordering = ["shift__session__starts_at", "shift_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "shift", "volunteer"], name="placement_once_a_proposal"),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer_id} → {self.shift_id}"


class Offer(models.Model):
    """An invitation with an expiry and an answer. Opening its link changes nothing."""

    class Answer(models.TextChoices):
        NONE = "", "没回"
        YES = "yes", "能来"
        NO = "no", "来不了"

    assignment = models.OneToOneField("volunteers.Assignment", on_delete=models.CASCADE, related_name="offer")
    token = models.CharField(max_length=40, unique=True, default=new_token)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answer = models.CharField(max_length=3, choices=Answer, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="offer_expires_later"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="offer_answer_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"offer {self.assignment_id} {self.answer}"
