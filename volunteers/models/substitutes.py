"""Looking for somebody who takes over: the search, whom it asked, its timings; and sessions under their floor."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

LEAST_WAIT = timedelta(minutes=5)


class SubstitutePlan(models.Model):
    """How a community looks for substitutes: sizes of the waves, and how long each is waited for.

    `wait_far` holds while the session is further away than `far_hours`, `wait_near` when it is nearer
    than `near_hours`, `wait_middle` between them. A wave is over before its time when fewer than
    `enough_silent` people of the search have still to answer. Without a row the defaults hold.
    """

    community = models.OneToOneField("classes.Community", on_delete=models.CASCADE, related_name="substitute_plan")
    starts_itself = models.BooleanField("有人来不了，自动开始找", default=True)
    within_days = models.PositiveSmallIntegerField("离开始几天以内才自动找", default=14)
    first_wave = models.PositiveSmallIntegerField("第一批问几位", default=4)
    next_wave = models.PositiveSmallIntegerField("以后每批问几位", default=4)
    enough_silent = models.PositiveSmallIntegerField("还没回的少于几位，就问下一批", default=2)
    far_hours = models.PositiveSmallIntegerField("离开始还早：多于几小时", default=72)
    near_hours = models.PositiveSmallIntegerField("快开始了：少于几小时", default=24)
    wait_far = models.PositiveSmallIntegerField("还早时，每批等几分钟", default=240)
    wait_middle = models.PositiveSmallIntegerField("中间，每批等几分钟", default=60)
    wait_near = models.PositiveSmallIntegerField("快开始时，每批等几分钟", default=15)
    asks_a_week = models.PositiveSmallIntegerField("同一个人一周最多先问几次", default=3)
    alarm_hours = models.PositiveSmallIntegerField("孩子的场次离开始几小时以内，人不够就报警", default=72)
    deputy_minutes = models.PositiveSmallIntegerField("多少分钟还没补上，就叫副手", default=30)
    in_charge = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name="先告诉谁",
    )  # fmt: skip
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name="副手",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(first_wave__range=(1, 20), next_wave__range=(1, 20)),
                name="substitute_waves_are_small",
                violation_error_message="一批问 1 到 20 位。",
            ),
            models.CheckConstraint(
                condition=Q(near_hours__lte=F("far_hours")),
                name="substitute_near_is_nearer_than_far",
                violation_error_message="“快开始了”的小时数不能多于“还早”的。",
            ),
            models.CheckConstraint(
                condition=Q(wait_far__gte=5, wait_middle__gte=5, wait_near__gte=5),
                name="substitute_waits_are_long_enough_to_answer",
                violation_error_message="每批至少等 5 分钟，不然没人来得及回。",
            ),
        ]

    def __str__(self) -> str:
        return f"plan of {self.community_id}"

    def wait(self, until_start: timedelta) -> timedelta:
        """How long one wave may think, the session being so far away; near its start never a quarter of that."""
        hours = until_start / timedelta(hours=1)
        minutes = self.wait_far if hours > self.far_hours else self.wait_middle
        minutes = self.wait_near if hours < self.near_hours else minutes
        return max(LEAST_WAIT, min(timedelta(minutes=minutes), until_start / 4))


class SubstituteSearchQuerySet(models.QuerySet):
    """Searches."""

    def open(self) -> "SubstituteSearchQuerySet":
        """Those whose people may still say yes."""
        return self.filter(status__in=SubstituteSearch.OPEN)

    def for_telling(self) -> "SubstituteSearchQuerySet":
        """With everything that notes and pages say about the place."""
        return self.select_related(
            "shift__role", "shift__session__series__programme", "shift__session__room",
            "shift__session__lesson", "shift__session__community", "started_by",
        )  # fmt: skip


class SubstituteSearch(models.Model):
    """People are asked, wave after wave, to take `wanted` places of one shift; one open search a shift.

    The places of a shift are the same for everybody, so a second person who drops out makes the open
    search want one more. `wave` counts the waves that were asked, and is the number of the claim: a
    wave is asked by whoever moves it on. Exhausted: everybody was asked, and the answers still count.
    Over: the session has begun or is not held.
    """

    class Status(models.TextChoices):
        SEARCHING = "searching", "正在找"
        EXHAUSTED = "exhausted", "都问过了"
        FILLED = "filled", "补上了"
        STOPPED = "stopped", "停了"
        OVER = "over", "过去了"

    OPEN = (Status.SEARCHING, Status.EXHAUSTED)

    shift = models.ForeignKey("volunteers.Shift", on_delete=models.CASCADE, related_name="searches")
    status = models.CharField(max_length=10, choices=Status, default=Status.SEARCHING)
    why = models.CharField("为什么找", max_length=60, blank=True)
    wanted = models.PositiveSmallIntegerField("找几位", default=1)
    found = models.PositiveSmallIntegerField("找到几位", default=0)
    wave = models.PositiveSmallIntegerField("问过几批", default=0)
    next_wave_at = models.DateTimeField("下一批什么时候问", null=True, blank=True)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = SubstituteSearchQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "substitute searches"
        constraints = [
            models.UniqueConstraint(
                fields=["shift"],
                condition=Q(status__in=["searching", "exhausted"]),
                name="one_open_search_a_shift",
            ),
            models.CheckConstraint(
                condition=Q(status="searching", next_wave_at__isnull=False)
                | (~Q(status="searching") & Q(next_wave_at__isnull=True)),
                name="search_under_way_has_a_next_wave",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["searching", "exhausted"], closed_at__isnull=True)
                | Q(status__in=["filled", "stopped", "over"], closed_at__isnull=False),
                name="search_ends_at_a_time",
            ),
            models.CheckConstraint(condition=Q(wanted__gte=1), name="search_wants_somebody"),
            models.CheckConstraint(condition=Q(found__lte=F("wanted")), name="search_finds_no_more_than_it_wants"),
        ]
        indexes = [models.Index(fields=["status", "next_wave_at"], name="search_due")]

    def __str__(self) -> str:
        return f"search {self.pk} for {self.shift_id} {self.status}"

    @property
    def is_open(self) -> bool:
        """Whether answers still count."""
        return self.status in self.OPEN


class SubstituteAsk(models.Model):
    """One person who was asked by one search, in which place of the order, why, and what they said.

    Told: the place was filled before an answer came.
    Not sent: the search ended before the invitation had left; when it goes on they are asked anew.
    """

    class State(models.TextChoices):
        ASKED = "asked", "还没回"
        YES = "yes", "能来"
        NO = "no", "来不了"
        TOO_LATE = "too_late", "晚了一步"
        TOLD = "told", "告诉了已补上"
        TAKEN_BACK = "taken_back", "不问了"
        NOT_SENT = "not_sent", "没发出"

    UNASKED = (State.TAKEN_BACK, State.NOT_SENT)

    search = models.ForeignKey(SubstituteSearch, on_delete=models.CASCADE, related_name="asks")
    volunteer = models.ForeignKey("volunteers.Volunteer", on_delete=models.CASCADE, related_name="substitute_asks")
    wave = models.PositiveSmallIntegerField("第几批")
    place = models.PositiveSmallIntegerField("第几位")
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    reasons = models.JSONField("为什么问", default=list, blank=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["search", "place"]
        constraints = [
            models.UniqueConstraint(fields=["search", "volunteer"], name="asked_once_a_search"),
            models.UniqueConstraint(fields=["search", "place"], name="ask_has_its_place"),
            models.CheckConstraint(
                condition=Q(state__in=["yes", "no", "too_late"], answered_at__isnull=False)
                | Q(state__in=["asked", "told", "taken_back", "not_sent"], answered_at__isnull=True),
                name="ask_answer_has_a_time",
            ),
            models.CheckConstraint(condition=~Q(state="told") | Q(told_at__isnull=False), name="ask_told_has_a_time"),
        ]
        indexes = [models.Index(fields=["volunteer", "asked_at"], name="asks_of_a_person")]

    def __str__(self) -> str:
        return f"{self.volunteer_id} asked by {self.search_id} {self.state}"


class FloorAlarm(models.Model):
    """A children's session has fewer cleared adults than it needs to be held; one open alarm a session.

    Who is in charge is told at once, the deputy at `deputy_at`; from then on the page 今天 has it in red.
    """

    session = models.ForeignKey("classes.Session", on_delete=models.CASCADE, related_name="floor_alarms")
    raised_at = models.DateTimeField()
    deputy_at = models.DateTimeField("什么时候叫副手")
    deputy_told_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session"], condition=Q(closed_at__isnull=True), name="one_open_alarm_a_session"
            ),
            models.CheckConstraint(condition=Q(deputy_at__gte=F("raised_at")), name="alarm_calls_the_deputy_later"),
        ]

    def __str__(self) -> str:
        return f"alarm of {self.session_id}"
