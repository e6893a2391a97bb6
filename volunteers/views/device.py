"""Which volunteer this phone belongs to, and how often it may try to sign up."""

import hashlib

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from people import visitors
from volunteers.models import Volunteer

COOKIE = "me"
SALT = "volunteers.device"
YEAR = 365 * 24 * 60 * 60  # seconds
AN_HOUR = 60 * 60  # seconds
# A community's own Wi-Fi brings many people from one address; one phone needs few attempts.
PER_DEVICE, PER_ADDRESS = 20, 120


def token_of(request: HttpRequest) -> str:
    """The secret token this phone remembers; empty when it knows nobody."""
    return request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=YEAR)


def volunteer_of(request: HttpRequest) -> Volunteer | None:
    """The volunteer whose phone this is. One query, none when the phone knows nobody."""
    token = token_of(request)
    found = Volunteer.objects.exclude(status=Volunteer.Status.LEFT).select_related("person")
    return found.filter(token=token).first() if token else None


def remember(response: HttpResponse, token: str) -> HttpResponse:
    """Let this phone know its volunteer for a year."""
    response.set_signed_cookie(
        COOKIE, token, salt=SALT, max_age=YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response


def forget(response: HttpResponse) -> HttpResponse:
    """不是我: the phone knows nobody any more."""
    response.delete_cookie(COOKIE, samesite="Lax")
    return response


def has_tried_too_often(request: HttpRequest) -> bool:
    """Count one attempt to sign up; True beyond the limit of the hour for this phone or address.

    The machine itself (127.0.0.1) is not limited: behind it stands somebody with a terminal.
    """
    address = visitors.address_of(request)
    if address is None:
        return False
    agent = hashlib.sha256(request.headers.get("User-Agent", "").encode()).hexdigest()[:16]
    by_device = visitors.count(f"sign-up:{address}:{agent}", seconds=AN_HOUR)
    by_address = visitors.count(f"sign-up:{address}", seconds=AN_HOUR)
    return by_device > PER_DEVICE or by_address > PER_ADDRESS
