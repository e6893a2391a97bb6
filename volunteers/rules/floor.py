"""The safety floor of a children's session: how many cleared adults have to be there before it begins.

Source: domain 2.3 and 9.2: at least two cleared adults, one to ten children at the very most.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from classes.models import Session
from volunteers.models import Assignment, CheckIn, Volunteer
from volunteers.rules.persons import ADULT_AT, cleared_until, turns

HARD_RATIO = 10


@dataclass(frozen=True, slots=True)
class Floor:
    """How many cleared adults are there, and how many have to be."""

    here: int
    needed: int

    @property
    def lacking(self) -> int:
        """How many are still missing."""
        return max(0, self.needed - self.here)

    @property
    def sentence(self) -> str:
        """Why the session may not begin; empty when it may."""
        if not self.lacking:
            return ""
        return f"还差 {self.lacking} 位做过背景查询的大人签到，孩子的课不能开始（至少 {self.needed} 位，已到 {self.here} 位）。"


def floor_of(session: Session, *, children: int) -> Floor:
    """The floor of a session for so many children present, as people are checked in now. At most two queries.

    Sessions of other programmes have no floor. Whoever is known to be under age does not count.
    """
    programme = session.series.programme
    if not programme.needs_clearance:
        return Floor(0, 0)
    came = CheckIn.objects.filter(session=session, arrived_at__isnull=False, left_at__isnull=True)
    people = list(Volunteer.objects.filter(checkins__in=came).select_related("person"))
    here = len(fit(people, session))
    return Floor(here, max(programme.minimum_adults, math.ceil(children / HARD_RATIO)))


def room_of(session: Session, *, here: int) -> int | None:
    """How many children so many cleared adults may be with; None where there is no floor."""
    programme = session.series.programme
    if not programme.needs_clearance:
        return None
    return here * HARD_RATIO if here >= programme.minimum_adults else 0


def agreed(sessions: Iterable[Session]) -> dict[int, Floor]:
    """The floor of each session to come that has one, by id, as people have agreed to come. Three queries.

    `here` are cleared adults who said yes, `needed` counts the children that are expected.
    """
    guarded = {one.pk: one for one in sessions if one.series.programme.needs_clearance}
    places = Assignment.objects.filter(session__in=guarded, status=Assignment.Status.ACCEPTED)
    coming = defaultdict(list)
    for place in places.select_related("volunteer__person"):
        coming[place.session_id].append(place.volunteer)
    until = cleared_until({one.pk for people in coming.values() for one in people})
    return {
        pk: Floor(
            sum(one.pk in until and until[one.pk] >= of.on_date and not is_minor(one, of) for one in coming[pk]),
            max(of.series.programme.minimum_adults, math.ceil(of.expected / HARD_RATIO)),
        )
        for pk, of in guarded.items()
    }


def fit(people: Iterable[Volunteer], session: Session) -> set[int]:
    """Who of them may be with children on that day: a check that holds, and of age as far as is known. One query."""
    known = list(people)
    until = cleared_until([one.pk for one in known])
    cleared = [one for one in known if one.pk in until and until[one.pk] >= session.on_date]
    return {one.pk for one in cleared if not is_minor(one, session)}


def is_minor(volunteer: Volunteer, session: Session) -> bool:
    """Whether the volunteer is known to be under age on the day, as the gate reads it."""
    of_age = turns(volunteer, ADULT_AT)
    return of_age is not None and of_age > session.on_date
