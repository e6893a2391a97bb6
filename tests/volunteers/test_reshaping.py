"""改这个班: other days, another time or room for all sessions to come, with everybody told, and taking it back."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from classes import actions as classes
from classes.actions import aligning, reshaping
from classes.actions.changing import Refused, RoomInUse, UpTheStairs
from classes.actions.moving import ONE, Edit
from classes.actions.reshaping import Shape
from classes.models import Change, DayQuestion, Enrolment, Room, Series, Session
from people.models import Message
from tests import make
from volunteers.actions import answers, changing, roster, undoing
from volunteers.models import Assignment

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-07", "10:00")
LATER = NOW + timedelta(hours=2)
# Saturdays of a term that ends before the holiday.
SATURDAYS = [date(2026, 9, day) for day in (12, 19)]


@pytest.fixture
def series():
    """A class on Saturdays with two learners, its sessions made."""
    term = make.term("短学期", date(2026, 9, 7), date(2026, 9, 20))
    made = make.series(weekdays=(5,), room=make.room(), term=term, stages="")
    for name, phone in (("王秀英", "16000000101"), ("李桂兰", "")):
        classes.enrol(learner=make.learner(name, phone=phone), series=made, weekdays=[], now=NOW)
    classes.generate_term(term=term, now=NOW)
    return made


@pytest.fixture
def agreed(series):
    """Somebody who said yes to the first Saturday."""
    first = series.sessions.order_by("starts_at").first()
    shift = first.shifts.get(role__code="helper")
    return make.assignment(shift, make.volunteer(), status="accepted", now=NOW)


def reshape(series, *, since=None, now=NOW, releasing=False, **fields):
    shape = replace(reshaping.shape_of(Series.objects.get(pk=series.pk)), **fields)
    return changing.reshape_series(
        series=series, shape=shape, since=since, reason="停电", now=now, actor=None, releasing=releasing
    )


def undo(done, now=LATER):
    undoing.undo(change=Change.objects.get(pk=done.change.pk), now=now, actor=None)


def days(series) -> list[date]:
    return list(series.sessions.filter(status="planned").order_by("on_date").values_list("on_date", flat=True))


def everything(series) -> tuple:
    """What an undo has to bring back."""
    series = Series.objects.get(pk=series.pk)
    return (
        reshaping.shape_of(series),
        list(series.days.values_list("weekday", "seats", "taken")),
        list(series.enrolments.order_by("pk").values_list("pk", "weekdays")),
        list(
            series.sessions.filter(status="planned")
            .order_by("pk")
            .values_list("pk", "on_date", "planned_on", "starts_at", "ends_at", "room", "expected")
        ),
        list(Assignment.objects.order_by("pk").values_list("pk", "status", "session", "starts_at")),
    )


class TestAligning:
    def test_a_common_day_stays_and_the_others_go_to_the_nearest(self):
        monday, tuesday = date(2026, 9, 7), date(2026, 9, 8)
        week = timedelta(days=7)

        found = aligning.nearest([(1, monday), (2, tuesday), (3, monday + week)], [tuesday, tuesday + week])

        assert found == {2: tuesday, 3: tuesday + week}

    def test_none_passes_another_and_none_goes_further_than_six_days(self):
        first = date(2026, 9, 12)
        far = first + timedelta(days=7)

        assert aligning.nearest([(1, first)], [far]) == {}
        assert aligning.nearest([(1, first), (2, far)], [first - timedelta(days=4), far - timedelta(days=4)]) == {
            1: first - timedelta(days=4),
            2: far - timedelta(days=4),
        }


class TestReshape:
    def test_every_session_to_come_goes_to_the_other_day_and_everybody_hears_it(self, series, agreed):
        done = reshape(series, weekdays=(1,), starts=time(14), ends=time(15, 30))

        assert days(series) == [date(2026, 9, 8), date(2026, 9, 15)]
        agreed.refresh_from_db()
        assert (agreed.status, agreed.starts_at) == ("offered", make.at("2026-09-08", "14:00"))
        assert "原 周六 9月12日 09:30–11:00，改到 周二 9月8日 14:00–15:30" in Message.objects.get(kind="change").body
        assert "改到 周二 9月15日" in Message.objects.get(kind="class-change").body
        assert done.unreachable == ["李桂兰"]
        fresh = Series.objects.get()
        assert (fresh.starts, [day.weekday for day in fresh.days.all()]) == (time(14), [1])
        assert classes.generate_term(term=series.term, now=NOW).created == 0

    def test_a_second_day_adds_sessions_with_learners_and_shifts(self, series, agreed):
        done = reshape(series, weekdays=(2, 5))

        assert days(series) == sorted([*SATURDAYS, date(2026, 9, 9), date(2026, 9, 16)])
        added = series.sessions.get(on_date=date(2026, 9, 9))
        assert (added.expected, added.shifts.filter(role__code="helper").exists()) == (2, True)
        assert [day.taken for day in series.days.all()] == [2, 2]
        agreed.refresh_from_db()
        assert (agreed.status, done.asks) == ("accepted", set())
        assert not Message.objects.filter(kind="change").exists()
        assert "加一场" in Message.objects.get(kind="class-change").body

    def test_one_day_less_lets_its_helpers_go(self, series, agreed):
        reshape(series, weekdays=(2, 5))
        Message.objects.all().delete()

        reshape(series, weekdays=(2,), now=LATER)

        agreed.refresh_from_db()
        assert (days(series), agreed.status) == ([date(2026, 9, 9), date(2026, 9, 16)], "released")
        assert "不用来了" in Message.objects.get(kind="change").body

    def test_from_a_session_on_the_earlier_ones_stay(self, series):
        reshape(series, weekdays=(6,), since=SATURDAYS[1])

        assert days(series) == [SATURDAYS[0], date(2026, 9, 20)]
        assert Series.objects.get().from_on == date(2026, 9, 20)
        assert classes.generate_term(term=series.term, now=NOW).created == 0

    def test_a_session_moved_by_hand_keeps_its_day_where_only_the_time_changes(self, series):
        first = series.sessions.order_by("starts_at").first()
        changing.move_sessions(session=first, scope="one", edit=reshaping.Edit(days=1), reason="", now=NOW, actor=None)

        reshape(series, starts=time(14), ends=time(15, 30))

        assert [timezone.localtime(one.starts_at).hour for one in series.sessions.all()] == [14, 14]
        assert days(series) == [date(2026, 9, 13), date(2026, 9, 19)]

    def test_every_second_week(self, series):
        reshape(series, every_weeks=2)

        assert days(series) == [SATURDAYS[0]]
        assert classes.generate_term(term=series.term, now=NOW).created == 0

    def test_learners_with_days_of_their_own_come_along(self, series):
        reshape(series, weekdays=(2, 5))
        one = classes.enrol(learner=make.learner("张爱华"), series=series, weekdays=[2], now=NOW)

        reshape(series, weekdays=(3, 5), now=LATER)

        one.refresh_from_db()
        assert one.weekdays == [3]
        assert [(day.weekday, day.taken) for day in series.days.all()] == [(3, 3), (5, 2)]

    def test_whoever_comes_only_on_the_day_that_goes_is_named(self, series):
        reshape(series, weekdays=(2, 5))
        classes.enrol(learner=make.learner("张爱华"), series=series, weekdays=[2], now=NOW)

        with pytest.raises(Refused, match="张爱华只报了周三"):
            reshape(series, weekdays=(5,), now=LATER)

        assert len(days(series)) == 4

    def test_a_room_in_use_on_one_day_keeps_everything_as_it_was(self, series):
        other = make.series("别的班", weekdays=(1,), room=series.room, term=series.term)
        make.session("2026-09-15", of=other)
        before = everything(series)

        with pytest.raises(RoomInUse):
            reshape(series, weekdays=(1,))

        assert everything(series) == before

    def test_nothing_changed_is_said(self, series):
        with pytest.raises(Refused, match="没有改动"):
            reshape(series)

    def test_whoever_is_elsewhere_is_in_the_way_until_released(self, series, agreed):
        other = make.series("别的班", weekdays=(1,), term=series.term)
        there = make.session("2026-09-08", of=other)
        make.assignment(make.shift(there), agreed.volunteer, now=NOW)

        with pytest.raises(changing.InTheWay):
            reshape(series, weekdays=(1,))
        reshape(series, weekdays=(1,), releasing=True)

        agreed.refresh_from_db()
        assert agreed.status == "released"

    def test_many_sessions_are_said_by_their_rule(self):
        term = make.term("长学期", date(2026, 9, 7), date(2026, 12, 20))
        long = make.series(weekdays=(5,), room=make.room(), term=term, stages="")
        classes.enrol(learner=make.learner(phone="16000000101"), series=long, weekdays=[], now=NOW)
        classes.generate_term(term=term, now=NOW)

        reshape(long, starts=time(14), ends=time(15, 30))

        body = Message.objects.get(kind="class-change").body
        assert "菜鸟学堂·启蒙改为周六 14:00–15:30，智慧教室（原来 周六 09:30–11:00，智慧教室）" in body
        assert "都按新的时间。" in body and len(body) < 500

    def test_a_day_that_asked_and_was_answered_is_held(self, series):
        DayQuestion.objects.create(series=series, on_date=date(2026, 9, 8), why="试", answer="run", answered_at=NOW)

        reshape(series, weekdays=(1,))

        assert date(2026, 9, 8) in days(series)


class TestUndo:
    @pytest.mark.parametrize(
        "fields",
        [
            {"weekdays": (1,), "starts": time(14), "ends": time(15, 30)},
            {"weekdays": (2, 5)},
            {"weekdays": (0, 1, 2), "room": None},
            {"every_weeks": 2},
            {"until_on": date(2026, 9, 14)},
        ],
    )
    def test_everything_is_as_it_was(self, series, agreed, fields):
        before = everything(series)

        undo(reshape(series, **fields))

        assert everything(series) == before
        assert classes.generate_term(term=series.term, now=LATER).created == 0
        assert not Message.objects.filter(kind__in=["change", "class-change"]).exists()

    def test_days_of_learners_come_back(self, series):
        reshape(series, weekdays=(2, 5))
        one = classes.enrol(learner=make.learner("张爱华"), series=series, weekdays=[2], now=NOW)
        done = reshape(series, weekdays=(3, 5), now=LATER)

        undo(done, now=LATER + timedelta(hours=1))

        one.refresh_from_db()
        assert one.weekdays == [2]
        assert [(day.weekday, day.taken) for day in series.days.all()] == [(2, 3), (5, 2)]

    def test_whoever_chose_a_new_day_since_is_named(self, series):
        done = reshape(series, weekdays=(2, 5))
        classes.enrol(learner=make.learner("张爱华"), series=series, weekdays=[2], now=LATER)

        with pytest.raises(Refused, match="张爱华"):
            undo(done)

        assert Enrolment.objects.get(learner__person__name="张爱华").weekdays == [2]

    def test_the_later_change_goes_first(self, series):
        first = reshape(series, weekdays=(1,))
        reshape(series, weekdays=(2,), now=LATER)

        with pytest.raises(Refused, match="后来又改过"):
            undo(first)

    def test_whoever_agreed_to_an_added_session_keeps_it_from_going(self, series):
        done = reshape(series, weekdays=(2, 5))
        added = series.sessions.get(on_date=date(2026, 9, 9))
        who = make.volunteer()
        make.free(who, 2)
        roster.place(shift=added.shifts.get(role__code="helper"), volunteer=who, now=LATER, actor=None)

        with pytest.raises(Refused, match="周远"):
            undo(done)

    def test_whoever_answered_the_new_time_has_the_old_word_again(self, series, agreed):
        done = reshape(series, weekdays=(1,))
        agreed.refresh_from_db()
        answers.withdraw(assignment=agreed, now=LATER)

        undo(done)

        agreed.refresh_from_db()
        assert agreed.status == "accepted"


@pytest.mark.django_db(transaction=True)
def test_two_at_once_change_a_class_once(together):
    term = make.term("短学期", date(2026, 9, 7), date(2026, 9, 20))
    series = make.series(weekdays=(5,), room=make.room(), term=term, stages="")
    classes.generate_term(term=term, now=NOW)

    found = together(4, lambda at: reshape(series, weekdays=(at + 1,)))

    assert [one for one in found if not isinstance(one, Refused | None) and not hasattr(one, "lines")] == []
    fresh = Series.objects.get()
    (weekday,) = [day.weekday for day in fresh.days.all()]
    assert {day.weekday() for day in days(series)} == {weekday}
    assert Session.objects.filter(status="planned").count() == 2


# --- pages ----------------------------------------------------------------------------------------


@pytest.fixture
def desk(client):
    """A browser in which an organiser is signed in."""
    client.force_login(make.user())
    return client


@pytest.fixture
def coming():
    """A class with two sessions to come by the clock of the wall, with a learner and somebody who agreed."""
    first = timezone.localdate() + timedelta(days=10)
    term = make.term("现在", first, first + timedelta(days=12))
    made = make.series(weekdays=(first.weekday(),), room=make.room(), term=term, stages="")
    classes.enrol(learner=make.learner(phone="16000000101"), series=made, weekdays=[], now=timezone.now())
    for offset in (0, 7):
        day = first + timedelta(days=offset)
        make.session(str(day), of=made, planned_on=day, expected=1)
    make.assignment(make.shift(made.sessions.first()), make.volunteer(), now=timezone.now())
    return made


def said(series, **fields) -> dict:
    return {
        "name": series.name,
        "weekdays": [day.weekday for day in series.days.all()],
        "time": f"{series.starts:%H:%M}-{series.ends:%H:%M}",
        "room_name": series.room.name,
        "capacity": series.capacity,
        "stages": "",
        "rhythm": "",
        "scope": "all",
        **fields,
    }


def address(series) -> str:
    return reverse("desk:series-edit", args=[series.pk])


def text(response) -> str:
    return response.content.decode()


class TestPage:
    def test_shows_whom_it_touches_before_and_does_nothing(self, desk, coming):
        page = desk.post(address(coming), said(coming, time="19:00-20:30"))

        assert (page.status_code, Change.objects.exists(), Message.objects.exists()) == (200, False, False)
        assert "影响 2 场，其中 1 场已有人答应" in text(page)
        assert "周远" in text(page) and "2 人会收到" in text(page)
        assert "1 位志愿者没说过新的时间有空" in text(page)

    def test_then_does_it_and_says_where_it_can_be_taken_back(self, desk, coming):
        page = desk.post(address(coming), said(coming, time="19:00-20:30", make="1"), follow=True)

        assert "24 小时内可以撤销" in text(page)
        assert Series.objects.get().starts == time(19)
        change = Change.objects.get()
        desk.post(reverse("desk:change-undo", args=[change.pk]))
        assert Series.objects.get().starts == time(9, 30)

    def test_a_name_is_changed_at_once(self, desk, coming):
        page = desk.post(address(coming), said(coming, name="早班", capacity=20), follow=True)

        assert "早班改好了" in text(page)
        assert not Change.objects.exists()

    def test_only_one_session(self, desk, coming):
        last = coming.sessions.last()

        desk.post(address(coming), said(coming, time="19:00-20:30", scope="one", session=last.pk, make="1"))

        hours = [timezone.localtime(one.starts_at).hour for one in coming.sessions.all()]
        assert (hours, Series.objects.get().starts) == ([9, 19], time(9, 30))

    def test_one_session_has_no_weekdays_of_its_own(self, desk, coming):
        other = (coming.days.get().weekday + 1) % 7

        page = desk.post(address(coming), said(coming, weekdays=[other], scope="one"))

        assert page.status_code == 409
        assert "只改一场，不能换星期几" in text(page)

    def test_what_somebody_else_changed_meanwhile_is_looked_at_again(self, desk, coming):
        page = desk.post(address(coming), said(coming, time="19:00-20:30", make="1", seen="0-0"))

        assert (page.status_code, Change.objects.exists()) == (409, False)
        assert "刚刚被别人改过" in text(page)

    def test_another_page_can_lead_to_the_preview(self, desk, coming):
        page = desk.get(address(coming), said(coming, time="19:00-20:30", look="1"))

        assert "影响 2 场" in text(page)

    def test_learners_who_would_be_in_two_places_are_named(self, desk, coming):
        other = make.series("书法", weekdays=[day.weekday for day in coming.days.all()], term=coming.term)
        other.starts, other.ends = time(19), time(20)
        other.save()
        learner = Enrolment.objects.get().learner
        classes.enrol(learner=learner, series=other, weekdays=[], now=timezone.now())
        make.session(str(coming.sessions.first().on_date), of=other)

        page = desk.post(address(coming), said(coming, time="19:00-20:30"))

        assert "1 位学员会同时有两节课" in text(page)
        assert "还在书法上课" in text(page)

    def test_nothing_is_lost_of_what_was_filled_in_wrongly(self, desk, coming):
        page = desk.post(address(coming), said(coming, time="上午", name="新名字"))

        assert page.status_code == 422
        assert "新名字" in text(page) and "没看懂时间" in text(page)

    def test_it_is_the_shape_of_the_form(self, coming):
        assert reshaping.shape_of(coming) == Shape(
            tuple(day.weekday for day in coming.days.all()), time(9, 30), time(11), coming.room
        )


def test_a_class_read_before_somebody_else_changed_it_is_taken_as_it_is_now(series, agreed):
    stale = Series.objects.get(pk=series.pk)
    reshape(series, starts=time(14), ends=time(15, 30))
    by_hand = Edit(starts=time(16), ends=time(17, 30))
    first = Session.objects.get(pk=agreed.session_id)
    changing.move_sessions(session=first, scope=ONE, edit=by_hand, reason="", now=NOW, actor=None)
    shape = replace(reshaping.shape_of(Series.objects.get(pk=series.pk)), weekdays=(5, 6))

    changing.reshape_series(series=stale, shape=shape, since=None, reason="", now=LATER, actor=None)

    first.refresh_from_db()
    assert first.starts_at == make.at("2026-09-12", "16:00")
    assert agreed.session.series.sessions.filter(status="planned").count() == 4


class TestStairs:
    def test_a_class_with_a_wheelchair_gets_no_room_upstairs_even_without_sessions(self, series):
        """The next sessions made for it would be up there."""
        classes.enrol(learner=make.learner("赵奶奶", needs=["轮椅位"]), series=series, weekdays=[], now=NOW)
        changing.cancel_sessions(sessions=series.sessions.all(), reason="停电", now=NOW, actor=None)
        upstairs = make.room("三楼")
        Room.objects.filter(pk=upstairs.pk).update(floor=3, step_free=False)

        with pytest.raises(UpTheStairs):
            reshape(series, room=Room.objects.get(pk=upstairs.pk))
        assert Series.objects.get(pk=series.pk).room != upstairs

    def test_no_session_is_added_up_the_stairs(self, series):
        upstairs = make.room("三楼")
        Room.objects.filter(pk=upstairs.pk).update(floor=3, step_free=False)
        Series.objects.filter(pk=series.pk).update(room=upstairs)
        classes.enrol(learner=make.learner("赵奶奶", needs=["轮椅位"]), series=series, weekdays=[], now=NOW)
        Enrolment.objects.filter(learner__person__name="赵奶奶").update(status="confirmed")

        with pytest.raises(UpTheStairs):
            reshape(series, weekdays=(2, 5))
