"""The answer file, `linke-roster-answer/1`: plain data out, and in again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from volunteers.matching import explain
from volunteers.matching.answer import Answer, TierValue
from volunteers.matching.preferences import TIERS
from volunteers.matching.problem import Placement, Problem, read_role
from volunteers.matching.reading import Node, read_document

FORMAT = "linke-roster-answer/1"


def to_dict(problem: Problem, answer: Answer, *, reasons: bool = True) -> dict[str, Any]:
    """The document of an answer, with the reasons of placements and the causes of gaps if wanted."""
    return {
        "format": FORMAT,
        "problem": problem.name,
        "value": answer.value,
        "bound": answer.bound,
        "proven": answer.proven,
        "cancelled": answer.cancelled,
        "seconds": answer.seconds,
        "tiers": [{"tier": tier.tier, "value": tier.value, "bound": tier.bound} for tier in answer.tiers],
        "placements": [_placement(why) for why in explain.placements(problem, answer)]
        if reasons
        else [{"volunteer": p.volunteer, "session": p.session, "role": p.role} for p in answer.placements],
        "unfilled": [_gap(gap) for gap in explain.gaps(problem, answer)] if reasons else [],
        "reserved": [{"session": h.session, "club": h.club, "count": h.count} for h in explain.held_places(problem)],
        "conflicts": [
            {
                "volunteer": conflict.lock.volunteer,
                "session": conflict.lock.session,
                "rule": conflict.rule,
                "text": conflict.text,
            }
            for conflict in answer.conflicts
        ],
    }


def from_dict(data: Any, problem: Problem) -> Answer:
    """The answer in a document about this problem; raises BadDocument."""
    top = Node(data)
    if top.at("format").text() != FORMAT:
        raise top.at("format").expected(repr(FORMAT))
    bound, tiers = top.maybe("bound"), top.maybe("tiers")
    proven, seconds = top.maybe("proven"), top.maybe("seconds")
    return Answer(
        placements=tuple(_read(node, problem) for node in top.at("placements").items()),
        value=top.at("value").whole(low=None),
        bound=None if bound is None else bound.whole(low=None),
        proven=proven is not None and proven.flag(),
        seconds=seconds.number(low=0, high=1e9) if seconds else 0.0,
        tiers=tuple(_tier(node) for node in tiers.items()) if tiers else (),
    )


def load(path: str | Path, problem: Problem) -> Answer:
    """Read an answer file; raises BadDocument with the path of the wrong value."""
    return read_document(path, lambda data: from_dict(data, problem))


def _placement(why: explain.Why) -> dict[str, Any]:
    return {
        "volunteer": why.placement.volunteer,
        "session": why.placement.session,
        "role": why.placement.role,
        "reasons": [{"code": r.code, "label": r.label, "text": r.text, **r.numbers} for r in why.reasons],
        "alternatives": [
            {"volunteer": other.volunteer, "costs": other.costs, "text": other.text} for other in why.alternatives
        ],
    }


def _gap(gap: explain.Gap) -> dict[str, Any]:
    return {
        "session": gap.session,
        "role": gap.role,
        "missing": gap.missing,
        "held": gap.held,
        "text": gap.text,
        "because": {cause.rule: cause.count for cause in gap.because},
    }


def _read(node: Node, problem: Problem) -> Placement:
    volunteer = node.at("volunteer").known(problem.volunteer, "volunteer")
    session = node.at("session").known(problem.session, "session")
    return Placement(volunteer, session, read_role(node.at("role"), problem.session[session]))


def _tier(node: Node) -> TierValue:
    bound = node.maybe("bound")
    return TierValue(
        node.at("tier").choice(tuple(TIERS)),
        node.at("value").whole(low=None),
        None if bound is None else bound.whole(low=None),
    )
