"""A word beside codes and links that no phone can open."""

from typing import Any

from django import template
from django.conf import settings

from people.addresses import is_of_this_machine

register = template.Library()


@register.inclusion_tag("linke/_only_here.html")
def only_here(address: str = "") -> dict[str, Any]:
    """Says so when the address (LINKE_ADDRESS unless given) is one that only this computer opens."""
    address = address or settings.LINKE_ADDRESS
    return {"only_here": address if is_of_this_machine(address) else ""}
