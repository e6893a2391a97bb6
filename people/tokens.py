"""Keys of the API: made, shown once, looked up by their digest, stopped."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from people import audit
from people.models import ApiToken, User

PREFIX = "linke_"
USE_IS_WRITTEN_EVERY = timedelta(hours=1)


class AlreadyRevoked(Exception):
    """The key has been stopped before."""


def digest_of(secret: str) -> str:
    """What the database keeps of a key. It is 256 random bits, so it needs no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def issue(*, user: User, name: str, now: datetime, reads_only: bool = False) -> tuple[ApiToken, str]:
    """A new key and its secret, which nobody can read again."""
    secret = PREFIX + secrets.token_urlsafe(32)
    made = ApiToken.objects.create(
        user=user, name=name, reads_only=reads_only, digest=digest_of(secret), created_at=now
    )
    summary = f"{name}（只读）" if reads_only else name
    audit.write(actor=user, verb="建了接口令牌", thing=f"apitoken:{made.pk}", now=now, summary=summary)
    return made, secret


@transaction.atomic
def revoke(*, token: ApiToken, now: datetime, actor: User | None) -> None:
    """Stop a key at once. Raises AlreadyRevoked."""
    if not ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
        raise AlreadyRevoked
    audit.write(actor=actor, verb="停用了接口令牌", thing=f"apitoken:{token.pk}", now=now, summary=token.name)


def bearer(*, secret: str, now: datetime) -> ApiToken | None:
    """The key, with its owner; None for one that is stopped, unknown, or of an account that is closed. One query.

    When it was last used is written at most once an hour.
    """
    found = ApiToken.objects.filter(digest=digest_of(secret), revoked_at=None, user__is_active=True)
    token = found.select_related("user").first()
    if token is None:
        return None
    stale = Q(used_at=None) | Q(used_at__lt=now - USE_IS_WRITTEN_EVERY)
    if token.used_at is None or token.used_at < now - USE_IS_WRITTEN_EVERY:
        ApiToken.objects.filter(stale, pk=token.pk).update(used_at=now)
    return token
