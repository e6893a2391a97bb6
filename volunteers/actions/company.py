"""和谁一起, 不和谁: a volunteer's wishes about other volunteers, by name."""

from datetime import datetime

from django.db import IntegrityError, transaction

from people import audit, names
from people.models import User
from volunteers.models import Company, Volunteer

MOST = 6
LONGEST_NAME = 20


class Refused(Exception):
    """The wish cannot be kept; the message says why."""


@transaction.atomic
def wish(*, volunteer: Volunteer, name: str, kind: str, now: datetime) -> Company:
    """Keep a wish about somebody; said again with the other kind, it is changed.

    When exactly one other volunteer has the name it is them; else the staff chooses. Raises Refused.
    """
    name = names.clean(name)
    if not name or len(name) > LONGEST_NAME:
        raise Refused("请写对方的名字，20 个字以内。")
    if kind not in Company.Kind.values:
        raise Refused("请选“一起来”或“不排在一起”。")
    if name == volunteer.person.name:
        raise Refused("这是您自己的名字，请写对方的。")
    Volunteer.objects.select_for_update().get(pk=volunteer.pk)
    known = volunteer.company.exclude(name=name)
    if known.count() >= MOST:
        raise Refused(f"最多写 {MOST} 位，请先去掉一位。")
    made, _ = Company.objects.update_or_create(
        volunteer=volunteer, name=name, defaults={"kind": kind, "other": _only(name, volunteer), "said_at": now}
    )
    _wrote(volunteer, f"{made.get_kind_display()}：{name}", now)
    return made


@transaction.atomic
def forget(*, volunteer: Volunteer, pk: int, now: datetime) -> None:
    """Take a wish back; one that is gone already is gone."""
    if volunteer.company.filter(pk=pk).delete()[0]:
        _wrote(volunteer, "去掉了一个", now)


@transaction.atomic
def settle(*, wish: Company, other: Volunteer | None, now: datetime, actor: User) -> None:
    """The staff says whom the volunteer means. Raises Refused for the volunteer themselves."""
    try:
        with transaction.atomic():
            Company.objects.filter(pk=wish.pk).update(other=other)
    except IntegrityError:
        raise Refused("不能是本人。") from None
    audit.write(
        actor=actor,
        label=str(actor),
        verb="认人",
        thing=f"volunteer:{wish.volunteer_id}",
        now=now,
        summary=f"{wish.name}：{other or '还不知道是谁'}",
    )


def _only(name: str, volunteer: Volunteer) -> Volunteer | None:
    """The one other volunteer of that name; None for nobody or several."""
    staying = Volunteer.objects.exclude(status=Volunteer.Status.LEFT).exclude(pk=volunteer.pk)
    found = list(staying.filter(person__name=name)[:2])
    return found[0] if len(found) == 1 else None


def _wrote(volunteer: Volunteer, summary: str, now: datetime) -> None:
    audit.write(
        actor=None, label=str(volunteer), verb="和谁一起", thing=f"volunteer:{volunteer.pk}", now=now, summary=summary
    )
