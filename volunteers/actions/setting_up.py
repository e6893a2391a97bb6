"""Rule packs and roles changed by the 站长: what may be loosened, what may not, and the way back."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from classes.demand import need_changed
from classes.models import Programme, Series, Term
from people import settling
from people.models import SettingChange, User
from people.settling import ChangedSince, Refused
from volunteers.models import Role

__all__ = ["ChangedSince", "Refused", "change_programme", "change_role", "may_undo", "undo"]

PACK = ("minimum_adults", "default_ratio", "young_ratio", "on_holiday", "on_makeup", "on_half_day", "risk_note")
DUTIES = ("minimum_age", "what")


@transaction.atomic
def change_programme(*, programme: Programme, now: datetime, actor: User | None, **values: Any) -> None:
    """Change a rule pack; the need of sessions to come follows. Raises Refused for what no place may loosen."""
    rewrite(programme, values, f"programme:{programme.pk}", f"{programme}的规则", now, actor)
    if {"minimum_adults", "default_ratio", "young_ratio"} & set(values):
        running = Term.objects.filter(ends_on__gte=now.date())
        series = Series.objects.filter(programme=programme, term__in=running).values_list("pk", flat=True)
        need_changed.send(sender=Programme, series_ids=set(series), now=now)


@transaction.atomic
def change_role(*, role: Role, now: datetime, actor: User | None, **values: Any) -> None:
    """Change what a role asks of people. Raises Refused for what no place may loosen."""
    rewrite(role, values, f"role:{role.pk}", f"岗位{role}", now, actor)


def rewrite(
    row: Programme | Role, values: dict[str, Any], thing: str, label: str, now: datetime, actor: User | None
) -> None:
    """Write the fields and keep what they were; the database has the last word on floors."""
    before = {name: getattr(row, name) for name in values}
    try:
        with transaction.atomic():
            type(row)._default_manager.filter(pk=row.pk).update(**values)
    except IntegrityError as error:
        raise Refused(FLOORS.get(constraint_of(error), "这样改不符合规则，没有保存。")) from error
    row.refresh_from_db()
    settling.keep_change(thing=thing, label=label, before=before, after=values, now=now, actor=actor)


# What may not be loosened anywhere, by the name of the rule in the database.
FLOORS = {
    "children_have_two_cleared_adults": "孩子的项目至少要两位做过背景查询的成年人，不能再少。",
    "children_ratio_has_a_floor": "孩子的项目，一位成年人最多带 10 个孩子，不能再多。",
    "programme_ratios_are_positive": "每位带几人，至少写 1。",
    "role_with_children_is_of_age": "陪孩子的岗位要满 18 岁，不能再小。",
    "role_is_for_fourteen_and_older": "志愿者最小 14 岁，不能再小。",
}


def constraint_of(error: IntegrityError) -> str:
    """The rule that refused."""
    return next((name for name in FLOORS if name in str(error)), "")


def may_undo(change: SettingChange) -> bool:
    """Whether there is anything to take back."""
    return change.undone_at is None


@transaction.atomic
def undo(*, change: SettingChange, now: datetime, actor: User | None) -> None:
    """Take one change back, unless the same fields were changed since. Raises ChangedSince, Refused."""
    kind, _, key = change.thing.partition(":")
    if kind == "setting":
        settling.undo_decision(change=change, now=now, actor=actor)
        return
    model: type[Programme] | type[Role] = Programme if kind == "programme" else Role
    row = model._default_manager.filter(pk=int(key)).first()
    if row is None or any(getattr(row, name) != value for name, value in change.after.items()):
        raise ChangedSince(f"{change.label}后来又改过，撤不回来，请直接改。")
    settling.claim_undo(change, now)
    if isinstance(row, Programme):
        change_programme(programme=row, now=now, actor=actor, **change.before)
    else:
        change_role(role=row, now=now, actor=actor, **change.before)
