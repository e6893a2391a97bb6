"""The same roster for Timefold, run by `bench/matching.py --with timefold` in a Python of its own.

Timefold is no package of this project. To measure it: an environment of CPython 3.10 to 3.12 with
`pip install timefold` (1.24.0b0) and Java 17, named by LINKE_TIMEFOLD_PYTHON.

What is planned is a place of a session (as many as wished, and the lead); its value is one of the people
who may take it, or nobody. Clashes, limits, newcomers and clubs are hard. A session under its floor
costs what not holding it costs, instead of a hard rule between it and every improvement; whoever sits in such a
session at the end is sent home. So the search may do what it does best.
"""

import json
import sys
from dataclasses import dataclass, field
from typing import Annotated

from timefold.solver import SolverFactory
from timefold.solver.config import (
    Duration,
    EnvironmentMode,
    ScoreDirectorFactoryConfig,
    SolverConfig,
    TerminationConfig,
)
from timefold.solver.domain import (
    PlanningEntityCollectionProperty,
    PlanningId,
    PlanningScore,
    PlanningVariable,
    ValueRangeProvider,
    planning_entity,
    planning_solution,
)
from timefold.solver.score import ConstraintCollectors, HardSoftScore, Joiners, constraint_provider


@dataclass(eq=False)
class Session:
    """One session: minutes since some Monday, helpers wanted, what lacking them costs."""

    id: int
    community: int
    week: int
    starts: int
    ends: int
    minimum: int
    wished: int
    leads: int
    dialect: int
    unheld_cost: int
    short_cost: int

    def lacking(self, helpers: int, leads: int, speakers: int) -> int:
        """What this session costs with so many people."""
        places = max(0, self.wished - helpers)
        second = min(places, (self.wished - self.minimum) // 2)
        cost = self.short_cost * (2 * second + 3 * (places - second) + 2 * max(0, self.dialect - speakers))
        return cost + (self.unheld_cost if helpers < self.minimum or leads < self.leads else 0)


@dataclass(eq=False)
class Person:
    """One volunteer; `costs` by session, for wishes and familiar faces."""

    id: int
    newcomer: bool
    dialect: bool
    club: int
    not_alone: bool
    a_week: int
    in_all: int
    rest: int
    recent: int
    load_cost: int
    costs: dict
    ways: list

    def clashes(self, one: Session, other: Session) -> bool:
        """Whether this person cannot be at both."""
        if one.id == other.id:
            return True
        pause = max(self.rest, self.ways[one.community][other.community])
        if one.starts <= other.starts:
            return other.starts < one.ends + pause
        return one.starts < other.ends + pause

    def load(self, count: int) -> int:
        """What so many sessions cost in fairness."""
        return self.load_cost * (count * count + 2 * self.recent * count)


@planning_entity
@dataclass(eq=False)
class Place:
    """One place to be taken by one of `people`, or by nobody."""

    id: Annotated[int, PlanningId]
    session: Session
    lead: bool
    people: Annotated[list[Person], ValueRangeProvider(id="people")]
    person: Annotated[Person | None, PlanningVariable(allows_unassigned=True, value_range_provider_refs=["people"])] = (
        field(default=None)
    )


@planning_solution
@dataclass
class Roster:
    """All places, and how good they are."""

    places: Annotated[list[Place], PlanningEntityCollectionProperty]
    score: Annotated[HardSoftScore, PlanningScore] = field(default=None)


@constraint_provider
def rules(factory):
    """The hard rules that pairs do not settle, and the tiers."""
    hard, soft, count = HardSoftScore.ONE_HARD, HardSoftScore.ONE_SOFT, ConstraintCollectors
    return [
        factory.for_each_unique_pair(Place, Joiners.equal(lambda place: place.person))
        .filter(lambda one, other: one.person.clashes(one.session, other.session))
        .penalize(hard)
        .as_constraint("one place at a time"),
        factory.for_each(Place)
        .group_by(lambda place: place.person, lambda place: place.session.week, count.count())
        .filter(lambda person, week, times: times > person.a_week)
        .penalize(hard, lambda person, week, times: times - person.a_week)
        .as_constraint("week"),
        factory.for_each(Place)
        .group_by(lambda place: place.person, count.count())
        .filter(lambda person, times: times > person.in_all)
        .penalize(hard, lambda person, times: times - person.in_all)
        .as_constraint("in all"),
        factory.for_each(Place)
        .group_by(lambda place: place.session, count.sum(lambda place: 1 if place.person.newcomer else -1))
        .filter(lambda session, more: more > 0)
        .penalize(hard, lambda session, more: more)
        .as_constraint("newcomers"),
        factory.for_each(Place)
        .filter(lambda place: place.person.not_alone)
        .if_not_exists_other(
            Place,
            Joiners.equal(lambda place: place.session.id),
            Joiners.equal(lambda place: place.person.club),
        )
        .penalize(hard)
        .as_constraint("never alone from the club"),
        factory.for_each_including_unassigned(Place)
        .group_by(
            lambda place: place.session,
            count.sum(lambda place: 1 if place.person is not None and not place.lead else 0),
            count.sum(lambda place: 1 if place.person is not None and place.lead else 0),
            count.sum(lambda place: 1 if place.person is not None and place.person.dialect else 0),
        )
        .penalize(soft, lambda session, helpers, leads, speakers: session.lacking(helpers, leads, speakers))
        .as_constraint("unheld and short"),
        factory.for_each(Place)
        .impact(soft, lambda place: -place.person.costs[place.session.id])
        .as_constraint("strange and wishes"),
        factory.for_each(Place)
        .group_by(lambda place: place.person, count.count())
        .penalize(soft, lambda person, times: person.load(times))
        .as_constraint("uneven"),
    ]


def roster(data):
    """The places of a document made by `bench/contenders.py`."""
    sessions = {one["id"]: Session(**one) for one in data["sessions"]}
    people = {}
    for one in data["people"]:
        costs = {int(session): cost for session, cost in one.pop("costs").items()}
        people[one["id"]] = Person(**one, costs=costs, ways=data["ways"])
    places = []
    for session in sessions.values():
        for lead in (True,) * session.leads + (False,) * session.wished:
            able = [people[number] for number in data["able"][f"{session.id} {lead}"]]
            places.append(Place(len(places), session, lead, able))
    return Roster(places)


def plan(places):
    """Who is where, without the sessions that cannot be held."""
    taken = {}
    for place in places:
        if place.person is not None:
            taken.setdefault(place.session.id, []).append(place)
    found = []
    for here in taken.values():
        session, leads = here[0].session, sum(place.lead for place in here)
        if leads == session.leads and len(here) - leads >= session.minimum:
            found += [(place.person.id, session.id, "lead" if place.lead else "helper") for place in here]
    return found


def main():
    """Read the document on stdin, solve for so many seconds, print the best plan.

    Nobody listens to its progress: a listener in Python made it twenty times slower.
    """
    data = json.load(sys.stdin)
    termination = TerminationConfig(spent_limit=Duration(milliseconds=int(1000 * float(sys.argv[1]))))
    config = SolverConfig(
        solution_class=Roster,
        entity_class_list=[Place],
        environment_mode=EnvironmentMode.NO_ASSERT,
        score_director_factory_config=ScoreDirectorFactoryConfig(constraint_provider_function=rules),
        termination_config=termination,
        random_seed=int(sys.argv[2]),
    )
    best = SolverFactory.create(config).build_solver().solve(roster(data))
    print(json.dumps({"plan": plan(best.places) if best.score.hard_score == 0 else [], "score": str(best.score)}))


if __name__ == "__main__":
    main()
