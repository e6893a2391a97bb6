"""Decisions of the place and rights of its staff: changed by the 站长, kept with before and after."""

import secrets
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from people import audit, queries
from people.models import Setting, SettingChange, User

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class Refused(Exception):
    """A change of settings or rights that cannot be; the message says why."""


class NameTaken(Refused):
    """Another account has that user name."""


class LastManager(Refused):
    """Nobody would be left who may set anything."""


class ChangedSince(Refused):
    """It is not any more as the change left it."""


def keep_change(
    *,
    thing: str,
    label: str,
    before: dict[str, Any],
    after: dict[str, Any],
    now: datetime,
    actor: User | None,
) -> SettingChange | None:
    """Keep what has changed, and say so in the trail; nothing when nothing has."""
    changed = [name for name in after if before.get(name) != after[name]]
    if not changed:
        return None
    audit.write(actor=actor, verb="改了设置", thing=thing, now=now, summary=label, data={"fields": changed})
    return SettingChange.objects.create(
        thing=thing,
        label=label,
        before={name: before.get(name) for name in changed},
        after={name: after[name] for name in changed},
        at=now,
        by=actor,
    )


@transaction.atomic
def decide(*, key: str, value: dict[str, Any], label: str, now: datetime, actor: User | None) -> None:
    """Store a decision; what is not in `value` stays."""
    before = queries.setting(key)
    Setting.objects.update_or_create(key=key, defaults={"value": before | value})
    keep_change(thing=f"setting:{key}", label=label, before=before, after=value, now=now, actor=actor)


def claim_undo(change: SettingChange, now: datetime) -> None:
    """Mark it taken back, once. Raises ChangedSince."""
    if not SettingChange.objects.filter(pk=change.pk, undone_at=None).update(undone_at=now):
        raise ChangedSince("这次改动已经撤销过了。")


@transaction.atomic
def undo_decision(*, change: SettingChange, now: datetime, actor: User | None) -> None:
    """A setting as it was before, unless somebody has changed it since. Raises ChangedSince."""
    key = change.thing.removeprefix("setting:")
    current = queries.setting(key)
    if any(current.get(name) != value for name, value in change.after.items()):
        raise ChangedSince(f"{change.label}后来又改过，撤不回来，请直接改。")
    claim_undo(change, now)
    Setting.objects.update_or_create(key=key, defaults={"value": current | change.before})
    audit.write(actor=actor, verb="撤销了设置", thing=change.thing, now=now, summary=change.label)


# --- staff ------------------------------------------------------------------------------------------


def new_password() -> str:
    """Twelve letters and digits that cannot be mistaken for each other, in threes."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))


@transaction.atomic
def add_staff(*, username: str, name: str, role: str, now: datetime, actor: User | None) -> tuple[User, str]:
    """A new account and its first password, which is shown once and kept nowhere. Raises NameTaken."""
    password = new_password()
    try:
        with transaction.atomic():
            user = User.objects.create_user(username=username, password=password, first_name=name, role=role)
    except IntegrityError as error:
        raise NameTaken(f"用户名 {username} 已经有人用了，换一个。") from error
    audit.write(
        actor=actor, verb="开了账号", thing=f"user:{user.pk}", now=now, summary=f"{name}，{user.get_role_display()}"
    )
    return user, password


@transaction.atomic
def set_rights(*, user: User, role: str, is_active: bool, now: datetime, actor: User | None) -> None:
    """What this account may, and whether it may sign in at all. Raises LastManager.

    All managers are held, so two of them cannot take each other's rights at one moment.
    """
    able = Q(role=User.Role.MANAGER) | Q(is_superuser=True)
    managers = set(
        User.objects.select_for_update().filter(able, is_active=True).order_by("pk").values_list("pk", flat=True)
    )
    stays = is_active and (role == User.Role.MANAGER or user.is_superuser)
    if managers <= {user.pk} and not stays:
        raise LastManager("这是最后一位站长，先让别人当站长，再改这一位。")
    User.objects.filter(pk=user.pk).update(role=role, is_active=is_active)
    word = User.Role(role).label if is_active else "停用"
    audit.write(actor=actor, verb="改了权限", thing=f"user:{user.pk}", now=now, summary=f"{user.username}：{word}")


@transaction.atomic
def renew_password(*, user: User, now: datetime, actor: User | None) -> str:
    """A new first password; the old one and every open session end at once."""
    password = new_password()
    user.set_password(password)
    user.save(update_fields=["password"])
    audit.write(actor=actor, verb="换了密码", thing=f"user:{user.pk}", now=now, summary=user.username)
    return password
