"""Who came in the made-up term: volunteers, learners, who fetched a child, hours, two certificates."""

import random
from datetime import date, datetime, timedelta

from django.utils import timezone

from classes import demand
from classes.models import Attendance, Community, PickUp, Programme, Session
from people.models import User
from volunteers.actions import attendance, certificates, ledger
from volunteers.models import Assignment, CheckIn, NoShow, ServiceRecord, Volunteer

# Shares: who comes although they agreed, and learners (domain 8.4).
HELPERS_COME, SENIORS_COME, CHILDREN_COME = 0.98, 0.78, 0.92
ON_THEIR_PHONE = 0.7
# The last sessions that are over wait for somebody to say who came.
LEFT_OPEN = 3
How = CheckIn.How


def attend(community: Community, start: date, until: date, chance: random.Random) -> None:
    """Everything said about the sessions of these days that are over."""
    over = Session.objects.filter(
        community=community,
        on_date__range=(start, until),
        ends_at__lt=timezone.now(),
        status=Session.Status.PLANNED,
    )
    sessions = list(over.select_related("series__programme").order_by("starts_at", "id"))
    _helpers(sessions, chance)
    _learners(sessions, chance)
    for session in sessions:
        attendance.settle(session, session.ends_at)


def _helpers(sessions: list[Session], chance: random.Random) -> None:
    placed = Assignment.objects.filter(session__in=sessions, status=Assignment.Status.ACCEPTED, no_show=None)
    visits, missed = [], []
    for row in placed.select_related("session").order_by("pk"):
        if chance.random() < HELPERS_COME:
            visits.append(
                CheckIn(
                    volunteer_id=row.volunteer_id,
                    series_id=row.session.series_id,
                    session=row.session,
                    on_date=row.session.on_date,
                    arrived_at=row.starts_at - timedelta(minutes=chance.randint(-14, 15)),
                    left_at=row.ends_at,
                    how=How.DEVICE if chance.random() < ON_THEIR_PHONE else How.STAFF,
                    left_how=CheckIn.LeftHow.PLANNED,
                    source="签到",
                    changed_at=row.ends_at,
                )
            )
        else:
            missed.append(NoShow(assignment=row, said_at=row.ends_at))
    CheckIn.objects.bulk_create(visits, ignore_conflicts=True)
    NoShow.objects.bulk_create(missed)


def _learners(sessions: list[Session], chance: random.Random) -> None:
    pickups = {one.learner_id: one for one in PickUp.objects.order_by("-pk")}
    rows = []
    for session in sessions:
        child = session.series.programme.kind == Programme.Kind.CHILD
        for learner in sorted(demand.expected_learners(session)):
            if chance.random() < (CHILDREN_COME if child else SENIORS_COME):
                rows.append(_present(session, learner, pickups.get(learner) if child else None, chance))
            else:
                rows.append(Attendance(session=session, learner_id=learner, state="absent", marked_at=session.ends_at))
    Attendance.objects.bulk_create(rows, ignore_conflicts=True)


def _present(session: Session, learner: int, pickup: PickUp | None, chance: random.Random) -> Attendance:
    left_at = session.ends_at - timedelta(minutes=chance.randint(0, 12)) if pickup else None
    return Attendance(
        session=session,
        learner_id=learner,
        state="present",
        arrived_at=session.starts_at + timedelta(minutes=chance.randint(0, 9)),
        left_at=left_at,
        collected_by=pickup,
        collected_text=str(pickup)[:60] if pickup else "",
        marked_at=session.ends_at,
    )


def close_books(community: Community, now: datetime, chen: User) -> None:
    """The hours go into the ledger, the last sessions stay open, and two people want a certificate."""
    done = Session.objects.filter(community=community, status=Session.Status.DONE).order_by("-starts_at", "-id")
    for session in done[:LEFT_OPEN]:
        session.checkins.all().delete()
        session.attendance.all().delete()
        Session.objects.filter(pk=session.pk).update(status=Session.Status.PLANNED)
    ledger.post_hours(now=now)
    served = ServiceRecord.objects.filter(community=community).values("volunteer")
    who = list(Volunteer.objects.filter(pk__in=served).order_by("-experienced", "pk")[:2])
    asked = [certificates.request_certificate(volunteer=one, community=community, now=now) for one in who]
    if asked:
        certificates.issue(certificate=asked[0], now=now, actor=chen)
