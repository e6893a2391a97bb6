"""The rules and tiers read a second time, from their words: nothing of the engine but the problem classes."""

from itertools import combinations, product

from ortools.graph.python import max_flow

from classes.timetabling.problem import Placement, Problem

CODES = (
    *("window", "senior-hours", "closed", "lead-free", "room-needs", "step-free", "room-hours"),
    *("room-taken", "lead-place", "once-a-day", "learner-place", "fixed", "sessions", "same-time"),
)


def faults(problem: Problem, plan) -> set[str]:
    """The codes of the rules that a timetable breaks."""
    found = {code for place in plan for code in alone(problem, place)}
    fixed = [place for one in problem.series for place in one.fixed]
    pairs = [*combinations(plan, 2), *product(plan, fixed)]
    found |= {code for one, other in pairs for code in together(problem, one, other)}
    for one in problem.series:
        own = [place for place in plan if place.series == one.id]
        if own and one.fixed:
            found.add("fixed")
        if own and (len(own) != one.sessions or len({place.weekday for place in own}) != len(own)):
            found.add("sessions")
        if one.same_time and one.sessions > 1 and len({(place.starts, place.room) for place in own}) > 1:
            found.add("same-time")
    return found


def alone(problem: Problem, place: Placement) -> set[str]:
    """What is wrong with one placement, whatever the rest is."""
    one, room = problem.one[place.series], problem.room[place.room]
    start, end, day = place.starts, place.starts + one.minutes, place.weekday
    said = {
        "window": _starts_well(problem, one, place)
        and any(w.weekday == day and w.starts <= start and end <= w.ends for w in one.window),
        "senior-hours": one.programme != "senior" or (start >= 540 and (end <= 720 or start >= 840)),
        "closed": day not in problem.venue[room.venue].closed,
        "lead-free": one.lead is None or free(problem.lead[one.lead].free, day, start, end),
        "room-needs": room.venue in one.venues
        and (not one.rooms or room.id in one.rooms)
        and (room.seats is None or one.people <= room.seats)
        and not one.equipment - room.equipment,
        "step-free": room.step_free or not one.step_free,
        "room-hours": free(room.hours or None, day, start, end)
        and all(b.weekday != day or b.ends <= start or end <= b.starts for b in room.booked),
    }
    return {code for code, holds in said.items() if not holds}


def _starts_well(problem, one, place) -> bool:
    return place.starts in one.starts if one.starts else place.starts % problem.step == 0


def free(windows, day, start, end) -> bool:
    """Whether somebody is free all the time."""
    return windows is None or any(w.weekday == day and w.starts <= start and end <= w.ends for w in windows)


def together(problem: Problem, a: Placement, b: Placement) -> set[str]:
    """Which rules two placements break together."""
    if a.weekday != b.weekday:
        return set()
    one, other = problem.one[a.series], problem.one[b.series]
    rooms = problem.room[a.room], problem.room[b.room]
    if a.starts + one.minutes <= b.starts:
        pause = b.starts - a.starts - one.minutes
    elif b.starts + other.minutes <= a.starts:
        pause = a.starts - b.starts - other.minutes
    else:
        pause = -1
    way = problem.travel_minutes(rooms[0].venue, rooms[1].venue)
    shared = set(one.learners) & set(other.learners)
    said = {
        "room-taken": a.room != b.room or pause >= rooms[0].gap,
        "lead-place": one.lead is None or one.lead != other.lead or pause >= way,
        "once-a-day": not any(problem.learner[pk].once_a_day for pk in shared),
        "learner-place": not shared or pause >= 0,
    }
    return {code for code, holds in said.items() if not holds}


def prices(problem: Problem, plan) -> dict[str, int]:
    """What a timetable costs in each tier."""
    fixed = [place for one in problem.series for place in one.fixed]
    everything = [*plan, *fixed]
    times = {one.id: len(one.fixed) or one.sessions for one in problem.series}
    placed = {place.series for place in everything}
    came = sum(
        free(problem.learner[pk].free, p.weekday, p.starts, p.starts + problem.one[p.series].minutes)
        for p in everything
        for pk in problem.one[p.series].learners
    )
    wanted = sum(times[one.id] * sum(need.places for need in one.needs) for one in problem.series)
    same = sum((p.weekday, p.starts) in [(s.weekday, s.starts) for s in problem.one[p.series].last] for p in plan)
    return {
        "unplaced": sum(one.priority for one in problem.series if one.id not in placed),
        "unreached": sum(times[one.id] * len(one.learners) for one in problem.series) - came,
        "short": wanted - filled(problem, everything),
        "headcount": wanted
        - sum(min(n.places, len(able(problem, p, n.role))) for p in everything for n in problem.one[p.series].needs),
        "moved": sum(one.sessions for one in problem.series if one.last and not one.fixed) - same,
        "rooms": len({(place.room, place.weekday) for place in everything}),
        "wishes": sum(
            wish.cost
            for p in plan
            for wish in problem.one[p.series].wishes
            if wish.time.weekday == p.weekday
            and wish.time.starts < p.starts + problem.one[p.series].minutes
            and p.starts < wish.time.ends
        ),
    }


def able(problem: Problem, place: Placement, role: str) -> list[int]:
    """The volunteers who could take a role at a session."""
    end = place.starts + problem.one[place.series].minutes
    return [
        one.id
        for one in problem.volunteers
        if role in one.roles
        and problem.room[place.room].venue in one.reach
        and one.a_day
        and one.a_week
        and free(one.free, place.weekday, place.starts, end)
    ]


def filled(problem: Problem, plan) -> int:
    """The most places filled, by a library's maximum flow."""
    flow, names = max_flow.SimpleMaxFlow(), {}

    def node(name) -> int:
        return names.setdefault(name, len(names))

    source, sink = node("source"), node("sink")
    for one in problem.volunteers:
        flow.add_arc_with_capacity(source, node(one.id), one.a_week)
        for day in range(7):
            flow.add_arc_with_capacity(node(one.id), node((one.id, day)), one.a_day)
    for place in plan:
        for need in problem.one[place.series].needs:
            flow.add_arc_with_capacity(node((place, need.role)), sink, need.places)
            for who in able(problem, place, need.role):
                if (who, place) not in names:
                    flow.add_arc_with_capacity(node((who, place.weekday)), node((who, place)), 1)
                flow.add_arc_with_capacity(node((who, place)), node((place, need.role)), 1)
    flow.solve(source, sink)
    return flow.optimal_flow()
