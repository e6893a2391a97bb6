"""Judges a plan from the meaning of the rules alone; no solver and no model."""

from __future__ import annotations

from volunteers.matching.answer import Answer
from volunteers.matching.preferences import costs, value
from volunteers.matching.problem import Placement, Problem
from volunteers.matching.rules import Broken, broken


def check(problem: Problem, answer: Answer) -> list[Broken]:
    """Every rule the answer breaks, and every number it states that is not so."""
    return [
        *_repeated(problem, answer.placements),
        *broken(problem, answer.placements),
        *_misstated(problem, answer),
    ]


def _repeated(problem: Problem, placements: tuple[Placement, ...]) -> list[Broken]:
    twice = [p for place, p in enumerate(placements) if p in placements[:place]]
    return [
        Broken("repeated", f"session {p.session}: volunteer {p.volunteer} is listed twice", p.session, (p.volunteer,))
        for p in twice
    ]


def _misstated(problem: Problem, answer: Answer) -> list[Broken]:
    """A stated value that differs from the plan's, or a bound above it."""
    found = []
    really = value(problem, answer.placements)
    if answer.value != really:
        found.append(Broken("value", f"the plan costs {really}, the answer says {answer.value}"))
    if answer.proven and answer.bound is not None and answer.bound > really:
        found.append(Broken("bound", f"the bound {answer.bound} is above the cost {really}"))
    reached = costs(problem, answer.placements)
    for tier in answer.tiers:
        if reached[tier.tier] != tier.value:
            text = f"tier {tier.tier} costs {reached[tier.tier]}, the answer says {tier.value}"
            found.append(Broken("value", text))
    return found
