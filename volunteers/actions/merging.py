"""Two entries of one person become one: everything moves that may move, the stricter of two wins, a day to undo.

The preview is the merge itself, taken back before anybody sees it, so it says exactly what will happen.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core import serializers
from django.db import IntegrityError, transaction
from django.db.models import Model

from classes.actions import enrolment as places
from classes.actions import holding
from classes.models import Delegate, Guardian, Learner, PickUp
from people import actions as person_actions
from people import audit, names
from people.models import Consent, Merge, Message, Person, PersonNote, User
from volunteers.actions import seats
from volunteers.models import Assignment, CheckIn, Clearance, ServiceRecord, Volunteer

ABOUT_PERSON: tuple[type[Model], ...] = (PersonNote, Consent, Message)
# Moved by rules of their own, or not at all: who may fetch a child is never widened by a merge.
BY_HAND: tuple[type[Model], ...] = (Clearance, Delegate, Guardian, PickUp)
VOLUNTEER_FILLS = ("home_id", "organisation_id", "occupation")
FAMILY = ("family_name", "family_relation", "family_phone")
LEARNER_FILLS = (
    "grid_id",
    "address",
    "phone_brand",
    "phone_model",
    "level",
    "level_text",
    "wishes",
    "free_windows",
    "school",
    "grade",
    "class_no",
    "release_time",
    "days_wanted",
)
PERSON_FILLS = ("gender", "birth_year", "birth_month", "birth_day", "email", "phone")


class Refused(Exception):
    """These two cannot become one; the message says why."""


class ChangedSince(Refused):
    """One of them is not any more as it was seen, or as the merge left it."""


@dataclass(slots=True)
class Work:
    """What a merge is doing, collected for the report and for undo."""

    now: datetime
    moved: list[list[Any]] = field(default_factory=list)
    made: list[list[Any]] = field(default_factory=list)
    released: list[list[Any]] = field(default_factory=list)
    before: dict[str, dict[str, Any]] = field(default_factory=dict)
    after: dict[str, dict[str, Any]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    conflicts: list[str] = field(default_factory=list)

    def report(self) -> dict[str, Any]:
        """What the page shows."""
        return {"moves": dict(self.counts), "conflicts": self.conflicts}


def preview(*, kind: str, kept: int, gone: int, now: datetime) -> dict[str, Any]:
    """What a merge would move and what it could not, as a report; nothing is changed. Raises Refused."""
    with transaction.atomic():
        report = dict(merge(kind=kind, kept=kept, gone=gone, now=now, actor=None).report)
        transaction.set_rollback(True)
    return report


@transaction.atomic
def merge(*, kind: str, kept: int, gone: int, now: datetime, actor: User | None, name: str = "") -> Merge:
    """Make `gone` part of `kept`. `name` chooses between the two names; the kept one's stays otherwise.

    Raises Refused, ChangedSince.
    """
    if kept == gone:
        raise Refused("这是同一条记录，不用合并。")
    work = Work(now)
    rows, label = _volunteers(work, kept, gone, name) if kind == "volunteer" else _learners(work, kept, gone, name)
    made = Merge.objects.create(
        kind=kind,
        kept_id=kept,
        gone_id=gone,
        name=label,
        moved=work.moved,
        before=work.before,
        after=work.after,
        made=work.made,
        released=work.released,
        rows=rows,
        report=work.report(),
        at=now,
        by=actor,
    )
    audit.write(
        actor=actor, verb="合并了两条", thing=f"{kind}:{kept}", now=now, summary=f"{label}（{gone} 并入 {kept}）"
    )
    return made


def _volunteers(work: Work, kept_id: int, gone_id: int, name: str) -> tuple[str, str]:
    """Both are held first: whoever signs up at this moment waits, then finds the entry closed, or is moved along."""
    seats.lock([kept_id, gone_id])
    found = Volunteer.objects.select_related("person").in_bulk([kept_id, gone_id])
    kept, gone = found.get(kept_id), found.get(gone_id)
    if kept is None or gone is None or Volunteer.Status.LEFT in (kept.status, gone.status):
        raise ChangedSince("其中一位已经离开或者刚刚被合并了，刷新看看现在的样子。")
    _release_doubles(work, kept, gone)
    _move_all(work, kept, gone)
    _clearances(work, kept, gone)
    _move_person(work, kept.person, gone.person)
    paused = Volunteer.Status.PAUSED in (kept.status, gone.status)
    _change(work, gone, {"status": Volunteer.Status.LEFT})
    weekly, monthly = (
        min(filter(None, (getattr(kept, key), getattr(gone, key))), default=None)
        for key in ("max_per_week", "max_per_month")
    )
    union = {key: list(dict.fromkeys([*getattr(kept, key), *getattr(gone, key)])) for key in ("programmes", "skills")}
    _change(
        work,
        kept,
        {
            **union,
            "max_per_week": weekly,
            "max_per_month": monthly,
            "status": Volunteer.Status.PAUSED if paused else kept.status,
            "experienced": kept.experienced or gone.experienced,
            "dialect": kept.dialect or gone.dialect,
            **_filled(kept, gone, VOLUNTEER_FILLS),
        },
    )
    _name(work, kept.person, gone.person, name)
    return "", kept.person.name


def _release_doubles(work: Work, kept: Volunteer, gone: Volunteer) -> None:
    """Where both are placed at overlapping times one body can be in one place: the kept entry's stays."""
    mine = list(kept.assignments.filter(status__in=Assignment.ACTIVE))
    for theirs in (
        gone.assignments.filter(status__in=Assignment.ACTIVE).select_related("session__series").order_by("pk")
    ):
        if any(one.starts_at < theirs.ends_at and theirs.starts_at < one.ends_at for one in mine):
            work.released.append([theirs.pk, theirs.status])
            Assignment.objects.filter(pk=theirs.pk).update(status=Assignment.Status.RELEASED, changed_at=work.now)
            seats.give_back(theirs.shift_id)
            day = theirs.session.on_date
            work.conflicts.append(f"{day.month}月{day.day}日 {theirs.session.series.name}：两条都排了，只留一个名额。")


def _move_all(work: Work, kept: Model, gone: Model) -> None:
    """Point every row at the kept entry; what the database refuses stays, and the report says so.

    Hours stay with the check-in they were counted from, so no time is counted twice.
    """
    stayed: set[int] = set()
    links = [link for link in gone._meta.related_objects if link.one_to_many and link.related_model not in BY_HAND]
    for link in sorted(links, key=lambda link: link.related_model is not CheckIn):
        model, name = link.related_model, link.field.name
        rows = model._default_manager.filter(**{name: gone})
        if model is ServiceRecord:
            rows = rows.exclude(checkin__in=stayed)
        for pk in rows.order_by("pk").values_list("pk", flat=True):
            if not _move(work, model, pk, name, kept) and model is CheckIn:
                stayed.add(pk)


def _move(work: Work, model: type[Model], pk: int, name: str, to: Model) -> bool:
    """One row. False when the kept entry has its like already."""
    word = WORDS.get(model._meta.label, str(model._meta.verbose_name))
    try:
        with transaction.atomic():
            model._default_manager.filter(pk=pk).update(**{name: to})
    except IntegrityError:
        work.conflicts.append(f"{word}有一条两边都有，留下原来那条。")
        return False
    work.moved.append([model._meta.label, pk, name])
    work.counts[word] += 1
    return True


WORDS = {
    "volunteers.Assignment": "排班",
    "volunteers.CheckIn": "签到",
    "volunteers.ServiceRecord": "服务时长",
    "volunteers.Availability": "空闲时间",
    "volunteers.Pairing": "结对",
    "volunteers.Placement": "排班建议",
    "volunteers.Wait": "候补",
    "volunteers.Certificate": "服务证明",
    "volunteers.WeChatLink": "认得的微信",
    "volunteers.Clearance": "背景查询",
    "classes.Enrolment": "报名",
    "classes.Attendance": "出勤",
    "classes.LessonWish": "想学的课",
    "classes.Request": "点单",
    "people.PersonNote": "备注",
    "people.Consent": "同意书",
    "people.Message": "通知",
}


def _clearances(work: Work, kept: Volunteer, gone: Volunteer) -> None:
    """A bar always follows; a passed check only between two entries of one name that were both seen in person."""
    newest = {one.pk: one.clearances.order_by("-id").first() for one in (kept, gone)}
    mine, theirs = newest[kept.pk], newest[gone.pk]
    bar = Clearance.Result.NOT_CLEAR
    if theirs and theirs.result == bar and not (mine and mine.result == bar):
        made = Clearance.objects.create(volunteer=kept, result=bar, source="合并：另一条登记过不能陪孩子")
        work.made.append([Clearance._meta.label, made.pk])
        work.conflicts.append("另一条登记过“不能陪孩子”，合并后也不能。")
    elif theirs and theirs.result == Clearance.Result.CLEAR:
        verified = kept.person.name == gone.person.name and kept.seen_at and gone.seen_at
        if mine is None and verified:
            for pk in gone.clearances.order_by("pk").values_list("pk", flat=True):
                _move(work, Clearance, pk, "volunteer", kept)
        else:
            work.conflicts.append(
                "另一条的背景查询不跟过来：没有两边都见过本人，或者这边已经有自己的。请看过凭据再登记。"
            )
    if gone.may_lead and not kept.may_lead:
        work.conflicts.append("“可以当讲师”不跟过来，需要的话请重新点一次。")


def _move_person(work: Work, kept: Person, gone: Person) -> None:
    """Notes, consents and notes sent go along."""
    for model in ABOUT_PERSON:
        for pk in model._default_manager.filter(person=gone).order_by("pk").values_list("pk", flat=True):
            _move(work, model, pk, "person", kept)


def _filled(kept: Model, gone: Model, fields: Collection[str]) -> dict[str, Any]:
    """What only the other entry says."""
    return {key: getattr(gone, key) for key in fields if getattr(kept, key) in (None, "") and getattr(gone, key)}


def _change(work: Work, row: Model, values: dict[str, Any]) -> None:
    """Write fields and keep what they were."""
    changed = {key: value for key, value in values.items() if getattr(row, key) != value}
    if not changed:
        return
    place = f"{row._meta.label}:{row.pk}"
    before = {key: plain(getattr(row, key)) for key in changed}
    work.before.setdefault(place, {}).update(before)
    work.after.setdefault(place, {}).update({key: plain(value) for key, value in changed.items()})
    type(row)._default_manager.filter(pk=row.pk).update(**changed)
    for key, value in changed.items():
        setattr(row, key, value)


def plain(value: Any) -> Any:
    """As JSON holds it."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def _name(work: Work, kept: Person, gone: Person, name: str) -> None:
    """The chosen name; what only the other says; differences are told."""
    if kept.name != gone.name:
        work.conflicts.append(f"名字不一样：{kept.name}、{gone.name}，留下{name or kept.name}。")
    if kept.phone and gone.phone and kept.phone != gone.phone:
        work.conflicts.append(f"电话不一样：留下尾号 {kept.phone[-4:]}，尾号 {gone.phone[-4:]} 记在备注里。")
        note, fresh = person_actions.note(person=kept, text=f"合并前另一个电话：{gone.masked_phone}", source="合并")
        if fresh:
            work.made.append([PersonNote._meta.label, note.pk])
    if kept.birth_year and gone.birth_year and kept.birth_year != gone.birth_year:
        work.conflicts.append(f"出生年不一样：留下 {kept.birth_year}，另一条写的是 {gone.birth_year}。")
    chosen = name if name == gone.name else kept.name
    _change(work, kept, {"name": chosen, "name_key": names.key(chosen), **_filled(kept, gone, PERSON_FILLS)})
    person_actions.reindex(kept)


def _learners(work: Work, kept_id: int, gone_id: int, name: str) -> tuple[str, str]:
    """The entry that goes is deleted, and kept as text for undo. A child's papers are never gained."""
    found = Learner.objects.select_related("person").in_bulk([kept_id, gone_id])
    if len(found) == 2:
        holding.hold_community(*{one.community_id for one in found.values()})
        found = Learner.objects.select_related("person").in_bulk([kept_id, gone_id])
    kept, gone = found.get(kept_id), found.get(gone_id)
    if kept is None or gone is None:
        raise ChangedSince("其中一位刚刚被合并或者删掉了，刷新看看现在的样子。")
    if (kept.kind, kept.community_id) != (gone.kind, gone.community_id):
        raise Refused("一位是长者、一位是孩子，或者不在同一个社区，不能合并。")
    _leave_doubles(work, kept, gone)
    _move_all(work, kept, gone)
    _move_person(work, kept.person, gone.person)
    alone = kept.may_leave_alone and gone.may_leave_alone
    times = [one.leave_alone_at for one in (kept, gone) if one.leave_alone_at]
    is_same_family = not kept.has_other_family(*(getattr(gone, name) for name in FAMILY))
    changes: dict[str, Any] = {
        **_filled(kept, gone, (*LEARNER_FILLS, *FAMILY) if is_same_family else LEARNER_FILLS),
        "needs": list(dict.fromkeys([*kept.needs, *gone.needs])),
        "health_note": "；".join(dict.fromkeys(filter(None, (kept.health_note, gone.health_note))))[:80],
        "may_leave_alone": alone,
        "leave_alone_at": max(times) if alone and times else None,
        "photo_consent": "none" if "none" in (kept.photo_consent, gone.photo_consent) else kept.photo_consent,
    }
    _change(work, kept, changes)
    if not is_same_family:
        work.conflicts.append("家人不是同一位，只留这一条自己的。")
    if gone.kind == Learner.Kind.CHILD:
        work.conflicts.append("签字、监护人和谁可以接，只留这一条自己的，不从另一条带过来。")
    _name(work, kept.person, gone.person, name)
    rows = serializers.serialize("json", _leftovers(gone))
    if len(list(_uses(gone.person))) == 1:
        gone.person.delete()
    else:
        gone.delete()
    return rows, kept.person.name


def _leave_doubles(work: Work, kept: Learner, gone: Learner) -> None:
    """Where both have a place on one class one place is enough."""
    mine = set(kept.enrolments.exclude(status="withdrawn").values_list("series", flat=True))
    for place in (
        gone.enrolments.exclude(status="withdrawn").filter(series__in=mine).select_related("series", "learner")
    ):
        places.withdraw(enrolment=place, now=work.now, actor=None)
        work.conflicts.append(f"两条都在{place.series}，只留一个名额，撤销合并后要重新入班。")


def _uses(person: Person) -> Iterator[Model]:
    """What a person is here: learner, volunteer, guardian."""
    yield from Learner.objects.filter(person=person)
    yield from Volunteer.objects.filter(person=person)
    yield from Guardian.objects.filter(person=person)


def _leftovers(gone: Learner) -> list[Model]:
    """The entry with what still hangs on it, parents first."""
    person = gone.person
    rows: list[Model] = [person, *person.words.all(), *_about(person), gone]
    for link in gone._meta.related_objects:
        rows += list(link.related_model._default_manager.filter(**{link.field.name: gone}))
    return rows


def _about(person: Person) -> Iterator[Model]:
    """Notes and the like that could not move."""
    for model in ABOUT_PERSON:
        yield from model._default_manager.filter(person=person)
