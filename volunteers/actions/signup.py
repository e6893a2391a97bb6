"""Signing oneself up: a name and a phone number hold a place at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from classes.models import Session
from people import audit, names
from people.actions import create_person, note
from people.models import Consent, Person
from people.workbooks.phones import read_phone
from volunteers.actions import answers, notes, seats
from volunteers.actions.seats import AlreadyPlaced, InTwoPlaces, NotHeld, Refused, RuleBroken, ShiftFull
from volunteers.models import Assignment, Shift, Volunteer
from volunteers.queries import instead
from volunteers.rules import WISHES, trust
from volunteers.rules.gate import Cleared

__all__ = [
    "AlreadyPlaced",
    "ConsentMissing",
    "InTwoPlaces",
    "NotHeld",
    "OneAtFirst",
    "OtherName",
    "Refused",
    "RuleBroken",
    "SessionFull",
    "SignedUp",
    "WrongPhone",
    "WrongPosterCode",
    "enter",
    "join",
    "lacks_only_the_check",
    "sign_up",
    "switch",
    "wish",
    "wish_of",
]

CONSENT_VERSION = "2026-09"
CONSENT_PURPOSE = "用名字和手机号排班、记服务时长"


class SessionFull(Refused):
    """Every place has somebody."""


class ConsentMissing(Refused):
    """Nothing is kept about anybody who has not agreed (PIPL art. 13)."""


class WrongPhone(Refused):
    """Not a mobile number; the message says what is wrong with it."""


class OtherName(Refused):
    """The number belongs to a volunteer of another name; which one is not said."""


class OneAtFirst(Refused):
    """Nobody has met this person yet, and they hold a place already."""


class WrongPosterCode(Refused):
    """Somebody new did not give the code of the community's poster."""


@dataclass(frozen=True, slots=True)
class SignedUp:
    """What signing up made: `code` is said at the door, `is_known` that the person was here before."""

    volunteer: Volunteer
    assignment: Assignment
    code: str
    is_known: bool = False


def sign_up(
    *, session: Session, name: str, phone: str, occupation: str, consent: bool, now: datetime, poster_code: str = ""
) -> SignedUp:
    """Hold a place for somebody by name and mobile number.

    The same number and name is the same volunteer; nobody is entered unless the place is
    held. Raises Refused: ConsentMissing, WrongPosterCode, OneAtFirst, WrongPhone, SessionFull, OtherName, AlreadyPlaced,
    InTwoPlaces, RuleBroken (children's sessions without a clearance), NotHeld.
    """
    mobile = _mobile(phone, consent=consent)
    wanted = session.community.poster_code
    if wanted and poster_code.strip().upper() != wanted.upper() and not _known(mobile):
        raise WrongPosterCode("第一次报名，请写海报上的四个字码；没有海报，打社区电话问。")
    # Cheap and outside the transaction: most who come too late never wait for a lock.
    if not open_shifts(session):
        raise SessionFull("刚刚满了。")
    return _hold(session, names.clean(name), mobile, occupation, now)


def _mobile(phone: str, *, consent: bool) -> str:
    """The number in one form. Raises ConsentMissing and WrongPhone."""
    if not consent:
        raise ConsentMissing("请先勾选同意，我们才能记下您的名字和手机号。")
    read = read_phone(phone)
    if read.kind != "mobile":
        raise WrongPhone(read.reason or "请填 11 位手机号。")
    return read.number


@transaction.atomic
def _hold(session: Session, name: str, mobile: str, occupation: str, now: datetime) -> SignedUp:
    if not open_shifts(session):
        raise SessionFull("刚刚满了。")  # somebody was quicker while this one waited for the lock
    volunteer, is_known = _volunteer(session, name, mobile, occupation)
    assignment = join(volunteer=volunteer, session=session, now=now)
    _keep_consent(volunteer, now)
    return SignedUp(volunteer, assignment, assignment.arrival_code, is_known)


def _keep_consent(volunteer: Volunteer, now: datetime, channel: str = "网页") -> None:
    consents = Consent.objects.filter(person=volunteer.person, version=CONSENT_VERSION, withdrawn_at=None)
    if not consents.exists():
        Consent.objects.create(
            person=volunteer.person, version=CONSENT_VERSION, purpose=CONSENT_PURPOSE, channel=channel, given_at=now
        )


def _volunteer(session: Session, name: str, mobile: str, occupation: str) -> tuple[Volunteer, bool]:
    """The volunteer of that number, made when there is none. Raises OtherName."""
    known = _known(mobile)
    if known is None:
        try:
            with transaction.atomic():
                return _enter(session, name, mobile, occupation), False
        except IntegrityError:
            known = _known(mobile)  # entered by another tap at this moment
            if known is None:
                raise
    if known.person.name != name:
        raise OtherName("这个手机号登记的是另一个名字。请核对，或者换您自己的手机号；有疑问请打社区电话。")
    return known, True


def _known(mobile: str) -> Volunteer | None:
    staying = Volunteer.objects.exclude(status=Volunteer.Status.LEFT)
    return staying.filter(mobile=mobile).select_related("person").first()


def _enter(session: Session, name: str, mobile: str, occupation: str) -> Volunteer:
    kind = session.series.programme.kind
    person = Person.objects.filter(name=name, phone=mobile, volunteer=None).first()
    return Volunteer.objects.create(
        person=person or create_person(name=name, phone=mobile),
        mobile=mobile,
        home=session.community,
        occupation=occupation,
        source=Volunteer.Source.SIGN_UP,
        programmes=[kind],
    )


@transaction.atomic
def join(*, volunteer: Volunteer, session: Session, now: datetime) -> Assignment:
    """Hold a place for a known volunteer who asks for it; agreed at once, because they said it.

    Their own wishes (times, programme, times a week) do not stand in the way.
    Raises SessionFull and the refusals of `seats.take`.
    """
    seats.lock([volunteer.pk])
    assignment = _take_first(volunteer, session, now)
    _one_at_first(assignment, now)
    # Told in writing, so that a place taken in somebody's name comes to their knowledge.
    notes.signed_up(assignment=assignment, now=now)
    audit.write(
        actor=None,
        label=str(volunteer),
        verb="报名",
        thing=f"session:{session.pk}",
        now=now,
        summary=f"{volunteer} {notes.when(session.starts_at)}",
        data={"assignment": assignment.pk, "volunteer": volunteer.pk},
    )
    return assignment


def _one_at_first(placed: Assignment, now: datetime) -> None:
    """Whoever nobody has met holds one place at a time (ladder of trust). Raises OneAtFirst."""
    if trust.has_their_one(placed.volunteer, now=now, besides=placed.pk):
        raise OneAtFirst(instead.ONE_AT_FIRST.sentence)


def _take_first(volunteer: Volunteer, session: Session, now: datetime) -> Assignment:
    """A place of the first shift that has one."""
    for shift in open_shifts(session, may_lead=volunteer.may_lead):
        shift.session = session
        try:
            return seats.take(
                shift=shift,
                volunteer=volunteer,
                status=Assignment.Status.ACCEPTED,
                source="sign_up",
                now=now,
                overlooking=WISHES,
            )
        except ShiftFull:
            continue
    raise SessionFull("刚刚满了。")


def open_shifts(session: Session, *, may_lead: bool = False) -> Iterable[Shift]:
    """Shifts with a place for somebody who signs up: helpers first, leads only who may lead."""
    found = Shift.objects.filter(session=session, taken__lt=F("needed")).select_related("role")
    return list(found.order_by("role__is_lead", "id") if may_lead else found.filter(role__is_lead=False))


def lacks_only_the_check(refusal: RuleBroken) -> bool:
    """Whether nothing but the background check keeps somebody from children's sessions."""
    return all(one.code == Cleared.code for one in refusal.refusals)


@transaction.atomic
def wish(
    *, session: Session, name: str, phone: str, occupation: str, consent: bool, now: datetime
) -> tuple[Volunteer, bool]:
    """Keep somebody who wants to come to the children's sessions until the check is recorded.

    No place is held. Answers the volunteer and whether they were here before.
    Raises ConsentMissing, WrongPhone, OtherName.
    """
    volunteer, is_known = enter(
        session=session, name=name, phone=phone, occupation=occupation, consent=consent, now=now
    )
    wish_of(volunteer=volunteer, session=session, now=now)
    return volunteer, is_known


@transaction.atomic
def enter(
    *,
    session: Session,
    name: str,
    phone: str,
    occupation: str,
    consent: bool,
    now: datetime,
    said_by: str = "网页",
) -> tuple[Volunteer, bool]:
    """The volunteer of that name and number, made when there is none, and whether they were here before.

    `said_by` is how the consent reached us. Raises ConsentMissing, WrongPhone, OtherName.
    """
    mobile = _mobile(phone, consent=consent)
    volunteer, is_known = _volunteer(session, names.clean(name), mobile, occupation)
    _keep_consent(volunteer, now, said_by)
    return volunteer, is_known


@transaction.atomic
def wish_of(*, volunteer: Volunteer, session: Session, now: datetime) -> None:
    """The same for a known volunteer. Said twice, it is kept once."""
    text = f"想来 {session.on_date:%-m月%-d日} {session.series.name}，等背景查询"
    _, is_new = note(person=volunteer.person, text=text, source="网页报名")
    kind = session.series.programme.kind
    if kind not in volunteer.programmes:
        volunteer.programmes = [*volunteer.programmes, kind]
        volunteer.save(update_fields=["programmes"])
    if is_new:
        audit.write(
            actor=None, label=str(volunteer), verb="想来", thing=f"volunteer:{volunteer.pk}", now=now, summary=text
        )


@transaction.atomic
def switch(*, assignment: Assignment, session: Session, now: datetime) -> Assignment:
    """来不了，换到别的场次: both or neither. Raises what `withdraw` and `join` raise."""
    answers.withdraw(assignment=assignment, now=now, note=f"换到{notes.when(session.starts_at)}")
    return join(volunteer=assignment.volunteer, session=session, now=now)
