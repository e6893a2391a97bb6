"""What a mended plan means person by person: who is asked to come, to change, or told to stay at home."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from volunteers.matching.problem import Placement, Problem
from volunteers.matching.words import PROGRAMMES, called, day, span

COME, MOVE, ROLE, REST = "come", "move", "role", "rest"


@dataclass(frozen=True, slots=True)
class Ask:
    """One question or one word to one person.

    `come`: to a session they were not at; `move`: there instead of to `instead_of`; `role`: another
    role in the same session; `rest`: they need not come to `session`.
    """

    kind: str
    volunteer: int
    session: int
    role: str
    text: str
    instead_of: int | None = None


def asks(
    problem: Problem, added: Iterable[Placement], removed: Iterable[Placement], lost: Collection[int]
) -> tuple[Ask, ...]:
    """What to say to everybody whose plan changes, in the order of people."""
    freed: dict[int, list[Placement]] = {}
    for placement in removed:
        freed.setdefault(placement.volunteer, []).append(placement)
    found = [_asked(problem, placement, freed.get(placement.volunteer, [])) for placement in added]
    rest = [_spared(problem, placement, lost) for own in freed.values() for placement in own]
    return tuple(sorted([*found, *rest], key=lambda one: (one.volunteer, one.session)))


def _asked(problem: Problem, placement: Placement, freed: list[Placement]) -> Ask:
    """The question about one new place; the place given up for it is taken out of `freed`."""
    where, who = _where(problem, placement), _name(problem, placement)
    same = next((other for other in freed if other.session == placement.session), None)
    other = same or (freed[0] if freed else None)
    if other is None:
        return _ask(COME, placement, f"请{who}来：{where}")
    freed.remove(other)
    if same:
        session = problem.session[placement.session]
        return _ask(ROLE, placement, f"请{who}改当{called(session, placement.role)}：{where}")
    return _ask(MOVE, placement, f"请{who}换一场：不去{_where(problem, other)}，改去{where}", other.session)


def _spared(problem: Problem, placement: Placement, lost: Collection[int]) -> Ask:
    why = "这一场开不了" if placement.session in lost else "人手已经够了"
    return _ask(REST, placement, f"告诉{_name(problem, placement)}不用来：{_where(problem, placement)}，{why}")


def _ask(kind: str, placement: Placement, text: str, instead_of: int | None = None) -> Ask:
    return Ask(kind, placement.volunteer, placement.session, placement.role, text, instead_of)


def _where(problem: Problem, placement: Placement) -> str:
    session = problem.session[placement.session]
    when = f"{day(session.starts_at)} {span(session.starts_at, session.ends_at)}"
    return f"{when} {PROGRAMMES[session.programme]} {called(session, placement.role)}"


def _name(problem: Problem, placement: Placement) -> str:
    return problem.volunteer[placement.volunteer].name or f" {placement.volunteer} 号"
