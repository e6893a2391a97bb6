"""Changing sessions: who is in the way, who follows, who is told what, and taking it all back."""

import itertools
from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from classes import actions as classes
from classes.actions import calling_off, regrouping
from classes.actions.changing import (
    ChangedMeanwhile,
    DayTaken,
    InThePast,
    LacksEquipment,
    NeedsTick,
    NotHeld,
    Refused,
    RoomInUse,
    TooSmall,
    UpTheStairs,
)
from classes.actions.moving import ALL, FOLLOWING, ONE, Edit
from classes.actions.rooms import RoomFacts, StillNeeded, change_room
from classes.models import CalendarDay, Change, Enrolment, Lesson, Room, RoomBooking, Series, Session
from classes.seeds import seed_reference
from people.models import AuditEntry, Message
from tests import make
from volunteers.actions import answers, changing, roster, undoing
from volunteers.models import Assignment, Offer

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-07", "10:00")
LATER = NOW + timedelta(hours=2)
SUNDAY = Edit(days=1, starts=time(14, 30))


@pytest.fixture
def series():
    """A senior class on Saturdays with two learners, and sessions on four of them."""
    made = make.series(weekdays=(5,), room=make.room(), stages="")
    for name, phone in (("王秀英", "16000000101"), ("李桂兰", "")):
        classes.enrol(learner=make.learner(name, phone=phone), series=made, weekdays=[], now=NOW)
    for day in (12, 19, 26):
        make.session(f"2026-09-{day}", of=made, planned_on=date(2026, 9, day), expected=2)
    return made


@pytest.fixture
def session(series):
    return series.sessions.order_by("starts_at").first()


@pytest.fixture
def agreed(session):
    """Somebody who said yes to the first Saturday."""
    return make.assignment(make.shift(session), make.volunteer(), status="accepted")


def move(session, edit=SUNDAY, scope=ONE, now=NOW, **more):
    return changing.move_sessions(session=session, scope=scope, edit=edit, reason="停电", now=now, actor=None, **more)


def undo(done, now=LATER):
    undoing.undo(change=Change.objects.get(pk=done.change.pk), now=now, actor=None)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


class TestMove:
    def test_the_session_its_people_and_its_notes(self, session, agreed):
        move(session)

        moved, one = fresh(session), fresh(agreed)
        assert (moved.starts_at, moved.ends_at) == (make.at("2026-09-13", "14:30"), make.at("2026-09-13", "16:00"))
        assert moved.planned_on == date(2026, 9, 12)
        assert (one.starts_at, one.status) == (moved.starts_at, "offered")
        assert Offer.objects.get(assignment=one).answer == ""
        note = Message.objects.get(kind="change")
        assert "原 周六 9月12日 09:30–11:00，改到 周日 9月13日 14:30–16:00，智慧教室" in note.body
        assert "原因：停电" in note.body and "点一下" in note.body

    def test_families_with_a_telephone_are_told(self, session):
        move(session)

        note = Message.objects.get(kind="class-change")
        assert str(note.person) == "王秀英"
        assert "改到 周日 9月13日" in note.body

    def test_a_child_is_told_to_the_guardian_by_name(self):
        of = make.series("四点半课堂", "child", range(5))
        child = make.learner("李一诺", "child", consent_on=date(2026, 8, 26))
        child.guardians.create(person=make.person("李建"), relation="爸爸")
        classes.enrol(learner=child, series=of, weekdays=[1], now=NOW)
        tuesday, wednesday = make.session("2026-09-08", of=of), make.session("2026-09-09", of=of)

        move(wednesday, Edit(starts=time(16), ends=time(18)))
        assert not Message.objects.exists()

        move(tuesday, Edit(starts=time(16), ends=time(18)))
        note = Message.objects.get()
        assert (str(note.person), "李一诺：" in note.body) == ("李建", True)

    def test_a_draft_follows_and_knows_of_nothing(self, session):
        draft = make.assignment(make.shift(session), make.volunteer(), status="draft")

        move(session)

        assert (fresh(draft).status, fresh(draft).starts_at) == ("draft", make.at("2026-09-13", "14:30"))
        assert not Message.objects.filter(kind="change").exists()

    def test_another_room_asks_nobody_again(self, session, agreed):
        move(session, Edit(changes_room=True, room=make.room("活动室")))

        assert fresh(agreed).status == "accepted"
        assert "时间不变，换教室，活动室" in Message.objects.get(kind="change").body

    def test_making_the_term_again_changes_nothing(self, session):
        move(session)
        before = set(Session.objects.values_list("pk", flat=True))

        classes.generate_term(term=session.series.term, now=NOW)
        days = session.series.sessions.exclude(pk__in=before).values_list("on_date", flat=True)

        assert date(2026, 9, 12) not in days

    def test_somebody_who_is_elsewhere_is_in_the_way(self, session, agreed):
        other = make.session("2026-09-13", of=make.series("书法", starts=time(15), ends=time(17)))
        make.assignment(make.shift(other), agreed.volunteer)

        with pytest.raises(changing.InTheWay, match="周远 9月13日 15:00–17:00 在书法"):
            move(session)
        assert fresh(session).on_date == date(2026, 9, 12)

    def test_or_is_let_go_when_that_is_wanted(self, session, agreed):
        other = make.session("2026-09-13", of=make.series("书法", starts=time(15), ends=time(17)))
        make.assignment(make.shift(other), agreed.volunteer)

        move(session, releasing=True)

        assert fresh(agreed).status == "released"
        assert fresh(agreed.shift).taken == 0
        assert "不用来了" in Message.objects.get(kind="change").body

    def test_a_check_that_runs_out_before_the_new_day_is_in_the_way(self):
        session = make.session("2026-09-08", of=make.series("四点半课堂", "child", range(5)))
        who = make.volunteer()
        make.cleared(who, until=date(2026, 9, 10))
        make.assignment(make.shift(session, "tutor"), who)

        with pytest.raises(changing.InTheWay, match="过期"):
            move(session, Edit(days=7))

    @pytest.mark.parametrize(
        ("edit", "refusal", "words"),
        [
            (Edit(days=-7), InThePast, "已经过去"),
            (Edit(days=7), DayTaken, "已经有一场"),
            (Edit(starts=time(12), ends=time(11)), Refused, "晚于"),
            (Edit(), Refused, "没有改动"),
            (Edit(starts=time(9, 30)), Refused, "没有改动"),
        ],
    )
    def test_what_cannot_be(self, session, edit, refusal, words):
        with pytest.raises(refusal, match=words):
            move(session, edit)

    def test_not_what_has_begun_or_is_cancelled(self, session):
        with pytest.raises(NotHeld, match="已经开始"):
            move(session, now=make.at("2026-09-12", "09:30"))
        Session.objects.filter(pk=session.pk).update(status="cancelled")
        with pytest.raises(NotHeld, match="停课"):
            move(session)

    @pytest.mark.parametrize(("kind", "community"), [("closed", True), ("holiday", False)])
    def test_a_closed_day_needs_its_tick(self, session, kind, community):
        place = session.community if community else None
        CalendarDay.objects.create(date=date(2026, 9, 13), community=place, day_type=kind, status="local", name="暴雨")

        with pytest.raises(NeedsTick, match="暴雨"):
            move(session)
        move(session, Edit(days=1, anyway=True))

        assert fresh(session).ticked_at == NOW


class TestAnswersAfterAMove:
    def test_yes_to_the_old_time_is_no_yes_to_the_new_one(self, session, agreed):
        old = session.starts_at
        move(session)
        offer = Offer.objects.get(assignment=agreed)

        with pytest.raises(answers.MovedMeanwhile, match="改到了周日 9月13日 14:30"):
            answers.accept_offer(offer=offer, now=LATER, about=old)
        answers.accept_offer(offer=offer, now=LATER, about=fresh(session).starts_at)

        assert fresh(agreed).status == "accepted"

    def test_a_page_from_before_says_so(self, client, session, agreed):
        old = int(session.starts_at.timestamp())
        move(session)
        make.known_phone(client, agreed.volunteer)
        address = reverse("public:answer", args=[agreed.volunteer.token, agreed.pk])

        page = client.post(address, {"at": old}, follow=True).content.decode()

        assert "请再看一眼能不能来" in page
        assert fresh(agreed).status == "offered"


class TestRooms:
    def test_what_is_in_the_room_is_named(self, session):
        other = make.session("2026-09-13", of=make.series("书法", starts=time(15), ends=time(17), room=session.room))

        with pytest.raises(RoomInUse, match="智慧教室9月13日 15:00–17:00 是“书法”在用"):
            move(session)
        other.delete()
        RoomBooking.objects.create(
            room=session.room,
            who="街道开会",
            starts_at=make.at("2026-09-13", "14:00"),
            ends_at=make.at("2026-09-13", "15:00"),
            created_at=NOW,
        )
        with pytest.raises(RoomInUse, match="街道开会"):
            move(session)

    def test_the_gap_between_two_stays_free(self, session):
        Room.objects.update(gap_minutes=15)
        of = make.series("书法", starts=time(13), ends=time(14, 20), room=session.room)
        make.session("2026-09-13", of=of)

        with pytest.raises(RoomInUse, match="要留 15 分钟"):
            move(session)
        move(session, Edit(days=1, starts=time(14, 35)))

    def test_hours_seats_and_stairs(self, session):
        shut = make.room("多功能厅", open_text="周三上午", open_windows=[[2, "08:00", "12:00"]])
        with pytest.raises(RoomInUse, match="不开门"):
            move(session, Edit(changes_room=True, room=shut))
        with pytest.raises(TooSmall, match="只有 1 个座位，要来 2 人"):
            move(session, Edit(changes_room=True, room=make.room("小屋", seats=1)))
        Session.objects.filter(pk=session.pk).update(step_free=True)
        with pytest.raises(UpTheStairs, match="3 楼没有电梯"):
            move(session, Edit(changes_room=True, room=make.room("三楼", floor=3, has_lift=False)))

    def test_a_wheelchair_waits_for_a_room_it_can_get_into(self, series):
        series.room = make.room("三楼", floor=3, has_lift=False)
        series.save()

        enrolment = classes.enrol(learner=make.learner(needs=["轮椅位"]), series=series, weekdays=[], now=NOW)

        assert (enrolment.status, enrolment.why) == ("waiting", "三楼在 3 楼没有电梯，轮椅上不去")

    def test_a_wheelchair_keeps_its_sessions_downstairs(self, series):
        classes.enrol(learner=make.learner("赵奶奶", needs=["轮椅位"]), series=series, weekdays=[], now=NOW)

        assert set(series.sessions.values_list("step_free", flat=True)) == {True}

    def test_what_was_called_off_upstairs_does_not_come_back_under_a_wheelchair(self, series, session):
        upstairs = make.room("三楼")
        Room.objects.filter(pk=upstairs.pk).update(floor=3, step_free=False)
        move(session, Edit(changes_room=True, room=Room.objects.get(pk=upstairs.pk)))
        off = changing.cancel_sessions(sessions=[fresh(session)], reason="下雪", now=NOW, actor=None)
        joined = classes.enrol(learner=make.learner("赵奶奶", needs=["轮椅位"]), series=series, weekdays=[], now=NOW)
        assert joined.status == "confirmed"

        with pytest.raises(UpTheStairs):
            undo(off)

    def test_two_sessions_change_rooms(self, session, agreed):
        other = make.session("2026-09-12", of=make.series("书法", room=make.room("活动室")))

        done = changing.swap_rooms(one=session, other=other, reason="投影坏了", now=NOW, actor=None)

        assert (fresh(session).room.name, fresh(other).room.name) == ("活动室", "智慧教室")
        assert fresh(agreed).status == "accepted"
        undo(done)
        assert (fresh(session).room.name, fresh(other).room.name) == ("智慧教室", "活动室")


class TestSeveral:
    def test_this_and_the_following_move_by_a_week(self, series, agreed):
        later = series.sessions.order_by("starts_at")[1]

        done = move(later, Edit(days=7), FOLLOWING)

        days = list(series.sessions.order_by("on_date").values_list("on_date", flat=True))
        assert days == [date(2026, 9, 12), date(2026, 9, 26), date(2026, 10, 3)]
        assert len(done.lines) == 2
        undo(done)
        days = list(series.sessions.order_by("on_date").values_list("on_date", "planned_on"))
        assert days == [(date(2026, 9, day), date(2026, 9, day)) for day in (12, 19, 26)]

    def test_all_take_the_pattern_along(self, series, session):
        enrolment = Enrolment.objects.first()
        Enrolment.objects.filter(pk=enrolment.pk).update(weekdays=[5])

        done = move(session, SUNDAY, ALL)

        series.refresh_from_db()
        assert (series.starts, series.ends, series.days.get().weekday) == (time(14, 30), time(16), 6)
        assert fresh(enrolment).weekdays == [6]
        assert set(series.sessions.values_list("expected", flat=True)) == {2}
        days = set(classes.generate_term(term=series.term, now=NOW).skipped and series.sessions.values_list("on_date"))
        assert all(day.weekday() == 6 for (day,) in days)
        undo(done)
        series.refresh_from_db()
        assert (series.starts, series.days.get().weekday, fresh(enrolment).weekdays) == (time(9, 30), 5, [5])

    def test_one_note_for_each_person(self, series):
        who = make.volunteer()
        for session in series.sessions.all():
            make.assignment(make.shift(session), who)

        move(series.sessions.order_by("starts_at").first(), SUNDAY, ALL)

        assert Message.objects.get(kind="change").body.count("改到") == 3
        assert Message.objects.get(kind="class-change").body.count("改到") == 3


class TestCloseDay:
    def test_everything_of_the_day_and_the_day_itself(self, session, agreed):
        other = make.session("2026-09-12", of=make.series("书法", starts=time(14), ends=time(15)))

        done = changing.close_day(
            community=session.community, day=date(2026, 9, 12), reason="暴雨红色预警", now=NOW, actor=None
        )

        assert {fresh(session).status, fresh(other).status} == {"cancelled"}
        assert CalendarDay.objects.get().day_type == "closed"
        assert fresh(agreed).status == "released"
        undo(done)
        assert {fresh(session).status, fresh(other).status} == {"planned"}
        assert not CalendarDay.objects.exists()
        assert fresh(agreed).status == "accepted"

    def test_wants_a_reason(self, session):
        with pytest.raises(calling_off.NoReason):
            changing.close_day(community=session.community, day=session.on_date, reason=" ", now=NOW, actor=None)

    def test_a_day_is_closed_once(self, session):
        for refusal in (None, NotHeld):
            close = {"community": session.community, "day": session.on_date, "reason": "暴雨"}
            if refusal:
                with pytest.raises(refusal):
                    changing.close_day(**close, now=NOW, actor=None)
            else:
                changing.close_day(**close, now=NOW, actor=None)


class TestMerge:
    @pytest.fixture
    def other(self, series):
        of = make.series("长者基础班", starts=time(9, 30), ends=time(11), room=make.room("活动室"))
        classes.enrol(learner=make.learner("赵奶奶"), series=of, weekdays=[], now=NOW)
        return make.session("2026-09-12", of=of, expected=1)

    def merge(self, away, into):
        return changing.merge_sessions(away=away, into=into, reason="人太少", now=NOW, actor=None)

    def test_learners_come_along_and_are_counted(self, session, other):
        done = self.merge(other, session)

        assert (fresh(other).status, fresh(other).merged_into) == ("cancelled", session)
        assert fresh(session).expected == 3
        undo(done)
        assert (fresh(other).status, fresh(other).merged_into, fresh(session).expected) == ("planned", None, 2)

    def test_helpers_come_along_where_there_is_a_place(self, session, other):
        make.shift(session, needed=1)
        who = make.assignment(make.shift(other, needed=2), make.volunteer())
        second = make.assignment(who.shift, make.volunteer("林淑芬"))

        done = self.merge(other, session)

        here = Assignment.objects.get(session=session)
        assert (here.volunteer, here.status) == (who.volunteer, "accepted")
        bodies = dict(Message.objects.filter(kind="change").values_list("person__name", "body"))
        assert "请您还来" in bodies["周远"] and "不用来了" in bodies["林淑芬"]
        undo(done)
        assert (fresh(here).status, fresh(who).status, fresh(second).status) == ("released", "accepted", "accepted")
        assert (fresh(here.shift).taken, fresh(who.shift).taken) == (0, 2)

    def test_what_either_class_needs_is_there_and_stays_there(self, session, other):
        Room.objects.filter(pk=other.room_id).update(has=["投影"])
        Series.objects.filter(pk=other.series_id).update(needs=["投影"])
        with pytest.raises(LacksEquipment, match="智慧教室没有投影"):
            self.merge(fresh(other), session)
        Room.objects.filter(pk=session.room_id).update(equipment="投影", has=["投影"])

        self.merge(fresh(other), fresh(session))

        bare = make.room("阅览室")
        with pytest.raises(LacksEquipment, match="阅览室没有投影"):
            move(fresh(session), Edit(changes_room=True, room=bare))
        bare_too = {"seats": None, "floor": None, "has_lift": None, "equipment": "", "open_text": "", "gap_minutes": 0}
        with pytest.raises(StillNeeded, match="有 1 场要上，要用投影"):
            change_room(
                room=session.room, facts=RoomFacts(name="智慧教室", open_windows=[], **bare_too), now=NOW, actor=None
            )

    def test_not_into_too_few_seats_nor_across_programmes(self, session, other):
        Room.objects.filter(pk=session.room_id).update(seats=2)
        with pytest.raises(TooSmall, match="两场一共 3 人"):
            self.merge(other, session)
        child = make.session("2026-09-12", of=make.series("四点半课堂", "child", range(5)))
        with pytest.raises(regrouping.CannotMerge):
            self.merge(child, session)


class TestSplit:
    def split(self, session, enrolments, edit=SUNDAY):
        return changing.split_session(
            session=session, enrolments=enrolments, edit=edit, reason="助教不够", now=NOW, actor=None
        )

    def test_some_learners_come_to_the_second_session(self, session):
        going = Enrolment.objects.get(learner__person__name="王秀英")

        done = self.split(session, [going.pk])

        part = Session.objects.get(split_from=session)
        assert (part.on_date, part.expected, fresh(session).expected) == (date(2026, 9, 13), 1, 1)
        assert str(Message.objects.get(kind="class-change").person) == "王秀英"
        undo(done)
        assert (fresh(part).status, fresh(session).expected, fresh(session).regrouped) == ("cancelled", 2, False)

    def test_who_was_split_off_in_a_wheelchair_can_come_back(self, series, session):
        upstairs = make.room("三楼")
        Room.objects.filter(pk=upstairs.pk).update(floor=3, step_free=False)
        rolls = classes.enrol(learner=make.learner("赵奶奶", needs=["轮椅位"]), series=series, weekdays=[], now=NOW)
        self.split(session, [rolls.pk])

        assert fresh(session).step_free
        with pytest.raises(UpTheStairs):  # else calling the part off would send 赵奶奶 up the stairs
            move(session, Edit(changes_room=True, room=Room.objects.get(pk=upstairs.pk)))

    @pytest.mark.parametrize("number", [0, 2])
    def test_not_nobody_and_not_all(self, session, number):
        pks = list(Enrolment.objects.values_list("pk", flat=True))[:number]

        with pytest.raises(regrouping.CannotSplit):
            self.split(session, pks)

    def test_not_into_the_same_room_at_the_same_time(self, session):
        going = Enrolment.objects.values_list("pk", flat=True)[:1]

        with pytest.raises(RoomInUse):
            self.split(session, going, Edit(starts=time(10)))
        self.split(session, going, Edit(changes_room=True, room=make.room("活动室")))

    def test_making_the_term_again_leaves_the_part_alone(self, session):
        self.split(session, Enrolment.objects.values_list("pk", flat=True)[:1])

        classes.generate_term(term=session.series.term, now=NOW)

        assert Session.objects.filter(split_from=session).count() == 1


class TestLesson:
    def test_another_lesson_is_told_and_stays(self, session, agreed):
        seed_reference(NOW)
        session.series.stages = "A"
        session.series.save()
        lesson = Lesson.objects.get(code="A05")

        done = changing.change_lesson(session=session, lesson=lesson, reason="", now=NOW, actor=None)
        classes.plan_lessons(session.series)

        assert fresh(session).lesson == lesson
        assert "改教“打字三件套”" in Message.objects.get(kind="change").body
        undo(done)
        assert not fresh(session).lesson_by_hand


class TestUndo:
    def test_everything_is_as_it_was(self, session, agreed):
        done = move(session)
        undo(done)

        back, one = fresh(session), fresh(agreed)
        assert (back.starts_at, back.on_date, back.room) == (session.starts_at, session.on_date, session.room)
        assert (one.status, one.starts_at) == ("accepted", session.starts_at)
        assert not Offer.objects.exists()
        assert AuditEntry.objects.filter(verb="撤销改动").count() == 1

    def test_notes_nobody_has_got_are_gone(self, session, agreed):
        done = move(session)
        undo(done)

        assert not Message.objects.exists()

    def test_sent_and_handed_on_notes_are_corrected(self, session, agreed):
        done = move(session)
        Message.objects.filter(kind="change").update(status="sent", sent_at=NOW)
        Message.objects.filter(kind="class-change").update(handed_on_at=NOW)

        undo(done)

        assert set(Message.objects.values_list("kind", flat=True)) == {
            "change",
            "change-back",
            "class-change",
            "class-change-back",
        }
        note = Message.objects.get(kind="change-back")
        assert "取消了，还是按原来的" in note.body and "原 周六 9月12日 09:30–11:00" in note.body
        assert "点一下" not in note.body

    def test_an_answer_about_the_new_time_is_forgotten(self, session, agreed):
        done = move(session)
        answers.withdraw(assignment=agreed, now=NOW)

        undo(done)

        assert fresh(agreed).status == "accepted"
        assert fresh(agreed.shift).taken == 1

    def test_once_and_within_a_day(self, session):
        done = move(session)
        with pytest.raises(undoing.TooLateToUndo):
            undo(done, now=NOW + timedelta(hours=24))
        undo(done)
        with pytest.raises(undoing.AlreadyUndone):
            undo(done)

    def test_not_when_it_was_changed_again(self, session):
        done = move(session)
        again = move(fresh(session), Edit(starts=time(16)), now=LATER)

        with pytest.raises(undoing.ChangedSince, match=r"后来又改过（12:00 改时间地点）"):
            undo(done)
        undo(again)
        undo(done)
        assert fresh(session).on_date == date(2026, 9, 12)

    def test_not_into_a_room_that_is_taken_now(self, session):
        done = move(session)
        make.session("2026-09-12", of=make.series("书法", room=session.room))

        with pytest.raises(RoomInUse, match="书法"):
            undo(done)

    def test_not_when_somebody_has_gone_elsewhere(self, session, agreed):
        done = changing.cancel_sessions(sessions=[session], reason="停电", now=NOW, actor=None)
        other = make.session("2026-09-12", of=make.series("书法"))
        make.assignment(make.shift(other), agreed.volunteer)

        with pytest.raises(undoing.ChangedSince, match="周远 9月12日 09:30–11:00 在书法"):
            undo(done)

    def test_not_over_somebody_who_joined_since(self, session):
        shift = make.shift(session)
        done = move(session)
        who = make.volunteer("何晓琳")
        make.free(who, 6)
        shift.refresh_from_db()
        roster.place(shift=shift, volunteer=who, now=LATER, actor=None)

        with pytest.raises(undoing.ChangedSince, match="何晓琳后来排进了"):
            undo(done, now=LATER + timedelta(hours=1))

    def test_not_onto_a_day_that_was_closed_since(self, session):
        done = move(session)
        changing.close_day(community=session.community, day=date(2026, 9, 12), reason="暴雨", now=NOW, actor=None)

        with pytest.raises(undoing.ChangedSince, match="后来定了停课"):
            undo(done)

    def test_a_stale_page_changes_nothing(self, session):
        stale = fresh(session)
        move(session)

        with pytest.raises(ChangedMeanwhile):
            move(stale, Edit(days=2))


def test_learners_of_a_class_merged_three_times_over_are_counted_where_they_come(db):
    """One into the next, into the next: whoever joins or leaves the first class counts at the last."""
    held = []
    for name in ("甲", "乙", "丙", "丁"):
        of = make.series(name, weekdays=(5,), stages="")
        classes.enrol(learner=make.learner(f"{name}学员"), series=of, weekdays=[], now=NOW)
        held.append(make.session("2026-09-12", of=of, planned_on=date(2026, 9, 12), expected=1))
    first, *_, last = held
    steps = []
    for away, into in itertools.pairwise(held):
        away, into = (Session.objects.get(pk=one.pk) for one in (away, into))
        steps.append(changing.merge_sessions(away=away, into=into, reason="人太少", now=NOW, actor=None))
    assert expected_at(last) == 4

    classes.enrol(learner=make.learner("新来的"), series=first.series, weekdays=[], now=NOW)
    assert expected_at(last) == 5

    undoing.undo(change=Change.objects.get(pk=steps[0].change.pk), now=LATER, actor=None)

    assert (expected_at(first), expected_at(last)) == (2, 3)
    assert last.shifts.get(role__code="helper").why.startswith("3 人")


def expected_at(session: Session) -> int:
    return Session.objects.get(pk=session.pk).expected
