"""Streets planned apart become one plan in which nobody is in two places.

Only travellers can clash, and only across the border of two weeks of different streets or at a
month's limit. Of what clashes the more valuable stays; the rest are drop-outs, mended one street
after the other among the people who really have time, as the plan stands everywhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from volunteers.matching.city.streets import City
from volunteers.matching.limits import LIMITS
from volunteers.matching.problem import LEAD, Placement, Problem, Volunteer
from volunteers.matching.repair import repair
from volunteers.matching.slices import promised
from volunteers.matching.standing import Standing

type Plan = tuple[Placement, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """The plan of the whole, and the placements that clashed and were taken back."""

    placements: Plan
    dropped: Plan


def merge(
    city: City,
    plans: Mapping[int, Plan],
    worth: Mapping[tuple[int, int], int],
    *,
    seconds: float = 30.0,
    seed: int = 0,
) -> Merged:
    """The plans of all streets as one; the order in which they come does not matter."""
    by_street = {street: in_order(plans.get(street, ())) for street in city.streets}
    dropped = clashes(city, [p for plan in by_street.values() for p in plan], worth)
    lost: dict[int, list[Placement]] = {}
    for placement in dropped:
        lost.setdefault(city.street(placement.session), []).append(placement)
    taken = set(dropped)
    sound = {s: tuple(p for p in plan if p not in taken) for s, plan in by_street.items()}
    for street in sorted(lost):
        gone = [(p.volunteer, p.session) for p in lost[street]]
        part = as_things_stand(city, street, sound)
        sound[street] = repair(part, by_street[street], gone, seconds=seconds / len(lost), seed=seed).placements
    return Merged(in_order(p for plan in sound.values() for p in plan), tuple(dropped))


def clashes(city: City, placements: Sequence[Placement], worth: Mapping[tuple[int, int], int]) -> list[Placement]:
    """The placements of travellers that cannot stand beside more valuable ones; agreed ones stay first."""
    travels = set(city.travellers)
    agreed = {(lock.volunteer, lock.session) for lock in city.locks}
    standing, found = Standing(city.problem), []

    def rank(placement: Placement) -> tuple[bool, int, int]:
        pair = placement.volunteer, placement.session
        return pair not in agreed, -worth.get(pair, 0), placement.session

    for placement in sorted((p for p in placements if p.volunteer in travels), key=rank):
        volunteer, session = city.problem.volunteer[placement.volunteer], city.problem.session[placement.session]
        if any(rule.stops(standing, volunteer, session, placement.role) for rule in LIMITS):
            found.append(placement)
        else:
            standing.add(placement)
    return sorted(found)


def as_things_stand(city: City, street: int, plans: Mapping[int, Plan]) -> Problem:
    """The problem of one street where travellers have promised what they do in all others."""
    travels = set(city.travellers)
    outside = Standing(
        city.problem,
        (p for other, plan in plans.items() if other != street for p in plan if p.volunteer in travels),
    )

    def here(volunteer: Volunteer) -> Volunteer:
        return promised(volunteer, outside) if volunteer.id in travels else volunteer

    return city.part([street], here)


def in_order(placements: Iterable[Placement]) -> Plan:
    """A plan by session, the lead first."""
    return tuple(sorted(placements, key=lambda p: (p.session, p.role != LEAD, p.volunteer)))
