"""The need of sessions as Shift rows."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Greatest
from django.dispatch import receiver

from classes import demand
from classes.models import Session, Term
from volunteers import seeds
from volunteers.actions import cancelling
from volunteers.models import Role, Shift


@dataclass(slots=True)
class Written:
    """What a run did to Shift rows."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Need:
    """How many of one role; `minimum` is the safety floor."""

    needed: int
    minimum: int
    why: str


@transaction.atomic
def set_demand(*, sessions: Iterable[Session] | None = None, term: Term | None = None, now: datetime) -> Written:
    """Write the need of these sessions, or of all planned sessions of a term, from its learners.

    Never below what is taken, and what an organiser said by hand stays. Sessions that have begun keep the
    need they had. Running it again changes nothing. Five queries, and one more for each new value.
    """
    rows = _sessions(sessions, term)
    roles = seeds.seed_roles()
    needs = demand.demands(rows)
    known = {
        (shift.session_id, shift.role_id): shift
        for shift in Shift.objects.filter(session__in=[session.pk for session in rows])
    }
    done = Written()
    fresh: list[Shift] = []
    changed: dict[Need, list[int]] = defaultdict(list)
    for session in rows:
        for role, need in _needs(needs[session.pk], roles).items():
            shift = known.pop((session.pk, role.pk), None)
            if shift is None:
                fresh += [_new(session, role, need)] if need.needed else []
            elif session.starts_at > now and _differs(shift, need):
                changed[need].append(shift.pk)
            else:
                done.unchanged += 1
    for need, pks in changed.items():
        done.changed += _write(pks, need)
    done.created = len(Shift.objects.bulk_create(fresh))
    return done


def worked_out(shift: Shift) -> Need | None:
    """What the learners of its session ask for in the role of a shift; None for a role that nothing asks for."""
    return _by_code(demand.demands([shift.session])[shift.session_id]).get(shift.role.code)


def _sessions(sessions: Iterable[Session] | None, term: Term | None) -> list[Session]:
    if sessions is not None:
        return [session for session in sessions if session.status != Session.Status.CANCELLED]
    found = Session.objects.filter(status=Session.Status.PLANNED)
    return list(found.filter(series__term=term) if term else found)


def _needs(found: demand.Demand, roles: dict[str, Role]) -> dict[Role, Need]:
    return {roles[code]: need for code, need in _by_code(found).items()}


def _by_code(found: demand.Demand) -> dict[str, Need]:
    leads = f"课表写的 {found.leads} 位讲师" if found.leads else "课表没有写讲师"
    return {
        "lead": Need(found.leads, found.lead_minimum, leads),
        found.role: Need(found.helpers, found.minimum, found.why[:120]),
    }


def _new(session: Session, role: Role, need: Need) -> Shift:
    return Shift(session=session, role=role, needed=need.needed, minimum=need.minimum, why=need.why)


def _differs(shift: Shift, need: Need) -> bool:
    said = need.needed if shift.fixed is None else shift.fixed
    wanted = (max(said, shift.taken, need.minimum), need.minimum, need.why)
    return (shift.needed, shift.minimum, shift.why) != wanted


def _write(pks: list[int], need: Need) -> int:
    """The database takes the largest of need (or what was said by hand), floor and taken, whatever happens now."""
    said = Coalesce(F("fixed"), Value(need.needed))
    return Shift.objects.filter(pk__in=pks).update(
        needed=Greatest(F("taken"), said, Value(need.minimum)), minimum=need.minimum, why=need.why
    )


@receiver(demand.need_changed)
def follow(series_ids: Iterable[int], now: datetime, **signal: Any) -> None:
    """When enrolments or sessions change, the need follows, and nobody waits for a cancelled session."""
    of_series = Session.objects.filter(series__in=series_ids)
    set_demand(sessions=of_series.filter(status=Session.Status.PLANNED), now=now)
    cancelling.let_go(sessions=of_series.filter(status=Session.Status.CANCELLED, starts_at__gt=now), now=now)
