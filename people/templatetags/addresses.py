"""A word beside codes and links that no phone can open, and what a link shows when it is sent on."""

from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static

from people.addresses import is_of_this_machine, public_address

register = template.Library()


@register.inclusion_tag("linke/_only_here.html", takes_context=True)
def only_here(context: template.Context, address: str = "", scans: bool = True) -> dict[str, Any]:
    """Says so when the address (LINKE_ADDRESS unless given) is one that only this computer opens.

    Beside codes it speaks of scanning and printing (`scans`), beside links of opening. Only who may set the
    place up reads the commands; the others read whom to ask.
    """
    address = address or settings.LINKE_ADDRESS
    user = context.get("user")
    return {
        "only_here": address if is_of_this_machine(address) else "",
        "scans": scans,
        "may_set_up": bool(user and user.is_authenticated and user.may_set_up),
    }


@register.inclusion_tag("linke/_share.html", takes_context=True)
def share(context: dict[str, Any], title: str, text: str, picture: str = "bird") -> dict[str, Any]:
    """Title, sentence and picture of a link in a chat (Open Graph); never a name: whoever sees the card may be anybody.

    `picture` is "bird" or "clock". The picture is asked for by whoever makes the card, not by the page.
    """
    request = context.get("request")
    origin = public_address(request) if request else settings.LINKE_ADDRESS
    return {"title": title, "text": text, "picture": f"{origin}{static(f'people/share-{picture}.png')}"}
