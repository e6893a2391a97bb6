"""Which way a note takes."""

from django.conf import settings

from people.channels import templates
from people.channels.carriers import Carrier
from people.channels.mail import Files, Smtp
from people.channels.setup import carrier_of
from people.models import Channel, Message, Person
from people.workbooks.phones import MOBILE


def carrier_for(message: Message) -> Carrier | None:
    """The way out for this note; None means that somebody has to telephone.

    Work groups: their bot. Staff: mail, else a file. People: a call when that is how they are told
    things, else SMS, else mail, else a file to copy into WeChat.
    """
    if message.bot:
        return carrier_of(message.bot)
    if message.user:
        return Smtp() if message.user.email and settings.LINKE_SENDS else Files()
    person = message.person
    if person is None:
        return Files()
    if person.reach == Person.Reach.CALL:
        return None
    account = sms_account() if MOBILE.fullmatch(person.phone) else None
    if account and templates.ready_for(account, message.kind):
        return carrier_of(account)
    return Smtp() if person.email and settings.LINKE_SENDS else Files()


def carrier_named(message: Message) -> Carrier | None:
    """The way out that this note has already begun to take; None when it is not there any more."""
    if message.via == "file":
        return Files()
    if message.via == "smtp":
        return Smtp()
    channel = Channel.objects.filter(pk=message.via.rpartition(":")[2] or 0).first()
    return carrier_of(channel) if channel else None


def sms_account() -> Channel | None:
    """The account with an SMS provider that is in use."""
    return Channel.objects.filter(kind__in=Channel.SMS, is_on=True).first()


def sends() -> bool:
    """True when notes to people leave by themselves; else somebody copies them into WeChat."""
    return bool(settings.LINKE_SENDS or sms_account())
