"""What to do about the places that stay empty: checked ways out, and whom to recruit."""

import time
from dataclasses import dataclass, field
from typing import Any

from volunteers.matching import explain
from volunteers.matching.answer import Answer
from volunteers.matching.fairness import fairness
from volunteers.matching.problem import Problem
from volunteers.matching.recruit import recruit
from volunteers.matching.ways_out import ASK, MOVE, RECRUIT, WayOut, ways_out
from volunteers.models import Availability
from volunteers.planning.load import Index
from volunteers.planning.locking import without_sessions
from volunteers.rules.windows import impossible

WAYS_SECONDS = 1.0
"""For all gaps of a proposal together; those that come later keep the counts alone."""
RECRUIT_SECONDS = 2.0
MOST_ASKED = 4


@dataclass(frozen=True, slots=True)
class Advice:
    """`ways` by session: only those that a solve has confirmed. `recruits`: rows of text and numbers.

    `evenness`: how the work is shared, as numbers and ids; a name is read where it is kept.
    """

    ways: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    recruits: list[dict[str, Any]] = field(default_factory=list)
    evenness: dict[str, Any] = field(default_factory=dict)


def advise(*, problem: Problem, index: Index, answer: Answer, seconds: float = WAYS_SECONDS) -> Advice:
    """Ways out of the gaps, soonest first, within `seconds` in all; and the fewest to recruit.

    Nothing for a plan that was cut short: who stops the engine does not want to wait.
    """
    if answer.cancelled:
        return Advice()
    until = time.monotonic() + seconds
    gone = {conflict.lock.session for conflict in answer.conflicts}
    never = not_to_ask(problem, index)
    ways: dict[int, list[dict[str, Any]]] = {}
    for session in dict.fromkeys(gap.session for gap in explain.gaps(problem, answer)):
        left = until - time.monotonic()
        if left <= 0:
            break
        # Whoever is agreed for a session that cannot be held still comes there.
        part = without_sessions(problem, gone - {session})
        found = ways_out(part, answer.placements, session, never=never, seconds=left / 2)
        ways[session] = [_row(way, index) for way in _at_hand(found)]
    return Advice(ways, _recruits(problem, answer), evenness(problem, answer))


def evenness(problem: Problem, answer: Answer) -> dict[str, Any]:
    """The engine's measures of fairness, to keep with the proposal; counted without the weeks before."""
    found = fairness(problem, answer.placements)
    return {
        "people": len(found.loads),
        "mean": round(found.mean, 2),
        "serving": sum(one.sessions > 0 for one in found.loads),
        "least": found.least,
        "most": found.most,
        "gini": round(found.gini, 2),
        "gini_with_recent": round(found.gini_with_recent, 2),
        "at_limit": list(found.at_limit),
        "limits": [[one.volunteer, one.sessions, one.limit] for one in found.loads if one.limit and one.sessions],
        "newcomers": found.newcomers,
        "on_time": len(found.on_time),
        "late": list(found.late),
        "waiting": list(found.waiting),
        "could_start": list(found.could_start),
        "no_place": [[one.volunteer, one.rule, one.text.partition("：")[2]] for one in found.no_place],
    }


def _at_hand(found: list[WayOut]) -> list[WayOut]:
    """The proven ways, without a second round of questions to more people than an organiser rings up."""
    proven = [way for way in found if way.proven]
    asking = [way for way in proven if way.kind == ASK]
    return [way for way in proven if way not in asking[1:] or way.numbers["asked"] <= MOST_ASKED]


def not_to_ask(problem: Problem, index: Index) -> set[tuple[int, int]]:
    """(volunteer, session) of everybody paused, of times called impossible and of places declined."""
    found = {(pk, session) for pk in index.volunteers if pk not in index.active for session in index.sessions}
    for pk, rows in index.availability.items():
        if any(row.kind == Availability.Kind.IMPOSSIBLE for row in rows):
            found |= {(pk, m.id) for m in problem.sessions if impossible(rows, m, index.week_number)}
    return found | index.declined


def _row(way: WayOut, index: Index) -> dict[str, Any]:
    kept: dict[str, Any] = {
        "kind": "invite" if way.kind == RECRUIT else way.kind,
        "checked": True,
        "people": [person.volunteer for person in way.people],
        "limits": [person.limit for person in way.people],
        "count": len(way.people),
        "filled": way.filled,
        "left": way.left,
        "text": "" if way.people else way.text,
        "numbers": way.numbers,
    }
    if way.kind == MOVE:
        kept["from"] = _named(index, way.numbers["from"])
    return kept


def _named(index: Index, session: int) -> str:
    found = index.sessions[session]
    return f"{found.on_date.month}月{found.on_date.day}日{found.series.name}"


def _recruits(problem: Problem, answer: Answer) -> list[dict[str, Any]]:
    """Rows for the page; empty unless a solve has proven that these people fill every place."""
    found = recruit(problem, answer.placements, seconds=RECRUIT_SECONDS)
    if not found.proven or any(found.after.values()):
        return []
    return [
        {
            "text": one.text,
            "community": one.kind.community,
            "count": one.count,
            "places": one.places,
            "held": one.held,
        }
        for one in found.wanted
    ]
