"""A line of a learners' list becomes a senior or a child, once."""

from datetime import time

from classes.models import Community, Grid, Guardian, Learner, PickUp
from people import actions as people
from people import names
from people.models import Consent, Person
from people.workbooks import Contact, Row

from .outcome import Intake, Outcome, birth_of, merged, probably, same_birth

CONSENT_VERSION = "2026-09"


def take_senior(row: Row, intake: Intake) -> Outcome:
    """Same name is common: the same phone, or the same grid and birth year, make the same person."""
    fields = row.fields
    namesakes = _namesakes(fields["name"], Learner.Kind.SENIOR, intake.community)
    grid = fields["grid"]
    for learner in namesakes:
        same_phone = bool(fields["phone"]) and learner.person.phone == fields["phone"]
        same_home = bool(grid) and learner.grid and learner.grid.name == grid
        if same_phone or (same_home and same_birth(learner.person, fields["birth"])):
            return _merge_senior(row, learner)
    unsure = next((n for n in namesakes if _cannot_tell(row, n)), None)
    if unsure and intake.decision != "new":
        if intake.decision == "same":
            return _merge_senior(row, unsure)
        return probably(
            f"已有一位{unsure}（{_where(unsure)}），这一行没写电话和网格，像是同一个人。", f"learner:{unsure.pk}"
        )
    return _create_senior(row, intake, namesakes)


def take_child(row: Row, intake: Intake) -> Outcome:
    """A child is the same by name and birth, or by name and a guardian's phone."""
    fields = row.fields
    phones = {guardian.phone for guardian in fields["guardians"] if guardian.phone}
    for learner in _namesakes(fields["name"], Learner.Kind.CHILD, intake.community):
        known = set(learner.guardians.values_list("person__phone", flat=True))
        if same_birth(learner.person, fields["birth"]) or phones & known:
            return _merge_child(row, learner)
    return _create_child(row, intake)


def _namesakes(name: str, kind: str, community: Community) -> list[Learner]:
    found = Learner.objects.filter(kind=kind, community=community, person__name=names.clean(name))
    return list(found.select_related("person", "grid"))


def _cannot_tell(row: Row, learner: Learner) -> bool:
    return not row.fields["phone"] and not row.fields["grid"] and not row.fields["birth"]


def _where(learner: Learner) -> str:
    parts = [str(learner.grid or ""), f"{learner.person.birth_year}年生" if learner.person.birth_year else ""]
    return "、".join(part for part in parts if part) or "没写网格和出生年"


def _merge_senior(row: Row, learner: Learner) -> Outcome:
    done = merged(f"{learner}（{_where(learner)}）已经在名单里，只补上空着的。", f"learner:{learner.pk}")
    fields = row.fields
    done.fills(learner.person, phone=fields["phone"], gender=fields["gender"])
    family = fields["family"]
    if learner.has_other_family(family.name, family.relation, family.phone):
        done.why += "家人和已有的不一样，没有动，请问清楚。"
    else:
        done.fills(learner, family_name=family.name, family_relation=family.relation, family_phone=family.phone)
    done.fills(
        learner,
        phone_brand=fields["phone_brand"],
        phone_model=fields["phone_model"],
        level_text=fields["level_text"],
        needs=fields["needs"],
        wishes="、".join(fields["wishes"])[:80],
        address=fields["address"],
    )
    done.keeps(learner.person, row.notes, row)
    return done


def _create_senior(row: Row, intake: Intake, namesakes: list[Learner]) -> Outcome:
    done = Outcome()
    fields = row.fields
    person = done.makes(
        people.create_person(
            name=fields["name"],
            phone=fields["phone"],
            phone_whose=fields["phone_whose"],
            gender=fields["gender"],
            birth_is_estimate=fields["birth_estimated"],
            **birth_of(fields["birth"]),
        )
    )
    done.makes(
        Learner.objects.create(
            person=person,
            kind=Learner.Kind.SENIOR,
            community=intake.community,
            grid=_grid(fields["grid"], fields["enrolled_by"], intake.community, done),
            address=fields["address"],
            enrolled_by=fields["enrolled_by"],
            phone_brand=fields["phone_brand"],
            phone_model=fields["phone_model"],
            family_name=fields["family"].name,
            family_relation=fields["family"].relation,
            family_phone=fields["family"].phone,
            level=fields["level"],
            level_text=fields["level_text"],
            needs=fields["needs"],
            wishes="、".join(fields["wishes"])[:80],
        )
    )
    done.keeps(person, row.notes, row)
    done.why = _why_new(person, namesakes)
    return done


def _why_new(person: Person, namesakes: list[Learner]) -> str:
    if namesakes:
        others = ";".join(_where(learner) for learner in namesakes)
        return f"同名还有 {len(namesakes)} 位（{others}），网格、出生年或电话不同，当作另一个人。"
    sharing = Person.objects.filter(phone=person.phone).exclude(pk=person.pk) if person.phone else Person.objects.none()
    with_learner = sharing.filter(learner__isnull=False).first()
    return f"和{with_learner}共用一个电话，仍是两个人。" if with_learner else ""


def _grid(name: str, enrolled_by: str, community: Community, done: Outcome) -> Grid | None:
    if not name:
        return None
    grid, fresh = Grid.objects.get_or_create(community=community, name=name)
    if fresh:
        done.makes(grid)
    if enrolled_by.startswith("网格员"):
        done.fills(grid, worker=enrolled_by.removeprefix("网格员"))
    return grid


def _merge_child(row: Row, learner: Learner) -> Outcome:
    done = merged(f"{learner}已经在名单里，只补上空着的。", f"learner:{learner.pk}")
    fields = row.fields
    done.fills(learner, school=fields["school"], health_note=fields["health"], consent_on=fields["consent_on"])
    for guardian in fields["guardians"]:
        _guardian(guardian, learner, done)
    done.keeps(learner.person, row.notes, row)
    return done


def _create_child(row: Row, intake: Intake) -> Outcome:
    done = Outcome()
    fields = row.fields
    person = done.makes(
        people.create_person(
            name=fields["name"],
            gender=fields["gender"],
            birth_is_estimate=fields["birth_estimated"],
            **birth_of(fields["birth"]),
        )
    )
    learner = done.makes(
        Learner.objects.create(
            person=person,
            kind=Learner.Kind.CHILD,
            community=intake.community,
            school=fields["school"],
            grade=fields["grade"],
            class_no=fields["class_no"],
            release_time=time.fromisoformat(fields["release_time"]) if fields["release_time"] else None,
            may_leave_alone=fields["may_leave_alone"],
            leave_alone_at=time.fromisoformat(fields["leave_alone_at"]) if fields["leave_alone_at"] else None,
            health_note=fields["health"][:80],
            photo_consent=fields["photo_consent"],
            consent_on=fields["consent_on"],
            days_wanted=fields["days"],
        )
    )
    for guardian in fields["guardians"]:
        _guardian(guardian, learner, done)
    for pickup in fields["pickups"]:
        _pickup(pickup, learner, done)
    _consent(row, learner, intake, done)
    done.keeps(person, row.notes, row)
    done.why = "" if fields["consent_on"] else "还没有监护人签字日期，补签之前不能入班。"
    return done


def _guardian(contact: Contact, learner: Learner, done: Outcome) -> None:
    if not contact.name and not contact.phone:
        return
    name = names.clean(contact.name or f"{learner}的{contact.relation}")
    person = Person.objects.filter(name=name, phone=contact.phone).first() if contact.phone else None
    if person is None:
        person = done.makes(people.create_person(name=name, phone=contact.phone))
    guardian, fresh = Guardian.objects.get_or_create(
        learner=learner, person=person, defaults={"relation": contact.relation[:10]}
    )
    if fresh:
        done.makes(guardian)


def _pickup(contact: Contact, learner: Learner, done: Outcome) -> None:
    pickup, fresh = PickUp.objects.get_or_create(
        learner=learner,
        name=contact.name,
        relation=contact.relation[:10],
        defaults={"phone": contact.phone},
    )
    if fresh:
        done.makes(pickup)


def _consent(row: Row, learner: Learner, intake: Intake, done: Outcome) -> None:
    if not row.fields["consent_on"]:
        return
    done.makes(
        Consent.objects.create(
            person=learner.person,
            version=CONSENT_VERSION,
            purpose="参加四点半课堂",
            channel="纸质签字",
            given_at=intake.now,
        )
    )
