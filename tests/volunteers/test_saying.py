"""One tap on a roll: kept without network and sent later, twice, in another order, against another machine."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, connections, transaction

from classes.actions import attending
from classes.models import Attendance, Enrolment, PickUp
from tests import make
from tests.config.waiting import until_it_waits
from volunteers.actions import attendance, saying
from volunteers.models import CheckIn, NoShow, RollMark
from volunteers.queries.clashes import clashes

DAY = "2026-09-14"
SENT = make.at(DAY, "16:50")


def clock(time):
    return make.at(DAY, time)


@pytest.fixture
def session(db):
    return make.session(DAY, of=make.series("四点半", kind="child", weekdays=(0,)))


@pytest.fixture
def helper(session):
    return place(session, "周远")


def place(session, name):
    who = make.volunteer(name)
    make.cleared(who)
    make.assignment(make.shift(session, "tutor") if not session.shifts.exists() else session.shifts.get(), who)
    return who


@pytest.fixture
def child(session):
    one = make.learner("一诺", kind="child")
    Enrolment.objects.create(learner=one, series=session.series, status="confirmed", created_at=clock("09:00"))
    return one


def say(session, who, said, at="16:32", now=SENT, **more):
    more = {"key": uuid4(), "actor": None, "seen": "clear"} | more
    return saying.say(session=session, who=who, said=said, said_at=clock(at), now=now, **more)


def shown(session):
    return [one.sentence for one in clashes([session]).values()]


class TestKeptMarks:
    def test_the_tap_is_the_arrival_however_late_it_comes(self, session, helper):
        say(session, helper, "came", at="16:32")

        row = CheckIn.objects.get()
        assert (row.arrived_at, row.left_at, row.changed_at) == (clock("16:32"), None, SENT)

    def test_sent_after_the_end_it_closes_like_any_other(self, session, helper):
        say(session, helper, "came", at="16:32", now=clock("19:00"))

        attendance.close_visits(now=clock("19:01"))

        assert CheckIn.objects.get().left_at == session.ends_at

    def test_one_key_counts_once(self, session, helper):
        key = UUID(int=7)
        first = say(session, helper, "came", key=key)

        again = say(session, helper, "missed", at="16:40", key=key)

        assert again == first
        assert (CheckIn.objects.count(), NoShow.objects.count(), RollMark.objects.count()) == (1, 0, 1)
        with pytest.raises(IntegrityError), transaction.atomic():
            first.pk = None
            first.save(force_insert=True)

    def test_a_machine_that_changes_its_mind_clashes_with_nobody(self, session, helper):
        say(session, helper, "came", at="16:32")
        say(session, helper, "missed", at="16:33", seen="came")

        assert (NoShow.objects.get().said_at, shown(session)) == (clock("16:33"), [])

    def test_a_clock_that_is_ahead_says_now(self, session, helper):
        assert say(session, helper, "came", at="17:30").said_at == SENT

    def test_after_a_day_it_is_too_late(self, session, helper):
        with pytest.raises(saying.TooLate):
            say(session, helper, "came", now=clock("16:32") + timedelta(hours=24, seconds=1))

    def test_what_is_refused_leaves_no_line_and_may_come_again(self, session, child, helper):
        key = uuid4()
        with pytest.raises(attendance.UnderTheFloor):
            say(session, child, "present", key=key)
        for one in (helper, place(session, "何晓琳")):
            say(session, one, "came")

        say(session, child, "present", key=key)

        assert Attendance.objects.get().arrived_at == clock("16:32")

    def test_a_mark_is_about_one_person(self, session, helper, child):
        mark = say(session, helper, "came")

        with pytest.raises(IntegrityError), transaction.atomic():
            RollMark.objects.filter(pk=mark.pk).update(learner=child)


class TestTwoMachines:
    def test_the_newer_tap_holds_although_it_came_first_and_both_are_shown(self, session, helper):
        say(session, helper, "missed", at="16:35", now=clock("16:35"), actor=make.user("zhan", first_name="詹站长"))
        late = say(session, helper, "came", at="16:32", actor=make.user("chen", first_name="陈社工"))

        assert (late.outcome, CheckIn.objects.count(), NoShow.objects.count()) == ("older", 0, 1)
        assert shown(session) == [
            "两台机器记得不一样：陈社工 16:32 记了到了（16:50 才传到），詹站长 16:35 记了没来。按后点的算：没来。"
        ]

    def test_the_newer_one_that_came_last_holds_as_well(self, session, helper):
        say(session, helper, "missed", at="16:35", now=clock("16:35"))
        say(session, helper, "came", at="16:40")

        assert (CheckIn.objects.count(), NoShow.objects.count()) == (1, 0)
        assert shown(session)[0].endswith("按后点的算：到了。")

    def test_the_same_from_both_is_no_clash(self, session, helper):
        say(session, helper, "came", at="16:35", now=clock("16:35"))
        say(session, helper, "came", at="16:32")

        assert (CheckIn.objects.get().arrived_at, shown(session)) == (clock("16:35"), [])

    def test_whoever_has_seen_the_other_changes_it_and_clashes_with_nobody(self, session, helper):
        say(session, helper, "missed", at="16:35", now=clock("16:35"))
        say(session, helper, "came", at="16:40", seen="missed")

        assert shown(session) == []

    def test_a_phone_at_the_wall_is_another_machine(self, session, helper):
        attendance.check_in(volunteer=helper, session=session, how="device", now=clock("16:36"))

        assert say(session, helper, "missed", at="16:34").outcome == "older"
        assert say(session, helper, "missed", at="16:40").outcome == "taken"

    def test_closing_at_the_end_is_no_newer_word(self, session, helper):
        say(session, helper, "came", at="16:32", now=clock("16:32"))
        attendance.close_visits(now=clock("18:31"))

        say(session, helper, "missed", at="18:20", now=clock("18:40"))

        assert NoShow.objects.count() == 1

    def test_everybody_came_is_said_of_each(self, session, helper, child):
        place(session, "何晓琳")
        came = attendance.all_came(session=session, now=clock("16:40"), actor=make.user(first_name="陈社工"))
        assert say(session, child, "absent", at="16:35").outcome == "older"
        assert "陈社工 16:40 记了到了" in shown(session)[0]

        attendance.undo_all_came(session=session, at=came.at, now=clock("16:45"))

        assert say(session, child, "absent", at="16:35").outcome == "taken"

    def test_undoing_it_keeps_who_fetched_a_child(self, session, helper, child):
        place(session, "何晓琳")
        came = attendance.all_came(session=session, now=clock("16:40"), actor=None)
        grandma = PickUp.objects.create(learner=child, name="张桂兰", relation="奶奶")
        say(session, child, "left", at="16:50", pickup=grandma)

        attendance.undo_all_came(session=session, at=came.at, now=clock("16:51"))

        assert Attendance.objects.get().collected_by == grandma

    def test_looking_or_saying_it_again_ends_the_showing(self, session, helper):
        for end in (
            lambda: saying.look(session=session, who=helper, now=SENT),
            lambda: say(session, helper, "clear", at="16:51", now=clock("16:51"), seen="came"),
        ):
            RollMark.objects.all().delete()
            NoShow.objects.all().delete()
            CheckIn.objects.all().delete()
            say(session, helper, "missed", at="16:35", now=clock("16:35"))
            say(session, helper, "came", at="16:40")
            assert len(shown(session)) == 1

            end()

            assert shown(session) == []

    def test_a_word_that_agrees_without_having_seen_it_goes_on_showing_it(self, session, helper):
        say(session, helper, "missed", at="16:35", now=clock("16:35"))
        say(session, helper, "came", at="16:32")

        say(session, helper, "missed", at="16:31")

        assert len(shown(session)) == 1


class TestHandingOver:
    @pytest.fixture
    def gone(self, session, child, helper):
        """The child came and was fetched at 17:10."""
        for one in (helper, place(session, "何晓琳")):
            say(session, one, "came")
        say(session, child, "present", at="16:35")
        by = PickUp.objects.create(learner=child, name="张桂兰", relation="奶奶")
        say(session, child, "left", at="17:10", now=clock("17:10"), pickup=by, seen="present")
        return child

    @pytest.mark.parametrize("said", ["left", "back"])
    def test_is_never_said_from_memory(self, session, gone, said):
        with pytest.raises(saying.NotFromMemory):
            say(session, gone, said, at="17:12", now=clock("17:20"))

    @pytest.mark.parametrize("said", ["absent", "excused", "clear", "present"])
    def test_is_not_wiped_out_by_a_later_tap_elsewhere(self, session, gone, said):
        with pytest.raises(attending.HasLeft, match="17:10 已经走了（奶奶张桂兰）"):
            say(session, gone, said, at="17:15", now=clock("17:20"))

        assert Attendance.objects.get().collected_text == "奶奶张桂兰"

    def test_happens_once_whoever_comes_next(self, session, gone):
        father = PickUp.objects.create(learner=gone, name="吴建", relation="爸爸")

        with pytest.raises(attending.NotHeld, match="已经接走了"):
            say(session, gone, "left", at="17:20", now=clock("17:20"), pickup=father, seen="present")

        assert Attendance.objects.get().collected_text == "奶奶张桂兰"

    def test_an_earlier_word_that_the_child_came_agrees_with_it(self, session, gone):
        assert say(session, gone, "present", at="16:34", now=clock("17:20")).outcome == "taken"
        assert shown(session) == []

    def test_an_earlier_word_that_it_did_not_come_gives_way(self, session, gone):
        assert say(session, gone, "absent", at="16:50", now=clock("17:20")).outcome == "older"


class TestAtOneMoment:
    def test_one_mark_from_many_requests_counts_once(self, session, helper, together):
        key = uuid4()

        marks = together(6, lambda number: say(session, helper, "came", key=key))

        assert {mark.pk for mark in marks} == {RollMark.objects.get().pk}
        assert CheckIn.objects.count() == 1

    def test_two_machines_end_with_the_newer_tap_whoever_is_first(self, session, child, helper, together):
        two = [("came", "16:32"), ("missed", "16:35"), ("came", "16:31"), ("missed", "16:30")]

        marks = together(4, lambda number: say(session, helper, two[number][0], at=two[number][1]))

        assert all(isinstance(mark, RollMark) for mark in marks), marks
        assert (NoShow.objects.count(), CheckIn.objects.count()) == (1, 0)
        assert len(shown(session)) == 1

    def test_a_child_fetched_while_another_machine_says_it_never_came(self, session, child, helper, together):
        for one in (helper, place(session, "何晓琳")):
            say(session, one, "came")
        say(session, child, "present", at="16:35")
        by = PickUp.objects.create(learner=child, name="张桂兰", relation="奶奶")
        row = Attendance.objects.get()

        def either(number):
            if number:
                return attending.collect(attendance=row, pickup=by, now=SENT, actor=None)
            return say(session, child, "absent", at="16:45")

        told, fetched = together(2, either)

        row.refresh_from_db()
        if row.left_at:
            assert isinstance(told, RollMark | attending.HasLeft), told
            assert row.collected_by == by
        else:
            assert isinstance(fetched, attending.NotHeld)
            assert row.state == "absent"

    def test_a_child_being_handed_over_at_that_moment_stays_handed_over(self, session, child, helper, transactional_db):
        for one in (helper, place(session, "何晓琳")):
            say(session, one, "came")
        say(session, child, "present", at="16:35")
        by = PickUp.objects.create(learner=child, name="张桂兰", relation="奶奶")

        def never_came():
            try:
                return say(session, child, "absent", at="16:50")
            finally:
                connections.close_all()

        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic():
                attending.collect(attendance=Attendance.objects.get(), pickup=by, now=SENT, actor=None)
                later = pool.submit(never_came)
                if connection.vendor == "postgresql":
                    until_it_waits(later)
            with pytest.raises(attending.HasLeft, match="奶奶张桂兰"):
                later.result(30)

        assert Attendance.objects.get().collected_by == by
