"""Why this plan: reasons for each placement, obstacles for each gap. No solver needed.

A gap is told as a funnel: everybody is counted once, at the first rule that excludes them,
and per role, because a class can have eleven people free to help and nobody who may lead.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from volunteers.matching.answer import Answer
from volunteers.matching.company import ComesWith
from volunteers.matching.exchanges import Exchanges
from volunteers.matching.preferences import TIERS
from volunteers.matching.problem import LEAD, Placement, Problem, Session, Volunteer
from volunteers.matching.rank import PERSONAL, joining, obstacles
from volunteers.matching.reasons import Reason, reasons
from volunteers.matching.staffing import STAFFING, NeverAloneFromTheClub, NewcomersAreAccompanied
from volunteers.matching.standing import Standing
from volunteers.matching.words import called

ALTERNATIVES = 2
LOOK_AT = 6
"""How many of the cheapest people are tried until two make a sound exchange."""
SPARE = ("spare", "可以来，但没排")
NOT_ENOUGH = ("not-held", "可以来，但这一场凑不齐")
TOGETHER = (NewcomersAreAccompanied, NeverAloneFromTheClub, ComesWith)
"""Rules about company: nobody is in the way of a session that has nobody yet."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Somebody else for the same place: what the exchange costs in each tier, and in words.

    Positive costs make the plan worse.
    """

    volunteer: int
    costs: dict[str, int]
    text: str


@dataclass(frozen=True, slots=True)
class Why:
    """One placement with its reasons and its best alternatives."""

    placement: Placement
    reasons: tuple[Reason, ...]
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    """One step of the funnel: whom this rule excludes first, and how many remain after it."""

    rule: str
    label: str
    count: int
    volunteers: tuple[int, ...]
    remaining: int


@dataclass(frozen=True, slots=True)
class Gap:
    """Places of one role that stay empty. `held` tells whether the session takes place."""

    session: int
    role: str
    missing: int
    held: bool
    floor: int
    text: str
    because: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class HeldPlace:
    """Places of a session held for a club that has not named anybody yet: no gap."""

    session: int
    club: int
    count: int
    text: str


def held_places(problem: Problem) -> list[HeldPlace]:
    """Every place held for a club, session by session."""
    return [
        HeldPlace(session.id, club, count, f"{count} 个名额留给社团，还没报名字")
        for session in sorted(problem.sessions, key=lambda s: (s.starts_at, s.id))
        for club, count in session.reserved
    ]


def placements(problem: Problem, answer: Answer) -> list[Why]:
    """Every placement with its reasons and up to two alternatives, in the answer's order."""
    exchanges = Exchanges(problem, Standing(problem, answer.placements))
    return [_why(exchanges, placement) for placement in answer.placements]


def gaps(problem: Problem, answer: Answer) -> list[Gap]:
    """Every place that stays empty and why, session by session, the lead first."""
    standing = Standing(problem, answer.placements)
    found = []
    for session in sorted(problem.sessions, key=lambda s: (s.starts_at, s.id)):
        held = standing.held(session.id)
        if session.needs_lead and not held:
            found.append(_gap(standing, session, LEAD, 1))
        for post in session.helped:
            missing = post.wished - standing.count(session.id, post.role)
            if missing > 0:
                found.append(_gap(standing, session, post.role, missing))
    return found


def _why(exchanges: Exchanges, placement: Placement) -> Why:
    problem, standing = exchanges.problem, exchanges.standing
    session, role = problem.session[placement.session], placement.role
    person = problem.volunteer[placement.volunteer]
    facts = tuple(reasons(standing, person, session, role))
    here = {other.volunteer for other in standing.at[session.id]}
    standing.remove(placement)
    own = joining(standing, person, session, role)
    sound = (
        _alternative(other, cost, own)
        for other, cost in exchanges.cheapest(session, role, LOOK_AT, here)
        if _sound(standing, Placement(other.id, session.id, role))
    )
    found = tuple(islice(sound, ALTERNATIVES))
    standing.add(placement)
    return Why(placement, facts, found)


def _sound(standing: Standing, placement: Placement) -> bool:
    """Whether the session's people satisfy every rule with this placement among them."""
    there = (*standing.at[placement.session], placement)
    return not any(rule.broken(standing.problem, there) for rule in STAFFING)


def _gap(standing: Standing, session: Session, role: str, missing: int) -> Gap:
    held = standing.held(session.id)
    rules = PERSONAL if held else [rule for rule in PERSONAL if not isinstance(rule, TOGETHER)]
    groups = obstacles(standing, session, role, rules)
    left = len(standing.problem.volunteers)
    causes = []
    for group in groups:
        left -= group.count
        causes.append(Cause(group.rule, group.label, group.count, group.volunteers, left))
    if left:
        stopped = {volunteer for group in groups for volunteer in group.volunteers}
        able = tuple(v.id for v in standing.problem.volunteers if v.id not in stopped)
        causes.append(Cause(*(SPARE if held else NOT_ENOUGH), left, able, 0))
    post = session.post(role)
    floor = post.minimum if post else 0
    text = _gap_text(session, role, missing, left, held)
    return Gap(session.id, role, missing, held, floor, text, tuple(causes))


def _gap_text(session: Session, role: str, missing: int, able: int, held: bool) -> str:
    name, post = called(session, role), session.post(role)
    wished, floor = (post.wished, post.minimum) if post else (0, 0)
    if held:
        return f"{name}还缺 {missing} 位，想要 {wished} 位"
    if able == 0:
        return f"开不了：没有人能来当{name}，至少要 {floor} 位"
    if able < floor:
        return f"开不了：{name}至少要 {floor} 位，能来的只有 {able} 位"
    return f"这一场没开：能来当{name}的有 {able} 位，至少要 {floor} 位，缺的在别处"


def _alternative(person: Volunteer, cost: dict[str, int], own: dict[str, int]) -> Alternative:
    difference = {tier: amount - own[tier] for tier, amount in cost.items()}
    worse = [TIERS[tier].label for tier, amount in difference.items() if amount > 0]
    better = [TIERS[tier].label for tier, amount in difference.items() if amount < 0]
    parts = [*(["更差：" + "、".join(worse)] if worse else [])]
    parts += ["更好：" + "、".join(better)] if better else []
    return Alternative(person.id, difference, "；".join(parts) or "一样合适")
