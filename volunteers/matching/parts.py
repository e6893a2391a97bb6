"""The parts of a roster problem: who and what, keyed by whole numbers, never changing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

PROGRAMMES = ("senior", "child", "desk")
LEAD, HELPER = "lead", "helper"
ROLES = (LEAD, HELPER)
"""The roles every session may have; further ones are its `posts`."""
AWAY_KINDS = ("exam", "holiday", "away")


@dataclass(frozen=True, slots=True)
class Community:
    id: int
    x_km: float
    y_km: float
    street: int | None = None


@dataclass(frozen=True, slots=True)
class Travel:
    """Minutes between two different communities: a base and so many per kilometre."""

    base_minutes: float = 0
    minutes_per_km: float = 0


@dataclass(frozen=True, slots=True)
class Post:
    """A role in a session with places of its own, such as a greeter at the desk or a tutor of a subject.

    Whoever has it can do everything in `requires` on the session's date. `name` is what it is called on
    screen; without one it is called by its code.
    """

    role: str
    minimum: int
    wished: int
    maximum: int
    requires: tuple[str, ...] = ()
    name: str | None = None

    @property
    def second_half(self) -> int:
        """How many of the wished places are the less urgent ones."""
        return (self.wished - self.minimum) // 2


@dataclass(frozen=True, slots=True)
class Session:
    """One dated meeting; `minimum`, `wished`, `maximum` count helpers, never the lead or other posts.

    `posts` are further roles beside lead and helper; one person has one role. `requires` are skills or
    trainings that everybody there has, whatever the role. `reserved` are helpers' places held for a club
    without names, as (club, count); a name that comes takes one off the count. A held place is nobody: it
    is no adult, no speaker, no experienced person and no company. It only counts as a place, so there are
    so many fewer helpers to find (`helpers`). `experienced_wished` is how many experienced people, in any
    role, a held session should have.
    """

    id: int
    community: int
    series: int
    programme: str
    starts_at: datetime
    ends_at: datetime
    lesson: str | None
    people: int
    minimum: int
    wished: int
    maximum: int
    needs_lead: bool
    dialect_wished: int
    priority: int
    two_adults: bool = False
    posts: tuple[Post, ...] = ()
    requires: tuple[str, ...] = ()
    reserved: tuple[tuple[int, int], ...] = ()
    experienced_wished: int = 0

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles somebody may have here."""
        return (*((LEAD,) if self.needs_lead else ()), HELPER, *(post.role for post in self.posts))

    def post(self, role: str) -> Post | None:
        """The places of a role for people with names; None where the session has no such role."""
        if role == HELPER:
            return self.helpers
        if role == LEAD:
            return Post(LEAD, 1, 1, 1) if self.needs_lead else None
        return next((post for post in self.posts if post.role == role), None)

    @property
    def helpers(self) -> Post:
        """The helpers' places for people with names.

        A held place takes one off the wish and off the maximum, and one off the minimum unless children
        are there: their safety is a matter of people, not of places. Nor do held places alone make a
        session: without a lead, one place at least is for a helper with a name.
        """
        if not self.reserved:
            return Post(HELPER, self.minimum, self.wished, self.maximum)
        taken = sum(count for _, count in self.reserved)
        someone = 0 if self.needs_lead else 1
        children = self.two_adults or self.programme == "child"
        floor = self.minimum if children else max(self.minimum - taken, min(self.minimum, someone))
        ceiling = max(floor, self.maximum - taken, min(self.maximum, someone))
        return Post(HELPER, floor, max(floor, self.wished - taken), ceiling)

    @property
    def helped(self) -> tuple[Post, ...]:
        """The places of every role but the lead's, for people with names: helpers first."""
        return (self.helpers, *self.posts)

    @property
    def week(self) -> tuple[int, int]:
        """ISO year and week."""
        return self.starts_at.isocalendar()[:2]

    @property
    def month(self) -> tuple[int, int]:
        """Calendar year and month."""
        return self.starts_at.year, self.starts_at.month


@dataclass(frozen=True, slots=True)
class Window:
    """A time a volunteer has said is free."""

    starts_at: datetime
    ends_at: datetime
    preferred: bool


@dataclass(frozen=True, slots=True)
class Busy:
    """A time a volunteer has promised to something that is not planned here.

    It takes the way there and counts in the week and the month.
    """

    community: int
    starts_at: datetime
    ends_at: datetime

    @property
    def week(self) -> tuple[int, int]:
        """ISO year and week."""
        return self.starts_at.isocalendar()[:2]

    @property
    def month(self) -> tuple[int, int]:
        """Calendar year and month."""
        return self.starts_at.year, self.starts_at.month


def _meet(window: Window, session: Session) -> bool:
    return window.starts_at < session.ends_at and session.starts_at < window.ends_at


def _holding(windows: list[Window], session: Session) -> Window | None:
    """One of these times that holds the whole session, or else all of them joined if they do."""
    for window in windows:
        if window.starts_at <= session.starts_at and session.ends_at <= window.ends_at:
            return window
    return _joined(sorted(windows, key=lambda window: window.starts_at), session)


def _joined(windows: list[Window], session: Session) -> Window | None:
    if not windows or windows[0].starts_at > session.starts_at:
        return None
    until = windows[0].ends_at
    for window in windows[1:]:
        if window.starts_at > until:
            return None
        until = max(until, window.ends_at)
    if until < session.ends_at:
        return None
    return Window(windows[0].starts_at, until, all(window.preferred for window in windows))


@dataclass(frozen=True, slots=True)
class Away:
    """Days, both included, on which somebody cannot come at all: an exam week, a holiday, or away."""

    first: date
    last: date
    kind: str = "away"

    def meets(self, session: Session) -> bool:
        """Whether the session is on one of the days."""
        return self.first <= session.ends_at.date() and session.starts_at.date() <= self.last


@dataclass(frozen=True, slots=True)
class Volunteer:
    """A person who helps. A limit of None is no limit.

    `adult_from` is the day of coming of age; None means an adult throughout. `first_by` is the last
    day for the first session of somebody who waits for one; None for everybody else. `skills` are skills
    and trainings with the last day they are valid, None for ever.
    """

    id: int
    home: int
    reach: tuple[int, ...]
    does: tuple[str, ...]
    leads: tuple[str, ...] = ()
    child_clearance_until: date | None = None
    dialect: bool = False
    newcomer: bool = False
    max_per_week: int | None = None
    max_per_month: int | None = None
    max_total: int | None = None
    rest_minutes: int = 0
    club: int | None = None
    not_alone: bool = False
    recent_load: int = 0
    availability: tuple[Window, ...] = ()
    busy: tuple[Busy, ...] = ()
    programme_cost: tuple[tuple[str, int], ...] = ()
    weekday_cost: tuple[int, ...] = (0,) * 7
    adult_from: date | None = None
    name: str | None = None
    first_by: date | None = None
    skills: tuple[tuple[str, date | None], ...] = ()
    away: tuple[Away, ...] = ()
    max_per_day: int | None = None

    def can(self, skill: str, day: date) -> bool:
        """Whether the volunteer has a skill or training that has not run out by that day."""
        return any(name == skill and (until is None or day <= until) for name, until in self.skills)

    def window(self, session: Session) -> Window | None:
        """The stated free time that holds the whole session; None where there is none.

        Times that touch or overlap count as one; it is preferred where preferred times hold it all.
        """
        around = [w for w in self.availability if _meet(w, session)]
        preferred = [w for w in around if w.preferred]
        return _holding(preferred, session) or _holding(around, session)


@dataclass(frozen=True, slots=True, order=True)
class Placement:
    """One volunteer at one session in one role."""

    volunteer: int
    session: int
    role: str


@dataclass(frozen=True, slots=True)
class Lock:
    """An agreement the engine keeps; without a role any role keeps it."""

    volunteer: int
    session: int
    role: str | None = None
