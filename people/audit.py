"""The audit trail: who did or opened what. Actions and views that show personal data call it."""

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
        actor_label=label or (actor.get_full_name() or actor.username if actor else NOBODY),
        verb=verb,
        thing=thing,
        summary=summary[:300],
        data=data or {},
    )
