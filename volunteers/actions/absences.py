"""Exam weeks and holidays of organisations: their members are asked for nothing on those days."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from people import audit
from people.models import User
from volunteers.models import Absence, Organisation


class AlreadySaid(Exception):
    """The organisation has these very days already."""


@transaction.atomic
def set_absence(
    *,
    organisation: Organisation,
    kind: str,
    starts_on: date,
    ends_on: date,
    now: datetime,
    actor: User | None,
    label: str = "",
) -> Absence:
    """Write down that nobody of an organisation can come on these days. Raises AlreadySaid.

    `label` names an actor without an account: the club's leader.

    What is agreed already stays agreed: the page says how many places it concerns.
    """
    try:
        with transaction.atomic():
            made = Absence.objects.create(organisation=organisation, kind=kind, starts_on=starts_on, ends_on=ends_on)
    except IntegrityError as error:
        raise AlreadySaid from error
    _wrote(made, "记了组织来不了的日子", now, actor, label)
    return made


@transaction.atomic
def remove_absence(*, absence: Absence, now: datetime, actor: User | None, label: str = "") -> None:
    """They can come after all."""
    _wrote(absence, "删了组织来不了的日子", now, actor, label)
    absence.delete()


def _wrote(absence: Absence, verb: str, now: datetime, actor: User | None, label: str) -> None:
    summary = f"{absence} {absence.starts_on}–{absence.ends_on}"
    thing = f"organisation:{absence.organisation_id}"
    audit.write(actor=actor, label=label, verb=verb, thing=thing, now=now, summary=summary)
