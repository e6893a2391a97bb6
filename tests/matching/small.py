"""Small roster problems: one builder with defaults, and random ones full of clashes."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from volunteers.matching.problem import (
    PROGRAMMES,
    Away,
    Busy,
    Community,
    Lock,
    Placement,
    Post,
    Problem,
    Session,
    Travel,
    Volunteer,
    Window,
)

MONDAY = datetime(2026, 9, 7)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in the week of Monday, 7 September 2026."""
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


def session(number: int = 0, **changes: object) -> Session:
    """A two-hour phone desk on Monday afternoon for one to three helpers."""
    start = changes.get("starts_at", at(0, 14))
    given = {
        "id": number,
        "community": 0,
        "series": number,
        "programme": "desk",
        "starts_at": start,
        "ends_at": start + timedelta(hours=2),
        "lesson": None,
        "people": 0,
        "minimum": 1,
        "wished": 2,
        "maximum": 3,
        "needs_lead": False,
        "dialect_wished": 0,
        "priority": 3,
    }
    return Session(**(given | changes))


def volunteer(number: int = 0, **changes: object) -> Volunteer:
    """An experienced adult, cleared, free all month, who does everything at home."""
    given = {
        "id": number,
        "home": 0,
        "reach": (0,),
        "does": PROGRAMMES,
        "child_clearance_until": date(2027, 8, 31),
        "availability": (Window(at(-7, 0), at(35, 0), False),),
    }
    return Volunteer(**(given | changes))


def problem(sessions: list[Session], volunteers: list[Volunteer], **changes: object) -> Problem:
    """A problem in two communities five kilometres apart, half an hour on the way."""
    given = {"communities": (Community(0, 0, 0), Community(1, 3, 4)), "travel": Travel(5, 5)}
    return Problem(tuple(sessions), tuple(volunteers), **(given | changes))


def random_problem(seed: int) -> Problem:
    """Four sessions close together and six people, where every rule matters now and then."""
    chance = Random(seed)
    sessions = [_random_session(chance, number) for number in range(4)]
    people = [_random_volunteer(chance, number) for number in range(6)]
    pairs = [(p.id, s.id) for p in people for s in sessions]
    return problem(
        sessions,
        people,
        locked=tuple(Lock(*pair, chance.choice((None, "helper"))) for pair in chance.sample(pairs, 2)),
        barred=tuple(chance.sample(pairs, 2)),
    )


def _random_session(chance: Random, number: int) -> Session:
    programme = chance.choice(PROGRAMMES)
    minimum = chance.randint(1, 2)
    start = at(chance.choice((0, 0, 1, 7)), 13 + chance.randint(0, 4), chance.choice((0, 30)))
    return session(
        number,
        community=chance.randint(0, 1),
        programme=programme,
        starts_at=start,
        ends_at=start + timedelta(minutes=chance.choice((60, 90))),
        lesson=chance.choice(("pay", "wechat")),
        minimum=minimum,
        wished=minimum + 1,
        maximum=minimum + chance.randint(1, 2),
        needs_lead=programme == "senior",
        two_adults=programme == "child",
    )


def _random_volunteer(chance: Random, number: int) -> Volunteer:
    free = Window(at(0, 12), at(0, 16), True), Window(at(0, 16), at(chance.choice((0, 14)), 20), False)
    return volunteer(
        number,
        reach=chance.choice(((0, 1), (0, 1), (0,))),
        does=tuple(chance.sample(PROGRAMMES, 3 - (chance.random() < 0.2))),
        leads=chance.choice((("pay", "wechat"), ("pay",), ())),
        child_clearance_until=chance.choice((date(2027, 1, 1), date(2027, 1, 1), date(2026, 9, 7), None)),
        newcomer=chance.random() < 0.4,
        max_per_week=chance.choice((None, 1, 2)),
        max_per_month=chance.choice((None, None, 2)),
        max_total=chance.choice((None, 2, 3)),
        rest_minutes=chance.choice((0, 30, 720)),
        club=chance.choice((None, 1, 1, 2)),
        not_alone=chance.random() < 0.3,
        availability=free,
        adult_from=chance.choice((None, None, None, date(2026, 9, 8))),
        busy=(Busy(0, at(0, 17), at(0, 18)),) if chance.random() < 0.1 else (),
        first_by=chance.choice((None, None, date(2026, 9, 7), date(2026, 9, 27))),
    )


def rich_problem(seed: int) -> Problem:
    """A random problem that also has what files may leave out: further roles, skills, company and so on."""
    chance, plain = Random(f"rich {seed}"), random_problem(seed)
    people = range(len(plain.volunteers))
    sessions = tuple(_rich_session(chance, one) for one in plain.sessions)

    def some_pairs() -> tuple[tuple[int, int], ...]:
        return tuple(tuple(chance.sample(people, 2)) for _ in range(chance.choice((0, 1, 1, 2))))

    return replace(
        plain,
        sessions=sessions,
        volunteers=tuple(_rich_volunteer(chance, one) for one in plain.volunteers),
        apart=some_pairs(),
        together=some_pairs(),
        liked=some_pairs(),
        faces=tuple(
            (series, learner, *sorted(chance.sample(people, chance.randint(0, 3))))
            for series in sorted({one.series for one in sessions})
            for learner in range(chance.choice((0, 0, 1, 3)))
        ),
        possible_cost=chance.choice((0, 0, 1, 2)),
    )


def _rich_session(chance: Random, plain: Session) -> Session:
    least = chance.randint(0, 1)
    tutor = Post("tutor", least, 1, chance.randint(1, 2), chance.choice(((), ("maths",), ("maths", "sign"))))
    late = timedelta(hours=4 if chance.random() < 0.15 else 0)
    return replace(
        plain,
        series=plain.id // 2 if chance.random() < 0.3 else plain.series,
        starts_at=plain.starts_at + late,
        ends_at=plain.ends_at + late,
        posts=(tutor,) if chance.random() < 0.4 else (),
        requires=("sign",) if chance.random() < 0.15 else (),
        wished=(wished := plain.wished + chance.choice((0, 0, 1))),
        maximum=max(plain.maximum, wished),
        reserved=((chance.choice((1, 9)), chance.randint(1, 2)),) if chance.random() < 0.25 else (),
        experienced_wished=chance.choice((0, 0, 1, 2)),
    )


def _rich_volunteer(chance: Random, plain: Volunteer) -> Volunteer:
    expiring = (("maths", date(2026, 9, 7)), ("sign", date(2026, 9, 14)))
    return replace(
        plain,
        skills=chance.choice(((), (("maths", None), ("sign", None)), expiring)),
        away=(Away(date(2026, 9, chance.choice((7, 8))), date(2026, 9, 8), "exam"),) if chance.random() < 0.15 else (),
        max_per_day=chance.choice((None, None, 1, 2)),
        availability=(*plain.availability, Window(at(0, 20), at(0, 23), False)),
    )


def random_placements(chance: Random, given: Problem) -> list[Placement]:
    """Some people at some sessions, each in one role; most of them leave sessions alone."""
    often = chance.choice((0.1, 0.3, 0.6))
    further = sorted({post.role for meeting in given.sessions for post in meeting.posts})
    placed = []
    for meeting in given.sessions:
        if chance.random() < 0.4:
            continue
        lead = chance.choice(given.volunteers).id if meeting.needs_lead or chance.random() < 0.1 else None
        if lead is not None:
            placed.append(Placement(lead, meeting.id, "lead"))
        tutoring = further and chance.random() < (0.9 if meeting.posts else 0.1)
        for person in given.volunteers:
            if person.id != lead and chance.random() < often:
                role = chance.choice(further) if tutoring and chance.random() < 0.4 else "helper"
                placed.append(Placement(person.id, meeting.id, role))
    return placed
