"""Secrets of other services, encrypted in the database; the key is made from SECRET_KEY and never stored there."""

import base64
import hashlib
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(Exception):
    """The secret was sealed with another SECRET_KEY."""


def _box() -> MultiFernet:
    keys: list[str] = [str(settings.SECRET_KEY), *map(str, settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"people.sealing:{key}".encode()).digest())) for key in keys]
    )


def seal(secrets: dict[str, Any]) -> str:
    """The secrets as a text that says nothing without the key."""
    return _box().encrypt(json.dumps(secrets).encode()).decode()


def opened(sealed: str) -> dict[str, Any]:
    """What was sealed; an empty text holds nothing. Raises Unreadable."""
    if not sealed:
        return {}
    try:
        found: dict[str, Any] = json.loads(_box().decrypt(sealed.encode()))
        return found
    except InvalidToken as trouble:
        raise Unreadable("密钥换过了，请重新填写这个通道的密钥。") from trouble
