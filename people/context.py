"""The 字号 switch: three text sizes that work without JavaScript.

`?size=large` on any address changes the size and is remembered in a cookie; the script of the
pages writes the same cookie.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

COOKIE = "text_size"
STANDARD = "standard"
# In the order in which the switch goes round; the word is what the button says is on now.
SIZES = {STANDARD: "标准", "large": "大", "xlarge": "特大"}
YEAR = 365 * 24 * 60 * 60  # seconds


def size_of(request: HttpRequest) -> str:
    """The size asked for in the address, else the remembered one, else standard."""
    asked = (request.GET.get("size"), request.COOKIES.get(COOKIE))
    return next((size for size in asked if size in SIZES), STANDARD)


def text_size(request: HttpRequest) -> dict[str, str]:
    """Context processor: `text_size` (empty when standard), its word, and the size after it."""
    size = size_of(request)
    order = list(SIZES)
    return {
        "text_size": "" if size == STANDARD else size,
        "text_size_word": SIZES[size],
        "next_text_size": order[(order.index(size) + 1) % len(order)],
    }


def remember_size(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a size asked for in the address stays for a year."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        asked = request.GET.get("size")
        if asked in SIZES:
            response.set_cookie(COOKIE, asked, max_age=YEAR, samesite="Lax", secure=request.is_secure())
        return response

    return middleware
