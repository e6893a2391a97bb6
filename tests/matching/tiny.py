"""Problems so small that every plan can be tried: two or three sessions and three to five people.

Each has a few of the engine's features in plenty and the others at rest, so that a rule is often the one
thing that stands in the way. The same number makes the same problem.
"""

from datetime import date, timedelta
from random import Random

from tests.matching.small import at, problem, session, volunteer
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

STRICT = (
    *("reach", "does", "leads", "skills", "minors", "clearance", "away", "free", "barred"),
    *("crowd", "travel", "busy", "day", "week", "month", "total"),
    *("floor", "adults", "newcomers", "clubs", "apart", "together", "locks"),
)
"""Features that forbid something."""
NICE = (
    *("posts", "reserved", "dialect", "waiting", "faces", "known", "experienced", "loads", "wishes", "possible"),
    *("liked", "previous", "weights"),
)
"""Features that make one plan better than another."""
MONTH_END = 23
"""Days from the Monday of `small` to Wednesday, 30 September 2026: the next day is another month."""


class _Chance(Random):
    """A source of chance that knows which features the problem has."""

    def __init__(self, seed: int) -> None:
        super().__init__(f"tiny {seed}")
        self.on = {*self.sample(STRICT, self.choice((1, 2, 3, 5))), *self.sample(NICE, self.choice((2, 4, 8)))}

    def often(self, feature: str, share: float = 0.6) -> bool:
        """Whether something of this feature is there."""
        return feature in self.on and self.random() < share


def tiny_problem(seed: int) -> Problem:
    """A problem with a few features, full of clashes."""
    chance = _Chance(seed)
    sessions = [_session(chance, number) for number in range(chance.choice((2, 3, 3)))]
    people = [_volunteer(chance, number, sessions) for number in range(chance.choice((3, 4, 5, 5)))]
    pairs = [(person.id, meeting.id) for person in people for meeting in sessions]
    return problem(
        sessions,
        people,
        communities=(Community(0, 0, 0), Community(1, 1, 1), Community(2, 3, 4)),
        travel=Travel(5, chance.choice((5, 6.5))),
        weights=_weights(chance),
        history=tuple(pair for pair in _series_pairs(sessions, people) if chance.often("known", 0.4)),
        known=tuple((*pair, chance.randint(1, 4)) for pair in _series_pairs(sessions, people) if chance.often("known")),
        locked=tuple(_lock(chance, sessions, pair) for pair in pairs if chance.often("locks", 0.2)),
        barred=tuple(pair for pair in pairs if chance.often("barred", 0.25)),
        previous=_previous(chance, sessions, pairs),
        apart=_couples(chance, "apart", len(people)),
        together=_couples(chance, "together", len(people)),
        liked=_couples(chance, "liked", len(people)),
        faces=tuple(
            (series, learner, *sorted(chance.sample(range(len(people)), chance.randint(0, 2))))
            for series in sorted({meeting.series for meeting in sessions})
            for learner in range(3)
            if chance.often("faces")
        ),
        possible_cost=chance.randint(1, 9) if chance.often("possible", 0.9) else 0,
    )


def _session(chance: _Chance, number: int) -> Session:
    programme = "child" if chance.often("clearance") else chance.choice(PROGRAMMES)
    least = chance.choice((0, 1, 2, 2, 3)) if "floor" in chance.on else chance.choice((1, 1, 2))
    wished = least + chance.randint(0, 2)
    day = chance.choice((MONTH_END, MONTH_END + 1)) if chance.often("month") else chance.choice((0, 0, 0, 1, 6, 7))
    start = at(day, chance.randint(13, 15 if "crowd" in chance.on else 19), chance.choice((0, 30)))
    late = chance.often("minors", 0.3)
    start = start.replace(hour=chance.choice((19, 20)), minute=0) if late else start
    return session(
        number,
        community=chance.randint(0, 2) if chance.often("travel", 0.8) else 0,
        series=chance.randint(0, 1),
        programme=programme,
        starts_at=start,
        ends_at=start + timedelta(minutes=chance.choice((60, 90))),
        lesson=chance.choice(("pay", "wechat")),
        minimum=least,
        wished=wished,
        maximum=wished + chance.randint(0, 1),
        needs_lead=chance.random() < (0.7 if programme == "senior" else 0.1),
        dialect_wished=chance.randint(0, 2) if chance.often("dialect") else 0,
        priority=chance.randint(0, 9),
        two_adults=programme == "child" if chance.random() < 0.9 else chance.often("adults"),
        posts=_posts(chance),
        requires=("sign",) if chance.often("skills", 0.4) else (),
        reserved=((chance.randint(1, 9), chance.randint(1, 2)),) if chance.often("reserved") else (),
        experienced_wished=chance.randint(1, 3) if chance.often("experienced", 0.9) else 0,
    )


def _posts(chance: _Chance) -> tuple[Post, ...]:
    if not chance.often("posts"):
        return ()
    least = chance.randint(0, 1)
    requires = ("maths",) if chance.often("skills") else ()
    return (Post("tutor", least, least + chance.randint(0, 1), least + 1, requires),)


def _volunteer(chance: _Chance, number: int, sessions: list[Session]) -> Volunteer:
    def limit(feature: str) -> int | None:
        return chance.randint(0, 2) if chance.often(feature) else None

    dates = sorted({meeting.starts_at.date() for meeting in sessions})
    child = date(2026, 9, 7), date(2026, 9, 8), dates[0], None
    return volunteer(
        number,
        home=chance.randint(0, 2) if chance.often("travel") else 0,
        reach=tuple(chance.sample(range(3), chance.randint(1, 3))) if chance.often("reach") else (0, 1, 2),
        does=tuple(chance.sample(PROGRAMMES, chance.randint(1, 2))) if chance.often("does") else PROGRAMMES,
        leads=chance.choice((("pay",), ("wechat",), ())) if "leads" in chance.on else ("pay", "wechat"),
        child_clearance_until=chance.choice(child) if chance.often("clearance") else date(2027, 8, 31),
        dialect=chance.often("dialect", 0.4),
        newcomer=chance.often("newcomers") or chance.often("experienced", 0.3),
        max_per_day=limit("day"),
        max_per_week=limit("week"),
        max_per_month=limit("month"),
        max_total=limit("total"),
        rest_minutes=chance.choice((30, 90, 720)) if chance.often("crowd") else 0,
        club=chance.choice((None, 1, 1, 2)) if "clubs" in chance.on else None,
        not_alone=chance.often("clubs"),
        recent_load=chance.randint(0, 3) if chance.often("loads") else 0,
        availability=tuple(_windows(chance, sessions)),
        busy=tuple(_busy(chance, sessions)),
        programme_cost=((chance.choice(PROGRAMMES), chance.randint(-2, 3)),) if chance.often("wishes") else (),
        weekday_cost=tuple(chance.randint(-1, 2) if chance.often("wishes") else 0 for _ in range(7)),
        adult_from=chance.choice((*dates, date(2027, 1, 1))) if chance.often("minors", 0.5) else None,
        first_by=chance.choice(dates) if chance.often("waiting") else None,
        skills=tuple((skill, chance.choice((None, *dates))) for skill in ("maths", "sign") if chance.random() < 0.7),
        away=tuple(Away(*sorted(chance.choices(dates, k=2)), "exam") for _ in range(1) if chance.often("away", 0.4)),
    )


def _windows(chance: _Chance, sessions: list[Session]):
    """All month, or a few times that cover sessions whole, in two parts that touch, or nearly."""
    if not chance.often("free", 0.7) and not chance.often("possible", 0.5):
        yield Window(at(-7, 0), at(35, 0), chance.random() < 0.5)
        return
    for meeting in sessions:
        middle = meeting.starts_at + timedelta(minutes=30)
        gap = timedelta(minutes=chance.choice((0, 0, 0, 10)))
        short = timedelta(minutes=chance.choice((0, 0, 15)))
        if chance.random() < 0.6:
            yield Window(meeting.starts_at, meeting.ends_at - short, chance.random() < 0.5)
        if chance.random() < 0.7:
            yield Window(meeting.starts_at - timedelta(hours=1), middle, chance.random() < 0.6)
            yield Window(middle + gap, meeting.ends_at, chance.random() < 0.6)


def _busy(chance: _Chance, sessions: list[Session]):
    for meeting in sessions:
        if chance.often("busy", 0.2):
            start = meeting.starts_at + timedelta(minutes=chance.choice((-180, -90, 0, 120)))
            yield Busy(chance.randint(0, 2), start, start + timedelta(minutes=60))


def _series_pairs(sessions: list[Session], people: list[Volunteer]) -> list[tuple[int, int]]:
    return [(person.id, series) for person in people for series in sorted({meeting.series for meeting in sessions})]


def _weights(chance: _Chance) -> tuple[tuple[str, int], ...]:
    """The usual weights, or any, so that no tier always comes first."""
    if "weights" not in chance.on:
        return problem([], []).weights
    return tuple((tier, chance.choice((0, 1, 3, 10, 40))) for tier, _ in problem([], []).weights)


def _lock(chance: _Chance, sessions: list[Session], pair: tuple[int, int]) -> Lock:
    roles = [None, None, "helper", "lead", *(post.role for post in sessions[pair[1]].posts)]
    return Lock(*pair, chance.choice(roles))


def _previous(chance: _Chance, sessions: list[Session], pairs) -> tuple[Placement, ...] | None:
    if "previous" not in chance.on:
        return None
    return tuple(Placement(*pair, "helper") for pair in pairs if chance.random() < 0.4)


def _couples(chance: _Chance, feature: str, people: int) -> tuple[tuple[int, int], ...]:
    count = chance.randint(1, 2) if chance.often(feature, 0.9) else 0
    return tuple(tuple(chance.sample(range(people), 2)) for _ in range(count))


def any_plan(seed: int, given: Problem) -> list[Placement]:
    """Some people at some sessions in roles that mostly exist there."""
    chance = Random(f"plan {seed}")
    share, found = chance.choice((0.15, 0.4, 0.8)), []
    for meeting in given.sessions:
        roles = ["helper", *(["lead"] if meeting.needs_lead else []), *(post.role for post in meeting.posts)]
        stranger = chance.random() < 0.05
        for person in given.volunteers:
            if chance.random() < share:
                found.append(Placement(person.id, meeting.id, "lead" if stranger else chance.choice(roles)))
            if chance.random() < 0.01:
                found.append(Placement(person.id, meeting.id, chance.choice(("lead", "tutor"))))
    return list(dict.fromkeys(found))
