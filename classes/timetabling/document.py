"""An answer as a `linke-timetable-answer/1` document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from classes.timetabling.answer import Answer, TierValue, order
from classes.timetabling.explain import Placed, Unplaced, explain
from classes.timetabling.members import read_clock, read_weekday
from classes.timetabling.moving import Option
from classes.timetabling.parts import Placement, clock
from classes.timetabling.preferences import TIERS, places, seats
from classes.timetabling.problem import Problem
from engines.reading import Node, read_document

FORMAT = "linke-timetable-answer/1"


def to_dict(problem: Problem, answer: Answer) -> dict[str, Any]:
    """The document of an answer, reasons and figures included."""
    placed, unplaced = explain(problem, answer.placements)
    return {
        "format": FORMAT,
        "problem": problem.name,
        "proven": answer.proven,
        "cancelled": answer.cancelled,
        "seconds": answer.seconds,
        "tiers": [{"tier": one.tier, "value": one.value, "bound": one.bound} for one in answer.tiers],
        "figures": figures(problem, answer),
        "placements": [place_dict(place) for place in answer.placements],
        "series": [_placed_dict(one) for one in placed],
        "unplaced": [_unplaced_dict(one) for one in unplaced],
    }


def figures(problem: Problem, answer: Answer) -> dict[str, int | float]:
    """Learners reached and places filled, and of how many, in a week."""
    people, helpers = seats(problem), places(problem)
    return {
        "learners": people,
        "reached": people - answer.cost("unreached"),
        "places": problem.per_week(helpers),
        "filled": problem.per_week(helpers - answer.cost("short")),
    }


def place_dict(place: Placement) -> dict[str, Any]:
    """A placement as a member of a document."""
    return {"series": place.series, "weekday": place.weekday, "starts": clock(place.starts), "room": place.room}


def option_dict(option: Option) -> dict[str, Any]:
    """One time a series could have, with both figures."""
    found: dict[str, Any] = {
        "weekday": option.slot.weekday,
        "starts": clock(option.slot.starts),
        "room": option.placements[0].room,
        "reached": option.reached,
        "filled": option.filled,
        "now": option.now,
    }
    if option.obstacle:
        rule = option.obstacle.rule
        found |= {"rule": rule.code, "text": rule.label, "others": sorted({o.series for o in option.obstacle.others})}
    return found


def _placed_dict(one: Placed) -> dict[str, Any]:
    return {
        "series": one.series,
        "reached": one.reached,
        "filled": one.filled,
        "reasons": [{"code": r.code, "label": r.label, "text": r.text} for r in one.reasons],
        "instead": [option_dict(option) for option in one.instead],
    }


def _unplaced_dict(one: Unplaced) -> dict[str, Any]:
    return {"series": one.series, "text": one.text, "because": {code: count for code, _, count in one.because}}


def load(path: str | Path, problem: Problem) -> Answer:
    """Read an answer file; raises BadDocument with the path of the wrong value."""
    return read_document(path, lambda data: from_dict(data, problem))


def from_dict(data: Any, problem: Problem) -> Answer:
    """The answer in a document about this problem; raises BadDocument."""
    top = Node(data)
    if top.at("format").text() != FORMAT:
        raise top.at("format").expected(repr(FORMAT))
    proven, tiers = top.maybe("proven"), top.maybe("tiers")
    return Answer(
        placements=order([_placement(node, problem) for node in top.at("placements").items(most=100_000)]),
        tiers=tuple(_tier(node) for node in tiers.items()) if tiers else (),
        proven=proven.flag() if proven else False,
    )


def _placement(node: Node, problem: Problem) -> Placement:
    return Placement(
        node.at("series").known(problem.one, "series"),
        read_weekday(node.at("weekday")),
        read_clock(node.at("starts")),
        node.at("room").known(problem.room, "room"),
    )


def _tier(node: Node) -> TierValue:
    bound = node.maybe("bound")
    return TierValue(
        node.at("tier").choice(tuple(TIERS)),
        node.at("value").whole(low=None),
        bound.whole(low=None) if bound else None,
    )
