"""What the desk changes about one learner, and who answers for a child. Every change leaves a line in the trail."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from classes import demand
from classes.actions.enrolment import places_changed, settle_requested, stairs_to
from classes.actions.learners import open_child
from classes.models import Enrolment, Guardian, Learner, PickUp, Series
from people import audit, names
from people.actions import change_contact, create_person
from people.models import Person, User
from people.workbooks import PartialDate
from people.workbooks.children import ALONE_AGE

OF_THE_PERSON = ("name", "phone", "phone_whose", "birth_year")


class Refused(Exception):
    """This cannot be noted so; the message says why."""


class TooYoung(Refused):
    """The child may not go home alone, or nobody can tell whether it may."""


class NamedAlready(Refused):
    """The same person is on the list."""


@transaction.atomic
def change_learner(
    *,
    learner: Learner,
    name: str,
    phone: str,
    phone_whose: str,
    birth_year: int | None,
    now: datetime,
    actor: User | None,
    **facts: Any,
) -> list[str]:
    """Change what is known of a learner; answers what else has to be seen to, as sentences. Raises TooYoung,
    also where a child goes home alone already and another year of birth says that it may not.

    The trail names the fields, never what they said.
    """
    person = learner.person
    before = {name: getattr(person, name) for name in OF_THE_PERSON}
    before |= {key: getattr(learner, key) for key in facts}
    _born(person, birth_year)
    goes_alone = facts.get("may_leave_alone", learner.may_leave_alone)
    if goes_alone and not (learner.may_leave_alone and birth_year == before["birth_year"]):
        check_alone(person, timezone.localdate(now))
    if not goes_alone:
        facts["leave_alone_at"] = None
    if facts.get("level", -1) == learner.level and learner.level_text:  # their words for the same level stay
        facts.pop("level_text", None)
    if (person.name, person.phone) != (name, phone):
        change_contact(person=person, name=name, phone=phone)
    person.phone_whose = phone_whose
    person.save(update_fields=["phone_whose"])
    for key, value in facts.items():
        setattr(learner, key, value)
    learner.save(update_fields=list(facts))
    after = {name: getattr(person, name) for name in OF_THE_PERSON} | facts
    changed = [key for key in after if before.get(key) != after[key]]
    _wrote(learner, "改了资料", "、".join(map(_word, changed)) or "没有变化", now=now, actor=actor)
    return _follow(learner, set(changed), now)


def _word(name: str) -> str:
    """What the screens call a field of a learner, or of the person who learns."""
    field: Any = (Person if name in OF_THE_PERSON else Learner)._meta.get_field(name)
    return str(field.verbose_name)


def check_alone(person: Person, today: date) -> None:
    """Whether a child may go home alone in this school year. Raises TooYoung; what nobody knows counts as too young."""
    if person.birth_year is None:
        raise TooYoung("不知道出生年，不能让孩子自己回家。先写出生年。")
    born = PartialDate(person.birth_year, person.birth_month, person.birth_day)
    start = date(today.year if today.month >= 8 else today.year - 1, 9, 1)
    if born.last_day_of_turning(ALONE_AGE) > start:
        raise TooYoung(f"到 {start:%Y年9月1日} 不满 {ALONE_AGE} 岁（或者说不准），不能自己回家，要有人接。")


def _born(person: Person, birth_year: int | None) -> None:
    """A year that is said anew takes away what was more exact about the old one."""
    if birth_year == person.birth_year:
        return
    person.birth_year, person.birth_month, person.birth_day = birth_year, None, None
    person.birth_is_estimate = False
    person.save(update_fields=["birth_year", "birth_month", "birth_day", "birth_is_estimate"])


def _follow(learner: Learner, changed: set[str], now: datetime) -> list[str]:
    """Younger children need more helpers; a wheelchair needs a room it gets into."""
    if not changed & {"birth_year", "needs"}:
        return []
    held = Enrolment.objects.filter(learner=learner, status=Enrolment.Status.CONFIRMED)
    series = list(Series.objects.filter(pk__in=held.values("series")))
    if series:
        places_changed({one.pk for one in series}, now)
    if "needs" not in changed or not demand.in_a_wheelchair(learner.needs):
        return []
    return [f"{one}：{stairs}，请换教室或者换班。" for one in series if (stairs := stairs_to(one))]


def _wrote(learner: Learner, verb: str, summary: str, *, now: datetime, actor: User | None) -> None:
    audit.write(actor=actor, verb=verb, thing=f"learner:{learner.pk}", now=now, summary=summary)


@transaction.atomic
def add_pickup(*, learner: Learner, name: str, relation: str, phone: str, now: datetime, actor: User | None) -> PickUp:
    """Somebody more may fetch the child. Raises NamedAlready."""
    try:
        with transaction.atomic():
            made = PickUp.objects.create(learner=learner, name=name, relation=relation, phone=phone)
    except IntegrityError as error:
        raise NamedAlready(f"{relation}{name}已经在名单上了。") from error
    _wrote(learner, "加了可以接的人", relation or "没写关系", now=now, actor=actor)
    return made


@transaction.atomic
def remove_pickup(*, pickup: PickUp, now: datetime, actor: User | None) -> None:
    """From now on this person may not fetch the child; what they fetched stays written."""
    _wrote(pickup.learner, "去掉了可以接的人", pickup.relation or "没写关系", now=now, actor=actor)
    pickup.delete()


@transaction.atomic
def add_guardian(
    *, learner: Learner, name: str, relation: str, phone: str, now: datetime, actor: User | None
) -> tuple[Guardian, Sequence[Enrolment]]:
    """Somebody more answers for the child; places that only waited for a number are settled. Raises NamedAlready."""
    known = Person.objects.filter(name=names.clean(name), phone=phone).first()
    guardian, fresh = Guardian.objects.get_or_create(
        learner=learner,
        person=known or create_person(name=name, phone=phone),
        defaults={"relation": relation},
    )
    if not fresh:
        raise NamedAlready(f"{name}已经是监护人了。")
    _wrote(learner, "加了监护人", relation or "没写关系", now=now, actor=actor)
    return guardian, settle_requested(learner=learner, now=now, actor=actor)


def open_to_change(*, learner: Learner, now: datetime, actor: User) -> None:
    """Write down who has seen a child's data, or whole numbers, in order to change them."""
    if learner.kind == Learner.Kind.CHILD:
        open_child(learner=learner, now=now, actor=actor)
    elif learner.person.phone or learner.family_phone:
        _wrote(learner, "看了完整号码", f"{learner}（改资料）", now=now, actor=actor)


@transaction.atomic
def reveal_family(*, learner: Learner, now: datetime, actor: User) -> str:
    """The whole number of a senior's family; who looked is written down."""
    _wrote(learner, "看了完整号码", f"家人（{learner}的资料）", now=now, actor=actor)
    return learner.family_phone
