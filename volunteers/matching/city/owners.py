"""Which street has a traveller in which week, so that streets planned apart hardly ever clash.

In the relaxation of the whole a traveller is here and there in parts. Each ISO week goes to the
street that has the largest part of it; the limit of all weeks is split the same way. What is left to
go wrong is a rest across the border of two weeks and a month's limit: `merging` mends that.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from volunteers.matching.city.streets import City
from volunteers.matching.parts import Away, Busy
from volunteers.matching.problem import Problem, Session, Volunteer

LOCKED = 1_000.0
"""An agreed session outweighs any part of a relaxation."""

type Week = tuple[int, int]
type Parts = dict[tuple[Week, int], float]
"""By week and street: how much of a traveller is wanted there."""


@dataclass(frozen=True, slots=True)
class Ownership:
    """One traveller: the street of each week, and how many sessions each street may give at most."""

    weeks: Mapping[Week, int]
    quota: Mapping[int, int | None]
    load: Mapping[int, int]
    """About how many sessions each street gives."""


def owners(city: City, shares: Iterable[tuple[int, int, float]]) -> dict[int, Ownership]:
    """The ownership of every traveller; `shares` are volunteer, session, and the part of a place."""
    weight: dict[int, Parts] = {number: defaultdict(float) for number in city.travellers}
    for number, session, share in shares:
        weight[number][city.problem.session[session].week, city.street(session)] += share
    for lock in city.locks:
        if lock.volunteer in weight:
            weight[lock.volunteer][city.problem.session[lock.session].week, city.street(lock.session)] += LOCKED
    weeks = sorted({session.week for session in city.problem.sessions})
    return {number: _owned(city, number, weeks, parts) for number, parts in weight.items()}


def _owned(city: City, number: int, weeks: list[Week], parts: Parts) -> Ownership:
    streets = city.streets_of[number]
    whole = {street: sum(parts[week, street] for week in weeks) for street in streets}
    rank = {street: place for place, street in enumerate(streets)}
    main = max(streets, key=lambda street: (whole[street], -rank[street]))
    owned = {}
    for week in weeks:
        best = max(streets, key=lambda street: (parts[week, street], street == main, -rank[street]))
        owned[week] = best
    kept = {street: sum(parts[week, street] for week in weeks if owned[week] == street) for street in streets}
    locks = Counter(city.street(lock.session) for lock in city.locks_of.get(number, ()))
    return Ownership(owned, _split(city.problem.volunteer[number].max_total, owned, kept, locks), _rounded(kept))


def _rounded(parts: Mapping[int, float]) -> dict[int, int]:
    return {street: round(part % LOCKED + part // LOCKED) for street, part in parts.items()}


def _split(
    total: int | None, owned: Mapping[Week, int], parts: Mapping[int, float], locks: Counter[int]
) -> dict[int, int | None]:
    """The limit of all weeks in whole numbers, in proportion; a street has its agreed sessions at least."""
    streets = dict.fromkeys([*owned.values(), *locks])
    if total is None or len(streets) < 2:
        return dict.fromkeys(streets, total)
    left = max(0, total - sum(locks.values()))
    weight = {street: parts[street] % LOCKED + 0.01 for street in streets}
    exact = {street: left * part / sum(weight.values()) for street, part in weight.items()}
    quota = {street: locks[street] + int(part) for street, part in exact.items()}
    by_rest = sorted(streets, key=lambda street: (int(exact[street]) - exact[street], street))
    for street in by_rest[: left - sum(int(part) for part in exact.values())]:
        quota[street] += 1
    return dict(quota)


def street_problem(city: City, street: int, owned: Mapping[int, Ownership]) -> Problem:
    """The problem of one street where travellers are there in its weeks only.

    Weeks of others are absences; what a traveller has agreed to elsewhere is a promise.
    """

    def here(volunteer: Volunteer) -> Volunteer:
        ownership = owned.get(volunteer.id)
        return volunteer if ownership is None else _lent(city, volunteer, street, ownership)

    part = city.part([street], here)
    return replace(part, barred=(*part.barred, *_spared(city, part, street, owned)))


def _lent(city: City, volunteer: Volunteer, street: int, ownership: Ownership) -> Volunteer:
    there = [city.problem.session[lock.session] for lock in city.locks_of.get(volunteer.id, ())]
    here = {session.week for session in there if city.street(session.id) == street}
    others = [week for week, owner in ownership.weeks.items() if owner != street and week not in here]
    elsewhere = [session for session in there if city.street(session.id) != street]
    first = min(ownership.weeks, default=None)
    return replace(
        volunteer,
        away=tuple(dict.fromkeys((*volunteer.away, *map(_week_away, others)))),
        busy=(*volunteer.busy, *(Busy(s.community, s.starts_at, s.ends_at) for s in elsewhere)),
        max_total=ownership.quota.get(street, 0),
        recent_load=volunteer.recent_load + sum(n for other, n in ownership.load.items() if other != street),
        first_by=volunteer.first_by if first and ownership.weeks[first] == street else None,
    )


def _week_away(week: Week) -> Away:
    monday = date.fromisocalendar(*week, 1)
    return Away(monday, monday + timedelta(days=6))


def _spared(city: City, part: Problem, street: int, owned: Mapping[int, Ownership]) -> tuple[tuple[int, int], ...]:
    """Pairs ruled out in the weeks of others where somebody has agreed to come here all the same."""
    found = []
    known = set(part.barred)
    for lock in part.locked:
        ownership = owned.get(lock.volunteer)
        week = part.session[lock.session].week
        if ownership is None or ownership.weeks[week] == street:
            continue
        agreed = {other.session for other in part.locked if other.volunteer == lock.volunteer}
        found += [(lock.volunteer, s.id) for s in _in(part, week) if s.id not in agreed]
    return tuple(pair for pair in dict.fromkeys(found) if pair not in known)


def _in(part: Problem, week: Week) -> list[Session]:
    return [session for session in part.sessions if session.week == week]
