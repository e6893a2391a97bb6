"""Who came: by phone, by staff, everybody at once; until the hours are in the ledger."""

from datetime import timedelta

import pytest

from classes.actions import attending
from classes.models import Attendance, Enrolment, PickUp, Session
from tests import make
from volunteers.actions import attendance, ledger
from volunteers.models import CheckIn, NoShow, ServiceRecord

pytestmark = pytest.mark.django_db
DAY = "2026-09-12"
BEGINS, ENDS = make.at(DAY, "09:30"), make.at(DAY, "11:00")
SOON = make.at(DAY, "09:20")
LATER = make.at(DAY, "12:00")


@pytest.fixture
def placed():
    """Two people who agreed to one senior session."""
    session = make.session(DAY)
    shift = make.shift(session, needed=3)
    return [make.assignment(shift, make.volunteer(name)) for name in ("周远", "何晓琳")]


def come(assignment, how="device", now=SOON, **more):
    return attendance.check_in(volunteer=assignment.volunteer, session=assignment.session, how=how, now=now, **more)


def enrolled(session, *names, kind="senior"):
    """Learners with a place in the class."""
    made = [make.learner(name, kind=kind) for name in names]
    for learner in made:
        Enrolment.objects.create(learner=learner, series=session.series, status="confirmed", created_at=BEGINS)
    return made


class TestCheckingIn:
    def test_the_arrival_is_kept_with_who_saw_it(self, placed):
        row = come(placed[0])

        assert (row.arrived_at, row.left_at, row.how) == (SOON, None, "device")

    def test_twice_is_once_and_says_when(self, placed):
        come(placed[0])

        with pytest.raises(attendance.AlreadyIn, match="周远09:20 已经签到了"):
            come(placed[0], now=BEGINS)

        assert CheckIn.objects.count() == 1

    @pytest.mark.parametrize("clock", ["08:59", "09:46"])
    def test_a_phone_has_half_an_hour_before_and_a_quarter_after(self, placed, clock):
        with pytest.raises(attendance.NotInTime):
            come(placed[0], now=make.at(DAY, clock))

    def test_staff_says_it_later_and_the_planned_times_are_taken(self, placed):
        row = come(placed[0], how="staff", now=LATER)

        assert (row.arrived_at, row.left_at, row.left_how) == (BEGINS, ENDS, "planned")

    def test_a_phone_without_a_place_is_sent_to_staff_who_may_add_them(self, placed):
        walk_in = make.volunteer("许晓雨")

        with pytest.raises(attendance.NotOnTheRoster):
            attendance.check_in(volunteer=walk_in, session=placed[0].session, how="code", now=SOON)
        row = attendance.check_in(volunteer=walk_in, session=placed[0].session, how="staff", now=SOON)

        assert row.source == "临时来帮忙"

    def test_who_is_elsewhere_at_that_time_is_not_added(self, placed):
        other = make.session(DAY, of=make.series("另一班"))
        elsewhere = make.assignment(make.shift(other), make.volunteer("许晓雨"))

        with pytest.raises(attendance.MayNotServe):
            attendance.check_in(volunteer=elsewhere.volunteer, session=placed[0].session, how="staff", now=SOON)

    def test_a_cancelled_session_has_no_attendance(self, placed):
        Session.objects.update(status="cancelled")

        with pytest.raises(attendance.NotHeld):
            come(placed[0])

    def test_a_check_that_ran_out_keeps_from_children(self):
        session = make.session("2026-09-14", of=make.series("四点半", kind="child", weekdays=(0,)))
        late = make.volunteer("周远")
        make.cleared(late, until=make.at("2026-09-13").date())
        placed = make.assignment(make.shift(session, "tutor"), late)

        with pytest.raises(attendance.MayNotServe):
            come(placed, how="staff", now=session.starts_at)


class TestNotComing:
    def test_nobody_is_missing_before_it_begins(self, placed):
        with pytest.raises(attendance.NotHeld):
            attendance.say_missed(assignment=placed[0], now=SOON, actor=None)

    def test_it_takes_a_check_in_back_and_coming_late_takes_it_back(self, placed):
        come(placed[0])
        attendance.say_missed(assignment=placed[0], now=BEGINS, actor=None)
        assert (CheckIn.objects.count(), NoShow.objects.count()) == (0, 1)

        come(placed[0], how="staff", now=make.at(DAY, "10:00"))

        assert (CheckIn.objects.count(), NoShow.objects.count()) == (1, 0)

    def test_a_day_later_it_stands(self, placed):
        come(placed[0])

        with pytest.raises(attendance.Settled):
            attendance.take_back(
                session=placed[0].session, volunteer=placed[0].volunteer, now=SOON + timedelta(hours=25)
            )


class TestTimes:
    def test_another_time_wants_a_reason_and_stays_within_bounds(self, placed):
        row = come(placed[0])
        said = {"arrived_at": BEGINS, "left_at": make.at(DAY, "11:20"), "now": LATER, "actor": None}

        with pytest.raises(attendance.BadTimes):
            attendance.set_times(checkin=row, reason=" ", **said)
        with pytest.raises(attendance.BadTimes):
            attendance.set_times(checkin=row, reason="收拾", **said | {"left_at": make.at(DAY, "11:31")})
        row = attendance.set_times(checkin=row, reason="留下收拾教室", **said)

        assert (row.left_at, row.left_how) == (make.at(DAY, "11:20"), "said")


class TestEverybodyAtOnce:
    def test_the_silent_came_and_one_click_takes_it_back(self, placed):
        enrolled(placed[0].session, "王秀英", "李建国")
        attendance.say_missed(assignment=placed[1], now=BEGINS, actor=None)

        came = attendance.all_came(session=placed[0].session, now=LATER, actor=None)

        assert (came.volunteers, came.learners) == (1, 2)
        assert Session.objects.get(pk=placed[0].session_id).status == "done"
        attendance.undo_all_came(session=placed[0].session, at=came.at, now=LATER + timedelta(hours=1))
        assert (CheckIn.objects.count(), Attendance.objects.count(), NoShow.objects.count()) == (0, 0, 1)
        assert Session.objects.get(pk=placed[0].session_id).status == "planned"

    def test_a_session_is_done_when_everything_is_said(self, placed):
        come(placed[0], how="staff", now=LATER)
        assert Session.objects.get(pk=placed[0].session_id).status == "planned"

        attendance.say_missed(assignment=placed[1], now=LATER, actor=None)

        assert Session.objects.get(pk=placed[0].session_id).status == "done"


class TestClosing:
    def test_whoever_says_nothing_leaves_at_the_planned_end(self, placed):
        for one in placed:
            come(one)

        assert attendance.close_visits(now=ENDS - timedelta(minutes=1)) == 0
        assert attendance.close_visits(now=ENDS) == 2
        assert attendance.close_visits(now=ENDS) == 0

        assert set(CheckIn.objects.values_list("left_at", "left_how")) == {(ENDS, "planned")}
        assert Session.objects.get(pk=placed[0].session_id).status == "done"

    def test_an_old_list_without_a_departure_is_left_alone(self, placed):
        CheckIn.objects.create(
            volunteer=placed[0].volunteer,
            series=placed[0].session.series,
            session=placed[0].session,
            on_date=placed[0].session.on_date,
            arrived_at=BEGINS,
        )

        assert attendance.close_visits(now=LATER) == 0


class TestChildren:
    @pytest.fixture
    def session(self):
        return make.session("2026-09-14", of=make.series("四点半", kind="child", weekdays=(0,)))

    def mark(self, session, children, clock="16:35", state="present"):
        now = make.at("2026-09-14", clock)
        return attendance.mark_learners(session=session, learners=children, state=state, now=now, actor=None)

    def adults(self, session, *names):
        shift = make.shift(session, "tutor", needed=len(names))
        for name in names:
            who = make.volunteer(name)
            make.cleared(who)
            come(make.assignment(shift, who), how="staff", now=session.starts_at)

    def test_nobody_is_let_in_before_two_cleared_adults_are_there(self, session):
        children = enrolled(session, "一诺", kind="child")
        with pytest.raises(attendance.UnderTheFloor, match="还差 2 位"):
            self.mark(session, children)
        self.adults(session, "周远", "何晓琳")

        assert self.mark(session, children)[0].state == "present"

    def test_an_eleventh_and_a_twenty_first_child_want_one_adult_more(self, session):
        children = enrolled(session, *(f"孩子{number}" for number in range(21)), kind="child")
        self.adults(session, "周远", "何晓琳")
        self.mark(session, children[:20])

        with pytest.raises(attendance.UnderTheFloor, match="至少 3 位"):
            self.mark(session, children[20:])

    def test_what_happened_is_written_down_afterwards_all_the_same(self, session):
        children = enrolled(session, "一诺", kind="child")

        assert self.mark(session, children, clock="19:00")[0].arrived_at == session.starts_at

    def test_a_child_who_is_not_in_the_class_is_not_let_in(self, session):
        self.adults(session, "周远", "何晓琳")

        with pytest.raises(attending.NotOnTheList):
            self.mark(session, [make.learner("一诺", kind="child")])

    def test_a_child_leaves_with_somebody_of_its_own_list(self, session):
        self.adults(session, "周远", "何晓琳")
        children = enrolled(session, "一诺", "米粒", kind="child")
        rows = self.mark(session, children)
        grandma = PickUp.objects.create(learner=children[0], name="张桂兰", relation="奶奶")
        now = make.at("2026-09-14", "18:20")

        for pickup in (PickUp.objects.create(learner=children[1], name="别人", relation="叔叔"), None):
            with pytest.raises(attending.NotOnTheList):
                attending.collect(attendance=rows[0], pickup=pickup, now=now, actor=None)
        row = attending.collect(attendance=rows[0], pickup=grandma, now=now, actor=None)

        assert (row.left_at, row.collected_text) == (now, "奶奶张桂兰")
        assert attending.uncollect(attendance=row, now=now).collected_text == ""

    def test_who_may_leave_alone_does(self, session):
        self.adults(session, "周远", "何晓琳")
        children = enrolled(session, "景行", kind="child")
        children[0].may_leave_alone = True
        children[0].save()
        rows = self.mark(session, children)

        row = attending.collect(attendance=rows[0], pickup=None, now=make.at("2026-09-14", "18:20"), actor=None)

        assert row.collected_text == "自己回家"


class TestLedger:
    def post(self, now=LATER + timedelta(hours=25)):
        return ledger.post_hours(now=now)

    def test_hours_go_in_a_day_after_the_last_change_and_once(self, placed):
        come(placed[0])
        attendance.close_visits(now=ENDS)

        assert self.post(ENDS + timedelta(hours=23)) == 0
        assert self.post(ENDS + timedelta(hours=25)) == 1
        assert self.post(ENDS + timedelta(hours=26)) == 0
        assert ServiceRecord.objects.get().minutes == 90

    @pytest.mark.parametrize(("clock", "minutes"), [("09:20", 90), ("09:38", 90), ("09:42", 78)])
    def test_the_way_does_not_count_and_coming_late_does(self, placed, clock, minutes):
        come(placed[0], now=make.at(DAY, clock))
        attendance.close_visits(now=ENDS)
        self.post()

        assert ServiceRecord.objects.get().minutes == minutes

    def test_what_is_in_stays_and_is_corrected_by_a_line_of_its_own(self, placed):
        row = come(placed[0])
        attendance.close_visits(now=ENDS)
        self.post()
        record = ServiceRecord.objects.get()

        with pytest.raises(attendance.Settled):
            attendance.take_back(session=row.session, volunteer=row.volunteer, now=LATER)
        for minutes, reason in ((60, " "), (721, "笔误"), (90, "一样")):
            with pytest.raises(ledger.Refused):
                ledger.correct(record=record, minutes=minutes, reason=reason, now=LATER, actor=None)
        ledger.correct(record=record, minutes=60, reason="提前走了", now=LATER, actor=None)
        again = ledger.correct(record=record, minutes=75, reason="记错了", now=LATER, actor=None)

        assert again.minutes == 15
        assert ledger.total(ServiceRecord.objects.all()) == 75

    def test_two_visits_at_one_time_count_once_and_the_rest_goes_in(self, placed):
        who = placed[0].volunteer
        for number, name in enumerate(("一", "二", "三")):
            CheckIn.objects.create(
                volunteer=who if number < 2 else placed[1].volunteer,
                series=make.series(name),
                on_date=BEGINS.date(),
                arrived_at=BEGINS,
                left_at=ENDS,
            )

        assert self.post() == 2

    def test_more_than_twelve_hours_wait_for_somebody_to_look(self, placed):
        CheckIn.objects.create(
            volunteer=placed[0].volunteer,
            series=placed[0].session.series,
            on_date=BEGINS.date(),
            arrived_at=BEGINS,
            left_at=BEGINS + timedelta(hours=13),
        )

        assert self.post() == 0
