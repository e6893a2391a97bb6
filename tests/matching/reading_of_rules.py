"""The rules read a second time: a judge written from the words of docs/matching.md alone.

It shares the problem's fields with the engine, and not one line of what they mean: no rule, no tier,
no helper property of a session. Three looks say everything: at one person in one place (`may_not`),
at the people of one session (`room_faults`), and at one person's whole plan (`person_faults`).
"""

from collections import Counter
from datetime import datetime, time, timedelta
from math import ceil, hypot

from volunteers.matching.problem import Placement, Problem, Session, Volunteer

CODES = (
    *("community", "programme", "lesson", "skills", "adult", "clearance", "away", "free", "barred"),
    *("one-place", "day-limit", "week-limit", "month-limit", "total-limit"),
    *("staffed", "two-adults", "newcomers", "club", "apart", "together", "locked"),
)
"""Every rule, in the order of explanations."""

type Room = list[tuple[Volunteer, str]]


def faults(problem: Problem, placements: list[Placement]) -> set[str]:
    """The codes of the rules that a plan breaks."""
    people = {person.id: person for person in problem.volunteers}
    meetings = {meeting.id: meeting for meeting in problem.sessions}
    found = set()
    for placement in placements:
        found |= may_not(problem, people[placement.volunteer], meetings[placement.session], placement.role)
    for meeting in problem.sessions:
        here = [(people[p.volunteer], p.role) for p in placements if p.session == meeting.id]
        found |= room_faults(problem, meeting, here)
    for person in problem.volunteers:
        found |= person_faults(problem, person, [meetings[p.session] for p in placements if p.volunteer == person.id])
    for lock in agreed(problem):
        here = [(people[p.volunteer], p.role) for p in placements if p.session == lock[1]]
        found |= {"locked"} if here and not lock_kept(lock, meetings[lock[1]], here) else set()
    return found


# --- one person in one place ----------------------------------------------------------------------


def may_not(problem: Problem, person: Volunteer, meeting: Session, role: str) -> set[str]:
    """The rules that keep this person from this role at this session, whoever else comes."""
    day = meeting.starts_at.date()
    minor = person.adult_from is not None and day < person.adult_from
    children = meeting.programme == "child"
    late = meeting.ends_at > datetime.combine(day, time(21))
    valid = {skill for skill, until in person.skills if until is None or until >= day}
    asked = {skill for post in meeting.posts if post.role == role for skill in post.requires} | {*meeting.requires}
    days = {day, meeting.ends_at.date()}
    verdicts = {
        "community": meeting.community not in person.reach,
        "programme": meeting.programme not in person.does,
        "lesson": role == "lead" and meeting.lesson not in person.leads,
        "skills": not asked <= valid,
        "adult": minor and (role == "lead" or children or late),
        "clearance": children and not cleared(person, meeting),
        "away": any(first <= one <= last for one in days for first, last in away_days(person)),
        "free": not covered(person, meeting, preferred=False),
        "barred": (person.id, meeting.id) in problem.barred,
    }
    return {code for code, broken in verdicts.items() if broken}


def cleared(person: Volunteer, meeting: Session) -> bool:
    """The background check is valid on the session's date."""
    return person.child_clearance_until is not None and meeting.starts_at.date() <= person.child_clearance_until


def away_days(person: Volunteer):
    """First and last days of exam weeks, holidays and absences, both included."""
    return [(away.first, away.last) for away in person.away]


def covered(person: Volunteer, meeting: Session, *, preferred: bool) -> bool:
    """The stated times, or the preferred ones alone, hold the whole session, taken together."""
    times = [window for window in person.availability if window.preferred or not preferred]
    now, moved = meeting.starts_at, True
    while now < meeting.ends_at and moved:
        reached = max((w.ends_at for w in times if w.starts_at <= now), default=now)
        moved, now = reached > now, max(now, reached)
    return now >= meeting.ends_at


# --- the people of one session --------------------------------------------------------------------


def room_faults(problem: Problem, meeting: Session, here: Room) -> set[str]:
    """The rules that the people at one session break together; nobody there breaks none."""
    if not here:
        return set()
    people = {person.id: person for person, _ in here}
    day = meeting.starts_at.date()
    adults = [person for person, _ in here if person.adult_from is None or person.adult_from <= day]
    new = sum(person.newcomer for person, _ in here)
    clubs = Counter(person.club for person in people.values())
    verdicts = {
        "staffed": not staffed(meeting, Counter(role for _, role in here)),
        "two-adults": meeting.two_adults and sum(cleared(person, meeting) for person in adults) < 2,
        "newcomers": new > len(here) - new,
        "club": any(one.not_alone and one.club is not None and clubs[one.club] < 2 for one in people.values()),
        "apart": any(one in people and other in people for one, other in problem.apart),
        "together": any(one in people and other not in people for one, other in problem.together),
    }
    return {code for code, broken in verdicts.items() if broken}


def places(meeting: Session) -> dict[str, tuple[int, int, int]]:
    """Minimum, wished and maximum of every role for people with names; the lead's is exactly one."""
    found = {post.role: (post.minimum, post.wished, post.maximum) for post in meeting.posts}
    if meeting.needs_lead:
        found["lead"] = (1, 1, 1)
    held_back = sum(count for _, count in meeting.reserved)
    least, most = meeting.minimum, meeting.maximum
    if held_back:
        # The floor of a child session is for people, and a session without a lead needs somebody with a name.
        keep = meeting.minimum if meeting.programme == "child" or meeting.two_adults else 0
        someone = 0 if meeting.needs_lead else 1
        least = max(keep, meeting.minimum - held_back, min(someone, meeting.minimum))
        most = max(least, meeting.maximum - held_back, min(someone, meeting.maximum))
    found["helper"] = (least, max(least, meeting.wished - held_back), most)
    return found


def staffed(meeting: Session, counts: Counter) -> bool:
    """Enough and not too many in every role the session has, and nobody in another role."""
    allowed = places(meeting)
    return counts.keys() <= allowed.keys() and all(
        least <= counts[role] <= most for role, (least, _, most) in allowed.items()
    )


# --- one person's whole plan ----------------------------------------------------------------------


def person_faults(problem: Problem, person: Volunteer, meetings: list[Session]) -> set[str]:
    """The rules that one person's sessions break together, promises elsewhere included."""
    elsewhere = [(busy.community, busy.starts_at, busy.ends_at) for busy in person.busy]
    own = [(meeting.community, meeting.starts_at, meeting.ends_at) for meeting in meetings]
    verdicts = {
        "one-place": any(
            crowded(problem, person, one, other)
            for place, one in enumerate(own)
            for other in (*own[place + 1 :], *elsewhere)
        ),
        "total-limit": bool(own) and person.max_total is not None and len(own) > person.max_total,
    }
    limits = {
        "day-limit": (person.max_per_day, lambda moment: moment.date()),
        "week-limit": (person.max_per_week, lambda moment: moment.isocalendar()[:2]),
        "month-limit": (person.max_per_month, lambda moment: (moment.year, moment.month)),
    }
    for code, (most, period) in limits.items():
        taken = Counter(period(start) for _, start, _ in (*own, *elsewhere))
        verdicts[code] = most is not None and any(taken[period(start)] > most for _, start, _ in own)
    return {code for code, broken in verdicts.items() if broken}


def crowded(problem: Problem, person: Volunteer, one, other) -> bool:
    """The later one starts before the person has rested and got there."""
    (here, _, until), (there, start, _) = sorted((one, other), key=lambda time: time[1:])
    pause = max(timedelta(minutes=person.rest_minutes), way(problem, here, there))
    return start < until + pause


def way(problem: Problem, here: int, there: int) -> timedelta:
    """The time on the way between two communities, in whole minutes rounded up; none inside one."""
    if here == there:
        return timedelta()
    minutes = problem.travel.base_minutes + problem.travel.minutes_per_km * distance(problem, here, there)
    return timedelta(minutes=ceil(round(minutes, 6)))


def distance(problem: Problem, here: int, there: int) -> float:
    """Kilometres as the crow flies."""
    places = {community.id: (community.x_km, community.y_km) for community in problem.communities}
    return hypot(places[here][0] - places[there][0], places[here][1] - places[there][1])


# --- agreements -----------------------------------------------------------------------------------


def agreed(problem: Problem) -> list[tuple[int, int, str | None]]:
    """The locks that can stand: each is tried in the file's order beside those before it.

    One that breaks a rule which nobody else's coming could mend is left out.
    """
    people = {person.id: person for person in problem.volunteers}
    meetings = {meeting.id: meeting for meeting in problem.sessions}
    kept, plan = [], []
    for lock in dict.fromkeys((lock.volunteer, lock.session, lock.role) for lock in problem.locked):
        person, meeting = people[lock[0]], meetings[lock[1]]
        for role in lock_roles(lock, meeting):
            here = [(people[v], own) for v, s, own in plan if s == meeting.id]
            own = [meetings[s] for v, s, _ in plan if v == person.id]
            if not lock_faults(problem, person, meeting, role, here, own):
                kept.append(lock)
                plan.append((person.id, meeting.id, role))
                break
    return kept


def lock_roles(lock, meeting: Session) -> list[str]:
    """The roles that keep a lock; without one named any role does, helping first."""
    others = [*(["lead"] if meeting.needs_lead else []), *(post.role for post in meeting.posts)]
    return [lock[2]] if lock[2] else ["helper", *others]


def lock_kept(lock, meeting: Session, here: Room) -> bool:
    """The agreed person is there in an agreed role."""
    return any(person.id == lock[0] and role in lock_roles(lock, meeting) for person, role in here)


def lock_faults(problem, person: Volunteer, meeting: Session, role: str, here: Room, own: list[Session]) -> bool:
    """Whether joining these agreements breaks a rule that more people could not mend."""
    allowed = places(meeting)
    too_many = role not in allowed or sum(other == role for _, other in here) >= allowed[role][2]
    there = {one.id for one, _ in here}
    enemies = {b for a, b in problem.apart if a == person.id} | {a for a, b in problem.apart if b == person.id}
    company = [other for one, other in problem.together if one == person.id]
    return bool(
        may_not(problem, person, meeting, role)
        or person_faults(problem, person, [*own, meeting])
        or too_many
        or there & enemies
        or any(not possible(problem, other, meeting) for other in company)
    )


def possible(problem: Problem, number: int, meeting: Session) -> bool:
    """Whether somebody could have any role at the session."""
    found = [person for person in problem.volunteers if person.id == number]
    return any(not may_not(problem, person, meeting, role) for person in found for role in places(meeting))


# --- what a plan costs ----------------------------------------------------------------------------


def prices(problem: Problem, placements: list[Placement]) -> dict[str, int]:
    """What a plan costs in each tier."""
    people = {person.id: person for person in problem.volunteers}
    meetings = {meeting.id: meeting for meeting in problem.sessions}
    total = Counter(dict.fromkeys(("unheld", "short", "faces", "strange", "balance", "wishes", "change"), 0))
    for meeting in problem.sessions:
        here = [(people[p.volunteer], p.role) for p in placements if p.session == meeting.id]
        total.update(room_prices(problem, meeting, here))
    for person in problem.volunteers:
        own = [meetings[p.session] for p in placements if p.volunteer == person.id]
        total.update(person_prices(person, own))
    known = {(p.volunteer, p.session) for p in problem.previous or ()}
    total["change"] += sum(session not in meetings for _, session in known)
    return dict(total)


def room_prices(problem: Problem, meeting: Session, here: Room) -> dict[str, int]:
    """What the people of one session cost: all tiers that do not look at somebody's other sessions."""
    roles = Counter(role for _, role in here)
    speakers = sum(person.dialect for person, _ in here)
    there = {person.id for person, _ in here}
    lacking = sum(lack(roles[role], *numbers) for role, numbers in places(meeting).items() if role != "lead")
    learners = [known for series, _, *known in problem.faces if series == meeting.series]
    experienced = sum(not person.newcomer for person, _ in here)
    missed = [(a, b) for a, b in {*problem.liked} if a in there and b not in there]
    before = {p.volunteer for p in problem.previous or () if p.session == meeting.id}
    return {
        "unheld": 0 if here else meeting.priority,
        "short": lacking + 2 * max(0, meeting.dialect_wished - speakers),
        "faces": sum(not there & {*known} for known in learners) if here else 0,
        "balance": max(0, meeting.experienced_wished - experienced) ** 2 if here else 0,
        "strange": sum(strangeness(problem, person, meeting) for person, _ in here),
        "wishes": sum(dislike(problem, person, meeting) for person, _ in here) + len(missed),
        "change": 0 if problem.previous is None else len(before ^ there),
    }


def lack(people: int, minimum: int, wished: int, maximum: int) -> int:
    """2 for each place of the second half of the wish, 3 for each of the first half."""
    second_half = (wished - minimum) // 2
    return sum(2 if place > wished - second_half else 3 for place in range(people + 1, wished + 1))


def strangeness(problem: Problem, person: Volunteer, meeting: Session) -> int:
    """2 for somebody who was not there last time, less the learners known."""
    was_there = any(row == (person.id, meeting.series) for row in problem.history)
    return 2 * (not was_there) - sum(n for v, series, n in problem.known if (v, series) == (person.id, meeting.series))


def dislike(problem: Problem, person: Volunteer, meeting: Session) -> int:
    """Programme, weekday, distance and a time that is not a preferred one."""
    cost = sum(price for programme, price in person.programme_cost if programme == meeting.programme)
    cost += person.weekday_cost[meeting.starts_at.isoweekday() - 1]
    if person.home != meeting.community:
        cost += 1 if distance(problem, person.home, meeting.community) <= 2 else 2
    free = covered(person, meeting, preferred=False)
    return cost + problem.possible_cost * (free and not covered(person, meeting, preferred=True))


def person_prices(person: Volunteer, meetings: list[Session]) -> dict[str, int]:
    """What one person's load costs, and waiting for a first session in vain."""
    started = any(person.first_by and meeting.starts_at.date() <= person.first_by for meeting in meetings)
    return {
        "waiting": int(person.first_by is not None and not started),
        "uneven": (person.recent_load + len(meetings)) ** 2 - person.recent_load**2,
    }
