"""Codes to scan, drawn on the server."""

import segno
from django.utils.safestring import SafeString, mark_safe


def drawn(address: str) -> SafeString:
    """The QR code of an address as inline SVG; its size comes from the style sheet."""
    return mark_safe(segno.make(address, error="m", micro=False).svg_inline(border=2, omitsize=True))
