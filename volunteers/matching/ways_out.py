"""Ways out of a gap, each one checked: a small solve of the session with the way taken.

Asked for is never more than one soft limit of a person: another hour, once more this week, a
programme they have not named. Clearance, age, the right to lead and another place at the same
time are never asked away, nor what the person has said is impossible.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from volunteers.matching.answer import Answer
from volunteers.matching.gates import GATES, Rule
from volunteers.matching.limits import LIMITS, PeriodLimit
from volunteers.matching.problem import HELPER, LEAD, Lock, Placement, Problem, Session, Volunteer, Window
from volunteers.matching.rank import obstacle
from volunteers.matching.recruit import guest, invitation, kind_of
from volunteers.matching.repair import mend
from volunteers.matching.slices import cut
from volunteers.matching.solve import solve
from volunteers.matching.staffing import STAFFING
from volunteers.matching.standing import Standing
from volunteers.matching.words import PROGRAMMES, role_name, span

ASK, MOVE, LOWER, RECRUIT = "ask", "move", "lower", "recruit"
SOFT = ("week-limit", "month-limit", "total-limit", "free", "programme")
"""The limits that a person may bend for themselves, the least to ask of them first."""
PERSONAL: tuple[Rule, ...] = (*GATES, *LIMITS)
TIERS = ("unheld", "short", "wishes", ("uneven", "strange"))
PRICE = 100
"""In the small solve the tier *wishes* counts the people to be asked: few first, then softly."""
MOVERS = 4
"""How many people elsewhere are tried for a move."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a way out needs, and the soft limit to ask about ("" = none, free to come)."""

    volunteer: int
    limit: str = ""


@dataclass(frozen=True, slots=True)
class WayOut:
    """One thing to do about a gap, what it gives, and whether a solve has confirmed it.

    `filled` are places of the gap's session that get somebody, `left` those still empty then;
    `held` tells whether the session takes place. `plan` is the plan with the way taken, where
    the people exist.
    """

    kind: str
    text: str
    filled: int
    left: int
    held: bool
    people: tuple[Person, ...] = ()
    numbers: dict[str, Any] = field(default_factory=dict)
    plan: tuple[Placement, ...] | None = None
    proven: bool = False


@dataclass(frozen=True, slots=True)
class _Gap:
    """The question: one session of a plan, and how long each small solve may take."""

    problem: Problem
    plan: tuple[Placement, ...]
    session: Session
    standing: Standing
    seconds: float
    seed: int

    def places(self) -> int:
        """How many people the session wishes for, the lead included."""
        return self.session.wished + self.session.needs_lead

    def there(self) -> int:
        """How many it has."""
        return len(self.standing.at[self.session.id])

    def held(self) -> bool:
        """Whether it takes place as things stand."""
        return self.standing.held(self.session.id)


def ways_out(
    problem: Problem,
    placements: Collection[Placement],
    session_id: int,
    *,
    never: Collection[tuple[int, int]] = (),
    seconds: float = 1.0,
    seed: int = 0,
) -> list[WayOut]:
    """What fills the empty places of one session, or lets it be held; the gentlest way first.

    The placements break no rule. `never` are (volunteer, session) pairs nobody asks about,
    such as a time somebody has called impossible; `barred` pairs are never asked either.
    """
    session = problem.session[session_id]
    placed = {(placement.volunteer, placement.session) for placement in placements}
    barred = (*problem.barred, *sorted(set(never) - problem.refused - placed))
    asking = replace(problem, barred=barred)
    gap = _Gap(asking, tuple(placements), session, Standing(asking, placements), seconds, seed)
    if gap.held() and gap.there() >= gap.places():
        return []
    moves = list(_move(gap))
    free = [way for way in moves if not way.numbers["lost"]]
    return [*free, *_ask(gap), *(way for way in moves if way not in free), *_lower(gap), *_recruit(gap)]


# --- asking -------------------------------------------------------------------------------------


def soft_limit(standing: Standing, person: Volunteer, session: Session) -> str | None:
    """The one soft limit that keeps somebody from helping; "" if nothing does, None if more does."""
    found = ""
    for rule in PERSONAL:
        if not rule.stops(standing, person, session, HELPER):
            continue
        if found or rule.code not in SOFT or not _bends(rule, standing, person, session):
            return None
        found = rule.code
    return found


def _bends(rule: Rule, standing: Standing, person: Volunteer, session: Session) -> bool:
    """Whether one more is enough: nobody who is above the limit already is asked again."""
    if not isinstance(rule, PeriodLimit):
        return True
    period = rule.period(session)
    own = sum(rule.period(other) == period for other in standing.sessions_of[person.id])
    return own + rule.spent(person, period) == rule.limit(person)


def _bent(person: Volunteer, limit: str, session: Session) -> Volunteer:
    """The person after having said yes."""
    if limit == "free":
        window = Window(session.starts_at, session.ends_at, False)
        return replace(person, availability=(*person.availability, window))
    if limit == "programme":
        return replace(person, does=(*person.does, session.programme))
    name = {"week-limit": "max_per_week", "month-limit": "max_per_month", "total-limit": "max_total"}[limit]
    return replace(person, **{name: getattr(person, name) + 1})


def _ask(gap: _Gap) -> Iterator[WayOut]:
    """The fewest people beyond one soft limit who get the session held, and who fill it."""
    limits = {
        person.id: limit
        for person in gap.problem.volunteers
        if (limit := soft_limit(gap.standing, person, gap.session)) is not None
    }
    here = {placement.volunteer for placement in gap.standing.at[gap.session.id]}
    here |= {lock.volunteer for lock in gap.problem.locked if lock.session == gap.session.id}
    part = _alone(gap, bent={pk: limit for pk, limit in limits.items() if limit})
    asked = {
        person.id: (person, PRICE + SOFT.index(limits[person.id]))
        for person in part.volunteers
        if limits.get(person.id)
    }
    found: dict[frozenset[int], WayOut] = {}
    for aim in _aims(gap):
        answer = _cheapest(part, aim, asked, gap)
        came = [Person(p.volunteer, limits.get(p.volunteer, "")) for p in answer.placements if p.volunteer not in here]
        if came:
            # Those who are free anyway come without being asked: of two ways with the same question the fuller.
            found[frozenset(one.volunteer for one in came if one.limit)] = _asked(gap, answer, came)
    yield from found.values()


def _asked(gap: _Gap, answer: Answer, people: list[Person]) -> WayOut:
    people.sort(key=lambda one: (one.limit == "", one.limit, one.volunteer))
    plan = (*(p for p in gap.plan if p.session != gap.session.id), *answer.placements)
    there = len(answer.placements)
    filled, left = there - gap.there(), max(0, gap.places() - there)
    text = "，".join([*_questions(gap, people), _result(gap, filled, left)])
    numbers = {"asked": sum(one.limit != "" for one in people), "there": there}
    return WayOut(ASK, text, filled, left, True, tuple(people), numbers, plan, answer.proven)


def _questions(gap: _Gap, people: list[Person]) -> Iterator[str]:
    when = span(gap.session.starts_at, gap.session.ends_at)
    ask = {
        "free": f"{when}能不能来",
        "week-limit": "这一周能不能多来一次",
        "month-limit": "这个月能不能多来一次",
        "total-limit": "这段时间能不能多来一次",
        "programme": f"愿不愿意来一次{PROGRAMMES[gap.session.programme]}",
        "": "来，本人条件都合",
    }
    for limit in (*SOFT, ""):
        names = "、".join(name_of(gap.problem, one.volunteer) for one in people if one.limit == limit)
        if names:
            yield f"{'问' if limit else '再请'}{names}{ask[limit]}"


def _result(gap: _Gap, filled: int, left: int) -> str:
    more = f"，还缺 {left} 位" if left else ""
    return f"这一场就开得起来{more}" if not gap.held() else f"补上 {filled} 个名额{more}"


# --- moving, lowering, recruiting -----------------------------------------------------------------


def _move(gap: _Gap) -> Iterator[WayOut]:
    """Somebody comes over from a session that can spare them, or where somebody else steps in."""
    best: WayOut | None = None
    for placement in _movers(gap)[:MOVERS]:
        way = _moved(gap, placement)
        if way and (best is None or way.numbers["lost"] < best.numbers["lost"]):
            best = way
        if best and best.numbers["lost"] <= 0:
            break
    if best:
        yield best


def _movers(gap: _Gap) -> list[Placement]:
    """Helpers elsewhere who could be here but for that place; the fullest session first."""
    locked = {(lock.volunteer, lock.session) for lock in gap.problem.locked}
    standing, found = gap.standing, []
    role = LEAD if gap.session.needs_lead and not standing.leads(gap.session.id) else HELPER
    for person in gap.problem.volunteers:
        if not standing.load(person.id) or obstacle(standing, person, gap.session, role, GATES):
            continue
        for other in tuple(standing.sessions_of[person.id]):
            placement = Placement(person.id, other.id, HELPER)
            room = standing.helpers(other.id) - other.minimum
            if (person.id, other.id) in locked or placement not in standing.at[other.id] or room <= 0:
                continue
            standing.remove(placement)
            able = obstacle(standing, person, gap.session, role, LIMITS) is None
            safe = not any(rule.broken(gap.problem, standing.at[other.id]) for rule in STAFFING)
            standing.add(placement)
            if able and safe:
                found.append((other.wished - standing.helpers(other.id), -room, placement))
    return [placement for _, _, placement in sorted(found)]


def _moved(gap: _Gap, placement: Placement) -> WayOut | None:
    here, there = gap.session, gap.problem.session[placement.session]
    pair = (placement.volunteer, there.id)
    changed = replace(
        gap.problem,
        locked=(*gap.problem.locked, Lock(placement.volunteer, here.id)),
        barred=(*gap.problem.barred, pair),
    )
    left = tuple(p for p in gap.plan if p != placement)
    both = {here.id, there.id}
    plan = mend(changed, left, both, both, gap.seconds, gap.seed)
    after = Standing(gap.problem, plan)
    came = len(after.at[here.id]) - gap.there()
    lost = min(there.wished, gap.standing.helpers(there.id)) - min(there.wished, after.helpers(there.id))
    if came <= 0 or not after.held(there.id) or Placement(*pair, HELPER) in plan:
        return None
    name = name_of(gap.problem, placement.volunteer)
    new = dict.fromkeys(p.volunteer for p in set(plan).difference(left) if p.volunteer != placement.volunteer)
    where = f"{there.starts_at.month} 月 {there.starts_at.day} 日 {span(there.starts_at, there.ends_at)}"
    then = f"那一场从 {gap.standing.helpers(there.id)} 位变成 {after.helpers(there.id)} 位，不低于 {there.minimum} 位"
    if lost <= 0:
        then = "那一场照样够"
    empty = max(0, gap.places() - len(after.at[here.id]))
    text = "，".join([f"请{name}从{where}那一场过来", _result(gap, came, empty), then])
    people = (Person(placement.volunteer), *(Person(pk) for pk in sorted(new)))
    numbers = {"from": there.id, "lost": max(0, lost), "remain": after.helpers(there.id), "floor": there.minimum}
    return WayOut(MOVE, text, came, empty, True, people, numbers, plan, True)


def _lower(gap: _Gap) -> Iterator[WayOut]:
    """Wish for as many as there are: larger groups. Never under the floor, which is safety."""
    session, helpers = gap.session, gap.standing.helpers(gap.session.id)
    if not gap.held() or not session.minimum <= helpers < session.wished or not helpers:
        return
    part = _alone(gap, wished=helpers)
    answer = solve(part, seconds=gap.seconds, seed=gap.seed, tiers=("unheld", "short"))
    lacking = {tier.tier: tier.value for tier in answer.tiers}
    name = role_name(session.programme, HELPER)
    text = f"少请 {session.wished - helpers} 位{name}，按 {helpers} 位算就齐了，最少要 {session.minimum} 位"
    numbers = {"wished": session.wished, "lowered": helpers, "floor": session.minimum}
    if session.people:
        one, other = -(-session.people // session.wished), -(-session.people // helpers)
        text += f"；每位从带 {one} 人变成带 {other} 人" if other > one else ""
        numbers |= {"learners_each": one, "learners_each_then": other}
    proven = answer.proven and lacking["unheld"] == lacking["short"] == 0
    yield WayOut(LOWER, text, 0, 0, True, (), numbers, gap.plan, proven)


def _recruit(gap: _Gap) -> Iterator[WayOut]:
    """The fewest new people of which kind, with whoever is free anyway."""
    session = gap.session
    kinds = [kind_of(session), kind_of(session, practised=True)]
    number = min((v.id for v in gap.problem.volunteers), default=0)
    guests, of = {}, {}
    if session.needs_lead and not gap.standing.leads(session.id):
        kinds.append(kind_of(session, LEAD))
    for price, kind in enumerate(kinds, PRICE):
        for _ in range(session.wished if kind.role == HELPER else 1):
            number -= 1
            of[number] = kind
            guests[number] = guest(number, kind, [session]), price
    answer = _cheapest(_alone(gap), _aims(gap)[0], guests, gap)
    came = [of[p.volunteer] for p in answer.placements if p.volunteer in of]
    if not came:
        return
    filled = len(answer.placements) - gap.there()
    left = max(0, gap.places() - len(answer.placements))
    roles = [[kind for kind in came if kind.role == role] for role in (LEAD, HELPER)]
    words = "，".join(invitation(some[0], len(some), sum(kind.practised for kind in some)) for some in roles if some)
    numbers = {"people": len(came), "first_timers": sum(not kind.practised for kind in came)}
    yield WayOut(
        RECRUIT, f"{words}，{_result(gap, filled, left)}", filled, left, True, (), numbers, None, answer.proven
    )


# --- the small solve ------------------------------------------------------------------------------


def _aims(gap: _Gap) -> list[int]:
    """How many helpers to reach: first what holds the session, then the wish."""
    session = gap.session
    return [session.wished] if gap.held() else list(dict.fromkeys((session.minimum, session.wished)))


def _alone(gap: _Gap, *, wished: int | None = None, bent: Mapping[int, str] = MappingProxyType({})) -> Problem:
    """The session cut out, whoever is there stays; without the wish for dialect.

    `bent` are people who have said yes, and to what.
    """
    people = tuple(
        _bent(person, bent[person.id], gap.session) if person.id in bent else person
        for person in gap.problem.volunteers
    )
    only = {gap.session.id}
    part = cut(replace(gap.problem, volunteers=people), gap.plan, only, fixed=only)
    wished = gap.session.wished if wished is None else wished
    return replace(part, sessions=(replace(gap.session, wished=wished, dialect_wished=0),))


def _cheapest(part: Problem, wished: int, guests: dict[int, tuple[Volunteer, int]], gap: _Gap) -> Answer:
    """Held, then filled up to `wished`, then with the cheapest guests: the prices are their wishes."""
    free = {person.id: _priced(person, 0, gap.session) for person in part.volunteers if person.id not in guests}
    priced = {pk: _priced(person, price, gap.session) for pk, (person, price) in guests.items()}
    session = replace(part.sessions[0], wished=wished)
    everybody = replace(part, sessions=(session,), volunteers=tuple((free | priced).values()))
    return solve(everybody, seconds=gap.seconds, seed=gap.seed, tiers=TIERS)


def _priced(person: Volunteer, price: int, session: Session) -> Volunteer:
    return replace(person, home=session.community, programme_cost=((session.programme, price),), weekday_cost=(0,) * 7)


def name_of(problem: Problem, volunteer: int) -> str:
    """The person's name, or the number where the file has none."""
    return problem.volunteer[volunteer].name or f"{volunteer} 号"
