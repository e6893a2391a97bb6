"""Communities and their rooms."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from classes.models import Community, Room, RoomBooking
from classes.queries import places
from people.api import REFUSED, Paging, cut

router = Router(tags=["社区和教室"])


def community_of(pk: int) -> Community:
    """The community that is asked for. Raises Http404."""
    return get_object_or_404(Community, pk=pk)


class CommunityOut(Schema):
    """A community."""

    id: int
    name: str
    street: str


class RoomOut(Schema):
    """A room; `open_windows` are [weekday, from, until], Monday is 0, empty = the whole day."""

    id: int
    name: str
    venue: str
    seats: int | None
    floor: int | None
    has_lift: bool | None
    step_free: bool = Field(description="轮椅进得去")
    equipment: str
    open_text: str
    open_windows: list[list[int | str]]
    gap_minutes: int

    @staticmethod
    def resolve_venue(room: Room) -> str:
        return room.venue.name


class BookingOut(Schema):
    """A period in which somebody else has the room."""

    id: int
    room: int
    who: str
    starts_at: datetime
    ends_at: datetime

    @staticmethod
    def resolve_room(booking: RoomBooking) -> int:
        return booking.room_id


class Communities(Schema):
    """A part of the list."""

    count: int
    items: list[CommunityOut]


class Rooms(Schema):
    """A part of the list."""

    count: int
    items: list[RoomOut]


class Bookings(Schema):
    """A part of the list."""

    count: int
    items: list[BookingOut]


@router.get("/communities", response={200: Communities, **REFUSED}, summary="社区")
def communities(request: HttpRequest, paging: Query[Paging]) -> Any:
    """All communities."""
    return cut(places.communities(), paging)


@router.get("/rooms", response={200: Rooms, **REFUSED}, summary="一个社区的教室")
def rooms(request: HttpRequest, community: int, paging: Query[Paging]) -> Any:
    """The rooms of a community."""
    found = Room.objects.filter(venue__community=community_of(community)).select_related("venue")
    return cut(found.order_by("id"), paging)


@router.get("/rooms/{pk}/bookings", response={200: Bookings, **REFUSED}, summary="别人借用这间教室的时间")
def bookings(request: HttpRequest, pk: int, paging: Query[Paging]) -> Any:
    """Who else has the room."""
    return cut(get_object_or_404(Room, pk=pk).bookings.order_by("starts_at", "id"), paging)
