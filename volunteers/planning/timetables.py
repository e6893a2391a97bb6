"""From the timetable engine back to the models: up to three timetables with figures and reasons."""

from datetime import datetime
from typing import Any

from classes.models import Community, Series, Term
from classes.timetabling import document
from classes.timetabling.answer import Answer, TierValue, order
from classes.timetabling.explain import explain
from classes.timetabling.moving import Moving, Option
from classes.timetabling.parts import Placement
from classes.timetabling.preferences import TIERS, reached, seats
from classes.timetabling.problem import Problem
from classes.timetabling.rules import broken
from classes.timetabling.solve import Progress
from classes.timetabling.variants import variants
from volunteers.planning.times import load_times
from volunteers.planning.usual import minutes
from volunteers.queries.timetables import Present

SECONDS = 30.0
SEED = 1
STAGES = {
    "unplaced": "先看每个班排不排得上",
    "unreached": "找学员来得了的时间",
    "short": "和志愿者的空闲时间一起算",
    "moved": "尽量和原来一样，教室排紧凑些",
    "rooms": "教室排紧凑些",
    "wishes": "照顾偏好",
}


def find_timetables(
    problem: Problem, *, gives: int, seconds: float = SECONDS, on_progress: Progress | None = None
) -> list[Answer]:
    """Up to three timetables; `gives` of a thousand learners may be given for helpers."""
    most = gives * seats(problem) // 1000
    return variants(
        problem,
        seconds=seconds,
        seed=SEED,
        tolerances={"unreached": most} if most else None,
        on_progress=on_progress,
    )


def stage(tier: str) -> str:
    """What the engine is doing, in words."""
    return STAGES[tier]


def as_document(problem: Problem, answers: list[Answer], series: dict[int, Series]) -> dict[str, Any]:
    """What is kept of the answers: one entry a timetable, and the figures of the classes as they are now."""
    now = as_it_is(problem, series)
    return {
        "timetables": [_timetable(problem, answer) for answer in answers],
        "now": document.figures(problem, now) if now.placements else None,
        "weeks": problem.weeks,
        "kept": _kept(problem, answers[0], now) if answers and now.placements else None,
    }


def _kept(problem: Problem, best: Answer, now: Answer) -> dict[str, Any]:
    """The present timetable against the best one: tiers in which that one is better, hard rules that only this breaks."""
    return {
        "gains": [code for code in TIERS if best.cost(code) < now.cost(code)],
        "broken": max(0, len(broken(problem, now.placements)) - len(broken(problem, best.placements))),
    }


def _timetable(problem: Problem, answer: Answer) -> dict[str, Any]:
    placed, unplaced = explain(problem, answer.placements)
    return {
        "figures": document.figures(problem, answer),
        "tiers": {one.tier: [one.value, one.bound] for one in answer.tiers},
        "proven": answer.proven,
        "series": [
            {
                "series": one.series,
                "places": [[place.weekday, place.starts, place.room] for place in one.placements],
                "reached": one.reached,
                "learners": len(problem.one[one.series].learners) * len(one.placements),
                "filled": problem.per_week(one.filled),
                "wanted": problem.per_week(problem.one[one.series].places * len(one.placements)),
                "reasons": [[reason.label, reason.text] for reason in one.reasons],
                "instead": [_option(problem, option) for option in one.instead],
            }
            for one in placed
        ],
        "unplaced": [{"series": one.series, "text": one.text} for one in unplaced],
    }


def _option(problem: Problem, option: Option) -> list[Any]:
    why = option.obstacle.rule.label if option.obstacle else ""
    return [option.slot.weekday, option.slot.starts, option.reached, problem.per_week(option.filled), why]


def other_times(
    *, series: Series, term: Term, community: Community, now: datetime, weekday: int | None = None
) -> Present:
    """Every other time this class could have, with what each is worth.

    `weekday` is the one of its days that moves, the first where nothing is said.
    """
    chosen = () if series.days.exists() else (series.pk,)
    problem, _ = load_times(term=term, community=community, chosen=chosen, now=now)
    moving = Moving(problem, (), series.pk)
    moved = next((place for place in moving.own if place.weekday == weekday), None)
    options = tuple(moving.options(moved))
    current = next((option for option in options if option.now and option.placements == moving.own), None)
    return Present(
        problem=problem,
        series=series.pk,
        places=moving.own,
        reached=sum(reached(moving.problem, place) for place in moving.own),
        filled=current.filled if current else 0,
        options=options,
    )


def as_it_is(problem: Problem, series: dict[int, Series]) -> Answer:
    """The classes to be placed as they are now, to compare with; those without a weekday are not placed."""
    places = order(
        [
            Placement(one.id, day.weekday, minutes(row.starts), row.room_id or -row.community_id)
            for one in problem.open
            for row in (series[one.id],)
            for day in row.days.all()
        ]
    )
    return Answer(places, tuple(TierValue(code, tier.cost(problem, places)) for code, tier in TIERS.items()))
