"""A club holds places, names its people later, and gives back what it does not need."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from classes.models import Session
from people import audit, names, outbox
from people.actions import create_person
from people.models import Person, User
from people.workbooks.phones import read_phone
from volunteers.actions import holds, notes, seats, signup, texts
from volunteers.actions.briefing import organisers
from volunteers.actions.seats import NotHeld, Refused, ShiftFull
from volunteers.models import Absence, Assignment, Hold, HoldName, Offer, Organisation, Shift, Volunteer
from volunteers.models.volunteer import new_token
from volunteers.queries import publishing
from volunteers.rules import WISHES

__all__ = [
    "ClubAway",
    "HoldOver",
    "KnownClub",
    "Named",
    "NotHeld",
    "Refused",
    "ShiftFull",
    "WrongRow",
    "add_club",
    "close_link",
    "hold_places",
    "lapse_holds",
    "let_go",
    "name_people",
    "open_link",
    "take_off",
    "warn_of_lapses",
]

WARNED_BEFORE = timedelta(hours=24)
SOONEST = timedelta(hours=1)
CONSENT = "社团负责人代填，说本人都同意"


class ClubAway(Refused):
    """The club has written down that nobody of it can come that day."""


class KnownClub(Refused):
    """An organisation of that name is there."""


class HoldOver(Refused):
    """The hold has lapsed or was given back; its places are everybody's."""


class WrongRow(Refused):
    """One line of a pasted list cannot be used; the message says why."""


@dataclass(slots=True)
class Named:
    """What became of a pasted list: the places given, and the lines that stay, each with the reason."""

    placed: list[Assignment] = field(default_factory=list)
    wrong: list[tuple[str, str]] = field(default_factory=list)


@transaction.atomic
def add_club(*, name: str, now: datetime, actor: User | None) -> Organisation:
    """A club that is on no list yet. Raises KnownClub."""
    try:
        with transaction.atomic():
            made = Organisation.objects.create(name=" ".join(name.split()))
    except IntegrityError as error:
        raise KnownClub("这个组织已经有了。") from error
    _wrote(made, "登记了组织", now, actor, str(made))
    return made


# --- the link ---------------------------------------------------------------------------------


@transaction.atomic
def open_link(*, organisation: Organisation, name: str, phone: str, now: datetime, actor: User | None) -> str:
    """Give the club's leader a new secret link; an older one answers no more. Raises WrongRow."""
    read = read_phone(phone)
    if read.kind != "mobile":
        raise WrongRow(read.reason or "请写负责人的手机号，11 位。")
    name = names.clean(name)
    known = Person.objects.filter(name=name, phone=read.number).order_by("pk").first()
    organisation.leader = known or create_person(name=name, phone=read.number)
    organisation.token = new_token()
    organisation.save(update_fields=["leader", "token"])
    _wrote(organisation, "给了社团链接", now, actor, f"{organisation} {name}")
    return organisation.token


@transaction.atomic
def close_link(*, organisation: Organisation, now: datetime, actor: User | None) -> None:
    """The link answers no more; closing it again changes nothing."""
    if Organisation.objects.filter(pk=organisation.pk, token__isnull=False).update(token=None):
        _wrote(organisation, "收回了社团链接", now, actor, str(organisation))


# --- holding ----------------------------------------------------------------------------------


@transaction.atomic
def hold_places(
    *, organisation: Organisation, shift: Shift, places: int, now: datetime, actor: User | None = None
) -> Hold:
    """Hold so many places more for a club, until LINKE_HOLD_HOURS before the session.

    Raises NotHeld, ClubAway, ShiftFull (then nothing is held).
    """
    session = shift.session
    seats.lock_session(session)
    if session.status != Session.Status.PLANNED or session.starts_at - SOONEST <= now:
        raise NotHeld("这一场停课了，或者马上就开始了，留不了名额。")
    away = Absence.objects.filter(
        organisation=organisation, starts_on__lte=session.on_date, ends_on__gte=session.on_date
    ).first()
    if away:
        raise ClubAway(f"那天写了“{away.get_kind_display()}”，先把日历改了再留。")
    hold = _running_hold(organisation, shift, now)
    if places < 1 or not holds.keep(hold, places):
        raise ShiftFull("没有这么多名额了，刷新看看还剩几个。")
    _wrote(organisation, "留了名额", now, actor, f"{notes.when(session.starts_at)} {places} 个")
    hold.refresh_from_db()
    return hold


def _running_hold(organisation: Organisation, shift: Shift, now: datetime) -> Hold:
    """The club's hold on the shift, made when there is none; one whose time is over is closed first."""
    ended = Hold.objects.filter(organisation=organisation, shift=shift, lapses_at__lte=now)
    holds.end_all(ended, now=now)
    hold, _ = Hold.objects.get_or_create(
        organisation=organisation,
        shift=shift,
        ended_at=None,
        defaults={"places": 0, "made_at": now, "lapses_at": lapses_at(shift.session.starts_at, now)},
    )
    return hold


def lapses_at(starts_at: datetime, now: datetime) -> datetime:
    """Until when places are held: so many hours before the session, in a hurry half of the time that is left."""
    wanted = starts_at - timedelta(hours=settings.LINKE_HOLD_HOURS)
    return max(wanted, now + (starts_at - now) / 2)


@transaction.atomic
def let_go(*, hold: Hold, places: int, now: datetime, actor: User | None = None) -> int:
    """Give back places without a name; answers how many there were to give."""
    freed = holds.let_go(hold, places)
    if freed:
        when = notes.when(hold.shift.session.starts_at)
        _wrote(hold.organisation, "放掉了留的名额", now, actor, f"{when} {freed} 个")
    return freed


# --- names ------------------------------------------------------------------------------------


def name_people(*, hold: Hold, text: str, now: datetime) -> Named:
    """Give held places to the people of a pasted list, a name and a mobile number a line.

    Each line stands for itself: what is wrong stays with its reason, the others are asked by a note
    whether they come. Raises HoldOver.
    """
    if hold.ended_at or hold.lapses_at <= now:
        raise HoldOver("这些名额过了留的时间，已经放出来了。还有空的，可以重新留。")
    done = Named()
    for row in filter(str.strip, text.splitlines()):
        try:
            done.placed.append(_name(hold, row, now))
        except Refused as refusal:
            done.wrong.append((row.strip(), str(refusal)))
    return done


@transaction.atomic
def _name(hold: Hold, row: str, now: datetime) -> Assignment:
    """One line of the list. Raises Refused."""
    name, mobile = _read(row)
    session = hold.shift.session
    volunteer = _member(hold.organisation, session, name, mobile, now)
    try:
        placed = seats.take(
            shift=hold.shift,
            volunteer=volunteer,
            status=Assignment.Status.OFFERED,
            source="club",
            now=now,
            overlooking=WISHES,
            hold=hold,
        )
    except ShiftFull as full:
        raise ShiftFull("留的名额用完了，先再留几个。") from full
    HoldName.objects.create(hold=hold, assignment=placed)
    Offer.objects.create(assignment=placed, made_at=now, expires_at=hold.lapses_at)
    told = publishing.for_telling(Assignment.objects.filter(pk=placed.pk)).get()
    notes.named(assignment=told, club=str(hold.organisation), answer_by=hold.lapses_at, now=now)
    return placed


def _read(row: str) -> tuple[str, str]:
    """The name and the mobile number of one line, in any order."""
    read = read_phone(row)
    if read.kind == "landline":
        raise WrongRow("这是座机号，请写手机号，11 位。")
    if read.kind != "mobile":
        raise WrongRow(read.reason or "没有手机号。一行写一位：名字 手机号。")
    name = names.clean(read.rest.lstrip("0123456789.、)） ").strip("，,；;：:、 "))
    if not 1 < len(name) <= 20:
        raise WrongRow("没看到名字。一行写一位：名字 手机号。")
    return name, read.number


def _member(club: Organisation, session: Session, name: str, mobile: str, now: datetime) -> Volunteer:
    """The volunteer of that line; somebody new belongs to the club. Raises OtherName, WrongRow."""
    volunteer, is_known = signup.enter(
        session=session, name=name, phone=mobile, occupation="", consent=True, now=now, said_by=CONSENT
    )
    if not is_known:
        volunteer.organisation = club
        volunteer.save(update_fields=["organisation"])
    elif volunteer.organisation_id not in (None, club.pk):
        raise WrongRow("这个号码登记在别的组织名下，请本人自己报名。")
    return volunteer


@transaction.atomic
def take_off(*, assignment: Assignment, now: datetime) -> None:
    """The leader takes somebody off; the place is the club's again while the hold runs. Raises NotPlaced."""
    seats.move(assignment, to=Assignment.Status.RELEASED, now=now, note="社团换人", only_from=Assignment.ACTIVE)
    told = publishing.for_telling(Assignment.objects.filter(pk=assignment.pk)).get()
    notes.released(assignment=told, now=now)
    club = assignment.held_as.hold.organisation
    _wrote(club, "社团换人", now, None, f"{assignment.volunteer} {notes.when(assignment.starts_at)}")


# --- by the clock -----------------------------------------------------------------------------


@transaction.atomic
def warn_of_lapses(*, now: datetime) -> int:
    """Tell leaders the day before places without a name are freed, once a hold; answers how many holds."""
    found = _open().filter(places__gt=0, lapses_at__gt=now, lapses_at__lte=now + WARNED_BEFORE)
    words = texts.current("hold-lapses")
    for hold in (rows := list(found)):
        values = {"几个": str(hold.places), "到期": notes.when(hold.lapses_at)}
        _tell(hold, "hold-lapses", "留的名额快到时间了", words, values, now)
    return len(rows)


def lapse_holds(*, now: datetime) -> int:
    """Free places that still have no name when their time is over, and tell the leader; answers how many holds."""
    return sum(_lapse(hold, now) for hold in _open().filter(lapses_at__lte=now).order_by("pk"))


@transaction.atomic
def _lapse(hold: Hold, now: datetime) -> bool:
    freed = holds.end(hold, now=now)
    if freed is None:
        return False  # another worker, or the leader, was quicker
    if freed:
        _tell(hold, "hold-lapsed", "留的名额放出来了", "", {"几个": str(freed)}, now)
        when = notes.when(hold.shift.session.starts_at)
        _wrote(hold.organisation, "留的名额到时间了", now, None, f"{when} {freed} 个")
    return True


def _open() -> QuerySet[Hold]:
    return Hold.objects.filter(ended_at=None).select_related(
        "organisation__leader", "shift__role", "shift__session__series", "shift__session__room"
    )


def _tell(hold: Hold, kind: str, subject: str, words: str, values: dict[str, str], now: datetime) -> None:
    """One note to the club's leader, to organisers where no leader is known."""
    club, session = hold.organisation, hold.shift.session
    body = texts.say(kind, words, 社团=str(club), 场次=notes.place_line(session, hold.shift.role), **values)
    leader = [{"person": club.leader}] if club.leader and club.token else [{"user": user} for user in organisers()]
    for recipient in leader:
        outbox.write(
            **recipient,
            kind=kind,
            about=f"hold:{hold.pk}",
            subject=subject,
            body=body,
            link=f"/club/{club.token}/" if "person" in recipient else f"/desk/clubs/{club.pk}/",
            now=now,
            happens_at=session.starts_at,
            useless_after=session.starts_at,
        )


def _wrote(club: Organisation, verb: str, now: datetime, actor: User | None, summary: str) -> None:
    label = "" if actor else f"{club}负责人"
    audit.write(actor=actor, label=label, verb=verb, thing=f"organisation:{club.pk}", now=now, summary=summary)
