"""A problem as places with the people who may take them: what `bench/timefold_roster.py` reads."""

from __future__ import annotations

from typing import Any

from bench.baseline import eligible, known_pairs, pair_cost
from bench.found import only_published
from volunteers.matching.problem import Problem, Session, Volunteer

NO_LIMIT = 10**6


def as_places(problem: Problem) -> dict[str, Any]:
    """Sessions, people, ways and who is able, as plain data without times or dates."""
    only_published(problem)
    number = {community.id: place for place, community in enumerate(problem.communities)}
    able = {f"{s.id} {lead}": list[int]() for s in problem.sessions for lead in (True, False)}
    before = known_pairs(problem)
    costs = {person.id: dict[int, int]() for person in problem.volunteers}
    for v, s, lead in zip(*eligible(problem), strict=True):
        person, session = problem.volunteers[v], problem.sessions[s]
        able[f"{session.id} {bool(lead)}"].append(person.id)
        costs[person.id][session.id] = pair_cost(problem, person, session, before)
    return {
        "sessions": [_session(problem, session, number) for session in problem.sessions],
        "people": [_person(problem, person) | {"costs": costs[person.id]} for person in problem.volunteers],
        "ways": [[problem.travel_minutes(a.id, b.id) for b in problem.communities] for a in problem.communities],
        "able": able,
    }


def _session(problem: Problem, session: Session, number: dict[int, int]) -> dict[str, Any]:
    year, week = session.week
    return {
        "id": session.id,
        "community": number[session.community],
        "week": 100 * year + week,
        "starts": session.starts_at.toordinal() * 1440 + session.starts_at.hour * 60 + session.starts_at.minute,
        "ends": session.ends_at.toordinal() * 1440 + session.ends_at.hour * 60 + session.ends_at.minute,
        "minimum": session.minimum,
        "wished": session.wished,
        "leads": int(session.needs_lead),
        "dialect": session.dialect_wished,
        "unheld_cost": problem.weight["unheld"] * session.priority,
        "short_cost": problem.weight["short"],
    }


def _person(problem: Problem, person: Volunteer) -> dict[str, Any]:
    return {
        "id": person.id,
        "newcomer": person.newcomer,
        "dialect": person.dialect,
        "club": -1 - person.id if person.club is None else person.club,
        "not_alone": person.not_alone and person.club is not None,
        "a_week": NO_LIMIT if person.max_per_week is None else person.max_per_week,
        "in_all": NO_LIMIT if person.max_total is None else person.max_total,
        "rest": person.rest_minutes,
        "recent": person.recent_load,
        "load_cost": problem.weight["uneven"],
    }
