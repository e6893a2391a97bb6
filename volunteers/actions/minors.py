"""Volunteers of 14 to 17 years: kept when they ask, placed when a guardian has agreed."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from classes.models import Session
from people import audit, names
from people.actions import note
from people.workbooks.phones import read_phone
from volunteers.actions import signup
from volunteers.actions.seats import Refused
from volunteers.models import GuardianConsent, Volunteer
from volunteers.rules.persons import ADULT_AT

MINIMUM_AGE = 14


class TooYoung(Refused):
    """Under the minimum age; nothing about the person is kept."""


class GuardianUnclear(Refused):
    """Who agrees is not said, or agreed already; the message says what to do."""


def age_on(day: date, year: int, month: int) -> int:
    """Full years on a day of somebody born in a month; the month of birth counts as not reached."""
    return day.year - year - (day.month <= month)


@transaction.atomic
def ask_guardian(
    *,
    session: Session,
    name: str,
    phone: str,
    occupation: str,
    consent: bool,
    year: int,
    month: int,
    now: datetime,
) -> Volunteer:
    """Keep somebody of 14 to 17 who wants to come; their guardian is asked next and no place is held.

    Raises TooYoung before anything is kept, and what `signup.enter` raises.
    """
    age = age_on(session.on_date, year, month)
    if age < MINIMUM_AGE:
        raise TooYoung(f"谢谢你想来帮忙！满 {MINIMUM_AGE} 岁才能报名，我们没有记下你的名字和号码。到时候欢迎你来。")
    if session.series.programme.needs_clearance:
        raise Refused(f"陪孩子的场次要满 {ADULT_AT} 岁。教老人用手机的场次，监护人同意了就能来。")
    volunteer, _ = signup.enter(
        session=session, name=name, phone=phone, occupation=occupation, consent=consent, now=now
    )
    person = volunteer.person
    if person.birth_year is None:
        person.birth_year, person.birth_month = year, month
        person.save(update_fields=["birth_year", "birth_month"])
    note(person=person, text=f"未满 {ADULT_AT} 岁，等监护人同意", source="网页报名")
    return volunteer


@transaction.atomic
def agree(
    *, volunteer: Volunteer, name: str, relation: str, phone: str, how: str, now: datetime, recorded_by: str = ""
) -> GuardianConsent:
    """Keep a guardian's word: who, when and how. Raises GuardianUnclear."""
    read = read_phone(phone)
    if not names.clean(name) or not relation or read.kind != "mobile":
        raise GuardianUnclear("请写您的名字、和孩子的关系、11 位手机号。")
    if read.number == volunteer.mobile and names.clean(name) == volunteer.person.name:
        raise GuardianUnclear("要由监护人来填，不能是本人。")
    try:
        with transaction.atomic():
            made = GuardianConsent.objects.create(
                volunteer=volunteer,
                name=names.clean(name)[:20],
                relation=relation[:10],
                phone=read.number,
                how=how,
                given_at=now,
                recorded_by=recorded_by,
            )
    except IntegrityError:
        raise GuardianUnclear("已经同意过了，谢谢您。") from None
    audit.write(
        actor=None,
        label=recorded_by or made.name,
        verb="监护人同意",
        thing=f"volunteer:{volunteer.pk}",
        now=now,
        summary=f"{made.relation}，{made.get_how_display()}",
    )
    return made
