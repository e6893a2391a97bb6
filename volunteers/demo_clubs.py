"""Clubs, queues and exchanges of the demonstration, made with the product's own actions. All people are invented."""

from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from classes.models import Session
from volunteers.actions import absences, clubs, exchanges, waiting
from volunteers.models import Absence, Hold, Organisation, Shift, Volunteer
from volunteers.queries import exchanges as queries

CLUB = "城南大学青年志愿者协会"
LEADER = ("何晓琳", "16000030011")
NAMES = "唐雨薇 16000030012\n贺子轩 16000030013"
HELD = 4
SOON = timedelta(days=4)
MOST = 20
EXAMS_IN, EXAMS_LAST = timedelta(weeks=3), timedelta(days=12)


def meet(*, now: datetime) -> None:
    """A club holds places and has named two, two volunteers wait, one has passed a link on, one asks
    to swap; the universities have their exam weeks.
    """
    club, _ = Organisation.objects.get_or_create(name=CLUB)
    clubs.open_link(organisation=club, name=LEADER[0], phone=LEADER[1], now=now, actor=None)
    hold_some(club, now)
    queue_up(now)
    exchange(now)
    sit_examinations(now)


def sit_examinations(now: datetime) -> None:
    """In three weeks the students of one university sit their examinations, those of the other a week later."""
    today = timezone.localdate(now)
    first = today - timedelta(days=today.weekday()) + EXAMS_IN
    for club in Organisation.objects.filter(name__contains="大学").order_by("name"):
        begins = first + timedelta(days=7 if club.name.startswith("城南") else 0)
        absences.set_absence(
            organisation=club,
            kind=Absence.Kind.EXAM,
            starts_on=begins,
            ends_on=begins + EXAMS_LAST,
            now=now,
            actor=None,
        )


def hold_some(club: Organisation, now: datetime) -> None:
    """Places of the first senior class with enough of them."""
    shift = helpers(now + SOON).filter(taken__lte=F("needed") - HELD).first()
    if shift is None:
        return
    made = clubs.hold_places(organisation=club, shift=shift, places=HELD, now=now)
    rows = Hold.objects.select_related(
        "organisation", "shift__role", "shift__session__series__programme", "shift__session__community"
    )
    clubs.name_people(hold=rows.get(pk=made.pk), text=NAMES, now=now)


def queue_up(now: datetime) -> None:
    """Two people wait at the first full class of seniors."""
    shift = helpers(now + SOON).filter(taken=F("needed")).first()
    if shift is None:
        return
    waiting_now = 0
    for who in Volunteer.objects.filter(status=Volunteer.Status.ACTIVE).select_related("person").order_by("pk"):
        try:
            waiting.wait(volunteer=who, session=shift.session, now=now)
        except waiting.Refused:
            continue  # is there already, or elsewhere at that time
        waiting_now += 1
        if waiting_now == 2:
            return


def exchange(now: datetime) -> None:
    """A link for a friend is out, and the first who may asks somebody to swap."""
    rows = queries.placed(now + SOON).filter(shift__role__is_lead=False, held_as=None)
    places = list(rows.order_by("starts_at", "pk")[:MOST])
    if places:
        exchanges.offer_hand_over(assignment=places[0], now=now)
    for place in places[1:]:
        if found := queries.partners(assignment=place, now=now):
            exchanges.propose_swap(assignment=place, wanted=found[0].assignment, now=now)
            return


def helpers(since: datetime):
    """Helpers' needs of senior classes to come, the next first."""
    rows = Shift.objects.filter(
        role__is_lead=False,
        needed__gt=0,
        session__starts_at__gt=since,
        session__status=Session.Status.PLANNED,
        session__series__programme__kind="senior",
    )
    return rows.select_related("role", "session__series__programme", "session__community").order_by(
        "session__starts_at", "pk"
    )
