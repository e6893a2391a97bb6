"""Putting learners who have no class into the classes that suit them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from classes import demand
from classes.actions import enrolment as places
from classes.actions import seats
from classes.actions.holding import hold_community
from classes.models import Community, Enrolment, Learner, Programme, Room, Series, Term

Status = Enrolment.Status
# Level 0 knows nothing yet, 3 is at ease; letters are lesson stages, first wish first.
STAGES_FOR: dict[int | None, str] = {0: "A", 1: "AB", 2: "B", 3: "DEF"}
FRAUD_STAGE = "C"


@dataclass(slots=True)
class Placed:
    """What a run did: numbers by outcome, and who fits nowhere (learner id, name, why)."""

    confirmed: int = 0
    waiting: int = 0
    requested: int = 0
    left: list[dict[str, str | int]] = field(default_factory=list)


@transaction.atomic
def place_by_level(*, term: Term, community: Community, now: datetime) -> Placed:
    """Give every learner of the community without a class this term a place that suits.

    Seniors go where the lessons fit their level (a wish about fraud first), children into the
    child classes on the days their guardian named. Full classes put them on the waiting list of
    the best one. Nobody who has a place is moved. Running it again changes nothing.
    """
    # Many classes in the order of the learners: nobody else may hold some of them and want others.
    hold_community(community.pk)
    done = Placed()
    offered = list(
        Series.objects.filter(term=term, community=community)
        .select_related("programme", "room")
        .prefetch_related("days")
    )
    changed: set[int] = set()
    for learner in without_a_class(term, community):
        place_one(learner, suitable(learner, offered), now, done, changed)
    if changed:
        places.places_changed(changed, now)
    return done


@transaction.atomic
def take_back(*, enrolments: Iterable[int], now: datetime) -> None:
    """Undo places given by a run (by enrolment id), as if they had not been given; seats become free."""
    changed: set[int] = set()
    found = Enrolment.objects.filter(pk__in=list(enrolments)).select_related("series")
    hold_community(*found.values_list("series__community", flat=True))
    for enrolment in found:
        if enrolment.status == Status.CONFIRMED:
            seats.give_back(enrolment.series, enrolment.weekdays)
            changed.add(enrolment.series_id)
    found.delete()
    if changed:
        places.places_changed(changed, now)


def without_a_class(term: Term, community: Community) -> Iterable[Learner]:
    """Learners of the community with no place in the term, in the order they came."""
    settled = Enrolment.objects.filter(series__term=term).exclude(status=Status.WITHDRAWN)
    return (
        Learner.objects.filter(community=community)
        .exclude(pk__in=settled.values("learner_id"))
        .select_related("person")
        .prefetch_related("guardians__person")
        .order_by("id")
    )


def suitable(learner: Learner, offered: Iterable[Series]) -> list[Series]:
    """The classes that fit a learner, best first."""
    if learner.kind == Learner.Kind.CHILD:
        return [series for series in offered if series.programme.kind == Programme.Kind.CHILD]
    fitting = []
    for series in offered:
        rank = rank_for(learner, series)
        if rank is not None and reachable(learner, series.room):
            fitting.append((rank, -free_seats(series), series.pk, series))
    return [series for *_, series in sorted(fitting, key=lambda row: row[:3])]


def rank_for(learner: Learner, series: Series) -> int | None:
    """How well a senior class fits, 0 is best; None when it does not."""
    if series.programme.kind != Programme.Kind.SENIOR:
        return None
    if "防诈骗" in learner.wishes and FRAUD_STAGE in series.stages:
        return 0
    letters = STAGES_FOR.get(learner.level, "")
    found = [letters.index(letter) for letter in series.stages if letter in letters]
    if not found:
        return None
    # Level 3 may join any of D, E, F; for the others the first letter is the better one.
    return 1 if learner.level == 3 else 1 + min(found)


def reachable(learner: Learner, room: Room | None) -> bool:
    """A wheelchair never goes to an upper floor without a lift; an unknown lift is none."""
    return not (demand.in_a_wheelchair(learner.needs) and demand.up_the_stairs(room))


def free_seats(series: Series) -> int:
    """Seats free on the fullest day."""
    return min((day.seats - day.taken for day in series.days.all()), default=0)


def place_one(learner: Learner, fitting: list[Series], now: datetime, done: Placed, changed: set[int]) -> None:
    """Enrol one learner into the first class with seats, else onto the first waiting list."""
    if not fitting:
        done.left.append({"learner": learner.pk, "name": str(learner), "why": why_nowhere(learner)})
        return
    open_series = next((series for series in fitting if has_seat(series)), fitting[0])
    days = places.wanted_days(learner, open_series)
    made = places.give_place(learner, open_series, days, now)
    if made.status == Status.CONFIRMED:
        done.confirmed += 1
        changed.add(open_series.pk)
    elif made.status == Status.WAITING:
        done.waiting += 1
    else:
        done.requested += 1


def has_seat(series: Series) -> bool:
    """Whether every day of the class has a seat right now."""
    days = series.days.values_list("taken", "seats")
    return bool(days) and all(taken < seats for taken, seats in days)


def why_nowhere(learner: Learner) -> str:
    """The sentence for a learner no class suits."""
    if learner.kind == Learner.Kind.CHILD:
        return "这学期还没有孩子的班"
    if learner.level is None:
        return "没填会到什么程度"
    if demand.in_a_wheelchair(learner.needs):
        return "合适的班在楼上，没有电梯"
    return "没有合适程度的班"
