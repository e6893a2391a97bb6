"""Judges an answer from the meanings alone: no model, no solver."""

from __future__ import annotations

from collections import Counter

from classes.timetabling.answer import Answer
from classes.timetabling.gates import Broken
from classes.timetabling.preferences import TIERS
from classes.timetabling.problem import Problem
from classes.timetabling.rules import broken


def check(problem: Problem, answer: Answer) -> list[Broken]:
    """Every broken rule, every placement listed twice, and every number that is not so."""
    found = broken(problem, answer.placements)
    for place, count in Counter(answer.placements).items():
        if count > 1:
            found.append(Broken("repeated", f"series {place.series} is there {count} times", place.series, (place,)))
    for tier in answer.tiers:
        real = TIERS[tier.tier].cost(problem, answer.placements)
        if tier.value != real:
            found.append(Broken("value", f"{tier.tier} is said to be {tier.value}, it is {real}", 0))
        if tier.bound is not None and tier.bound > real:
            found.append(Broken("bound", f"{tier.tier} is said to be at least {tier.bound}, it is {real}", 0))
    return found
