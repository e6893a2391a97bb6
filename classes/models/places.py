"""Where things happen: communities, their grids, venues and rooms."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Case, F, Q, Value, When


class Community(models.Model):
    """A 社区 with the desk that answers its phone.

    Whoever is new signs up only with the `poster_code`, when there is one: it stands on the printed poster.
    """

    name = models.CharField("社区", max_length=40, unique=True)
    street = models.CharField("街道", max_length=40, blank=True)
    help_name = models.CharField("联系人", max_length=20, blank=True)
    help_phone = models.CharField("联系电话", max_length=20, blank=True)
    help_hours = models.CharField("接听时间", max_length=60, blank=True)
    group_text = models.CharField("志愿者群怎么进", max_length=120, blank=True, default="")
    poster_code = models.CharField("海报上的码", max_length=4, blank=True, default="")
    x_km = models.FloatField("位置东西(公里)", default=0)
    y_km = models.FloatField("位置南北(公里)", default=0)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "communities"

    def __str__(self) -> str:
        return self.name


class Grid(models.Model):
    """A 网格 inside a community, with its grid worker."""

    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="grids")
    name = models.CharField("网格", max_length=30)
    worker = models.CharField("网格员", max_length=30, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["community", "name"], name="grid_named_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Venue(models.Model):
    """An address with rooms in it."""

    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="venues")
    name = models.CharField("场地", max_length=40)
    address = models.CharField("地址", max_length=120, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["community", "name"], name="venue_named_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    """A bookable space. `open_windows` is [[weekday, "HH:MM", "HH:MM"], …]; empty = all day.

    `equipment` is what people wrote, `has` what was read in it. `gap_minutes` stay free between two
    bookings. `step_free` (no stairs on the way) is derived by
    the database; a room whose floor nobody has said counts as one on the ground floor.
    """

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="rooms")
    name = models.CharField("教室", max_length=40)
    seats = models.PositiveSmallIntegerField("座位", null=True, blank=True)
    floor = models.SmallIntegerField("楼层", null=True, blank=True)
    has_lift = models.BooleanField("有电梯", null=True, blank=True)
    equipment = models.CharField("设备", max_length=120, blank=True)
    has = models.JSONField(default=list, blank=True)
    open_text = models.CharField("能用的时间", max_length=80, blank=True)
    open_windows = models.JSONField(default=list, blank=True)
    gap_minutes = models.PositiveSmallIntegerField("两场之间留几分钟", default=0)
    step_free = models.GeneratedField(
        expression=Case(
            When(Q(floor__isnull=True) | Q(floor=1) | Q(has_lift=True), then=Value(True)), default=Value(False)
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["venue", "name"], name="room_named_once"),
            models.CheckConstraint(condition=Q(seats__isnull=True) | Q(seats__gt=0), name="room_has_seats"),
            models.CheckConstraint(condition=Q(gap_minutes__lte=120), name="room_gap_is_at_most_two_hours"),
        ]

    def __str__(self) -> str:
        return self.name

    def lacks(self, needs: Iterable[str]) -> list[str]:
        """What of it the room does not have; what nobody has written down is not there."""
        return [one for one in needs if one not in self.has]


class VenueClosing(models.Model):
    """Days, both included, on which a whole venue is shut; the change that said so takes it along when undone.

    Each of its rooms is booked for these days: that is what keeps sessions out.
    """

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="closings")
    change = models.OneToOneField("classes.Change", on_delete=models.CASCADE, related_name="closing")
    first_on = models.DateField("第一天")
    last_on = models.DateField("最后一天")
    reason = models.CharField("原因", max_length=120)

    class Meta:
        ordering = ["first_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="venue_closing_is_forward"),
            models.CheckConstraint(condition=~Q(reason=""), name="venue_closing_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.venue_id} {self.first_on}–{self.last_on}"


class RoomBooking(models.Model):
    """A period in which somebody else has the room: `[starts_at, ends_at)`; or the venue is shut (`closing`).

    No session is held in it: the database looks across both tables (see classes.models.truths).
    """

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="bookings")
    closing = models.ForeignKey(VenueClosing, null=True, blank=True, on_delete=models.CASCADE, related_name="bookings")
    who = models.CharField("谁用", max_length=40)
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="room_booking_ends_after_it_starts"),
            models.CheckConstraint(condition=~Q(who=""), name="room_booking_says_who"),
        ]

    def __str__(self) -> str:
        return f"{self.who} {self.room_id}"
