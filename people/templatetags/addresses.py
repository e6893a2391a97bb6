"""A word beside codes and links that no phone can open, and what a link shows when it is sent on."""

from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static

from people.addresses import is_of_this_machine, public_address

register = template.Library()


@register.inclusion_tag("linke/_only_here.html")
def only_here(address: str = "") -> dict[str, Any]:
    """Says so when the address (LINKE_ADDRESS unless given) is one that only this computer opens."""
    address = address or settings.LINKE_ADDRESS
    return {"only_here": address if is_of_this_machine(address) else ""}


@register.inclusion_tag("linke/_share.html", takes_context=True)
def share(context: dict[str, Any], title: str, text: str, picture: str = "bird") -> dict[str, Any]:
    """Title, sentence and picture of a link in a chat (Open Graph); never a name: whoever sees the card may be anybody.

    `picture` is "bird" or "clock". The picture is asked for by whoever makes the card, not by the page.
    """
    request = context.get("request")
    origin = public_address(request) if request else settings.LINKE_ADDRESS
    return {"title": title, "text": text, "picture": f"{origin}{static(f'people/share-{picture}.png')}"}
