"""A page that is the same for everybody who may see it, kept for a moment with a mark where each reader's token goes."""

from collections.abc import Callable, Hashable
from secrets import token_urlsafe

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token

from people.moments import Moments

# Nobody can write it into a name: it is another one in every process.
MARK = token_urlsafe(24)
_pages: Moments[Hashable, bytes] = Moments(64)


def kept(
    request: HttpRequest, key: Hashable, seconds: float, make: Callable[[dict[str, str]], HttpResponse]
) -> HttpResponse:
    """The page of a key with the reader's own token in its forms.

    `make` renders it with the context it is given, and uses nothing of the request that is not in the key.
    """
    page = _pages.get(key, seconds, lambda: make({"csrf_token": MARK}).content)
    return HttpResponse(page.replace(MARK.encode(), get_token(request).encode()))


forget = _pages.forget
