"""One hop of a repair: somebody comes over from another session, and that place is filled in turn.

A person is worth considering only if their own place can be filled by somebody free, or is worth less
than the empty one. Usually few are, so the solve that decides is small.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from volunteers.matching.limits import LIMITS
from volunteers.matching.preferences import Short
from volunteers.matching.problem import LEAD, Placement, Problem, Session, Volunteer
from volunteers.matching.rank import obstacle
from volunteers.matching.screened import Screened
from volunteers.matching.standing import Standing

MOST = 16
"""So many sessions at most are opened for one empty place; those whose place can be filled come first."""
LONGEST, EVERYBODY = 5, 200
"""A session that would be lost: so many people in a chain, and so many in each of its steps, are looked at."""
CHEAPEST_FIRST = (*LIMITS[1:], LIMITS[0])
"""Counting somebody's week is quicker than looking for clashes."""


@dataclass(slots=True)
class Hop:
    """The sessions that take part beside those hit, who may leave them, and who may come in."""

    sessions: set[int] = field(default_factory=set)
    leaving: set[tuple[int, int]] = field(default_factory=set)
    coming: set[int] = field(default_factory=set)


class Hops:
    """Looks for hops in one plan; what is free is found once a session and role."""

    def __init__(self, problem: Problem, gates: Screened, standing: Standing) -> None:
        self.problem, self.gates, self.standing = problem, gates, standing
        self.locked = {(lock.volunteer, lock.session) for lock in problem.locked}
        self._free: dict[tuple[int, str], list[int]] = {}

    def towards(self, lacking: Iterable[tuple[Session, str]], given_up: set[int], hit: Iterable[int]) -> Hop:
        """The hops that could fill these empty places."""
        closed, found = set(hit), Hop()
        for session, role in lacking:
            worth = float("inf") if session.id in given_up or role == LEAD else self._gain(session, role)
            moves: dict[int, list[Placement]] = {}
            for placement in self._movers(session, role):
                if placement.session not in closed and (self._refill(placement) or self._loss(placement) < worth):
                    moves.setdefault(placement.session, []).append(placement)
            best = sorted(moves, key=lambda number: (not any(map(self._refill, moves[number])), number))
            for number in best[:MOST]:
                self._open_up(found, moves[number])
        return found

    def chains(self, lacking: Iterable[tuple[Session, str]], hit: Iterable[int]) -> Hop:
        """Everybody who could come, those who could take their places, and so on, however many are moved."""
        closed, found, ends = set(hit), Hop(), list(lacking)
        for _ in range(LONGEST):
            moves = [move for session, role in ends for move in self._movers(session, role)]
            moves = [move for move in moves if move.session not in closed][:EVERYBODY]
            self._open_up(found, moves)
            ends = list(dict.fromkeys((self.problem.session[move.session], move.role) for move in moves))
            closed |= {move.session for move in moves}
            if any(map(self._refill, moves)):
                break
        return found

    def _open_up(self, hop: Hop, moves: list[Placement]) -> None:
        """Let these people leave, and whoever is free for their places come."""
        hop.sessions |= {move.session for move in moves}
        hop.leaving |= {(move.volunteer, move.session) for move in moves}
        hop.coming |= {move.volunteer for move in moves}
        hop.coming.update(*map(self._refill, moves))

    def _refill(self, placement: Placement) -> list[int]:
        return self.free(self.problem.session[placement.session], placement.role)

    def free(self, session: Session, role: str) -> list[int]:
        """Who may come to this session in this role and has nothing else at that time."""
        key = session.id, role
        if key not in self._free:
            here = {placement.volunteer for placement in self.standing.at[session.id]}
            self._free[key] = [
                one
                for one in self.gates.admitted(session.id, role)
                if one not in here and self._open(self.problem.volunteer[one], session, role)
            ]
        return self._free[key]

    def _open(self, person: Volunteer, session: Session, role: str) -> bool:
        barred = (person.id, session.id) in self.problem.refused
        return not barred and obstacle(self.standing, person, session, role, CHEAPEST_FIRST) is None

    def _movers(self, session: Session, role: str) -> Iterator[Placement]:
        """Places elsewhere, each of which alone keeps its person from this session."""
        here = {placement.volunteer for placement in self.standing.at[session.id]}
        for one in self.gates.admitted(session.id, role):
            person = self.problem.volunteer[one]
            if one in here or (one, session.id) in self.problem.refused or self._open(person, session, role):
                continue
            for other in tuple(self.standing.sessions_of[one]):
                placement = next(p for p in self.standing.at[other.id] if p.volunteer == one)
                if (one, other.id) not in self.locked and self._open_without(placement, session, role):
                    yield placement

    def _open_without(self, placement: Placement, session: Session, role: str) -> bool:
        self.standing.remove(placement)
        is_open = self._open(self.problem.volunteer[placement.volunteer], session, role)
        self.standing.add(placement)
        return is_open

    def _gain(self, session: Session, role: str) -> float:
        """What one person more is worth here."""
        post, there = session.post(role), self.standing.count(session.id, role)
        return Short().lacking(post, there) - Short().lacking(post, there + 1) if post else 0

    def _loss(self, placement: Placement) -> float:
        """What one person less costs there; infinite where the session needs this place filled."""
        session = self.problem.session[placement.session]
        post, there = session.post(placement.role), self.standing.count(session.id, placement.role)
        if post is None or placement.role == LEAD or there <= post.minimum:
            return float("inf")
        return Short().lacking(post, there - 1) - Short().lacking(post, there)
