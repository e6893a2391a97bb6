"""The one ordered list of all hard rules.

A rule is said three times and tested to agree: in words (docstring and `sentence`), as
meaning (`broken`) and to the solver (`screen`, `post`). Changing a rule means changing one
class; the classes live in `gates` (one person, one place), `limits` (one person's plan),
`staffing` (one session's people) and `locks`. The order is the order of explanations.
"""

from __future__ import annotations

from collections.abc import Iterable

from volunteers.matching.gates import GATES, Broken, Rule
from volunteers.matching.limits import LIMITS
from volunteers.matching.locks import Conflict, LocksHold, conflicts
from volunteers.matching.problem import Placement, Problem
from volunteers.matching.staffing import STAFFING

__all__ = ["RULES", "Broken", "Conflict", "Rule", "broken", "conflicts"]

RULES: tuple[Rule, ...] = (*GATES, *LIMITS, *STAFFING, LocksHold())


def broken(problem: Problem, placements: Iterable[Placement]) -> list[Broken]:
    """Every broken rule of a plan, in the order of the rules."""
    plan = tuple(placements)
    return [found for rule in RULES for found in rule.broken(problem, plan)]
