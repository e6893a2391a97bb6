"""The audit trail: who did or opened what. Actions and views that show personal data call it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from people.models import AuditEntry, User

NOBODY = "系统"


def write(
    *,
    actor: User | None,
    verb: str,
    thing: str,
    now: datetime,
    summary: str = "",
    label: str = "",
    data: dict[str, Any] | None = None,
) -> AuditEntry:
    """Add one line. `thing` is "model:pk"; `label` names an actor who has no account."""
    return AuditEntry.objects.create(
        at=now,
        actor=actor,
        actor_label=label or _named(actor),
        verb=verb,
        thing=thing,
        summary=summary[:300],
        data=data or {},
    )


def write_each(*, actor: User, verb: str, things: Iterable[str], now: datetime, summary: str) -> None:
    """The same line of each of many things. One query."""
    said = {"at": now, "actor": actor, "actor_label": _named(actor), "verb": verb, "summary": summary[:300]}
    AuditEntry.objects.bulk_create(AuditEntry(thing=thing, **said) for thing in things)


def _named(actor: User | None) -> str:
    return actor.get_full_name() or actor.username if actor else NOBODY
