"""Hard rules that concern one person and one place, whatever the rest of the plan is.

They run first and delete pairs before any solver; the first gate that fails *is* the
explanation of why somebody is not there.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import ClassVar

import numpy as np

from volunteers.matching.model import Mask, Model, Numbers
from volunteers.matching.problem import HELPER, LEAD, Placement, Problem, Session, Volunteer
from volunteers.matching.standing import Standing

MINORS_UNTIL = time(21)
MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Broken:
    """One place where a plan breaks a rule."""

    rule: str
    text: str
    session: int | None = None
    volunteers: tuple[int, ...] = ()


class Rule(ABC):
    """What must hold. The docstring says it, `broken` means it, the solver hears it.

    `label` is the short reason shown where the rule excludes somebody, `sentence` the rule
    in the organiser's language.
    """

    code: ClassVar[str]
    label: ClassVar[str]
    sentence: ClassVar[str]

    @abstractmethod
    def broken(self, problem: Problem, placements: Iterable[Placement]) -> list[Broken]:
        """Every place where the placements break this rule: the meaning."""

    def screen(self, model: Model) -> None:  # noqa: B027  (most rules delete no pairs)
        """Delete the pairs that this rule alone forbids, before the model has columns."""

    def post(self, model: Model) -> None:  # noqa: B027  (gates have no rows)
        """Add this rule's rows to the model."""

    def tighten(self, model: Model, values: Numbers) -> None:  # noqa: B027  (most rules need no such rows)
        """Add rows that every whole plan keeps and these fractional values break; they only speed up."""

    def stops(self, standing: Standing, volunteer: Volunteer, session: Session, role: str) -> bool:
        """Whether this rule keeps the volunteer from joining the session as things stand."""
        return False

    def report(self, session: Session | None, *volunteers: Volunteer) -> Broken:
        """A broken rule in words."""
        ids = tuple(volunteer.id for volunteer in volunteers)
        where = f"session {session.id}" if session else "the plan"
        who = f" (volunteers {', '.join(map(str, ids))})" if ids else ""
        return Broken(self.code, f"{where}{who}: {self.sentence}", session.id if session else None, ids)


class Gate(Rule):
    """A rule about one pair: `admits` is its meaning, `mask` the same for all pairs at once.

    `by_role` tells that the role matters; without it one mask does for all of them.
    """

    by_role: ClassVar[bool] = False

    @abstractmethod
    def admits(self, problem: Problem, volunteer: Volunteer, session: Session, role: str) -> bool:
        """Whether this volunteer may have this role at this session."""

    @abstractmethod
    def mask(self, model: Model, role: str) -> Mask:
        """The same for every volunteer (rows) and session (columns)."""

    def broken(self, problem: Problem, placements: Iterable[Placement]) -> list[Broken]:
        found = []
        for placement in placements:
            session = problem.session[placement.session]
            volunteer = problem.volunteer[placement.volunteer]
            if not self.admits(problem, volunteer, session, placement.role):
                found.append(self.report(session, volunteer))
        return found

    def screen(self, model: Model) -> None:
        same = None if self.by_role else self.mask(model, HELPER)
        for role, allowed in model.allowed.items():
            allowed &= self.mask(model, role) if same is None else same

    def stops(self, standing: Standing, volunteer: Volunteer, session: Session, role: str) -> bool:
        return not self.admits(standing.problem, volunteer, session, role)


class ServesCommunity(Gate):
    """A volunteer is placed only in communities they have agreed to serve."""

    code = "community"
    label = "不去这个社区"
    sentence = "只安排到本人愿意去的社区。"

    def admits(self, problem: Problem, volunteer: Volunteer, session: Session, role: str) -> bool:
        return session.community in volunteer.reach

    def mask(self, model: Model, role: str) -> Mask:
        places = [community.id for community in model.problem.communities]
        reach = np.array(
            [[place in volunteer.reach for place in places] for volunteer in model.volunteers],
            dtype=bool,
        ).reshape(len(model.volunteers), len(places))
        return reach[:, [places.index(session.community) for session in model.sessions]]


class DoesProgramme(Gate):
    """A volunteer is placed only in programmes they take part in."""

    code = "programme"
    label = "不参加这个项目"
    sentence = "只安排本人参加的项目。"

    def admits(self, problem: Problem, volunteer: Volunteer, session: Session, role: str) -> bool:
        return session.programme in volunteer.does

    def mask(self, model: Model, role: str) -> Mask:
        return model.by_value(
            [session.programme for session in model.sessions],
            lambda volunteer, programme: programme in volunteer.does,
        )


class MayLead(Gate):
    """Whoever leads a lesson is somebody who may lead that lesson."""

    by_role = True
    code = "lesson"
    label = "不能主讲这一课"
    sentence = "讲师必须能主讲这一课。"

    def admits(self, problem: Problem, volunteer: Volunteer, session: Session, role: str) -> bool:
        return role != LEAD or session.lesson in volunteer.leads

    def mask(self, model: Model, role: str) -> Mask:
        if role != LEAD:
            return np.ones(model.shape, dtype=bool)
        return model.by_value(
            [session.lesson for session in model.sessions],
            lambda volunteer, lesson: lesson in volunteer.leads,
        )


class HasSkills(Gate):
    """Whoever comes has every skill and training the session and the post ask for, valid on its date."""

    by_role = True
    code = "skills"
    label = "缺这项技能或培训"
    sentence = "岗位要的技能或培训，当天有效才安排。"

    def admits(self, problem: Problem, volunteer: Volunteer, session: Session, role: str) -> bool:
        day = session.starts_at.date()
        return all(volunteer.can(skill, day) for skill in self.asked(session, role))

    def asked(self, session: Session, role: str) -> tuple[str, ...]:
        """What somebody needs for this role at this session."""
        post = session.post(role)
        return (*session.requires, *(post.requires if post else ()))

    def mask(self, model: Model, role: str) -> Mask:
        asked = [(self.asked(session, role), session.starts_at.date()) for session in model.sessions]
        if not any(skills for skills, _ in asked):
            return np.ones(model.shape, dtype=bool)
        return model.by_value(
            [(skills, day if skills else None) for skills, day in asked],
            lambda volunteer, value: all(volunteer.can(skill, value[1]) for skill in value[0]),
        )


class OfAge(Gate):
    """A minor never leads, is never placed in a child session and never after 21:00 (domain 8.8, 9.6)."""

    by_role = True
    code = "adult"
    label = "未成年"
    sentence = "未成年人不当讲师，不排进四点半课堂，也不排 21:00 以后还没结束的场次。"

    def admits(self, problem: Problem, volunteer: Volunteer, session: Session, role: str) -> bool:
        return is_adult(volunteer, session) or (role != LEAD and self.open_to_minors(session))

    def open_to_minors(self, session: Session) -> bool:
        """Whether a minor may help at this session."""
        evening = datetime.combine(session.starts_at.date(), MINORS_UNTIL)
        return session.programme != "child" and session.ends_at <= evening

    def mask(self, model: Model, role: str) -> Mask:
        adult = model.by_value(
            [session.starts_at.date() for session in model.sessions],
            lambda volunteer, day: volunteer.adult_from is None or volunteer.adult_from <= day,
        )
        if role == LEAD:
            return adult
        for_minors = np.array([self.open_to_minors(session) for session in model.sessions], dtype=bool)
        return np.asarray(adult | for_minors[None, :])


class Cleared(Gate):
    """A child session takes only people whose clearance is valid on the session's date.

    Source: 未成年人保护法 art. 62; a query is good for a year, and the session's date counts,
    not today's.
    """

    code = "clearance"
    label = "当天没有有效的背景查询"
    sentence = "四点半课堂只安排当天背景查询有效的人。"

    def admits(self, problem: Problem, volunteer: Volunteer, session: Session, role: str) -> bool:
        return session.programme != "child" or is_cleared(volunteer, session)

    def mask(self, model: Model, role: str) -> Mask:
        cleared = model.by_value(
            [session.starts_at.date() for session in model.sessions],
            lambda volunteer, day: (
                volunteer.child_clearance_until is not None and day <= volunteer.child_clearance_until
            ),
        )
        return cleared | ~model.in_programme("child")


class Away(Gate):
    """Nobody is placed on a day of an exam week, a holiday or an absence, whatever else they have stated."""

    code = "away"
    label = "考试周或外出"
    sentence = "考试周、放假和外出的日子不安排。"

    def admits(self, problem: Problem, volunteer: Volunteer, session: Session, role: str) -> bool:
        return not any(away.meets(session) for away in volunteer.away)

    def mask(self, model: Model, role: str) -> Mask:
        starts = np.array([session.starts_at.date() for session in model.sessions], dtype="datetime64[D]")
        ends = np.array([session.ends_at.date() for session in model.sessions], dtype="datetime64[D]")
        there = np.ones(model.shape, dtype=bool)
        for row, volunteer in enumerate(model.volunteers):
            for away in volunteer.away:
                there[row] &= (ends < np.datetime64(away.first)) | (starts > np.datetime64(away.last))
        return there


class Free(Gate):
    """A volunteer is free for the whole session; part of it is not enough."""

    code = "free"
    label = "这个时间没空"
    sentence = "整场都有空才安排。"

    def admits(self, problem: Problem, volunteer: Volunteer, session: Session, role: str) -> bool:
        return volunteer.window(session) is not None

    def mask(self, model: Model, role: str) -> Mask:
        starts = np.array([_minute(session.starts_at) for session in model.sessions], dtype=np.int64)
        ends = np.array([_minute(session.ends_at) for session in model.sessions], dtype=np.int64)
        return _covered(model.volunteers, starts, ends)


class NotBarred(Gate):
    """A pair the organiser has ruled out is never placed."""

    code = "barred"
    label = "组织者已排除"
    sentence = "组织者排除过的，不再安排。"

    def admits(self, problem: Problem, volunteer: Volunteer, session: Session, role: str) -> bool:
        return (volunteer.id, session.id) not in problem.refused

    def mask(self, model: Model, role: str) -> Mask:
        allowed = np.ones(model.shape, dtype=bool)
        for volunteer, session in model.problem.refused:
            allowed[model.row_of[volunteer], model.column_of[session]] = False
        return allowed


def is_adult(volunteer: Volunteer, session: Session) -> bool:
    """Whether the volunteer is of age on the session's date."""
    return volunteer.adult_from is None or volunteer.adult_from <= session.starts_at.date()


def is_cleared(volunteer: Volunteer, session: Session) -> bool:
    """Whether the volunteer's clearance is valid on the session's date."""
    until = volunteer.child_clearance_until
    return until is not None and session.starts_at.date() <= until


def _minute(moment: datetime) -> int:
    """Minutes since the year 1: far quicker than numpy's own reading of moments."""
    return moment.toordinal() * MINUTES_A_DAY + moment.hour * 60 + moment.minute


def _covered(volunteers: Sequence[Volunteer], starts: Numbers, ends: Numbers) -> Mask:
    """Which of the periods lie inside each volunteer's free times, joined where they touch.

    All volunteers' times stand on one long line, one stretch of it for each, so that one search
    finds the last time that opens before a period.
    """
    times = np.array(
        [
            (row, _minute(window.starts_at), _minute(window.ends_at))
            for row, volunteer in enumerate(volunteers)
            for window in volunteer.availability
        ],
        dtype=np.int64,
    ).reshape(-1, 3)
    if not len(times) or not len(starts):
        return np.zeros((len(volunteers), len(starts)), dtype=bool)
    first = min(times[:, 1].min(), starts.min())
    stretch = max(times[:, 2].max(), ends.max()) - first + 1
    opens = times[:, 0] * stretch + times[:, 1] - first
    closes = times[:, 0] * stretch + times[:, 2] - first
    order = np.lexsort((closes, opens))
    opens, closes = opens[order], np.maximum.accumulate(closes[order])
    fresh = np.append(True, opens[1:] > closes[:-1])
    opens, closes = opens[fresh], closes[np.append(fresh[1:], True)]
    line = np.arange(len(volunteers))[:, None] * stretch - first
    place = np.searchsorted(opens, line + starts, side="right") - 1
    return np.asarray((place >= 0) & (closes[np.maximum(place, 0)] >= line + ends))


GATES: tuple[Gate, ...] = (
    ServesCommunity(),
    DoesProgramme(),
    MayLead(),
    HasSkills(),
    OfAge(),
    Cleared(),
    Away(),
    Free(),
    NotBarred(),
)
