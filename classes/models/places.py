"""Where things happen: communities, their grids, venues and rooms."""

from django.db import models
from django.db.models import Q


class Community(models.Model):
    """A 社区 with the desk that answers its phone."""

    name = models.CharField("社区", max_length=40, unique=True)
    street = models.CharField("街道", max_length=40, blank=True)
    help_name = models.CharField("联系人", max_length=20, blank=True)
    help_phone = models.CharField("联系电话", max_length=20, blank=True)
    help_hours = models.CharField("接听时间", max_length=60, blank=True)
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
    """A bookable space. `open_windows` is [[weekday, "HH:MM", "HH:MM"], …]; empty = all day."""

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="rooms")
    name = models.CharField("教室", max_length=40)
    seats = models.PositiveSmallIntegerField("座位", null=True, blank=True)
    floor = models.SmallIntegerField("楼层", null=True, blank=True)
    has_lift = models.BooleanField("有电梯", null=True, blank=True)
    equipment = models.CharField("设备", max_length=120, blank=True)
    open_text = models.CharField("能用的时间", max_length=80, blank=True)
    open_windows = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["venue", "name"], name="room_named_once"),
            models.CheckConstraint(condition=Q(seats__isnull=True) | Q(seats__gt=0), name="room_has_seats"),
        ]

    def __str__(self) -> str:
        return self.name
