"""Learners entered by hand, and looks at personal data, which leave a line behind."""

from datetime import date, datetime

from django.db import transaction

from classes.models import Community, Guardian, Learner
from people import audit
from people.actions import create_person
from people.models import Person, User


@transaction.atomic
def add_senior(
    *,
    community: Community,
    name: str,
    phone: str,
    birth_year: int | None,
    level: int | None,
    level_text: str,
    wishes: str,
    grid: int | None = None,
    now: datetime,
    actor: User | None,
) -> Learner:
    """A senior entered at the desk; `grid` is the id of one of the community's."""
    person = create_person(name=name, phone=phone, birth_year=birth_year)
    learner = Learner.objects.create(
        person=person,
        kind=Learner.Kind.SENIOR,
        community=community,
        level=level,
        level_text=level_text,
        wishes=wishes,
        grid_id=grid,
        enrolled_by=actor_name(actor),
    )
    audit.write(actor=actor, verb="登记了长者", thing=f"learner:{learner.pk}", now=now, summary=person.name)
    return learner


@transaction.atomic
def add_child(
    *,
    community: Community,
    name: str,
    birth_year: int | None,
    guardian_name: str,
    guardian_phone: str,
    days_wanted: list[int] | None,
    consent_on: date | None,
    now: datetime,
    actor: User | None,
) -> Learner:
    """A child entered at the desk with one guardian; a guardian known by name and phone is reused."""
    learner = Learner.objects.create(
        person=create_person(name=name, birth_year=birth_year),
        kind=Learner.Kind.CHILD,
        community=community,
        days_wanted=days_wanted,
        consent_on=consent_on,
        enrolled_by=actor_name(actor),
    )
    known = Person.objects.filter(name=guardian_name, phone=guardian_phone).first()
    guardian = known or create_person(name=guardian_name, phone=guardian_phone)
    Guardian.objects.create(learner=learner, person=guardian)
    audit.write(actor=actor, verb="登记了孩子", thing=f"learner:{learner.pk}", now=now, summary=learner.person.name)
    return learner


def actor_name(actor: User | None) -> str:
    """Who entered it, as the list shows it."""
    return (actor.get_full_name() or actor.username)[:40] if actor else ""


def reveal_phone(*, learner: Learner, person: Person, now: datetime, actor: User) -> str:
    """The whole number of a learner or a guardian; who looked is written down."""
    audit.write(
        actor=actor,
        verb="看了完整号码",
        thing=f"learner:{learner.pk}",
        now=now,
        summary=f"{person.name}（{learner}的资料）" if person.pk != learner.person_id else person.name,
    )
    return person.phone


def open_child(*, learner: Learner, now: datetime, actor: User) -> None:
    """Write down that a child's data was opened (未成年人网络保护条例 art. 36)."""
    audit.write(
        actor=actor, verb="打开了孩子的资料", thing=f"learner:{learner.pk}", now=now, summary=learner.person.name
    )


@transaction.atomic
def set_free_times(
    *, learner: Learner, windows: list[list[int | str]] | None, now: datetime, actor: User | None
) -> None:
    """When the learner can come, as the timetable engine reads it; None when nobody has said."""
    Learner.objects.filter(pk=learner.pk).update(free_windows=windows)
    learner.free_windows = windows
    audit.write(actor=actor, verb="改了能来的时间", thing=f"learner:{learner.pk}", now=now)
