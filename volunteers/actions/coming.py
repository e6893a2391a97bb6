"""How many of those whom a session concerns could come at another time, as far as they have said."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from classes import demand
from classes.actions.changing import SHANGHAI
from classes.actions.moving import Target
from classes.models import Learner, Session
from classes.queries import learners_meet
from classes.queries.learners_meet import Busy
from classes.timetabling.parts import Window
from volunteers.actions.following import elsewhere, where_else
from volunteers.models import Assignment
from volunteers.planning.times import times_of
from volunteers.rules.said_free import SaidFree


@dataclass(frozen=True, slots=True)
class Coming:
    """Learners expected with their free times, helpers asked, and where each of them is besides."""

    session: Session
    learners: dict[int, tuple[Window, ...] | None]
    busy: dict[int, list[Busy]]
    helpers: list[Assignment]
    said: SaidFree
    away: dict[int, list[tuple[datetime, datetime, Session]]]

    def count(self, starts_at: datetime, ends_at: datetime) -> tuple[int, int]:
        """How many learners and how many helpers could come."""
        learners = sum(self._learner_can(pk, starts_at, ends_at) for pk in self.learners)
        return learners, sum(self._helper_can(one, starts_at, ends_at) for one in self.helpers)

    def _learner_can(self, learner: int, starts_at: datetime, ends_at: datetime) -> bool:
        if any(one.starts_at < ends_at and starts_at < one.ends_at for one in self.busy[learner]):
            return False
        windows = self.learners[learner]
        begins, ends = (moment.astimezone(SHANGHAI) for moment in (starts_at, ends_at))
        first, last = (60 * clock.hour + clock.minute for clock in (begins, ends))
        return windows is None or any(
            one.weekday == begins.weekday() and one.starts <= first and last <= one.ends for one in windows
        )

    def _helper_can(self, one: Assignment, starts_at: datetime, ends_at: datetime) -> bool:
        there = Target(self.session, starts_at.astimezone(SHANGHAI).date(), starts_at, ends_at, None)
        is_away = where_else(one, there, self.away.get(one.volunteer_id, []))
        return not is_away and self.said.is_free(one.volunteer, starts_at, ends_at)


def people_of(session: Session, first: date, last: date) -> Coming:
    """Everybody of a session and what is known of their time between two days. A constant number of queries."""
    opens = datetime.combine(first, time(), SHANGHAI)
    closes = datetime.combine(last + timedelta(days=1), time(), SHANGHAI)
    expected = demand.expected_learners(session)
    rows = Learner.objects.filter(pk__in=expected).order_by("pk")
    active = Assignment.objects.filter(session=session, status__in=Assignment.ACTIVE)
    helpers = list(
        active.select_related("volunteer__person", "shift__role", "session__series__programme").order_by("id")
    )
    people = {one.volunteer_id for one in helpers}
    return Coming(
        session=session,
        learners={learner.pk: times_of(learner) for learner in rows},
        busy=learners_meet.elsewhere(expected, opens, closes, {session.pk}),
        helpers=helpers,
        said=SaidFree.of(people, first, last),
        away=elsewhere(people, [Target(session, first, opens, closes, None)]),
    )
