"""Whom to recruit: one small integer programme in which people join who do not exist yet.

Dual prices mislead here (one more person at the dearest place does not fill the next one), so
virtual recruits take part under the same rules as everybody else, and the fewest that fill
the empty places are chosen. A second solve with nobody but them then proves that they suffice.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from volunteers.matching.highs import minimise
from volunteers.matching.model import Model
from volunteers.matching.preferences import costs
from volunteers.matching.problem import HELPER, LEAD, Placement, Problem, Session, Volunteer, Window
from volunteers.matching.slices import cut
from volunteers.matching.solve import build, solve
from volunteers.matching.standing import Standing
from volunteers.matching.words import PROGRAMMES, WEEKDAYS, called, day

MORNING, AFTERNOON, AFTER_SCHOOL, EVENING = "上午", "下午", "放学后", "晚上"
NOON, DUSK = 12, 18
FIRST_TIMER, PRACTISED = 10, 11
"""The price of a recruit: as few as possible, and only where it must be somebody with practice."""
PRICES = {"unheld": 1000, "short": 100, "recruit": 1}
PER_WEEK = 2


@dataclass(frozen=True, slots=True, order=True)
class Kind:
    """What a recruit must bring: where, when, what for. `practised` = has helped before.

    `skills` are what session and role require, `title` is what the role is called on screen.
    """

    community: int
    programme: str
    weekday: int
    part: str
    role: str = HELPER
    practised: bool = False
    skills: tuple[str, ...] = ()
    title: str = ""

    def fits(self, session: Session) -> bool:
        """Whether the session has this role, with these skills, at this place and time of the week."""
        if self.role not in session.roles:
            return False
        return self == replace(kind_of(session, self.role), practised=self.practised)


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many recruits of one kind, the places they take, and how many of those sessions nobody holds yet.

    `practised` of the recruits must have helped before; the others may be first-timers. `when` says
    how often people of this kind are lacking over the weeks of the plan.
    """

    kind: Kind
    count: int
    practised: int
    places: int
    held: int
    sessions: tuple[int, ...]
    text: str
    when: str = ""

    @property
    def sentence(self) -> str:
        """Both: 每周三放学后缺 2 位辅导：再请 2 位…，可以补上 7 个名额."""
        return f"{self.when}：{self.text}"


@dataclass(frozen=True, slots=True)
class Recruiting:
    """Whom to recruit, and what the plan lacks before and after.

    `proven`: the solve with these recruits reached `after`, and no fewer do. Nobody who has a
    place is moved for it. `empty` counts the places without anybody.
    """

    wanted: tuple[Wanted, ...]
    before: dict[str, int]
    after: dict[str, int]
    proven: bool
    seconds: float
    empty: int = 0

    @property
    def text(self) -> str:
        """Such as 缺 12 个名额，请到 5 位就都能补上."""
        if not self.empty:
            return "没有空着的名额"
        filled = sum(one.places for one in self.wanted)
        if not any(self.after.values()):
            return f"缺 {self.empty} 个名额，请到 {self.people} 位就都能补上"
        return f"缺 {self.empty} 个名额，请到 {self.people} 位能补上 {filled} 个"

    @property
    def people(self) -> int:
        """How many people are to be recruited."""
        return sum(one.count for one in self.wanted)


def recruit(
    problem: Problem,
    placements: tuple[Placement, ...],
    *,
    most: int | None = None,
    per_week: int = PER_WEEK,
    seconds: float = 5.0,
    seed: int = 0,
) -> Recruiting:
    """The fewest new people who fill the empty places of a plan that breaks no rule.

    With `most`, those so many who fill most. Each serves up to `per_week` sessions a week, in
    one community, one programme and one part of one weekday; leads have practice.
    """
    began = time.perf_counter()
    standing = Standing(problem, placements)
    lacking = [s for s in problem.sessions if lacks(standing, s)]
    inside = {session.id for session in lacking}
    part = _silent(cut(problem, placements, inside, fixed=inside))
    guests = _guests(standing, lacking, per_week)
    first = time.perf_counter()
    chosen, proven = _choose(part, guests, most, seconds, seed)
    left = max(0.1, seconds - (time.perf_counter() - first))
    joined = replace(part, volunteers=(*part.volunteers, *(guests[pk][1] for pk in chosen)))
    answer = solve(joined, seconds=left, seed=seed, tiers=("unheld", "short"))
    after = {tier.tier: tier.value for tier in answer.tiers if tier.tier in ("unheld", "short")}
    stays = tuple(p for p in placements if p.session in inside)
    before = {tier: cost for tier, cost in costs(part, stays).items() if tier in after}
    came = {pk: [p.session for p in answer.placements if p.volunteer == pk] for pk in chosen}
    return Recruiting(
        wanted=_wanted(guests, {pk: sessions for pk, sessions in came.items() if sessions}, standing),
        before=before,
        after=after,
        proven=proven and answer.proven and all(came.values()),
        seconds=round(time.perf_counter() - began, 3),
        empty=sum(lacks(standing, session) for session in lacking),
    )


def lacks(standing: Standing, session: Session) -> int:
    """How many places of the session are empty, the lead's and every post's included."""
    return sum(missing(standing, session, role) for role in session.roles)


def missing(standing: Standing, session: Session, role: str) -> int:
    """How many places of one role are empty."""
    post = session.post(role)
    return max(0, post.wished - standing.count(session.id, role)) if post else 0


def kind_of(session: Session, role: str = HELPER, *, practised: bool = False) -> Kind:
    """The kind of recruit that this session asks for."""
    post = session.post(role)
    skills = {*session.requires, *(post.requires if post else ())}
    return Kind(*_slot(session), role, practised or role == LEAD, tuple(sorted(skills)), called(session, role))


def guest(number: int, kind: Kind, sessions: list[Session], per_week: int = PER_WEEK) -> Volunteer:
    """A virtual recruit of a kind, free at these sessions."""
    return Volunteer(
        id=number,
        home=kind.community,
        reach=(kind.community,),
        does=(kind.programme,),
        leads=tuple(sorted({s.lesson for s in sessions if s.lesson})) if kind.role == LEAD else (),
        child_clearance_until=max(s.ends_at for s in sessions).date() if kind.programme == "child" else None,
        newcomer=not kind.practised,
        max_per_week=per_week,
        skills=tuple((skill, None) for skill in kind.skills),
        availability=tuple(Window(s.starts_at, s.ends_at, False) for s in sessions),
    )


def _silent(problem: Problem) -> Problem:
    """Without the wish for dialect: a place is filled whoever fills it."""
    return replace(problem, sessions=tuple(replace(s, dialect_wished=0) for s in problem.sessions))


def _slot(session: Session) -> tuple[int, str, int, str]:
    return session.community, session.programme, session.starts_at.weekday(), part_of_day(session)


def part_of_day(session: Session) -> str:
    """上午, 下午, 放学后 or 晚上."""
    if session.programme == "child":
        return AFTER_SCHOOL
    hour = session.starts_at.hour
    return MORNING if hour < NOON else AFTERNOON if hour < DUSK else EVENING


def _guests(standing: Standing, lacking: list[Session], per_week: int) -> dict[int, tuple[Kind, Volunteer]]:
    """As many virtual recruits of each kind as its fullest day could use."""
    number = min((v.id for v in standing.problem.volunteers), default=0)
    found: dict[int, tuple[Kind, Volunteer]] = {}
    for kind, sessions in sorted(_kinds(standing, lacking).items()):
        a_day: Counter[object] = Counter()
        for session in sessions:
            a_day[session.starts_at.date()] += missing(standing, session, kind.role)
        for _ in range(max(a_day.values())):
            number -= 1
            found[number] = kind, guest(number, kind, sessions, per_week)
    return found


def _kinds(standing: Standing, lacking: list[Session]) -> dict[Kind, list[Session]]:
    kinds: dict[Kind, list[Session]] = {}
    for session in lacking:
        for role in session.roles:
            if missing(standing, session, role):
                for kind in dict.fromkeys(kind_of(session, role, practised=one) for one in (False, True)):
                    kinds.setdefault(kind, []).append(session)
    return kinds


def _choose(
    part: Problem, guests: dict[int, tuple[Kind, Volunteer]], most: int | None, seconds: float, seed: int
) -> tuple[list[int], bool]:
    """The recruits of the best plan with them, and whether no fewer do as much."""
    model = build(replace(part, volunteers=(*part.volunteers, *(person for _, person in guests.values()))))
    _price(model, guests, most)
    outcome = minimise(model, PRICES, seconds=seconds, seed=seed)
    if outcome.values is None:
        return [], False
    came = {placement.volunteer for placement in model.placements(outcome.values)}
    return [number for number in guests if number in came], outcome.proven


def _price(model: Model, guests: dict[int, tuple[Kind, Volunteer]], most: int | None) -> None:
    """A column "comes at all" for each recruit; of two of a kind the second comes after the first."""
    numbers = np.array([model.row_of[number] for number in guests], dtype=int)
    place = np.full(model.shape[0], -1)
    place[numbers] = np.arange(len(numbers))
    comes = model.add_columns(np.ones(len(numbers)), whole=True)
    pairs = np.nonzero(place[model.who] >= 0)[0]
    row = np.arange(len(pairs))
    ones = np.ones(len(pairs))
    model.add_rows(len(pairs), [(row, pairs, ones), (row, comes[place[model.who[pairs]]], -ones)], upper=0)
    kinds = [kind for kind, _ in guests.values()]
    later = np.array([n for n in range(1, len(kinds)) if kinds[n] == kinds[n - 1]], dtype=int)
    row, ones = np.arange(len(later)), np.ones(len(later))
    model.add_rows(len(later), [(row, comes[later], ones), (row, comes[later - 1], -ones)], upper=0)
    if most is not None:
        model.add_rows(1, [(np.zeros(len(comes), dtype=int), comes, np.ones(len(comes)))], upper=most)
    prices = [PRACTISED if kind.practised else FIRST_TIMER for kind in kinds]
    model.price("recruit", comes, np.array(prices))


def _wanted(
    guests: dict[int, tuple[Kind, Volunteer]], came: dict[int, list[int]], standing: Standing
) -> tuple[Wanted, ...]:
    kinds: dict[Kind, list[int]] = {}
    for number in came:
        kinds.setdefault(replace(guests[number][0], practised=False), []).append(number)
    found = []
    for kind, people in kinds.items():
        sessions = sorted(session for number in people for session in came[number])
        practised = sum(guests[number][0].practised for number in people)
        held = len({session for session in sessions if not standing.held(session)})
        more = f"，其中 {held} 场现在开不了" if held else ""
        text = f"{invitation(kind, len(people), practised)}，可以补上 {len(sessions)} 个名额{more}"
        numbers = kind, len(people), practised, len(sessions), held
        found.append(Wanted(*numbers, tuple(dict.fromkeys(sessions)), text, how_often(kind, standing)))
    return tuple(sorted(found, key=lambda one: (-one.held, -one.places / one.count, one.kind)))


def how_often(kind: Kind, standing: Standing) -> str:
    """How many people of a kind are lacking and when: each week, in some weeks, or on one day."""
    meetings = [session for session in standing.problem.sessions if kind.fits(session)]
    lacks_here = {session.id: missing(standing, session, kind.role) for session in meetings}
    lacking = [session for session in meetings if lacks_here[session.id]]
    slot = f"{WEEKDAYS[kind.weekday]}{kind.part}"
    if len(lacking) == 1:
        slot = f"{day(lacking[0].starts_at)}{slot}"
    elif len(lacking) == len(meetings):
        slot = f"每{slot}"
    else:
        slot = f"{len(meetings)} 次{slot}里有 {len(lacking)} 次"
    few, many = min(lacks_here[s.id] for s in lacking), max(lacks_here[s.id] for s in lacking)
    count = f"{few}" if few == many else f"{few} 到 {many}"
    return f"{slot}缺 {count} 位{kind.title}"


def invitation(kind: Kind, count: int, practised: int) -> str:
    """Such as 再请 2 位周三放学后能来、做过背景查询的成年人（其中 1 位以前来帮过忙）."""
    before, after = "", ""
    if kind.role != LEAD and practised:
        before = "以前来帮过忙、" if practised == count else ""
        after = f"（其中 {practised} 位以前来帮过忙）" if practised < count else ""
    return f"再请 {count} 位{WEEKDAYS[kind.weekday]}{kind.part}能来、{before}{_who(kind)}{after}"


def _who(kind: Kind) -> str:
    able = f"会{'、'.join(kind.skills)}、" if kind.skills else ""
    if kind.role == LEAD:
        return f"{able}能当{kind.title}的成年人"
    if kind.programme == "child":
        return f"{able}做过背景查询的成年人"
    wanted = f"愿意来{PROGRAMMES[kind.programme]}" if kind.role == HELPER else f"能当{kind.title}"
    return f"{able}{wanted}的人"
