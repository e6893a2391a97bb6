"""A line of a volunteers' form becomes a volunteer, once."""

from datetime import time

from classes.models import Series
from people import actions as people
from people import names
from people.models import Person
from people.workbooks import PartialDate, Row
from volunteers.models import Availability, Clearance, Organisation, Volunteer

from .outcome import Intake, Outcome, attention, birth_of, merged, probably, same_birth

ADULT = 18
DIALECT = "关中话"


def take(row: Row, intake: Intake) -> Outcome:
    """Match by mobile, then by name and birth; the mobile is unique among volunteers."""
    name, mobile = row.fields["name"], row.fields["phone"]
    if row.fields.get("phone_kind") != "mobile":
        return attention(f"{name}的电话不是手机号，志愿者要留 11 位手机号。", "phone")
    holder = Volunteer.objects.filter(mobile=mobile).exclude(status="left").select_related("person").first()
    if holder:
        return _known_mobile(row, holder, intake)
    twin = _twin(row)
    if twin and intake.decision != "new":
        if intake.decision == "same":
            return _merge(row, twin, intake)
        return probably(
            f"和已有的{twin.person.name}同名、出生年月也一样，只是手机号不同（已有的尾号 {twin.mobile[-4:]}）。"
            "是同一个人选“合并”，不是就选“当新人”。",
            f"volunteer:{twin.pk}",
        )
    return _create(row, intake)


def _known_mobile(row: Row, holder: Volunteer, intake: Intake) -> Outcome:
    name = names.clean(row.fields["name"])
    if holder.person.name == name or intake.decision == "same":
        return _merge(row, holder, intake)
    if intake.decision == "new":
        return attention(
            f"{holder.person.name}已经在用这个手机号，每位志愿者的手机号只能是自己的，请把这一行的改对。", "phone"
        )
    return probably(
        f"手机号和{holder.person.name}的一样，名字不同，像是同一个人。是同一个人选“合并”，不是就把手机号改对。",
        f"volunteer:{holder.pk}",
    )


def _twin(row: Row) -> Volunteer | None:
    same_name = Volunteer.objects.filter(person__name=names.clean(row.fields["name"])).exclude(status="left")
    return next((v for v in same_name.select_related("person") if same_birth(v.person, row.fields["birth"])), None)


def _merge(row: Row, volunteer: Volunteer, intake: Intake) -> Outcome:
    done = merged(f"{volunteer.person.name}已经在名单里，没有再建一个，只补上空着的。", f"volunteer:{volunteer.pk}")
    fields = row.fields
    done.fills(volunteer.person, gender=fields["gender"], **birth_of(fields["birth"]))
    done.fills(
        volunteer,
        occupation=fields["occupation"],
        max_per_week=fields["max_per_week"],
        programmes=fields["programmes"],
        skills=fields["skills"],
    )
    if not volunteer.availability.exists():
        _windows(row, volunteer, done)
    until = fields["clearance_until"]
    if until and not volunteer.clearances.filter(valid_until=until).exists():
        _clearance(row, volunteer, done)
    done.keeps(volunteer.person, row.notes, row)
    return done


def _create(row: Row, intake: Intake) -> Outcome:
    done = Outcome()
    fields = row.fields
    person = done.makes(
        people.create_person(
            name=fields["name"], phone=fields["phone"], gender=fields["gender"], **birth_of(fields["birth"])
        )
    )
    volunteer = done.makes(
        Volunteer.objects.create(
            person=person,
            mobile=fields["phone"],
            home=intake.community,
            organisation=_organisation(fields["organisation"], done),
            occupation=fields["occupation"],
            source=Volunteer.Source.IMPORT,
            programmes=fields["programmes"],
            skills=fields["skills"],
            dialect=any(DIALECT in skill for skill in fields["skills"]),
            experienced=not fields["newcomer"],
            may_lead=_may_lead(row, intake),
            max_per_week=fields["max_per_week"],
            submitted_on=fields["submitted_at"].date() if fields["submitted_at"] else None,
        )
    )
    _windows(row, volunteer, done)
    if fields["clearance_until"]:
        _clearance(row, volunteer, done)
    done.keeps(person, row.notes, row)
    done.why = _what_was_understood(row, person)
    return done


def _may_lead(row: Row, intake: Intake) -> bool:
    """Adult on the first day of the term, has taken a class before, and teaches seniors."""
    born: PartialDate | None = row.fields["birth"]
    adult = born is not None and born.last_day_of_turning(ADULT) <= intake.term.starts_on
    return bool(adult and row.fields["experienced"] and "senior" in row.fields["programmes"])


def _organisation(name: str, done: Outcome) -> Organisation | None:
    if not name:
        return None
    organisation, fresh = Organisation.objects.get_or_create(name=name)
    return done.makes(organisation) if fresh else organisation


def _windows(row: Row, volunteer: Volunteer, done: Outcome) -> None:
    told_on = row.fields["submitted_at"].date() if row.fields["submitted_at"] else None
    for window in row.fields["availability"]:
        done.makes(
            Availability.objects.create(
                volunteer=volunteer,
                weekday=window.weekday,
                starts=time.fromisoformat(window.starts),
                ends=time.fromisoformat(window.ends),
                weeks=window.weeks,
                from_on=window.from_on,
                until_on=window.until_on,
                told_on=told_on,
                told_how=row.file[:80],
            )
        )


def _clearance(row: Row, volunteer: Volunteer, done: Outcome) -> None:
    done.makes(
        Clearance.objects.create(
            volunteer=volunteer,
            result=Clearance.Result.CLEAR,
            valid_until=row.fields["clearance_until"],
            recorded_by="导入",
            source=row.file[:80],
        )
    )


def _what_was_understood(row: Row, person: Person) -> str:
    others = Volunteer.objects.filter(person__name=person.name).exclude(person=person).count()
    said = [f"同名还有 {others} 位，手机号不同，当作另一个人。"] if others else []
    if not row.fields["availability"]:
        said.append("没看懂或没填什么时候有空，补上之前不会被排班。")
    return "".join(said)


def by_name(name: str, phone: str = "") -> list[Volunteer]:
    """Volunteers who may be meant by a name in a list; a phone settles it."""
    who = Volunteer.objects.exclude(status="left").select_related("person", "organisation")
    if phone:
        return list(who.filter(mobile=phone))
    return list(who.filter(person__name=names.clean(name)))


def like_name(name: str) -> list[Volunteer]:
    """Volunteers with the same surname as somebody whose full name is not written."""
    surname = names.clean(name)[:1]
    return list(Volunteer.objects.filter(person__name__startswith=surname).select_related("person")[:5])


def series_named(name: str, intake: Intake) -> Series | None:
    """The series of the term a list speaks of, by its name or the part after the dot."""
    known = list(Series.objects.filter(term=intake.term, community=intake.community).select_related("programme"))
    wanted = names.clean(name)
    exact = [s for s in known if names.clean(s.name) == wanted]
    near = [s for s in known if wanted and (wanted in names.clean(s.name) or names.clean(s.name) in wanted)]
    found = exact or (near if len(near) == 1 else [])
    return found[0] if found else None
