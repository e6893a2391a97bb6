"""Hundreds of edits by several people at once, in any order: what must be true is still true afterwards."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from classes import actions as classes
from classes import demand
from classes.actions import changing as refusals
from classes.actions import days as classes_days
from classes.actions import reshaping
from classes.actions.moving import ALL, FOLLOWING, ONE, Edit
from classes.actions.rooms import book_room
from classes.calendar import Days
from classes.models import CalendarDay, Change, Enrolment, Lesson, Room, RoomBooking, Series, Session
from classes.queries import days as days_queries
from classes.seeds import seed_reference
from people.models import Message
from tests import make
from volunteers.actions import answers, changing, roster, seats, settling, undoing
from volunteers.models import Assignment, Shift, Volunteer

pytestmark = pytest.mark.django_db(transaction=True)
NOW = make.at("2026-09-07", "06:00")
FIRST = date(2026, 9, 7)
THREADS = 4
EDITS = 250  # in each of two examples
KINDS = (
    *("move", "move", "move_all", "cancel", "undo", "undo", "split", "merge", "swap", "lesson"),
    *("reshape", "reshape", "close", "place", "withdraw", "enrol", "generate", "book", "post", "calendar"),
)
ALLOWED = (
    refusals.Refused,
    seats.Refused,
    classes.RoomTaken,
    classes.AlreadyEnrolled,
    classes.NotActive,
)


@settings(
    max_examples=2,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
@given(seed=st.integers(0, 2**32 - 1))
def test_whatever_is_edited_nothing_is_broken(together, seed):
    Session.objects.all().delete()  # each example begins anew
    for model in (Change, Message, RoomBooking, Series, Volunteer, Room, CalendarDay):
        model.objects.all().delete()
    world()
    chance = random.Random(seed)
    plan = [(chance.choice(KINDS), chance.randrange(2**32)) for _ in range(EDITS)]
    outcomes: Counter = Counter()

    def work(thread: int) -> None:
        for at, (kind, of_edit) in enumerate(plan):
            if at % THREADS == thread:
                outcomes[kind, edit(kind, random.Random(of_edit), at)] += 1

    assert [one for one in together(THREADS, work) if one is not None] == []
    assert sum(outcomes.values()) == EDITS
    assert sum(number for (_, was), number in outcomes.items() if was == "done") >= EDITS / 5

    # What two people changed at one moment waits to be settled, and is not lost.
    caught = days_queries.caught(community=make.community(), now=NOW)
    choices = [settling.Choice(one, settling.CANCEL) for one in caught]
    settling.settle_days(choices=choices, now=NOW + timedelta(seconds=EDITS), actor=None)

    nobody_and_no_room_is_in_two_places()
    places_are_counted()
    closed_days_are_ticked()
    learners_are_counted_and_wheelchairs_stay_down()
    seats_are_counted()
    no_note_is_an_orphan()


def world() -> None:
    """A community with classes in three rooms, helpers, learners, four weeks."""
    seed_reference(NOW)
    rooms = [make.room("智慧教室"), make.room("活动室", floor=1), make.room("三楼", floor=3, has_lift=False)]
    patterns = [("启蒙", (5,), 9), ("基础", (5,), 14), ("提高", (6,), 9), ("白天", (1, 3), 10)]
    term = make.term("四周", FIRST, FIRST + timedelta(days=27))
    for at, (name, weekdays, hour) in enumerate(patterns):
        of = make.series(
            name,
            weekdays=weekdays,
            term=term,
            room=rooms[at % 2],
            starts=time(hour),
            ends=time(hour + 1, 30),
            stages="AB",
        )
        for number in range(4):
            needs = ["轮椅位"] if number == at == 0 else []
            learner = make.learner(f"{name}{number}", phone=f"160001{at}{number:04d}", needs=needs)
            classes.enrol(learner=learner, series=of, weekdays=[], now=NOW)
    classes.generate_term(term=term, now=NOW)
    helpers = [make.volunteer(f"志愿者{number}") for number in range(8)]
    for who in helpers:
        for weekday in range(7):
            make.free(who, weekday)
    for number, shift in enumerate(Shift.objects.filter(role__code="helper").order_by("id")):
        shift.needed = max(shift.needed, 3)
        shift.save()
        for offset, status in enumerate(("accepted", "offered", "draft")):
            who = helpers[(number + offset) % len(helpers)]
            try:
                seats.take(
                    shift=shift, volunteer=who, status=status, source="staff", now=NOW, overlooking=seats.rules.WISHES
                )
            except seats.Refused:
                continue


def edit(kind: str, chance: random.Random, at: int) -> str:
    """One edit of somebody; "done", or the name of the refusal."""
    now = NOW + timedelta(seconds=at)
    try:
        EDIT[kind](chance, now)
    except ALLOWED as refusal:
        return type(refusal).__name__
    except Nothing:
        return "nothing to edit"
    return "done"


class Nothing(Exception):
    """There is nothing of the kind that the edit wants."""


def one_of(chance: random.Random, found):
    """Any of these rows."""
    pks = list(found.order_by("pk").values_list("pk", flat=True))
    if not pks:
        raise Nothing
    return found.model.objects.filter(pk=chance.choice(pks)).first() or one_of(chance, found)


def a_session(chance: random.Random) -> Session:
    return one_of(chance, Session.objects.filter(status="planned"))


def an_edit(chance: random.Random) -> Edit:
    hour = chance.randint(8, 19)
    return Edit(
        days=chance.choice([0, 0, 1, -1, 2, 7]),
        starts=time(hour),
        ends=time(hour + 1, chance.choice([0, 30])),
        changes_room=chance.random() < 0.5,
        room=one_of(chance, Room.objects.all()),
        anyway=chance.random() < 0.3,
    )


def move(chance, now):
    changing.move_sessions(
        session=a_session(chance),
        scope=ONE,
        edit=an_edit(chance),
        reason="停电",
        now=now,
        actor=None,
        releasing=chance.random() < 0.7,
    )


def move_all(chance, now):
    changing.move_sessions(
        session=a_session(chance),
        scope=chance.choice([FOLLOWING, ALL]),
        edit=an_edit(chance),
        reason="",
        now=now,
        actor=None,
        releasing=True,
    )


def reshape(chance, now):
    """A class gets other days, another time or room, from now or from one of its sessions on."""
    series = one_of(chance, Series.objects.all())
    hour, before = chance.randint(8, 19), reshaping.shape_of(series)
    coming = reshaping.coming_of(series, None, now)
    shape = replace(
        before,
        weekdays=tuple(sorted(chance.sample(range(7), chance.choice([1, 1, 2]))))
        if chance.random() < 0.7
        else before.weekdays,
        starts=time(hour),
        ends=time(hour + 1, 30),
        room=one_of(chance, Room.objects.all()) if chance.random() < 0.5 else before.room,
        every_weeks=chance.choice([1, 1, 2]),
    )
    since = chance.choice(coming).on_date if coming and chance.random() < 0.4 else None
    changing.reshape_series(
        series=series, shape=shape, since=since, reason="", now=now, actor=None, releasing=chance.random() < 0.8
    )


def cancel(chance, now):
    changing.cancel_sessions(sessions=[a_session(chance)], reason="暴雨", now=now, actor=None)


def undo(chance, now):
    undoing.undo(change=one_of(chance, Change.objects.filter(undone_at=None)), now=now, actor=None)


def split(chance, now):
    session = a_session(chance)
    going = list(Enrolment.objects.filter(series=session.series_id, status="confirmed").values_list("pk", flat=True))
    changing.split_session(session=session, enrolments=going[:2], edit=an_edit(chance), reason="", now=now, actor=None)


def merge(chance, now):
    changing.merge_sessions(away=a_session(chance), into=a_session(chance), reason="", now=now, actor=None)


def swap(chance, now):
    changing.swap_rooms(one=a_session(chance), other=a_session(chance), reason="", now=now, actor=None)


def lesson(chance, now):
    taught = one_of(chance, Lesson.objects.all())
    changing.change_lesson(session=a_session(chance), lesson=taught, reason="", now=now, actor=None)


def close(chance, now):
    day = FIRST + timedelta(days=chance.randint(0, 30))
    changing.close_day(community=make.community(), day=day, reason="暴雨", now=now, actor=None)


def calendar(chance, now):
    """A day changes its type, and somebody settles what that has caught."""
    day, kind = FIRST + timedelta(days=chance.randint(0, 27)), chance.choice(["closed", "holiday", "workday"])
    here = make.community()
    classes_days.set_day(said=classes_days.DaySaid(day, kind, community=here), now=now, actor=None)
    settle(chance, now)


def settle(chance, now):
    caught = days_queries.caught(community=make.community(), now=now)
    ways = [settling.KEEP, settling.CANCEL, settling.MOVE]
    choices = [settling.Choice(one, chance.choice(ways), one.session.on_date + timedelta(days=1)) for one in caught]
    settling.settle_days(choices=choices, now=now, actor=None)


def place(chance, now):
    shift = one_of(chance, Shift.objects.filter(session__status="planned"))
    roster.place(
        shift=shift,
        volunteer=one_of(chance, Volunteer.objects.all()),
        now=now,
        actor=None,
        overlooking=seats.rules.WISHES,
    )


def withdraw(chance, now):
    answers.withdraw(assignment=one_of(chance, Assignment.objects.filter(status__in=["offered", "accepted"])), now=now)


def enrol(chance, now):
    learner = make.learner(f"新学员{chance.random()}", needs=["轮椅位"] if chance.random() < 0.2 else [])
    classes.enrol(learner=learner, series=one_of(chance, Series.objects.all()), weekdays=[], now=now)


def generate(chance, now):
    classes.generate_term(term=Series.objects.first().term, now=now)


def book(chance, now):
    starts = make.at(str(FIRST + timedelta(days=chance.randint(0, 27))), f"{chance.randint(8, 19):02d}:00")
    room = one_of(chance, Room.objects.all())
    book_room(room=room, who="街道", starts_at=starts, ends_at=starts + timedelta(hours=1), now=now, actor=None)


def post(chance, now):
    """A worker sends one of the notes."""
    one = one_of(chance, Message.objects.filter(status="waiting"))
    Message.objects.filter(pk=one.pk, status="waiting").update(status="sent", sent_at=now)


EDIT = {name: globals()[name] for name in set(KINDS)}


# --- what must be true ----------------------------------------------------------------------------


def overlapping(rows) -> list:
    """Pairs of (key, starts, ends, what) with the same key that meet."""
    ordered = sorted(rows, key=lambda row: (row[0], row[1]))
    return [(one, other) for one, other in pairwise(ordered) if one[0] == other[0] and other[1] < one[2]]


def nobody_and_no_room_is_in_two_places():
    held = Session.objects.exclude(status="cancelled").exclude(room=None)
    used = [(one.room_id, one.starts_at, one.ends_at, f"session {one.pk}") for one in held]
    used += [(one.room_id, one.starts_at, one.ends_at, one.who) for one in RoomBooking.objects.all()]
    assert overlapping(used) == []

    active = list(Assignment.objects.filter(status__in=Assignment.ACTIVE).select_related("session"))
    assert overlapping((one.volunteer_id, one.starts_at, one.ends_at, one.pk) for one in active) == []
    assert [one for one in active if one.session.status == "cancelled"] == []
    for one in Assignment.objects.select_related("session"):
        assert (one.starts_at, one.ends_at) == (one.session.starts_at, one.session.ends_at)


def places_are_counted():
    for shift in Shift.objects.all():
        active = shift.assignments.filter(status__in=Assignment.ACTIVE).count()
        assert (shift.taken, shift.taken <= shift.needed) == (active, True), shift.pk


def closed_days_are_ticked():
    days = Days.between(FIRST - timedelta(days=30), FIRST + timedelta(days=60), make.community())
    planned = Session.objects.filter(status="planned", ticked_at=None)
    assert [one.pk for one in planned if days.type_of(one.on_date) == "closed"] == []


def learners_are_counted_and_wheelchairs_stay_down():
    planned = list(Session.objects.filter(status="planned").select_related("room"))
    heads = demand.headcounts(planned)
    assert {one.pk: one.expected for one in planned} == {pk: len(places) for pk, places in heads.items()}
    upstairs = [one for one in planned if demand.up_the_stairs(one.room)]
    assert [one.pk for one in upstairs if any(place.needs_no_stairs for place in heads[one.pk])] == []


def seats_are_counted():
    for series in Series.objects.all():
        places = list(series.enrolments.filter(status="confirmed").values_list("weekdays", flat=True))
        for day in series.days.all():
            coming = sum(not weekdays or day.weekday in weekdays for weekdays in places)
            assert (day.taken, day.taken <= day.seats) == (coming, True), (series.name, day.name)


def no_note_is_an_orphan():
    changes = {f"change:{one.pk}": one for one in Change.objects.all()}
    corrected = set(Message.objects.filter(kind__endswith="-back").values_list("person", "about", "kind"))
    told = Message.objects.filter(kind__in=["change", "class-change"])
    for note in told:
        is_undone = changes[note.about].undone_at is not None
        was_heard = note.status == "sent"
        has_correction = (note.person_id, note.about, f"{note.kind}-back") in corrected
        assert (was_heard or not is_undone, has_correction) == (True, is_undone), note.body
    originals = {(person, about, f"{kind}-back") for person, about, kind in told.values_list("person", "about", "kind")}
    assert corrected <= originals
