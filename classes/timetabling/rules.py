"""The one ordered list of all hard rules; the order is the order of explanations.

A rule is said three times and tested to agree: in words (docstring and `sentence`), as meaning
(`broken`) and to the solver (`screen`, `post`). Changing a rule means changing one class; the classes
live in `gates` (one placement), `clashes` (two placements) and `patterns` (one series).
"""

from __future__ import annotations

from collections.abc import Iterable

from classes.timetabling.clashes import CLASHES
from classes.timetabling.gates import GATES, Broken, Rule
from classes.timetabling.parts import Placement
from classes.timetabling.patterns import PATTERNS
from classes.timetabling.problem import Problem

__all__ = ["RULES", "Broken", "Rule", "broken"]

RULES: tuple[Rule, ...] = (*GATES, *CLASHES, *PATTERNS)


def broken(problem: Problem, placements: Iterable[Placement]) -> list[Broken]:
    """Every broken rule of a timetable, in the order of the rules."""
    plan = tuple(placements)
    return [found for rule in RULES for found in rule.broken(problem, plan)]
