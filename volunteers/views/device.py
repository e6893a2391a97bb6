"""Which volunteer this phone belongs to, and how often it may try to sign up or to say whose it is.

Whoever opens a forwarded link sees whose page it is; to change anything on a new phone one says the last
four digits of that person's number first.
"""

import hashlib
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from people import visitors
from volunteers.actions import recognising
from volunteers.models import Volunteer

COOKIE = "me"
WECHAT = "wx"
SALT = "volunteers.device"
YEAR = 365 * 24 * 60 * 60  # seconds
AN_HOUR = 60 * 60  # seconds
# A community's own Wi-Fi brings many people from one address; one phone needs few attempts.
PER_DEVICE, PER_ADDRESS = 20, 120
TAIL = "tail"


def token_of(request: HttpRequest) -> str:
    """The secret token this phone remembers; empty when it knows nobody."""
    return request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=YEAR)


def volunteer_of(request: HttpRequest) -> Volunteer | None:
    """The volunteer whose phone this is. One query, none when the phone knows nobody."""
    token = token_of(request)
    found = Volunteer.objects.exclude(status=Volunteer.Status.LEFT).select_related("person")
    return found.filter(token=token).first() if token else None


def remember(request: HttpRequest, response: HttpResponse, token: str) -> HttpResponse:
    """Let this phone know its volunteer for a year, and the WeChat that it is opened in, when that is known."""
    if wechat := wechat_of(request):
        recognising.link_wechat(token=token, digest=wechat, now=timezone.now())
    response.set_signed_cookie(
        COOKIE, token, salt=SALT, max_age=YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response


def wechat_of(request: HttpRequest) -> str:
    """The digest of the WeChat account that this phone was seen with; empty when there is none."""
    return request.get_signed_cookie(WECHAT, default="", salt=SALT, max_age=YEAR)


def keep_wechat(response: HttpResponse, digest: str) -> HttpResponse:
    """Let this phone know which WeChat account it has, so that whoever signs up here is known there again."""
    response.set_signed_cookie(
        WECHAT, digest, salt=SALT, max_age=YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response


def forget(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """不是我: the phone knows nobody any more, and neither does its WeChat."""
    if token := token_of(request):
        recognising.unlink_wechat(token=token, digest=wechat_of(request))
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


def of_token(token: str) -> Volunteer:
    """The volunteer of a secret link. Raises Http404."""
    found = Volunteer.objects.select_related("person", "home").exclude(status=Volunteer.Status.LEFT)
    return get_object_or_404(found, token=token)


def theirs[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """A view whose POST is for the volunteer's own phone; on any other it asks for the last four digits.

    What was typed or chosen comes along, and the phone is known from then on.
    """

    @wraps(view)
    def asked(request: HttpRequest, token: str, *args, **kwargs) -> HttpResponse:
        if request.method != "POST" or token_of(request) == token:
            return view(request, token, *args, **kwargs)
        volunteer = of_token(token)
        trouble = _trouble(request, volunteer)
        if trouble is not None:
            return ask(request, volunteer, trouble)
        recognising.recognise(volunteer=volunteer, now=timezone.now())
        return remember(request, view(request, token, *args, **kwargs), token)

    return asked


def _trouble(request: HttpRequest, volunteer: Volunteer) -> str | None:
    """What is wrong with the digits, empty when there are none yet; None when they are right."""
    tail = request.POST.get(TAIL, "").strip()
    if not tail:
        return ""
    return visitors.wrong_tail(f"{TAIL}:{volunteer.pk}", tail=tail, number=volunteer.mobile) or None


def ask(request: HttpRequest, volunteer: Volunteer, trouble: str) -> HttpResponse:
    """这是周远的页面: whose page it is, and the field for the four digits."""
    left_out = (TAIL, "csrfmiddlewaretoken")
    kept = [(name, value) for name, values in request.POST.lists() for value in values if name not in left_out]
    context = {"volunteer": volunteer, "community": volunteer.home, "trouble": trouble, "kept": kept}
    return render(request, "volunteers/whose.html", context, status=403)
