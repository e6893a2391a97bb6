"""What an organiser changes about one volunteer. Every change leaves a line in the audit trail."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from classes.models import Community
from people import actions as person_actions
from people import audit
from people.models import PersonNote, User
from volunteers.models import Clearance, Organisation, Training, Volunteer
from volunteers.models.volunteer import new_token
from volunteers.rules.persons import ADULT_AT, turns

# 未成年人保护法 art. 62: the check is repeated every year.
CLEARANCE_LASTS = timedelta(days=366)


class MobileTaken(Exception):
    """Another volunteer who has not left uses this number; `volunteer` is that one."""

    def __init__(self, volunteer: Volunteer):
        super().__init__(f"这个手机号已经登记在{volunteer}名下。")
        self.volunteer = volunteer


class ClearanceTooLong(Exception):
    """A check may not count for more than twelve months."""


class NotALead(Exception):
    """This person may not lead a class yet; the message says why."""


def _wrote(volunteer: Volunteer, verb: str, summary: str, *, now: datetime, actor: User | None) -> None:
    audit.write(actor=actor, verb=verb, thing=f"volunteer:{volunteer.pk}", now=now, summary=summary)


# What the form of a volunteer changes on the person behind it.
ABOUT_PERSON = ("gender", "birth_year", "email", "reach")


def _refuse_taken(mobile: str, besides: Volunteer | None = None) -> None:
    others = Volunteer.objects.filter(mobile=mobile).exclude(status=Volunteer.Status.LEFT)
    taken = others.exclude(pk=besides.pk if besides else None).select_related("person").first()
    if taken:
        raise MobileTaken(taken)


@transaction.atomic
def add_volunteer(
    *,
    name: str,
    mobile: str,
    home: Community,
    now: datetime,
    actor: User | None,
    programmes: Sequence[str] = (),
    organisation: str = "",
    gender: str = "",
    birth_year: int | None = None,
    email: str = "",
    reach: str = "",
    **fields: Any,
) -> Volunteer:
    """A volunteer whom staff enter themselves. Raises MobileTaken."""
    _refuse_taken(mobile)
    about_person = {"gender": gender, "birth_year": birth_year, "email": email, "reach": reach}
    person = person_actions.create_person(name=name, phone=mobile, **about_person)
    volunteer = Volunteer.objects.create(
        person=person,
        mobile=mobile,
        home=home,
        organisation=_organisation(organisation),
        programmes=list(programmes),
        source=Volunteer.Source.STAFF,
        **fields,
    )
    _wrote(volunteer, "add", f"登记志愿者{person.name}", now=now, actor=actor)
    return volunteer


@transaction.atomic
def edit_volunteer(
    *, volunteer: Volunteer, name: str, mobile: str, organisation: str, now: datetime, actor: User | None, **fields: Any
) -> None:
    """Change the basics. Raises MobileTaken. The trail names the fields, never the old values."""
    _refuse_taken(mobile, besides=volunteer)
    person = volunteer.person
    about_person: dict[str, Any] = {key: fields.pop(key) for key in ABOUT_PERSON if key in fields}
    before = {
        "name": person.name,
        "mobile": volunteer.mobile,
        **_values(volunteer, fields),
        **_values(person, about_person),
    }
    person_actions.change_contact(person=person, name=name, phone=mobile)
    if about_person.get("birth_year") != person.birth_year and "birth_year" in about_person:
        about_person |= {"birth_month": None, "birth_day": None, "birth_is_estimate": False}
    _set(person, about_person)
    _set(volunteer, {**fields, "mobile": mobile, "organisation": _organisation(organisation)})
    after = {"name": person.name, "mobile": mobile, **fields, **about_person}
    changed = sorted(key for key in before if before[key] != after[key])
    _wrote(volunteer, "edit", "改了：" + "、".join(changed or ["没有变化"]), now=now, actor=actor)


def _values(thing: Any, fields: dict[str, Any]) -> dict[str, Any]:
    return {key: getattr(thing, key) for key in fields}


def _set(thing: Any, fields: dict[str, Any]) -> None:
    for key, value in fields.items():
        setattr(thing, key, value)
    if fields:
        thing.save(update_fields=list(fields))


def _organisation(name: str) -> Organisation | None:
    return Organisation.objects.get_or_create(name=name)[0] if name else None


@transaction.atomic
def record_clearance(
    *,
    volunteer: Volunteer,
    result: str,
    checked_on: date,
    valid_until: date | None,
    now: datetime,
    actor: User | None,
) -> Clearance:
    """Keep the result of a background check, when and by whom; never its content.

    Raises ClearanceTooLong when it would count for more than twelve months.
    """
    if valid_until and valid_until > checked_on + CLEARANCE_LASTS:
        raise ClearanceTooLong
    clearance = Clearance.objects.create(
        volunteer=volunteer,
        result=result,
        valid_until=valid_until if result == Clearance.Result.CLEAR else None,
        recorded_by=(actor.get_full_name() or actor.username) if actor else "",
        source=f"{checked_on:%Y-%m-%d} 查询",
    )
    _wrote(volunteer, "clearance", f"登记背景查询：{clearance}", now=now, actor=actor)
    return clearance


@transaction.atomic
def mark_seen(*, volunteer: Volunteer, now: datetime, actor: User | None) -> None:
    """Somebody of the staff has met this person. Said twice, the first time counts."""
    if Volunteer.objects.filter(pk=volunteer.pk, seen_at=None).update(seen_at=now):
        _wrote(volunteer, "seen", "见过本人", now=now, actor=actor)


@transaction.atomic
def let_lead(*, volunteer: Volunteer, now: datetime, actor: User | None) -> None:
    """Trust this person with leading a senior class.

    Raises NotALead for minors and for people who have never helped: nobody leads the first time.
    """
    adult_on = turns(volunteer, ADULT_AT)
    if adult_on and adult_on > timezone.localdate(now):
        raise NotALead("未成年人不能当讲师。")
    if not volunteer.experienced and not volunteer.checkins.exists():
        raise NotALead("第一次来的人先当一次助教，再当讲师。")
    volunteer.experienced = volunteer.may_lead = True
    volunteer.save(update_fields=["experienced", "may_lead"])
    _wrote(volunteer, "lead", "可以当讲师", now=now, actor=actor)


@transaction.atomic
def stop_leading(*, volunteer: Volunteer, now: datetime, actor: User | None) -> None:
    """From now on this person helps but does not lead; what is agreed stays."""
    Volunteer.objects.filter(pk=volunteer.pk).update(may_lead=False)
    _wrote(volunteer, "lead", "不再当讲师", now=now, actor=actor)


@transaction.atomic
def pause(*, volunteer: Volunteer, until: date | None = None, now: datetime, actor: User | None) -> None:
    """Plan nothing new for this person, until that day if one is said; what is agreed stays until it is released."""
    rows = Volunteer.objects.filter(pk=volunteer.pk).exclude(status=Volunteer.Status.LEFT)
    if rows.update(status="paused", paused_until=until):
        words = f"暂停排班，到 {until:%Y-%m-%d}" if until else "暂停排班"
        _wrote(volunteer, "pause", words, now=now, actor=actor)


@transaction.atomic
def resume(*, volunteer: Volunteer, now: datetime, actor: User | None) -> None:
    """Plan this person again."""
    if Volunteer.objects.filter(pk=volunteer.pk, status="paused").update(status="active", paused_until=None):
        _wrote(volunteer, "resume", "恢复排班", now=now, actor=actor)


def resume_due(*, now: datetime) -> int:
    """Plan again whoever said until when they pause, from that day on; answers how many."""
    due = Volunteer.objects.filter(status="paused", paused_until__lte=timezone.localdate(now)).order_by("pk")
    for volunteer in due:
        resume(volunteer=volunteer, now=now, actor=None)
    return len(due)


@transaction.atomic
def record_training(
    *, volunteer: Volunteer, what: str, on_date: date, valid_until: date | None, now: datetime, actor: User | None
) -> Training:
    """Keep a training; the same one on the same day is one."""
    kept, _ = Training.objects.update_or_create(
        volunteer=volunteer,
        what=what,
        on_date=on_date,
        defaults={
            "valid_until": valid_until,
            "recorded_by": (actor.get_full_name() or actor.username) if actor else "",
        },
    )
    _wrote(volunteer, "training", f"登记培训：{what}", now=now, actor=actor)
    return kept


@transaction.atomic
def renew_link(*, volunteer: Volunteer, now: datetime, actor: User | None) -> str:
    """A new secret link; the old one, and every WeChat that knew it, stops working at once. Returns the token."""
    volunteer.token = new_token()
    volunteer.save(update_fields=["token"])
    volunteer.wechat_links.all().delete()
    _wrote(volunteer, "renew-link", "换了个人链接，旧的作废", now=now, actor=actor)
    return volunteer.token


@transaction.atomic
def reveal_phone(*, volunteer: Volunteer, now: datetime, actor: User | None) -> str:
    """The whole number. Whoever looked is written down."""
    _wrote(volunteer, "reveal-phone", "看了电话", now=now, actor=actor)
    return volunteer.mobile


@transaction.atomic
def add_note(*, volunteer: Volunteer, text: str, now: datetime, actor: User | None) -> PersonNote:
    """Words that stay with the person."""
    by = (actor.get_full_name() or actor.username) if actor else ""
    kept, _ = person_actions.note(person=volunteer.person, text=text, source=f"{by} {now:%Y-%m-%d}".strip())
    _wrote(volunteer, "note", "写了备注", now=now, actor=actor)
    return kept


# Neither I nor 1, O nor 0: it is read off a wall.
POSTER_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def new_poster_code() -> str:
    """Four characters that nobody can guess from the last ones."""
    return "".join(secrets.choice(POSTER_LETTERS) for _ in range(4))


@transaction.atomic
def set_poster_code(*, community: Community, code: str, now: datetime, actor: User) -> None:
    """Ask whoever is new for these four characters of the poster; an empty code asks for none."""
    Community.objects.filter(pk=community.pk).update(poster_code=code)
    audit.write(actor=actor, verb="换海报上的码", thing=f"community:{community.pk}", now=now, summary=code or "不再要")
