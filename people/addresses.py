"""The address that codes to scan, personal links and messages start with."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


def is_of_this_machine(address: str) -> bool:
    """Whether only the computer itself can open it: http://localhost:8000."""
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def public_address(request: HttpRequest) -> str:
    """LINKE_ADDRESS, unless only this machine can open it; then the one the page was opened with."""
    if is_of_this_machine(settings.LINKE_ADDRESS):
        return f"{request.scheme}://{request.get_host()}"
    return settings.LINKE_ADDRESS
