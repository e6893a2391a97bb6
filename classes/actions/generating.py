"""From the series of a term to its dated sessions: everything is read at once, worked out, and written at once."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db import IntegrityError, transaction

from classes import demand
from classes.actions.holding import hold_community
from classes.actions.lessons import Orders, lay_out
from classes.actions.timetable import ROOM_CLASH, SHANGHAI, blank_session, hold_rooms, occupied_by
from classes.calendar import DayRule, Days, Meeting, meetings
from classes.models import Community, DayQuestion, Lesson, RoomBooking, Series, Session, Term
from classes.models.truths import BOOKED
from classes.queries import plan as plan_queries
from classes.recurrence import days_between

BATCH = 500


@dataclass(slots=True)
class Generated:
    """What a run of generate_term did. `skipped` rows: date, why, series."""

    created: int = 0
    existing: int = 0
    by_programme: dict[str, int] = field(default_factory=dict)
    skipped: list[dict[str, str]] = field(default_factory=list)
    questions: int = 0


@dataclass(slots=True)
class Plan:
    """What is known of a term's series, and what is to be written."""

    present: dict[int, list[Session]]
    answers: dict[tuple[int, date], str]
    busy: dict[tuple[int, date], list[Session | RoomBooking]]
    fresh: dict[int, list[Session]] = field(default_factory=lambda: defaultdict(list))
    asked: list[DayQuestion] = field(default_factory=list)


@transaction.atomic
def generate_term(*, term: Term, community: Community | None = None, now: datetime) -> Generated:
    """Make the sessions that the series of a term ask for and that are not there yet.

    Holidays and make-up days follow each programme's rule pack; days that ask become
    questions. A room that is taken leaves that one session out and says so. Running it
    again changes nothing. The number of queries does not grow with the number of series.
    """
    done = Generated()
    every = hold_series(term, community)
    hold_rooms(series.room_id for series in every)
    plan = read(every, term)
    calendars = Days.everywhere(term.starts_on, term.ends_on)
    for series in every:
        work_out(series, calendars[series.community_id], plan, done)
    write(every, plan, done)
    changed = {series_id for series_id, rows in plan.fresh.items() if rows}
    if changed:
        demand.need_changed.send(sender=Series, series_ids=changed, now=now)
    done.by_programme = sessions_by_programme(term, community)
    done.skipped.sort(key=lambda row: (row["date"], row["series"]))
    return done


def hold_series(term: Term, community: Community | None) -> list[Series]:
    """The series of a term with what generating needs, the same order every time.

    Their rows are locked, so that two runs at once make each session once.
    """
    found = Series.objects.filter(term=term).order_by("community_id", "id")
    if community:
        found = found.filter(community=community)
    # The days stay what they are until the sessions are there.
    hold_community(*found.order_by().values_list("community_id", flat=True).distinct())
    list(found.select_for_update(no_key=True).values("pk"))
    return list(found.select_related("programme", "term", "community", "room").prefetch_related("days"))


def read(every: list[Series], term: Term) -> Plan:
    """What is there already: sessions, answers, and who is in the rooms."""
    present: dict[int, list[Session]] = defaultdict(list)
    for session in Session.objects.filter(series__in=every).order_by("on_date"):
        present[session.series_id].append(session)
    questions = DayQuestion.objects.filter(series__in=every).values_list("series_id", "on_date", "answer")
    busy: dict[tuple[int, date], list[Session | RoomBooking]] = defaultdict(list)
    rooms = {series.room_id for series in every if series.room_id}
    days = (term.starts_on, term.ends_on)
    held = Session.objects.exclude(status=Session.Status.CANCELLED).filter(room__in=rooms, on_date__range=days)
    for session in held.select_related("series").order_by("starts_at", "id"):
        busy[session.room_id, session.on_date].append(session)
    for booking in RoomBooking.objects.filter(room__in=rooms, ends_at__gt=opening(term)).order_by("starts_at", "id"):
        for day in days_between(
            *(moment.astimezone(SHANGHAI).date() for moment in (booking.starts_at, booking.ends_at))
        ):
            busy[booking.room_id, day].append(booking)
    return Plan(present, {(series_id, day): answer for series_id, day, answer in questions}, busy)


def opening(term: Term) -> datetime:
    """The first moment of a term."""
    return datetime.combine(term.starts_on, time(), SHANGHAI)


def work_out(series: Series, days: Days, plan: Plan, done: Generated) -> None:
    """One series' missing sessions and questions."""
    weekdays = frozenset(day.weekday for day in series.days.all())
    present = taken_days(plan.present[series.pk])
    for meeting in meetings(series, weekdays, days):
        answer = plan.answers.get((series.pk, meeting.on_date))
        if meeting.on_date in present:
            done.existing += 1
        elif meeting.rule == DayRule.RUN or (meeting.rule == DayRule.ASK and answer == DayQuestion.Answer.RUN):
            place(series, meeting, plan, done)
        else:
            if meeting.rule == DayRule.ASK and answer is None:
                plan.asked.append(DayQuestion(series=series, on_date=meeting.on_date, why=meeting.why[:100]))
                done.questions += 1
            why = "您定了不开" if answer == DayQuestion.Answer.SKIP else meeting.why
            skip(done, series, meeting.on_date, why)


def taken_days(sessions: list[Session]) -> set[date]:
    """Days of the pattern that have their session, also one moved to another day, and days it was moved to."""
    whole = [session for session in sessions if session.split_from_id is None]
    held = {session.on_date for session in whole if session.status != Session.Status.CANCELLED}
    return held | {session.planned_on or session.on_date for session in whole}


def place(series: Series, meeting: Meeting, plan: Plan, done: Generated) -> None:
    """A new session where its room is free then, else the reason."""
    session = blank_session(series, meeting.on_date, meeting.day_type)
    in_room = plan.busy[series.room_id, meeting.on_date] if series.room_id else []
    other = next((row for row in in_room if row.starts_at < session.ends_at and session.starts_at < row.ends_at), None)
    if other:
        skip(done, series, meeting.on_date, occupied_by(other, session))
        return
    in_room.append(session)
    plan.fresh[series.pk].append(session)


def skip(done: Generated, series: Series, on_date: date, why: str) -> None:
    """Write down why a day has no session."""
    done.skipped.append({"date": on_date.isoformat(), "why": why, "series": series.name})


def write(every: list[Series], plan: Plan, done: Generated) -> None:
    """Lessons, expected learners and rows, for the series that got a session."""
    DayQuestion.objects.bulk_create(plan.asked, batch_size=BATCH)
    growing = [series for series in every if plan.fresh[series.pk]]
    if not growing:
        return
    changed = planned(growing, plan)
    fresh = [session for series in growing for session in plan.fresh[series.pk]]
    for session, places in zip(fresh, expected(fresh), strict=True):
        session.expected = len(places)
        session.step_free = demand.keeps_from_stairs(session, places)
    done.created = insert(fresh, done)
    Session.objects.bulk_update(changed, ["is_review", "lesson"], batch_size=BATCH)


def planned(growing: list[Series], plan: Plan) -> list[Session]:
    """Lay out the lessons of each series anew; the sessions already in the database that changed."""
    every = list(Lesson.objects.prefetch_related("prerequisites"))
    orders = Orders(every, plan_queries.wishes_in({series.community_id for series in growing}))
    by_hand = plan_queries.orders_by_hand(series.pk for series in growing)
    changed: list[Session] = []
    for series in growing:
        lessons = by_hand.get(series.pk) or orders.of(series)
        whole = [row for row in plan.present[series.pk] if row.split_from_id is None]
        held = [row for row in whole if row.status != Session.Status.CANCELLED]
        both = sorted([*held, *plan.fresh[series.pk]], key=lambda row: row.on_date)
        changed += [row for row in (lay_out(both, lessons) if lessons else ()) if row.pk]
    return changed


def expected(sessions: list[Session]) -> Iterator[list[demand.Place]]:
    """Whom each of these sessions, not saved yet, expects."""
    places = demand.places_of(session.series_id for session in sessions)
    follows = demand.followed(sessions)
    for session in sessions:
        yield demand.present_on(session, places[session.series_id], follows.get(session.on_date))


def insert(rows: list[Session], done: Generated) -> int:
    """Insert sessions at once, or one by one when somebody took a room meanwhile; the number inserted."""
    try:
        with transaction.atomic():
            Session.objects.bulk_create(rows, batch_size=BATCH)
        return len(rows)
    except IntegrityError:
        return sum(insert_one(row, done) for row in rows)


def insert_one(row: Session, done: Generated) -> bool:
    """The slow way: a session in its own savepoint, a clash reported."""
    row.pk = None
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if any(name in str(error) for name in (ROOM_CLASH, BOOKED)):
            skip(done, row.series, row.on_date, occupied_by(None, row))
        else:
            done.existing += 1
        return False
    return True


def sessions_by_programme(term: Term, community: Community | None) -> dict[str, int]:
    """How many sessions of the term each programme has now, cancelled ones left out."""
    found = Session.objects.filter(series__term=term).exclude(status=Session.Status.CANCELLED)
    if community:
        found = found.filter(community=community)
    names: Iterable[str] = found.order_by("series__programme_id").values_list("series__programme__name", flat=True)
    return dict(Counter(names))
