"""Whoever waits for a community holds nothing that comes after it, so no two ever wait in a circle.

classes.actions.holding has the order. Only PostgreSQL holds rows; SQLite lets one writer in at a time.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, time

import pytest
from django.db import connection, connections, transaction

from classes import actions as classes
from classes.actions import moving, placing, reshaping
from classes.actions import series as series_actions
from classes.actions.changing import Refused
from classes.actions.holding import hold_community
from classes.models import Community, Room, Series, SeriesDay, Session
from tests import make
from tests.config.waiting import until_it_waits
from tests.volunteers import imports
from volunteers.actions import changing, editing, timetables
from volunteers.models import Assignment, Shift, TimetableProposal, Volunteer

pytestmark = pytest.mark.django_db(transaction=True)
NOW = make.at("2026-09-05", "10:00")
ROUNDS = 8
AFTER = (Volunteer, Series, SeriesDay, Room, Session, Shift, Assignment)


@pytest.fixture
def series() -> Series:
    """A class with a learner, two sessions and a helper."""
    made = make.series(weekdays=(5,), room=make.room(has=["投影"]), stages="A")
    classes.enrol(learner=make.learner("王秀英", phone="16000000101"), series=made, weekdays=[], now=NOW)
    for day in (12, 19):
        make.session(f"2026-09-{day}", of=made, planned_on=date(2026, 9, day))
    make.assignment(make.shift(made.sessions.first()), make.volunteer())
    return made


@contextmanager
def while_held(act: Callable[[], object]) -> Iterator[Future]:
    """Somebody else has the community; the action is called, and waits for it where rows are held."""

    def call() -> object:
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            hold_community(*Community.objects.values_list("pk", flat=True))
            waiting = pool.submit(call)
            if connection.vendor == "postgresql":
                until_it_waits(waiting)
            yield waiting
        waiting.result(30)


def pattern_of(series: Series, **fields) -> series_actions.Pattern:
    return replace(reshaping.said(series, reshaping.shape_of(series)), **fields)


def change(series: Series) -> None:
    wanted = pattern_of(series, capacity=series.capacity + 5, needs=("投影",))
    series_actions.change_series(series=series, pattern=wanted, now=NOW, actor=None)


def edit(series: Series) -> None:
    wanted = pattern_of(series, capacity=series.capacity + 5, starts=time(14), ends=time(15, 30), needs=("投影",))
    editing.edit_series(series=series, wanted=editing.Wanted(wanted), now=NOW, actor=None)


def need(series: Series) -> None:
    series_actions.set_needs(series=series, needs=["投影"], now=NOW, actor=None)


def generate(series: Series) -> None:
    classes.generate_term(term=series.term, community=series.community, now=NOW)


def hold_one(series: Series) -> None:
    classes.session_on(series=series, on_date=date(2026, 10, 10), now=NOW)


def move(series: Series) -> None:
    sunday = moving.Edit(days=1)
    changing.move_sessions(session=series.sessions.first(), scope="one", edit=sunday, reason="", now=NOW, actor=None)


def call_off(series: Series) -> None:
    changing.close_day(community=series.community, day=date(2026, 9, 12), reason="下雨", now=NOW, actor=None)


def take_timetable(series: Series) -> None:
    row = {"series": series.pk, "places": [[6, 600, series.room_id]]}
    made = TimetableProposal.objects.create(
        community=series.community,
        term=series.term,
        status="ready",
        answer={"timetables": [{"series": [row]}]},
        created_at=NOW,
    )
    timetables.accept_timetable(proposal=made, number=0, now=NOW, actor=None)


def place_all(series: Series) -> None:
    make.learner("李桂兰", level=0)
    placing.place_by_level(term=series.term, community=series.community, now=NOW)


def bring(series: Series) -> None:
    imports.bring(imports.table("姓名,年龄,联系电话,会到什么程度", "李桂兰,70,16000000102,零基础", name="学员.csv"))


ACTIONS = [change, edit, need, generate, hold_one, move, call_off, take_timetable, place_all, bring]


@pytest.mark.parametrize("act", ACTIONS, ids=lambda act: act.__name__)
def test_who_waits_for_the_community_holds_nothing_that_comes_after(series, act):
    on_postgresql = connection.vendor == "postgresql"
    with while_held(lambda: act(Series.objects.get(pk=series.pk))):
        for model in AFTER:
            rows = model.objects.order_by("pk")
            free = rows.select_for_update(no_key=True, skip_locked=True) if on_postgresql else rows
            assert (model, list(free.values_list("pk", flat=True))) == (model, list(rows.values_list("pk", flat=True)))


def test_a_class_that_grows_while_people_join_and_sessions_move_ends_in_no_circle(together, series):
    first, second = series.sessions.order_by("starts_at")
    learners = [make.learner(f"学员{turn}", phone=f"1600000{turn:04d}") for turn in range(ROUNDS)]

    def act(number: int) -> list[object]:
        done = []
        for turn in range(ROUNDS):
            if number == 0:
                wanted = pattern_of(series, capacity=40 + turn, needs=("投影",) if turn % 2 else ())
                done.append(series_actions.change_series(series=series, pattern=wanted, now=NOW, actor=None))
            elif number == 1:
                done.append(classes.enrol(learner=learners[turn], series=series, weekdays=[], now=NOW))
            else:
                edit = moving.Edit(starts=time(9 + turn % 2, 30), ends=time(11 + turn % 2))
                session = Session.objects.get(pk=(first if turn % 2 else second).pk)
                done.append(moved_or_not(session, edit))
        return done

    ended = together(3, act)

    assert [len(done) if isinstance(done, list) else done for done in ended] == [ROUNDS] * 3
    assert series.enrolments.filter(status="confirmed").count() == SeriesDay.objects.get(series=series).taken


def moved_or_not(session: Session, edit: moving.Edit) -> object:
    """A move, or why it was refused: it was there already."""
    try:
        return changing.move_sessions(session=session, scope="one", edit=edit, reason="", now=NOW, actor=None)
    except Refused as refusal:
        return refusal
