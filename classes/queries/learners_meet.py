"""Learners who would be in two classes at one time."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from classes import demand
from classes.models import Enrolment, Learner, Session


@dataclass(frozen=True, slots=True)
class Busy:
    """When one learner is expected elsewhere."""

    starts_at: datetime
    ends_at: datetime
    session: Session


def elsewhere(
    learners: Collection[int], first: datetime, last: datetime, besides: Collection[int]
) -> dict[int, list[Busy]]:
    """Where these learners are expected between two moments, by learner, the sessions `besides` left out.

    A constant number of queries.
    """
    series = Enrolment.objects.filter(learner__in=learners, status=Enrolment.Status.CONFIRMED).values("series")
    found = Session.objects.filter(
        series__in=series, status=Session.Status.PLANNED, starts_at__lt=last, ends_at__gt=first
    ).exclude(pk__in=besides)
    rows = list(found.select_related("series").order_by("starts_at", "id"))
    busy: dict[int, list[Busy]] = {learner: [] for learner in learners}
    for session, places in zip(rows, demand.headcounts(rows).values(), strict=True):
        for place in places:
            if place.learner in busy:
                busy[place.learner].append(Busy(session.starts_at, session.ends_at, session))
    return busy


def names_of(learners: Iterable[int]) -> dict[int, str]:
    """Learners by name."""
    rows = Learner.objects.filter(pk__in=set(learners)).select_related("person").order_by("pk")
    return {learner.pk: str(learner) for learner in rows}
