"""Where a request comes from, and counting what comes too often."""

from contextlib import suppress
from ipaddress import ip_address

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str | None:
    """The visitor's address; the proxy's word for it in production. None for this machine and for nonsense."""
    said = request.META.get("REMOTE_ADDR", "")
    if settings.LINKE_PRODUCTION:
        said = request.headers.get("X-Forwarded-For", said).split(",")[-1].strip()
    try:
        address = ip_address(said)
    except ValueError:
        return None
    return None if address.is_loopback else str(address)


def count(key: str, *, seconds: int) -> int:
    """One more of this; answers how many there were in the period that the first of them opened."""
    with suppress(ValueError):  # nothing to count on yet
        return cache.incr(key)
    return 1 if cache.add(key, 1, seconds) else cache.incr(key)


def counted(key: str) -> int:
    """How many there were so far."""
    return cache.get(key, 0)


def forget(key: str) -> None:
    """Begin again from nothing."""
    cache.delete(key)
