"""Live counters over a set of placements: who is where, how often, with whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from volunteers.matching.problem import HELPER, LEAD, Placement, Problem, Session, Volunteer


class Standing:
    """A plan that can be asked and changed one placement at a time.

    `total` counts the placements, `active` the people who have any.
    """

    def __init__(self, problem: Problem, placements: Iterable[Placement] = ()) -> None:
        self.problem = problem
        self.sessions_of: defaultdict[int, list[Session]] = defaultdict(list)
        self.at: defaultdict[int, list[Placement]] = defaultdict(list)
        self.total = 0
        self.active = 0
        for placement in placements:
            self.add(placement)

    def add(self, placement: Placement) -> None:
        """Place somebody."""
        session = self.problem.session[placement.session]
        self.at[session.id].append(placement)
        own = self.sessions_of[placement.volunteer]
        self.active += not own
        self.total += 1
        own.append(session)

    def remove(self, placement: Placement) -> None:
        """Take a placement away again; it must be there."""
        session = self.problem.session[placement.session]
        self.at[session.id].remove(placement)
        own = self.sessions_of[placement.volunteer]
        own.remove(session)
        self.total -= 1
        self.active -= not own

    def load(self, volunteer: int) -> int:
        """How many sessions the volunteer has in this plan."""
        return len(self.sessions_of[volunteer])

    def people(self, session: int) -> list[Volunteer]:
        """Everybody placed at the session, the lead included."""
        return [self.problem.volunteer[placement.volunteer] for placement in self.at[session]]

    def helpers(self, session: int) -> int:
        """How many helpers the session has."""
        return self.count(session, HELPER)

    def count(self, session: int, role: str) -> int:
        """How many people have this role at the session."""
        return sum(placement.role == role for placement in self.at[session])

    def leads(self, session: int) -> int:
        """How many leads the session has."""
        return self.count(session, LEAD)

    def held(self, session: int) -> bool:
        """Whether anybody is placed at the session."""
        return bool(self.at[session])

    def sessions(self) -> list[Session]:
        """The sessions where anybody is placed."""
        return [self.problem.session[number] for number, people in self.at.items() if people]

    def placements(self) -> tuple[Placement, ...]:
        """The plan, in the order of sessions, lead first."""
        found = [placement for people in self.at.values() for placement in people]
        return tuple(sorted(found, key=lambda p: (p.session, p.role != LEAD, p.volunteer)))
