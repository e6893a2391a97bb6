"""Where a request comes from, and counting what comes too often."""

from contextlib import suppress
from ipaddress import ip_address

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

AN_HOUR = 60 * 60  # seconds
# Wrong last digits for one person in an hour, from all phones together: one guess in ten thousand is right.
WRONG_TAILS = 5


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


def wrong_tail(key: str, *, tail: str, number: str) -> str:
    """What is wrong with the last four digits that somebody says of a number; nothing when they are right.

    Counted under the key before it is compared: guesses at one moment are all counted.
    """
    if count(key, seconds=AN_HOUR) > WRONG_TAILS:
        return f"试错 {WRONG_TAILS} 次了，先锁一小时。请过一小时再试，或者打社区电话。"
    if len(tail) == 4 and constant_time_compare(tail, number[-4:]):
        forget(key)
        return ""
    return "和登记的手机号对不上，请再看一眼。"
