"""What a community says about itself to everybody who opens the public pages."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from classes.models import Community, Room, Venue
from people import audit
from people.models import User
from people.workbooks.phones import read_phone


class WrongPhone(Exception):
    """Neither a mobile number nor a landline; the message says what is wrong with it."""


class CommunityKnown(Exception):
    """There is a community of that name."""


@transaction.atomic
def open_community(
    *, name: str, help_phone: str, rooms: Iterable[tuple[str, int | None]], now: datetime, actor: User | None
) -> Community:
    """A new community with its rooms (name and seats). Raises CommunityKnown, WrongPhone."""
    try:
        with transaction.atomic():
            made = Community.objects.create(name=name)
    except IntegrityError as error:
        raise CommunityKnown from error
    describe_community(
        community=made, street="", help_name="", help_phone=help_phone, help_hours="", now=now, actor=actor
    )
    venue = Venue.objects.create(community=made, name=name)
    Room.objects.bulk_create([Room(venue=venue, name=called, seats=seats) for called, seats in dict(rooms).items()])
    audit.write(actor=actor, verb="建了社区", thing=f"community:{made.pk}", now=now, summary=name)
    return made


@transaction.atomic
def describe_community(
    *,
    community: Community,
    street: str,
    help_name: str,
    help_phone: str,
    help_hours: str,
    group_text: str = "",
    now: datetime,
    actor: User | None,
) -> None:
    """Street, who answers which phone when, and how one gets into the group of volunteers. Raises WrongPhone; an empty number is allowed."""
    read = read_phone(help_phone)
    if read.kind == "none" and help_phone.strip():
        raise WrongPhone(read.reason or "这不像电话号码，请写手机号或带区号的座机号。")
    community.street, community.help_name, community.help_hours = street, help_name, help_hours
    community.help_phone, community.group_text = read.number, group_text
    community.save(update_fields=["street", "help_name", "help_phone", "help_hours", "group_text"])
    audit.write(
        actor=actor,
        verb="改了社区资料",
        thing=f"community:{community.pk}",
        now=now,
        summary=f"{community} {help_name} {read.number}".strip(),
    )
