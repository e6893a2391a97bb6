"""Knowing a volunteer again inside WeChat, silently: sent to WeChat and back once, and never in anybody's way."""

import logging
import secrets
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from people import wechat
from people.addresses import public_address
from volunteers.actions import recognising
from volunteers.views import device

ASKED = "wx-asked"
SALT = "volunteers.wechat"
A_DAY = 24 * 60 * 60  # seconds
TEN_MINUTES = 10 * 60  # seconds
LONGEST_PATH = 1000
"""Letters of an address that still fit into the cookie that brings people back to it."""

logger = logging.getLogger(__name__)


def silently(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that first asks WeChat who this is, once a day, when it is opened from outside in WeChat.

    Steps from page to page inside the product never lead away, so no form ends at another site.
    """

    @wraps(view)
    def known_again(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        account = wechat.account() if _is_new_here(request) else None
        if account is None:
            return view(request, *args, **kwargs)
        state = secrets.token_urlsafe(16)
        back = f"{public_address(request)}{reverse('public:wechat')}"
        response = redirect(wechat.authorize(account, back=back, state=state))
        response["Cache-Control"] = "no-store"
        # Written before anybody leaves: whoever does not come back is not sent again today.
        response.set_signed_cookie(ASKED, f"{state} {request.get_full_path()}", salt=SALT, max_age=A_DAY, **_COOKIE)
        return response

    return known_again


def _is_new_here(request: HttpRequest) -> bool:
    """Opened from a code or a chat, in WeChat, and not asked today; a phone of somebody we know is asked once a year."""
    return (
        request.method == "GET"
        and wechat.is_inside(request)
        and "Referer" not in request.headers
        and ASKED not in request.COOKIES
        and not (device.token_of(request) and device.wechat_of(request))
        and len(request.get_full_path()) <= LONGEST_PATH
    )


@require_GET
@never_cache
def back(request: HttpRequest) -> HttpResponse:
    """Where WeChat sends people back to: on to the page they wanted, known again or not."""
    state, _, path = request.get_signed_cookie(ASKED, default="", salt=SALT, max_age=TEN_MINUTES).partition(" ")
    own = url_has_allowed_host_and_scheme(path, allowed_hosts=None) and path.startswith("/")
    response = redirect(path if own else "public:list")
    if not state or not constant_time_compare(state, request.GET.get("state", "")):
        return response
    # The state is good once.
    response.set_signed_cookie(ASKED, "", salt=SALT, max_age=A_DAY, **_COOKIE)
    account = wechat.account()
    if account is None:
        return response
    try:
        found = wechat.digest(wechat.openid(account, code=request.GET.get("code", "")))
    except wechat.Unknown as trouble:
        logger.warning("WeChat did not say who it is: %s", trouble)
        return response
    device.keep_wechat(response, found)
    if token := device.token_of(request):
        # Known by other means: from now on this WeChat knows them too.
        recognising.link_wechat(token=token, digest=found, now=timezone.now())
        return response
    volunteer = recognising.of_wechat(digest=found, now=timezone.now())
    return device.remember(request, response, volunteer.token) if volunteer else response


_COOKIE = {"httponly": True, "samesite": "Lax", "secure": settings.SESSION_COOKIE_SECURE}
