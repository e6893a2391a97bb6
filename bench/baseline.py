"""The yardstick: the plain roster as one integer programme, handed to HiGHS in one piece.

The tight form, written down independently of the engine's model (it reads the problem and
nothing else of the engine): one binary per eligible pair and role, one *held* binary per
session, a row x <= held for every pair, cliques of each person's clashes, unit steps of load
with growing costs, shortages without integrality. One thread, whole costs, an absolute gap of
0.99: that is a proof. Whoever is faster than this has found something.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.found import Found, Trace, only_published
from volunteers.matching.problem import HELPER, LEAD, Placement, Problem, Session, Volunteer

type Array = npt.NDArray[Any]
type Entries = tuple[Array, Array, Array | float]

NEVER = np.inf


class Programme:
    """Columns with costs and rows, collected in blocks of arrays."""

    def __init__(self) -> None:
        self.width = self.height = 0
        self.columns: list[tuple[Array, Array, int]] = []
        self.bounds: list[tuple[Array, Array]] = []
        self.entries: list[tuple[Array, Array, Array]] = []
        self.constant = 0.0

    def add(self, costs: Array, upper: Array | float, whole: bool) -> Array:
        """New columns from 0 to `upper`; their numbers."""
        count = len(costs)
        self.columns.append((np.asarray(costs, float), np.full(count, upper, float), int(whole)))
        self.width += count
        return np.arange(self.width - count, self.width)

    def need(self, low: Array | float, blocks: Iterable[Entries], high: Array | float, count: int) -> None:
        """New rows: low <= sum of coefficient times column <= high."""
        for row, column, value in blocks:
            self.entries.append((row + self.height, column, np.full(len(row), value, float)))
        self.bounds.append((np.full(count, low, float), np.full(count, high, float)))
        self.height += count


class Roster:
    """The pairs of a problem and their rows."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.people, self.sessions = problem, problem.volunteers, problem.sessions
        self.programme = Programme()
        self.who, self.where, self.lead = eligible(problem)
        self.helper = np.nonzero(~self.lead)[0]
        self.x = self.programme.add(self._costs(), 1, whole=True)
        priority = np.array([session.priority for session in self.sessions])
        self.h = self.programme.add(-problem.weight["unheld"] * priority, 1, whole=True)
        self.programme.constant += problem.weight["unheld"] * int(priority.sum())
        self._held()
        self._short()
        self._loads()
        for period in ("week", "month"):
            self._limit(period)
        self._cliques()
        self._newcomers()
        self._clubs()

    def _costs(self) -> Array:
        """What each pair costs whatever the rest is."""
        problem, before = self.problem, known_pairs(self.problem)
        pairs = zip(self.who, self.where, strict=True)
        self.programme.constant += problem.weight["change"] * len(before)
        return np.array([pair_cost(problem, self.people[v], self.sessions[s], before) for v, s in pairs], dtype=float)

    def _held(self) -> None:
        """Each pair at most where held; one lead or none; helpers from minimum to maximum."""
        seats = np.arange(len(self.sessions))
        pairs = np.arange(len(self.who))
        key, row = np.unique(self.who * len(self.sessions) + self.where, return_inverse=True)
        held = self.h[key % len(self.sessions)]
        self.programme.need(-NEVER, [(row, self.x, 1.0), (np.arange(len(key)), held, -1.0)], 0, len(key))
        minimum = np.array([session.minimum for session in self.sessions])
        maximum = np.array([session.maximum for session in self.sessions])
        leads = np.array([float(session.needs_lead) for session in self.sessions])
        helpers = (self.where[self.helper], self.x[self.helper], 1.0)
        leading = pairs[self.lead]
        self.programme.need(0, [helpers, (seats, self.h, -minimum)], NEVER, len(seats))
        self.programme.need(-NEVER, [helpers, (seats, self.h, -maximum)], 0, len(seats))
        self.programme.need(0, [(self.where[leading], self.x[leading], 1.0), (seats, self.h, -leads)], 0, len(seats))

    def _short(self) -> None:
        """Places lacking, the cheaper half first, and dialect speakers lacking."""
        weight = self.problem.weight["short"]
        seats = np.arange(len(self.sessions))
        wished = np.array([session.wished for session in self.sessions])
        second = np.array([(session.wished - session.minimum) // 2 for session in self.sessions])
        speakers = np.array([session.dialect_wished for session in self.sessions])
        ones = np.ones(len(seats))
        cheap = self.programme.add(2 * weight * ones, second, whole=False)
        dear = self.programme.add(3 * weight * ones, wished - second, whole=False)
        silent = self.programme.add(2 * weight * ones, speakers, whole=False)
        here = (self.where[self.helper], self.x[self.helper], 1.0)
        self.programme.need(wished, [here, (seats, cheap, 1.0), (seats, dear, 1.0)], NEVER, len(seats))
        dialect = np.array([person.dialect for person in self.people])[self.who]
        heard = np.nonzero(dialect)[0]
        blocks: list[Entries] = [(self.where[heard], self.x[heard], 1.0), (seats, silent, 1.0)]
        self.programme.need(speakers, blocks, NEVER, len(seats))

    def _loads(self) -> None:
        """The load of a person as unit steps of growing cost: convex, so no step is skipped."""
        weight = self.problem.weight["uneven"]
        many = np.bincount(self.who, minlength=len(self.people))
        most = [many[v] if p.max_total is None else min(many[v], p.max_total) for v, p in enumerate(self.people)]
        owner = np.repeat(np.arange(len(self.people)), most)
        step = np.concatenate([np.arange(count) for count in most]) if most else np.zeros(0)
        recent = np.array([person.recent_load for person in self.people])
        units = self.programme.add(weight * (2 * (recent[owner] + step) + 1), 1, whole=False)
        self.programme.need(0, [(self.who, self.x, 1.0), (owner, units, -1.0)], 0, len(self.people))

    def _limit(self, period: str) -> None:
        """No more sessions in a week or a month than the volunteer allows."""
        names = sorted({getattr(session, period) for session in self.sessions})
        number = np.array([names.index(getattr(session, period)) for session in self.sessions])
        limit = [getattr(person, f"max_per_{period}") for person in self.people]
        cap = np.array([NEVER if most is None else most for most in limit])
        key, row = np.unique(self.who * len(names) + number[self.where], return_inverse=True)
        self.programme.need(-NEVER, [(row, self.x, 1.0)], cap[key // len(names)], len(key))

    def _cliques(self) -> None:
        """At most one of sessions that clash in pairs: on the way, at rest, or at once."""
        problem, rows, columns = self.problem, list[Array](), list[Array]()
        starts = np.array([s.starts_at for s in self.sessions], dtype="datetime64[m]").astype(int)
        ends = np.array([s.ends_at for s in self.sessions], dtype="datetime64[m]").astype(int)
        ways = {
            (a.id, b.id): problem.travel_minutes(a.id, b.id) for a in problem.communities for b in problem.communities
        }
        place = [session.community for session in self.sessions]
        order = np.argsort(self.who, kind="stable")
        for v, own in enumerate(np.split(order, np.cumsum(np.bincount(self.who, minlength=len(self.people)))[:-1])):
            seats, slot = np.unique(self.where[own], return_inverse=True)
            pause = np.array([[ways[place[a], place[b]] for b in seats] for a in seats]).reshape((len(seats),) * 2)
            pause = np.maximum(pause, self.people[v].rest_minutes)
            early, late = starts[seats][:, None], ends[seats][:, None] + pause
            too_soon = early < late.T
            clash = too_soon & too_soon.T & ~np.eye(len(seats), dtype=bool)
            for clique in cliques(clash):
                used = own[np.isin(slot, clique)]
                rows.append(np.full(len(used), len(rows)))
                columns.append(used)
        if rows:
            count = len(rows)
            self.programme.need(-NEVER, [(np.concatenate(rows), self.x[np.concatenate(columns)], 1.0)], 1, count)

    def _newcomers(self) -> None:
        """Newcomers less experienced people is 0 at most."""
        new = np.array([person.newcomer for person in self.people])[self.who]
        count = len(self.sessions)
        self.programme.need(-NEVER, [(self.where, self.x, np.where(new, 1.0, -1.0))], 0, count)

    def _clubs(self) -> None:
        """Whoever must not come alone from the club: at most the others of the club who come."""
        club = np.array([-1 if person.club is None else person.club for person in self.people])
        blocks: list[tuple[Array, Array]] = []
        for v, person in enumerate(self.people):
            if not person.not_alone or person.club is None:
                continue
            for s in np.unique(self.where[self.who == v]):
                here = np.nonzero((self.where == s) & (club[self.who] == person.club))[0]
                blocks.append((here, np.where(self.who[here] == v, 1.0, -1.0)))
        if blocks:
            row = np.repeat(np.arange(len(blocks)), [len(columns) for columns, _ in blocks])
            columns, signs = (np.concatenate(part) for part in zip(*blocks, strict=True))
            self.programme.need(-NEVER, [(row, self.x[columns], signs)], 0, len(blocks))

    def placements(self, values: Array) -> tuple[Placement, ...]:
        """The plan in a solution."""
        chosen = np.nonzero(values[self.x] > 0.5)[0]
        return tuple(
            Placement(self.people[self.who[n]].id, self.sessions[self.where[n]].id, LEAD if self.lead[n] else HELPER)
            for n in chosen
        )


def known_pairs(problem: Problem) -> set[tuple[int, int]]:
    """Who is where in the plan people know."""
    return {(placement.volunteer, placement.session) for placement in problem.previous or ()}


def pair_cost(problem: Problem, person: Volunteer, session: Session, before: set[tuple[int, int]]) -> int:
    """Familiar faces, wishes and changes against `known_pairs`, with their weights."""
    pair = (person.id, session.series)
    strange = (0 if pair in problem.served else 2) - problem.learners_known.get(pair, 0)
    km = problem.km(person.home, session.community)
    wish = dict(person.programme_cost).get(session.programme, 0)
    wish += person.weekday_cost[session.starts_at.weekday()]
    wish += 0 if person.home == session.community else 1 if km <= 2 else 2
    change = 0
    if problem.previous is not None:
        change = -1 if (person.id, session.id) in before else 1
    weight = problem.weight
    return weight["strange"] * strange + weight["wishes"] * wish + weight["change"] * change


def eligible(problem: Problem) -> tuple[Array, Array, Array]:
    """Volunteer, session and whether as the lead, of every pair that rule 1 and the bars admit."""
    people, sessions = problem.volunteers, problem.sessions
    starts = np.array([session.starts_at for session in sessions], dtype="datetime64[m]")
    ends = np.array([session.ends_at for session in sessions], dtype="datetime64[m]")
    days = np.array([session.starts_at.date() for session in sessions], dtype="datetime64[D]")
    places = np.array([session.community for session in sessions])
    programmes = np.array([session.programme for session in sessions])
    lessons = np.array([session.lesson if session.needs_lead else "" for session in sessions])
    admitted, leading = np.zeros((2, len(people), len(sessions)), dtype=bool)
    for v, person in enumerate(people):
        adult = np.full(len(sessions), True) if person.adult_from is None else days >= np.datetime64(person.adult_from)
        until = np.datetime64(person.child_clearance_until or "NaT", "D")
        free = np.zeros(len(sessions), dtype=bool)
        for start, end in _free_times(person):
            free |= (starts >= start) & (ends <= end)
        admitted[v] = free & np.isin(places, person.reach) & np.isin(programmes, person.does)
        admitted[v] &= (programmes != "child") | ((days <= until) & adult)
        leading[v] = admitted[v] & adult & np.isin(lessons, person.leads)
    row_of = {person.id: v for v, person in enumerate(people)}
    column_of = {session.id: s for s, session in enumerate(sessions)}
    for v, s in problem.barred:
        admitted[row_of[v], column_of[s]] = leading[row_of[v], column_of[s]] = False
    (who, where), (lead_who, lead_where) = np.nonzero(admitted), np.nonzero(leading)
    lead = np.arange(len(who) + len(lead_who)) >= len(who)
    return np.concatenate([who, lead_who]), np.concatenate([where, lead_where]), lead


def _free_times(person: Volunteer) -> list[tuple[np.datetime64, np.datetime64]]:
    """The stated free times, those that touch joined."""
    found: list[list[Any]] = []
    for window in sorted(person.availability, key=lambda window: window.starts_at):
        if found and window.starts_at <= found[-1][1]:
            found[-1][1] = max(found[-1][1], window.ends_at)
        else:
            found.append([window.starts_at, window.ends_at])
    return [(np.datetime64(start), np.datetime64(end)) for start, end in found]


def cliques(clash: Array) -> list[list[int]]:
    """Cliques that hold every edge of a clash graph, grown greedily from edges not yet held."""
    near = [set(np.nonzero(row)[0].tolist()) for row in clash]
    missing = {(one, other) for one, others in enumerate(near) for other in others if one < other}
    found = []
    while missing:
        one, other = min(missing)
        clique, common = [one, other], near[one] & near[other]
        while common:
            clique.append(min(common))
            common &= near[clique[-1]]
        missing -= set(combinations(sorted(clique), 2))
        found.append(sorted(clique))
    return found


def solve(problem: Problem, *, seconds: float, seed: int = 0) -> Found:
    """Build and minimise; the best plan, its bound and whether it is proven."""
    import highspy  # noqa: PLC0415

    only_published(problem)
    trace = Trace()
    roster = Roster(problem)

    class Silent(highspy.Highs):
        """Without the banner, which comes with the first callback."""

        def enableCallbacks(self) -> None:  # noqa: N802
            self.setOptionValue("output_flag", False)
            super().enableCallbacks()

    solver = Silent()
    settings = {"threads": 1, "random_seed": seed, "mip_rel_gap": 0.0, "mip_abs_gap": 0.99}
    for name, setting in (settings | {"time_limit": max(0.1, seconds - trace.spent()[0])}).items():
        solver.setOptionValue(name, setting)
    solver.passModel(_lp(highspy, roster.programme))
    solver.cbMipImprovingSolution += lambda event: trace.saw(event.data_out.objective_function_value)
    solver.run()
    solver.clearCallbacks()
    info = solver.getInfo()
    feasible = info.primal_solution_status == int(highspy.SolutionStatus.kSolutionStatusFeasible)
    values = np.array(solver.getSolution().col_value) if feasible else np.zeros(roster.programme.width)
    proven = feasible and solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return Found(roster.placements(values), float(np.ceil(info.mip_dual_bound - 1e-6)), proven, trace)


def _lp(highspy: Any, programme: Programme) -> Any:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_, lp.offset_ = programme.width, programme.height, programme.constant
    lp.col_cost_ = np.concatenate([costs for costs, _, _ in programme.columns])
    lp.col_upper_ = np.concatenate([upper for _, upper, _ in programme.columns])
    lp.col_lower_ = np.zeros(programme.width)
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [kinds[whole] for costs, _, whole in programme.columns for _ in range(len(costs))]
    lp.row_lower_, lp.row_upper_ = (np.concatenate(part) for part in zip(*programme.bounds, strict=True))
    row, column, value = (np.concatenate(part) for part in zip(*programme.entries, strict=True))
    order = np.argsort(row, kind="stable")
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=programme.height))])
    lp.a_matrix_.index_, lp.a_matrix_.value_ = column[order], value[order]
    return lp
