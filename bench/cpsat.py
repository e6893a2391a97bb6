"""The same roster for CP-SAT with person booleans, as somebody who reads its manual would write it.

Written from the rules' words, row by row, clashes pair by pair. Two settings are measured: the
defaults on two workers, and one worker with `linearization_level=2`, which finds the network
inside.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import Any

from ortools.sat.python import cp_model

from bench.baseline import eligible, known_pairs, pair_cost
from bench.found import Found, Trace, only_published
from volunteers.matching.problem import HELPER, LEAD, Placement, Problem, Session, Volunteer


class Roster:
    """A problem's booleans, rules and cost in a CP-SAT model."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.model = cp_model.CpModel()
        self.held = {session.id: self.model.new_bool_var("") for session in problem.sessions}
        self.x: dict[tuple[int, int, str], Any] = {}
        self.of_person: dict[int, dict[int, list[Any]]] = defaultdict(lambda: defaultdict(list))
        self.of_session: dict[int, list[tuple[Volunteer, str, Any]]] = defaultdict(list)
        for v, s, lead in zip(*eligible(problem), strict=True):
            person, session, role = problem.volunteers[v], problem.sessions[s], LEAD if lead else HELPER
            chosen = self.x[person.id, session.id, role] = self.model.new_bool_var("")
            self.of_person[person.id][session.id].append(chosen)
            self.of_session[session.id].append((person, role, chosen))
        self.costs: list[Any] = []
        for person in problem.volunteers:
            self._person(person)
        for session in problem.sessions:
            self._session(session)
        self._pairs()
        self.model.minimize(sum(self.costs))

    def _person(self, person: Volunteer) -> None:
        """One role, one place at a time, own limits, and the cost of the load."""
        own = {self.problem.session[number]: chosen for number, chosen in self.of_person[person.id].items()}
        if not own:
            return
        for chosen in own.values():
            if len(chosen) > 1:
                self.model.add_at_most_one(chosen)
        for one, other in combinations(own, 2):
            if self.problem.clash(person, one, other):
                self.model.add_at_most_one([*own[one], *own[other]])
        for limit, period in ((person.max_per_week, "week"), (person.max_per_month, "month")):
            for name in {getattr(session, period) for session in own} if limit is not None else ():
                inside = [x for session, chosen in own.items() if getattr(session, period) == name for x in chosen]
                self.model.add(sum(inside) <= limit)
        most = len(own) if person.max_total is None else min(len(own), person.max_total)
        load = self.model.new_int_var(0, most, "")
        self.model.add(load == sum(x for chosen in own.values() for x in chosen))
        square = self.model.new_int_var(0, most * most, "")
        self.model.add_multiplication_equality(square, [load, load])
        self.costs.append(self.problem.weight["uneven"] * (square + 2 * person.recent_load * load))

    def _session(self, session: Session) -> None:
        """Staffed safely or not at all; what a session lacks is paid for."""
        here, held, weight = self.of_session[session.id], self.held[session.id], self.problem.weight
        helpers = sum(x for _, role, x in here if role == HELPER)
        self.model.add(helpers >= session.minimum).only_enforce_if(held)
        self.model.add(helpers <= session.maximum).only_enforce_if(held)
        self.model.add(sum(x for _, role, x in here if role == LEAD) == int(session.needs_lead) * held)
        for _, _, x in here:
            self.model.add_implication(x, held)
        newcomers = sum(x for person, _, x in here if person.newcomer)
        self.model.add(newcomers <= sum(x for person, _, x in here if not person.newcomer))
        for person, _, x in here:
            if person.not_alone and person.club is not None:
                fellows = [y for o, _, y in here if o.club == person.club and o.id != person.id]
                self.model.add_bool_or([*fellows, ~x])
        second = (session.wished - session.minimum) // 2
        cheap = self.model.new_int_var(0, second, "")
        dear = self.model.new_int_var(0, session.wished - second, "")
        silent = self.model.new_int_var(0, session.dialect_wished, "")
        self.model.add(helpers + cheap + dear >= session.wished)
        self.model.add(sum(x for person, _, x in here if person.dialect) + silent >= session.dialect_wished)
        self.costs.append(weight["short"] * (2 * cheap + 3 * dear + 2 * silent))
        self.costs.append(weight["unheld"] * session.priority * (1 - held))

    def _pairs(self) -> None:
        """Familiar faces, wishes and changes."""
        problem, before = self.problem, known_pairs(self.problem)
        for (v, s, _), x in self.x.items():
            self.costs.append(pair_cost(problem, problem.volunteer[v], problem.session[s], before) * x)
        self.costs.append(problem.weight["change"] * len(before))


class _Watch(cp_model.CpSolverSolutionCallback):
    def __init__(self, trace: Trace) -> None:
        super().__init__()
        self.trace = trace

    def on_solution_callback(self) -> None:
        self.trace.saw(self.objective_value)


def solve(problem: Problem, *, seconds: float, seed: int = 0, tuned: bool = False) -> Found:
    """The best plan within the time: the defaults on two workers, or one worker and the LP."""
    only_published(problem)
    trace = Trace()
    roster = Roster(problem)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1 if tuned else 2
    if tuned:
        solver.parameters.linearization_level = 2
    solver.parameters.random_seed = seed
    solver.parameters.max_time_in_seconds = max(0.1, seconds - trace.spent()[0])
    status = solver.solve(roster.model, _Watch(trace))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Found((), solver.best_objective_bound, False, trace)
    plan = tuple(Placement(*pair) for pair, x in roster.x.items() if solver.value(x))
    return Found(plan, solver.best_objective_bound, status == cp_model.OPTIMAL, trace)
