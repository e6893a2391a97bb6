"""The roster problem written down a second time, for CP-SAT, straight from the rules' words.

It shares the problem classes with the engine and nothing else: no gate, no rule, no tier.
"""

from datetime import date, datetime
from itertools import combinations

from ortools.sat.python import cp_model

from volunteers.matching.problem import Problem, Session, Volunteer


def may_come(problem: Problem, person: Volunteer, meeting: Session, role: str) -> bool:
    """Rule 1 and the bars."""
    day = meeting.starts_at.date()
    adult = person.adult_from is None or person.adult_from <= day
    cleared = person.child_clearance_until is not None and person.child_clearance_until >= day
    return (
        meeting.community in person.reach
        and meeting.programme in person.does
        and (meeting.programme != "child" or (cleared and adult))
        and (adult or meeting.ends_at <= datetime(day.year, day.month, day.day, 21))
        and not any(away.first <= day <= away.last for away in person.away)
        and (role != "lead" or (meeting.lesson in person.leads and adult))
        and all(has_skill(person, skill, day) for skill in needed(meeting, role))
        and person.window(meeting) is not None
        and (person.id, meeting.id) not in problem.barred
        and not any(problem.clash(person, busy, meeting) for busy in person.busy)
    )


def roles(meeting: Session) -> list[str]:
    """The words for what somebody may be at this session."""
    return ["helper", *(["lead"] if meeting.needs_lead else []), *(post.role for post in meeting.posts)]


def needed(meeting: Session, role: str) -> list[str]:
    """The skills of the session and those of the post."""
    return [*meeting.requires, *(skill for post in meeting.posts if post.role == role for skill in post.requires)]


def has_skill(person: Volunteer, skill: str, day: date) -> bool:
    """A skill counts up to its last day."""
    return any(name == skill and (until or day) >= day for name, until in person.skills)


def best_value(problem: Problem, seconds: float = 30) -> int:
    """The proven least value of the tiers added up; raises if it is not proven."""
    model = cp_model.CpModel()
    held = {s.id: model.new_bool_var("") for s in problem.sessions}
    x = {
        (v.id, s.id, role): model.new_bool_var("")
        for v in problem.volunteers
        for s in problem.sessions
        for role in roles(s)
        if may_come(problem, v, s, role)
    }
    y = {(v.id, s.id): [] for v in problem.volunteers for s in problem.sessions}
    for (v, s, _), chosen in x.items():
        y[v, s].append(chosen)
    _people(problem, model, y)
    _meetings(problem, model, held, x, y)
    model.minimize(_value(problem, model, held, x, y))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.max_time_in_seconds = seconds
    if solver.solve(model) != cp_model.OPTIMAL:
        raise AssertionError("CP-SAT proved nothing")
    return round(solver.objective_value)


def places(meeting: Session) -> list[tuple[str, int, int, int]]:
    """Role, minimum, wished and maximum of everything but the lead, for people with names."""
    posts = [(post.role, post.minimum, post.wished, post.maximum) for post in meeting.posts]
    least, wished, most = meeting.minimum, meeting.wished, meeting.maximum
    held_for_clubs = sum(count for _, count in meeting.reserved)
    for _ in range(held_for_clubs):
        # A child session keeps its floor, and where nobody leads a helper with a name is left.
        firm = meeting.minimum if meeting.programme == "child" or meeting.two_adults else int(not meeting.needs_lead)
        least = least - 1 if least > firm else least
        wished = wished - 1 if wished > least else wished
        most = most - 1 if most > max(least, firm) else most
    return [("helper", least, wished, most), *posts]


def _people(problem, model, y):
    for person in problem.volunteers:
        meetings = problem.sessions
        for meeting in meetings:
            model.add(sum(y[person.id, meeting.id]) <= 1)
        for one, other in combinations(meetings, 2):
            if problem.clash(person, one, other):
                model.add(sum(y[person.id, one.id]) + sum(y[person.id, other.id]) <= 1)
        for limit, period in (
            (person.max_total, lambda what: None),
            (person.max_per_day, lambda what: what.starts_at.date()),
            (person.max_per_week, lambda what: what.week),
            (person.max_per_month, lambda what: what.month),
        ):
            for one in {period(meeting) for meeting in meetings} if limit is not None else ():
                inside = [meeting for meeting in meetings if period(meeting) == one]
                promised = sum(period(busy) == one for busy in person.busy) if one else 0
                left = max(0, limit - promised)
                model.add(sum(sum(y[person.id, meeting.id]) for meeting in inside) <= left)


def _meetings(problem, model, held, x, y):
    for meeting in problem.sessions:
        here = held[meeting.id]
        everybody = sum(chosen for (_, s, _), chosen in x.items() if s == meeting.id)
        leads = sum(chosen for (_, s, role), chosen in x.items() if s == meeting.id and role == "lead")
        for role, minimum, _, maximum in places(meeting):
            people = sum(chosen for (_, s, own), chosen in x.items() if s == meeting.id and own == role)
            model.add(people >= minimum).only_enforce_if(here)
            model.add(people <= maximum)
        model.add(leads == int(meeting.needs_lead)).only_enforce_if(here)
        model.add(everybody == 0).only_enforce_if(here.negated())
        model.add(everybody >= 1).only_enforce_if(here)
        if meeting.two_adults:
            model.add(everybody >= 2).only_enforce_if(here)
        new = [sum(y[v.id, meeting.id]) for v in problem.volunteers if v.newcomer]
        model.add(2 * sum(new) <= everybody)
        for person in problem.volunteers:
            if person.not_alone and person.club is not None:
                club = [v.id for v in problem.volunteers if v.club == person.club and v.id != person.id]
                model.add(sum(y[person.id, meeting.id]) <= sum(sum(y[v, meeting.id]) for v in club))
        for one, other in problem.apart:
            model.add(sum(y[one, meeting.id]) + sum(y[other, meeting.id]) <= 1)
        for one, other in problem.together:
            model.add(sum(y[one, meeting.id]) <= sum(y[other, meeting.id]))


def _value(problem, model, held, x, y):
    weight = problem.weight
    terms = [weight["unheld"] * meeting.priority * (1 - held[meeting.id]) for meeting in problem.sessions]
    for meeting in problem.sessions:
        for role, minimum, wished, _ in places(meeting):
            people = sum(chosen for (_, s, own), chosen in x.items() if s == meeting.id and own == role)
            late = model.new_int_var(0, (wished - minimum) // 2, "")
            early = model.new_int_var(0, wished, "")
            model.add(people + late + early >= wished)
            terms.append(weight["short"] * (2 * late + 3 * early))
        silent = model.new_int_var(0, meeting.dialect_wished, "")
        speakers = sum(sum(y[v.id, meeting.id]) for v in problem.volunteers if v.dialect)
        model.add(speakers + silent >= meeting.dialect_wished)
        terms.append(weight["short"] * 2 * silent)
        terms += _company(problem, model, held[meeting.id], meeting, y)
    for person in problem.volunteers:
        if person.first_by:
            early = [m.id for m in problem.sessions if m.starts_at.date() <= person.first_by]
            late = model.new_bool_var("")
            model.add(late + sum(sum(y[person.id, session]) for session in early) >= 1)
            terms.append(weight["waiting"] * late)
    for person in problem.volunteers:
        load = model.new_int_var(0, len(problem.sessions), "")
        model.add(load == sum(sum(y[person.id, meeting.id]) for meeting in problem.sessions))
        square = model.new_int_var(0, (person.recent_load + len(problem.sessions)) ** 2, "")
        model.add_multiplication_equality(square, [load + person.recent_load, load + person.recent_load])
        terms.append(weight["uneven"] * (square - person.recent_load**2))
        for meeting in problem.sessions:
            terms.append(_pair_cost(problem, person, meeting) * sum(y[person.id, meeting.id]))
    return sum(terms)


def _company(problem, model, held, meeting, y):
    """Familiar faces, experienced people and liked company at one session."""
    weight = problem.weight
    for series, _, *known in problem.faces:
        if series == meeting.series:
            alone = model.new_bool_var("")
            model.add(alone + sum(sum(y[person, meeting.id]) for person in known) >= held)
            yield weight["faces"] * alone
    wanted = meeting.experienced_wished
    lacking, square = model.new_int_var(0, wanted, ""), model.new_int_var(0, wanted**2, "")
    experienced = sum(sum(y[v.id, meeting.id]) for v in problem.volunteers if not v.newcomer)
    model.add(lacking + experienced >= wanted).only_enforce_if(held)
    model.add_multiplication_equality(square, [lacking, lacking])
    yield weight["balance"] * square
    for one, other in set(problem.liked):
        missed = model.new_bool_var("")
        model.add(missed + sum(y[other, meeting.id]) >= sum(y[one, meeting.id]))
        yield weight["wishes"] * missed


def _pair_cost(problem, person, meeting):
    pair = (person.id, meeting.series)
    known = sum(count for v, series, count in problem.known if (v, series) == pair)
    strange = (0 if pair in problem.history else 2) - known
    km = problem.km(person.home, meeting.community)
    distance = 0 if person.home == meeting.community else 1 if km <= 2 else 2
    liking = dict(person.programme_cost).get(meeting.programme, 0)
    window = person.window(meeting)
    time = problem.possible_cost if window and not window.preferred else 0
    wishes = liking + person.weekday_cost[meeting.starts_at.weekday()] + distance + time
    return problem.weight["strange"] * strange + problem.weight["wishes"] * wishes
