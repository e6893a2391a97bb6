"""Why each series meets where it does, what the times it did not get would cost, and why some have none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from classes.timetabling.moving import Moving, Option, why_not
from classes.timetabling.parts import Placement, Series, spoken
from classes.timetabling.preferences import reached
from classes.timetabling.problem import Problem
from classes.timetabling.rules import RULES
from classes.timetabling.staffing import Staffing, staff

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact about a placement, in words and numbers."""

    code: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a series meets and why; `instead` are the best times it did not get."""

    series: int
    placements: tuple[Placement, ...]
    reached: int
    filled: int
    reasons: tuple[Reason, ...]
    instead: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A series without a time, and how many of its times each rule keeps it from."""

    series: int
    text: str
    because: tuple[tuple[str, str, int], ...]


def explain(problem: Problem, plan: Sequence[Placement]) -> tuple[list[Placed], list[Unplaced]]:
    """Reasons for every series of a timetable."""
    staffing = staff(problem, plan)
    placed, unplaced = [], []
    for series in problem.open:
        own = tuple(place for place in plan if place.series == series.id)
        if own:
            placed.append(_placed(problem, plan, series, own, staffing))
        else:
            unplaced.append(_unplaced(problem, plan, series))
    return placed, unplaced


def _placed(
    problem: Problem, plan: Sequence[Placement], series: Series, own: tuple[Placement, ...], staffing: Staffing
) -> Placed:
    options = Moving(problem, plan, series.id, staffing).options()
    come = sum(reached(problem, place) for place in own)
    filled = sum(staffing.filled_at(place) for place in own)
    reasons = [_learners(series, own, come, options), _helpers(problem, series, own, filled)]
    return Placed(
        series=series.id,
        placements=own,
        reached=come,
        filled=filled,
        reasons=tuple(reason for reason in (*reasons, _last(series, own), *_room(problem, plan, own)) if reason),
        instead=tuple(option for option in options if not option.now)[:SHOWN],
    )


def _learners(series: Series, own: tuple[Placement, ...], come: int, options: list[Option]) -> Reason | None:
    if not series.learners:
        return None
    people = len(series.learners) * len(own)
    text = f"{people} 人次里 {come} 人次来得了" if len(own) > 1 else f"{people} 位学员里 {come} 位来得了"
    better = [option for option in options if option.reached > come]
    if not better:
        return Reason("learners", "学员", f"{text}，没有更多人能来的时间")
    best = max(better, key=lambda option: (option.obstacle is None, option.reached))
    when = spoken(best.slot.weekday, best.slot.starts)
    if best.obstacle:
        return Reason("learners", "学员", f"{text}；{when}能来 {best.reached} 位，但{best.obstacle.rule.label}")
    return Reason("learners", "学员", f"{text}；{when}能来 {best.reached} 位，让给了别的班")


def _helpers(problem: Problem, series: Series, own: tuple[Placement, ...], filled: int) -> Reason | None:
    wanted = series.places * len(own)
    if not wanted:
        return None
    all_of_them, some = problem.per_week(wanted), problem.per_week(filled)
    if filled == wanted:
        return Reason("helpers", "助教", f"{all_of_them} 个名额预计都排得上")
    return Reason("helpers", "助教", f"{all_of_them} 个名额预计排得上 {some} 个")


def _last(series: Series, own: tuple[Placement, ...]) -> Reason | None:
    same = sum(place.slot in series.last for place in own)
    if not series.last:
        return None
    if same == len(own):
        return Reason("last", "原来", "和原来同一天、同一时间")
    when = "、".join(spoken(slot.weekday, slot.starts) for slot in series.last)
    return Reason("last", "原来", f"原来是{when}，这次换了")


def _room(problem: Problem, plan: Sequence[Placement], own: tuple[Placement, ...]) -> list[Reason]:
    days = {(place.room, place.weekday) for place in own}
    others = [
        place
        for place in (*plan, *problem.settled)
        if place.series != own[0].series and (place.room, place.weekday) in days
    ]
    if not others:
        return []
    return [Reason("rooms", "教室", f"同一天这间教室还有 {len(others)} 个班，不用多开一间")]


def _unplaced(problem: Problem, plan: Sequence[Placement], series: Series) -> Unplaced:
    counted = why_not(problem, plan, series.id)
    because = tuple((rule.code, rule.label, counted[rule.code]) for rule in RULES if counted.get(rule.code))
    if not problem.slots[series.id]:
        return Unplaced(series.id, "开课时段里放不下这么长的课", because)
    if not because and series.sessions > 1:
        return Unplaced(series.id, f"单看都有空，凑不齐每周 {series.sessions} 次", because)
    text = "、".join(f"{count} 个时间{label}" for _, label, count in because)
    return Unplaced(series.id, text or "有空的时间都让给了别的班", because)
