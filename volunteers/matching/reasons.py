"""Why somebody fits a place: a handful of facts, each with its numbers and its sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from volunteers.matching.gates import HasSkills
from volunteers.matching.preferences import Wishes
from volunteers.matching.problem import LEAD, Problem, Session, Volunteer
from volunteers.matching.standing import Standing
from volunteers.matching.words import PROGRAMMES, WEEKDAYS, day, span

FREE, FITS, FAMILIAR, FAIR = "有空", "合适", "熟悉", "公平"
NEAR, COMPANY, MIND = "方便", "搭档", "留意"
EXPIRES_SOON_DAYS = 30


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact: `code` for programs, `label` and `text` for people, `numbers` behind it."""

    code: str
    label: str
    text: str
    numbers: dict[str, Any] = field(default_factory=dict)


def reasons(standing: Standing, person: Volunteer, session: Session, role: str) -> list[Reason]:
    """Why this person at this session: both for who is placed there and for who could be."""
    found = [
        *_free(person, session),
        *_fits(person, session, role),
        *_familiar(standing.problem, person, session),
        *_faces(standing, person, session),
        *_fair(standing, person, session),
        *_near(standing.problem, person, session),
        *_company(standing, person, session),
        *_mind(standing, person, session),
        *_runs_out(person, session, role),
    ]
    return sorted(found, key=lambda reason: reason.label == MIND)


def average_load(standing: Standing) -> float:
    """The mean number of sessions of those who have any."""
    return round(standing.total / standing.active, 1) if standing.active else 0.0


def load_with(standing: Standing, person: Volunteer, session: Session) -> int:
    """The person's sessions, this one counted once whether placed or not."""
    return len({other.id for other in standing.sessions_of[person.id]} | {session.id})


def _free(person: Volunteer, session: Session) -> Iterator[Reason]:
    window = person.window(session)
    if window is None:
        yield Reason("not-free", MIND, "没有登记这段时间有空")
        return
    liked = "，本人优先的时间" if window.preferred else ""
    text = f"{span(window.starts_at, window.ends_at)}{liked}"
    yield Reason("free", FREE, text, {"preferred": window.preferred})


def _fits(person: Volunteer, session: Session, role: str) -> Iterator[Reason]:
    programme = PROGRAMMES[session.programme]
    if role == LEAD:
        yield Reason("may-lead", FITS, "能主讲这一课", {"lesson": session.lesson})
    elif session.programme == "child" and person.child_clearance_until:
        until = person.child_clearance_until
        text = f"背景查询有效到 {until.year}年{until.month}月{until.day}日"
        yield Reason("cleared", FITS, text, {"until": until.isoformat()})
    else:
        yield Reason("does-programme", FITS, f"愿意参加{programme}")
    if person.dialect and session.dialect_wished:
        yield Reason("dialect", FITS, "会说本地话", {"wished": session.dialect_wished})
    for skill in HasSkills().asked(session, role):
        yield Reason("skill", FITS, f"有“{skill}”这一项", {"skill": skill})


def _familiar(problem: Problem, person: Volunteer, session: Session) -> Iterator[Reason]:
    pair = (person.id, session.series)
    known = problem.learners_known.get(pair, 0)
    if pair in problem.served:
        yield Reason("served", FAMILIAR, "这个班来过")
    if known:
        yield Reason("knows", FAMILIAR, f"认识这里的 {known} 位学员", {"learners": known})
    if pair not in problem.served and not known:
        yield Reason("first-time", MIND, "第一次来这个班")


def _faces(standing: Standing, person: Volunteer, session: Session) -> Iterator[Reason]:
    others = {placement.volunteer for placement in standing.at[session.id]} - {person.id}
    learners = standing.problem.familiar.get(session.series, ())
    only = sum(person.id in known and others.isdisjoint(known) for known in learners)
    if only:
        yield Reason("face", FAMILIAR, f"{only} 位学员只认得这一位，别的志愿者都没见过", {"learners": only})


def _fair(standing: Standing, person: Volunteer, session: Session) -> Iterator[Reason]:
    load, mean = load_with(standing, person, session), average_load(standing)
    numbers = {"load": load, "mean": mean, "recent": person.recent_load}
    recent = f"，最近来过 {person.recent_load} 次" if person.recent_load else ""
    label = FAIR if load <= max(1.0, mean) else MIND
    yield Reason("load", label, f"这段时间排 {load} 次，来的人平均 {mean:g} 次{recent}", numbers)
    full = {"one": load, "limit": person.max_total}
    if person.max_total is not None and load == person.max_total and load > mean:
        yield Reason("at-limit", MIND, f"已到本人愿意的 {person.max_total} 次", full)


def _near(problem: Problem, person: Volunteer, session: Session) -> Iterator[Reason]:
    km = round(problem.km(person.home, session.community), 1)
    if person.home == session.community:
        yield Reason("home", NEAR, "就在本社区", {"km": 0.0})
    elif Wishes().distance(problem, person, session) == 1:
        yield Reason("near", NEAR, f"离住处约 {km:g} 公里", {"km": km})
    else:
        yield Reason("far", MIND, f"离住处约 {km:g} 公里，路远", {"km": km})
    weekday = person.weekday_cost[session.starts_at.weekday()]
    if weekday:
        text = f"{WEEKDAYS[session.starts_at.weekday()]}不是本人喜欢的日子"
        yield Reason("weekday", MIND, text, {"cost": weekday})
    programme = dict(person.programme_cost).get(session.programme, 0)
    if programme:
        text = f"{PROGRAMMES[session.programme]}不是本人的首选"
        yield Reason("programme", MIND, text, {"cost": programme})


def _company(standing: Standing, person: Volunteer, session: Session) -> Iterator[Reason]:
    others = [other for other in standing.people(session.id) if other.id != person.id]
    friends = sum(other.club == person.club for other in others) if person.club is not None else 0
    if friends:
        yield Reason("club", COMPANY, f"同社团还有 {friends} 人同来", {"friends": friends})
    experienced = sum(not other.newcomer for other in others)
    if person.newcomer:
        text = f"有 {experienced} 位有经验的人一起"
        yield Reason("accompanied", COMPANY, text, {"experienced": experienced})
    here = {other.id for other in others}
    for code, pairs, text in (
        ("together", standing.problem.together, "要同来的人也在"),
        ("liked", standing.problem.liked, "想一起来的人也在"),
    ):
        company = [other for one, other in pairs if one == person.id and other in here]
        if company:
            yield Reason(code, COMPANY, text, {"volunteers": company})


def _mind(standing: Standing, person: Volunteer, session: Session) -> Iterator[Reason]:
    if person.newcomer:
        yield Reason("newcomer", MIND, "新志愿者")
    until = person.child_clearance_until
    if session.programme == "child" and until is not None:
        left = (until - session.starts_at.date()).days
        if left <= EXPIRES_SOON_DAYS:
            text = f"背景查询 {day(until)}到期，这一场后 {left} 天"
            yield Reason("clearance-ends", MIND, text, {"days": left})


def _runs_out(person: Volunteer, session: Session, role: str) -> Iterator[Reason]:
    """Trainings that the place asks for and that soon have to be done again."""
    for skill in HasSkills().asked(session, role):
        ends = [until for name, until in person.skills if name == skill]
        last = None if None in ends else max((until for until in ends if until), default=None)
        if last is not None and 0 <= (left := (last - session.starts_at.date()).days) <= EXPIRES_SOON_DAYS:
            yield Reason("skill-ends", MIND, f"“{skill}”{day(last)}到期，这一场后 {left} 天", {"days": left})
