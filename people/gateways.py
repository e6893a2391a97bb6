"""Setting up gateways: bots of work groups and SMS accounts. Secrets go in and never come out."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction

from people import audit, sealing
from people.channels import Letter, carrier_of
from people.models import Channel, User


class SecondAccount(Exception):
    """Another SMS account is in use."""


@transaction.atomic
def keep(
    *,
    channel: Channel | None,
    kind: str,
    name: str,
    scope: str,
    open_settings: dict[str, Any],
    secrets: dict[str, str],
    now: datetime,
    actor: User | None,
) -> Channel:
    """Set up a channel or change one; an empty secret keeps the one there is. Raises SecondAccount."""
    made = channel or Channel(kind=kind, created_at=now)
    before = sealing.opened(made.sealed) if made.sealed else {}
    made.sealed = sealing.seal(before | {key: value for key, value in secrets.items() if value})
    made.name, made.scope, made.open = name, scope, made.open | open_settings
    made.tested_at, made.test_error = None, ""
    _save(made)
    _wrote("改通道" if channel else "加通道", made, now, actor)
    return made


@transaction.atomic
def switch(*, channel: Channel, is_on: bool, now: datetime, actor: User | None) -> None:
    """Begin or stop using a channel. Raises SecondAccount."""
    channel.is_on = is_on
    _save(channel)
    _wrote("启用通道" if is_on else "停用通道", channel, now, actor)


def _save(channel: Channel) -> None:
    try:
        with transaction.atomic():
            channel.save()
    except IntegrityError as error:
        raise SecondAccount("短信通道一次只用一个，请先停用另一个。") from error


def try_out(*, channel: Channel, phone: str, now: datetime, actor: User | None) -> str:
    """Send one text through the channel at once; answers what went wrong, in the other side's own words.

    A bot posts to its group; an SMS account texts this number. Empty means that it was taken.
    """
    letter = Letter(
        key=f"test-{channel.pk}-{now:%Y%m%d%H%M%S}",
        kind="note",
        subject="试发",
        text=f"邻课：试发一条，收到就说明通了。\n{settings.LINKE_ADDRESS}/",
        link="/me/test/",
        phone=phone,
        handed_at=now,
    )
    try:
        carrier_of(channel).send(letter, lambda: None)
        error = ""
    except Exception as trouble:  # whatever a provider may say is what the organiser has to see
        error = _said(trouble)
    Channel.objects.filter(pk=channel.pk).update(tested_at=now, test_error=error)
    _wrote("试发", channel, now, actor)
    return error


def try_mail(*, address: str) -> str:
    """Send one mail through the server at once; answers what went wrong, in the server's own words."""
    try:
        EmailMessage(subject="邻课试发", body="收到就说明邮件通了。", to=[address]).send()
    except Exception as trouble:  # the same
        return _said(trouble)
    return ""


def _said(trouble: Exception) -> str:
    words = str(trouble).strip()
    name = type(trouble).__name__
    return (words if name == "Refused" else f"{name}: {words}")[:500]


def _wrote(verb: str, channel: Channel, now: datetime, actor: User | None) -> None:
    summary = f"{channel.get_kind_display()}：{channel.name}"
    audit.write(actor=actor, verb=verb, thing=f"channel:{channel.pk}", now=now, summary=summary)
