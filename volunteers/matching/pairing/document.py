"""The answer file of a seating, `linke-pairing-answer/1`: plain data out, in again, and judged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from volunteers.matching.pairing import explain
from volunteers.matching.pairing.problem import UNSEATED, Problem, read_pair
from volunteers.matching.pairing.rules import Broken, broken
from volunteers.matching.pairing.solve import Answer
from volunteers.matching.pairing.wishes import TIERS, comfort, costs
from volunteers.matching.reading import Node, read_document

FORMAT = "linke-pairing-answer/1"


def to_dict(problem: Problem, answer: Answer) -> dict[str, Any]:
    """The document of an answer, with the reasons of pairs and of learners without a helper."""
    return {
        "format": FORMAT,
        "problem": problem.name,
        "unseated": answer.unseated,
        "value": answer.value,
        "bound": answer.bound,
        "proven": answer.proven,
        "seconds": answer.seconds,
        "wishes": dict(answer.wishes),
        "pairs": [
            {
                "learner": why.pair.learner,
                "helper": why.pair.helper,
                "reasons": [{"code": r.code, "label": r.label, "text": r.text, **r.numbers} for r in why.reasons],
            }
            for why in explain.explain(problem, answer.pairs)
        ],
        "left": [
            {"learner": one.learner, "text": one.text, "because": {rule: count for rule, _, count in one.because}}
            for one in explain.left(problem, answer.pairs)
        ],
        "ways_out": [
            {"kind": way.kind, "text": way.text, **way.numbers} for way in explain.ways_out(problem, answer.pairs)
        ],
        "tables": list(explain.tables(problem, answer.pairs)),
        "conflicts": [
            {"learner": c.pair.learner, "helper": c.pair.helper, "rule": c.rule, "text": c.text}
            for c in answer.conflicts
        ],
    }


def from_dict(data: Any, problem: Problem) -> Answer:
    """The answer in a document about this problem; raises BadDocument."""
    top = Node(data)
    if top.at("format").text() != FORMAT:
        raise top.at("format").expected(repr(FORMAT))
    bound, proven, wishes = top.maybe("bound"), top.maybe("proven"), top.maybe("wishes")
    return Answer(
        pairs=tuple(
            read_pair(
                Node([node.at("learner").value, node.at("helper").value], node.path), problem.learner, problem.helper
            )
            for node in top.at("pairs").items()
        ),
        unseated=top.at("unseated").whole(),
        value=top.at("value").whole(),
        bound=bound.whole() if bound else None,
        proven=proven is not None and proven.flag(),
        wishes=tuple(_wish(key, node) for key, node in wishes.members()) if wishes else (),
    )


def load(path: str | Path, problem: Problem) -> Answer:
    """Read an answer file; raises BadDocument with the path of the wrong value."""
    return read_document(path, lambda data: from_dict(data, problem))


def check(problem: Problem, answer: Answer) -> list[Broken]:
    """Every rule the answer breaks, and every number it states that is not so; no solver."""
    pairs = answer.pairs
    said = {"value": answer.value, UNSEATED: answer.unseated} | dict(answer.wishes)
    really = {"value": comfort(problem, pairs)} | costs(problem, pairs)
    found = [
        Broken("value", f"{name} is {really[name]}, the answer says {number}")
        for name, number in said.items()
        if really[name] != number
    ]
    if answer.proven and answer.bound is not None and answer.bound > really["value"]:
        found.append(Broken("bound", f"the bound {answer.bound} is above the cost {really['value']}"))
    return [*broken(problem, pairs), *found]


def _wish(key: str, node: Node) -> tuple[str, int]:
    if key not in TIERS or key == UNSEATED:
        raise node.refuse(f"there is no wish {key!r}")
    return key, node.whole()
