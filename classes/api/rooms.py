"""Rooms: what they are like, and who else has them."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router, Schema
from ninja.responses import Status

from classes.actions import rooms as actions
from classes.actions import venues
from classes.api.places import community_of
from classes.forms.rooms import BookingForm, RoomForm, equipment_of, initial_of
from classes.models import Room, RoomBooking, VenueClosing
from people.api import ORGANISER, REFUSED, Paging, cut, filled, refuse_field

router = Router(tags=["社区和教室"])


class RoomOut(Schema):
    """A room; `open_windows` are [weekday, from, until], Monday is 0, empty = the whole day."""

    id: int
    name: str
    venue: str
    seats: int | None
    floor: int | None
    has_lift: bool | None
    step_free: bool = Field(description="轮椅进得去")
    equipment: str = Field(description="设备，像人写的那样")
    has: list[str] = Field(description="读出来的设备，班要的设备和它比")
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


class ClosingOut(Schema):
    """Days, both included, on which a venue is shut."""

    id: int
    first: date
    last: date
    reason: str

    @staticmethod
    def resolve_first(closing: VenueClosing) -> date:
        return closing.first_on

    @staticmethod
    def resolve_last(closing: VenueClosing) -> date:
        return closing.last_on


class VenueOut(Schema):
    """An address with rooms in it, and when it is shut."""

    id: int
    name: str
    address: str
    closings: list[ClosingOut]


class Venues(Schema):
    """A part of the list."""

    count: int
    items: list[VenueOut]


class Rooms(Schema):
    """A part of the list."""

    count: int
    items: list[RoomOut]


class Bookings(Schema):
    """A part of the list."""

    count: int
    items: list[BookingOut]


class RoomPatch(Schema):
    """What changes; what is left out stays."""

    name: str | None = None
    seats: int | None = Field(None, description="座位，null 是不知道")
    floor: int | None = Field(None, description="楼层，地下一层写 -1，null 是不知道")
    has_lift: bool | None = Field(None, description="有没有电梯，null 是不知道")
    equipment: str | None = Field(None, description="像人写的那样，例如 投影、WiFi、插座")
    open_text: str | None = Field(None, description="能用的时间，例如 周一至周五 8:00-18:00；空着是随时能用")
    gap_minutes: int | None = Field(None, description="两场之间留几分钟")


class RoomIn(RoomPatch):
    """A new room."""

    community: int = Field(description="社区编号")
    name: str


class BookingIn(Schema):
    """A period in which somebody else has the room."""

    who: str = Field(description="谁用，例如 街道开会")
    on_date: date
    time: str = Field(description="例如 9:00-12:00")


def found() -> Any:
    """Rooms with what is told of them. One query for any number."""
    return Room.objects.select_related("venue__community")


def room_of(pk: int) -> Room:
    """The room that is asked for. Raises Http404."""
    return get_object_or_404(found(), pk=pk)


def facts_of(data: dict[str, Any], room: Room | None = None) -> actions.RoomFacts:
    """The form of the page, filled in: what is there, and over it what was sent."""
    if "has_lift" in data:
        data["has_lift"] = {True: "yes", False: "no", None: ""}[data["has_lift"]]
    if "equipment" in data:
        data |= equipment_of(data["equipment"] or "")
    return filled(RoomForm((initial_of(room) if room else {}) | data)).facts()


@router.get("/rooms", response={200: Rooms, **REFUSED}, summary="一个社区的教室")
def rooms(request: HttpRequest, community: int, paging: Query[Paging]) -> Any:
    """The rooms of a community."""
    return cut(found().filter(venue__community=community_of(community)).order_by("id"), paging)


@router.get("/venues", response={200: Venues, **REFUSED}, summary="一个社区的场地，哪几天停用")
def venue_list(request: HttpRequest, community: int, paging: Query[Paging]) -> Any:
    """The venues of a community."""
    return cut(community_of(community).venues.prefetch_related("closings").order_by("id"), paging)


@router.delete("/closings/{pk}", response={204: None, **REFUSED}, auth=ORGANISER, summary="场地不停用了")
def reopen(request: HttpRequest, pk: int) -> Any:
    """The venue is in use again; what was called off stays so."""
    closing = get_object_or_404(VenueClosing.objects.select_related("venue"), pk=pk)
    venues.reopen_venue(closing=closing, now=timezone.now(), actor=request.user)
    return Status(204, None)


@router.post("/rooms", response={201: RoomOut, **REFUSED}, auth=ORGANISER, summary="加一间教室")
def room_add(request: HttpRequest, body: RoomIn) -> Any:
    """A new room."""
    community, facts = community_of(body.community), facts_of(body.dict(exclude={"community"}))
    try:
        made = actions.add_room(community=community, facts=facts, now=timezone.now(), actor=request.user)
    except actions.NameTaken as refusal:
        refuse_field("name", str(refusal))
    return Status(201, room_of(made.pk))


@router.get("/rooms/{pk}", response={200: RoomOut, **REFUSED}, summary="一间教室")
def room(request: HttpRequest, pk: int) -> Any:
    """One room."""
    return room_of(pk)


@router.patch("/rooms/{pk}", response={200: RoomOut, **REFUSED}, auth=ORGANISER, summary="改一间教室")
def room_edit(request: HttpRequest, pk: int, body: RoomPatch) -> Any:
    """Other seats, floor, hours; a lift or equipment that is needed stays (409)."""
    one = room_of(pk)
    facts = facts_of(body.dict(exclude_unset=True), one)
    try:
        actions.change_room(room=one, facts=facts, now=timezone.now(), actor=request.user)
    except actions.NameTaken as refusal:
        refuse_field("name", str(refusal))
    return room_of(pk)


@router.get("/rooms/{pk}/bookings", response={200: Bookings, **REFUSED}, summary="别人借用这间教室的时间")
def bookings(request: HttpRequest, pk: int, paging: Query[Paging]) -> Any:
    """Who else has the room."""
    return cut(room_of(pk).bookings.filter(closing=None).order_by("starts_at", "id"), paging)


@router.post("/rooms/{pk}/bookings", response={201: BookingOut, **REFUSED}, auth=ORGANISER, summary="别人借用教室")
def book(request: HttpRequest, pk: int, body: BookingIn) -> Any:
    """Somebody else gets the room, where no class is in it (409 with who has it)."""
    one, form = room_of(pk), filled(BookingForm(body.dict()))
    starts_at, ends_at = form.period()
    who = form.cleaned_data["who"]
    made = actions.book_room(
        room=one, who=who, starts_at=starts_at, ends_at=ends_at, now=timezone.now(), actor=request.user
    )
    made.refresh_from_db()  # moments as every answer has them
    return Status(201, made)


@router.delete("/bookings/{pk}", response={204: None, **REFUSED}, auth=ORGANISER, summary="不借用了")
def free(request: HttpRequest, pk: int) -> Any:
    """The booking is off."""
    booking = get_object_or_404(RoomBooking.objects.select_related("room"), pk=pk, closing=None)
    actions.free_room(booking=booking, now=timezone.now(), actor=request.user)
    return Status(204, None)
