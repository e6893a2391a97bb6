"""Asking people for one thing beyond what they have offered, as few and as gently as possible.

Asked for is never more than one soft limit of a person: another hour, once more this week, a
programme they have not named. Clearance, age, the right to lead and another place at the same
time are never asked away, nor what the person has said is impossible.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from volunteers.matching.answer import Answer
from volunteers.matching.gap import ASK, PRICE, Gap, Person, WayOut, name_of
from volunteers.matching.gates import GATES, Rule
from volunteers.matching.limits import LIMITS, PeriodLimit
from volunteers.matching.problem import HELPER, Session, Volunteer, Window
from volunteers.matching.standing import Standing
from volunteers.matching.words import PROGRAMMES, span

SOFT = ("week-limit", "month-limit", "total-limit", "free", "programme")
"""The limits that a person may bend for themselves, the least to ask of them first."""
PERSONAL: tuple[Rule, ...] = (*GATES, *LIMITS)


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


def bent(person: Volunteer, limit: str, session: Session) -> Volunteer:
    """The person after having said yes."""
    if limit == "free":
        window = Window(session.starts_at, session.ends_at, False)
        return replace(person, availability=(*person.availability, window))
    if limit == "programme":
        return replace(person, does=(*person.does, session.programme))
    name = {"week-limit": "max_per_week", "month-limit": "max_per_month", "total-limit": "max_total"}[limit]
    return replace(person, **{name: getattr(person, name) + 1})


def ask(gap: Gap) -> Iterator[WayOut]:
    """The fewest people beyond one soft limit who get the session held, and who fill it."""
    limits = {
        person.id: limit
        for person in gap.problem.volunteers
        if (limit := soft_limit(gap.standing, person, gap.session)) is not None
    }
    here = {placement.volunteer for placement in gap.standing.at[gap.session.id]}
    here |= {lock.volunteer for lock in gap.problem.locked if lock.session == gap.session.id}
    said_yes = tuple(bent(gap.problem.volunteer[pk], limit, gap.session) for pk, limit in limits.items() if limit)
    part = gap.alone(said_yes=said_yes)
    asked = {
        person.id: (person, PRICE + SOFT.index(limits[person.id]))
        for person in part.volunteers
        if limits.get(person.id)
    }
    found: dict[frozenset[int], WayOut] = {}
    for aim in gap.aims():
        answer = gap.cheapest(part, aim, asked)
        came = [Person(p.volunteer, limits.get(p.volunteer, "")) for p in answer.placements if p.volunteer not in here]
        if came:
            # Those who are free anyway come without being asked: of two ways with the same question the fuller.
            found[frozenset(one.volunteer for one in came if one.limit)] = _asked(gap, answer, came)
    yield from found.values()


def _asked(gap: Gap, answer: Answer, people: list[Person]) -> WayOut:
    people.sort(key=lambda one: (one.limit == "", one.limit, one.volunteer))
    plan = (*(p for p in gap.plan if p.session != gap.session.id), *answer.placements)
    filled, left = gap.gives(gap.problem, plan)
    text = "，".join([*_questions(gap, people), gap.result(filled, left)])
    numbers = {"asked": sum(one.limit != "" for one in people), "there": len(answer.placements)}
    return gap.way(
        ASK,
        text,
        plan,
        filled=filled,
        left=left,
        held=True,
        people=tuple(people),
        numbers=numbers,
        proven=answer.proven,
    )


def _questions(gap: Gap, people: list[Person]) -> Iterator[str]:
    when = span(gap.session.starts_at, gap.session.ends_at)
    questions = {
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
            yield f"{'问' if limit else '再请'}{names}{questions[limit]}"
