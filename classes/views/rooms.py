"""教室: seats, floor and lift, hours, and who else has them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from classes.actions import rooms as actions
from classes.actions import venues
from classes.actions.changing import Refused
from classes.forms.rooms import BookingForm, RoomForm, initial_of
from classes.models import Room, RoomBooking, VenueClosing
from classes.queries import rooms as queries
from classes.views.place import community_of
from people.access import organiser_required


@require_http_methods(["GET", "POST"])
@organiser_required
def rooms(request: HttpRequest) -> HttpResponse:
    """All rooms of the community on screen, and a form for another one."""
    here = community_of(request)
    if here is None:
        return render(request, "classes/no_community.html")
    form = RoomForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_room(community=here, facts=form.facts(), now=timezone.now(), actor=request.user)
        except Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, f"{made}加好了。")
            return redirect("desk:rooms")
    context = {"venues": queries.venues_of(here, timezone.now()), "form": form}
    return render(request, "classes/rooms.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@organiser_required
def room(request: HttpRequest, pk: int) -> HttpResponse:
    """One room: what it is like, and who else has it."""
    found = get_object_or_404(Room.objects.select_related("venue__community"), pk=pk)
    form, status = RoomForm(request.POST or None, initial=initial_of(found)), 422
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_room(room=found, facts=form.facts(), now=timezone.now(), actor=request.user)
        except actions.StillNeeded as refusal:
            form.add_error("equipment" if set(found.has) - set(form.facts().has) else "has_lift", str(refusal))
            status = 409
        except Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, f"{found}改好了。")
            return redirect("desk:rooms")
    return _page(request, found, form, BookingForm(), status if form.errors else 200)


@require_POST
@organiser_required
def book(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody else gets the room, where no class is in it."""
    found = get_object_or_404(Room.objects.select_related("venue__community"), pk=pk)
    form, status = BookingForm(request.POST), 422
    if form.is_valid():
        starts_at, ends_at = form.period()
        who = form.cleaned_data["who"]
        try:
            actions.book_room(
                room=found, who=who, starts_at=starts_at, ends_at=ends_at, now=timezone.now(), actor=request.user
            )
        except Refused as refusal:
            form.add_error("time", str(refusal))
            status = 409
        else:
            messages.success(request, f"记下了：{who}用{found}。")
            return redirect("desk:room", pk)
    return _page(request, found, RoomForm(initial=initial_of(found)), form, status)


@require_POST
@organiser_required
def free(request: HttpRequest, pk: int) -> HttpResponse:
    """The booking is off."""
    booking = get_object_or_404(RoomBooking.objects.select_related("room"), pk=pk, closing=None)
    actions.free_room(booking=booking, now=timezone.now(), actor=request.user)
    messages.success(request, f"{booking.who}不用{booking.room}了。")
    return redirect("desk:room", booking.room_id)


@require_POST
@organiser_required
def venue_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """The venue is in use again."""
    closing = get_object_or_404(VenueClosing.objects.select_related("venue"), pk=pk)
    venues.reopen_venue(closing=closing, now=timezone.now(), actor=request.user)
    messages.success(request, f"{closing.venue}可以用了。停掉的课没有自动恢复，要上就在那一场里改。")
    return redirect("desk:rooms")


def _page(request: HttpRequest, found: Room, form: RoomForm, booking_form: BookingForm, status: int) -> HttpResponse:
    bookings = found.bookings.filter(ends_at__gt=timezone.now(), closing=None).order_by("starts_at", "id")
    closings = found.venue.closings.filter(last_on__gte=timezone.localdate())
    context = {"room": found, "form": form, "booking_form": booking_form, "bookings": bookings, "closings": closings}
    return render(request, "classes/room.html", context, status=status)
