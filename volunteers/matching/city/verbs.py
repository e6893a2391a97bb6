"""The command that plans a whole city: city."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engines.command import FINE, say, show, write
from volunteers.matching import document, problem
from volunteers.matching.arguments import count, seconds, seed
from volunteers.matching.city.streets import City
from volunteers.matching.city.whole import CityAnswer, solve_city
from volunteers.matching.problem import Problem
from volunteers.matching.reading import BadDocument

type Command = Callable[..., argparse.ArgumentParser]

PAIRS = 100_000_000
"""Of people and sessions in one piece; a region has a third of that."""
FILES = 4
"""A city's file may be so many times as large as a street's."""


def register(command: Command) -> None:
    """Add the command; `command(name, run, words, *files)` makes one parser."""
    one = command("city", _city, "plan a whole city street by street", "problem")
    one.add_argument("-o", "--output", type=Path, help="write the answer here")
    one.add_argument("--workers", type=count, default=2, help="processes that plan streets (2)")
    one.add_argument("--seconds", type=seconds, default=180.0, help="time limit (180)")
    one.add_argument("--seed", type=seed, default=0)
    one.add_argument("--reasons", action="store_true", help="with the reasons of every placement; slow for a city")


def _city(options: argparse.Namespace) -> int:
    question = _in_pieces(problem.load(options.problem, FILES))
    found = solve_city(question, seconds=options.seconds, seed=options.seed, workers=options.workers)
    data = document.to_dict(question, found.answer, reasons=options.reasons)
    if options.output:
        write(options.output, data)
    say(_summary(question, found))
    if options.json:
        show(_figures(data, found))
    elif not options.output:
        show(data)
    return FINE


def _in_pieces(question: Problem) -> Problem:
    """The problem, if each of its regions fits into memory; raises BadDocument."""
    city = City(question)
    for region in city.regions():
        people = sum(not {*region}.isdisjoint(streets) for streets in city.streets_of.values())
        sessions = sum(len(city.sessions[street]) for street in region)
        if people * sessions > PAIRS:
            text = f"{people:,} volunteers times {sessions:,} sessions of one street are too many"
            raise BadDocument("$", f"{text}; say of each community which street it belongs to (the limit is {PAIRS:,})")
    return question


def _figures(data: dict[str, Any], found: CityAnswer) -> dict[str, Any]:
    figures = {name: getattr(found, name) for name in ("streets", "regions", "travellers", "clashes")}
    return data | figures | {"placements": len(found.answer.placements), "gap": found.answer.gap}


def _summary(question: Problem, found: CityAnswer) -> str:
    answer = found.answer
    held = len({placement.session for placement in answer.placements})
    proof = "proven" if answer.proven else f"bound {answer.bound}"
    if answer.gap and not answer.proven:
        proof += f", gap {answer.gap:.2%}"
    return (
        f"value {answer.value} ({proof}), {held} of {len(question.sessions)} sessions held, "
        f"{len(answer.placements)} placements in {found.streets} streets, {found.travellers} people in several, "
        f"{found.clashes} clashes mended, {answer.seconds:.1f} s"
    )
