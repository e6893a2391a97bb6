"""What the clock does may run twice and tells nobody twice."""

from datetime import date, timedelta

import pytest

from classes.models import Session
from people.models import Message
from tests import make
from volunteers.actions import briefing, reminding
from volunteers.models import Offer, Shift, Training

pytestmark = pytest.mark.django_db
EVENING = make.at("2026-09-11", "18:00")
SATURDAY = date(2026, 9, 12)


def remind(now=EVENING) -> int:
    return reminding.remind(on_date=SATURDAY, now=now)


def test_everybody_with_a_place_tomorrow_is_reminded_once_a_place():
    shift = make.shift(make.session("2026-09-12"), needed=3)
    make.assignment(shift, make.volunteer())
    make.assignment(shift, make.volunteer("林淑芬"), status="offered")

    remind()
    remind(now=EVENING + timedelta(hours=1))

    assert Message.objects.filter(kind="reminder").count() == 2


def test_drafts_and_declined_places_are_nobodys_business():
    shift = make.shift(make.session("2026-09-12"), needed=3)
    make.assignment(shift, make.volunteer(), status="draft")
    make.assignment(shift, make.volunteer("林淑芬"), status="declined")

    assert remind() == 0


def test_a_cancelled_session_reminds_nobody():
    make.assignment(make.shift(make.session("2026-09-12", status="cancelled")), make.volunteer())

    assert remind() == 0


def test_a_reminder_for_the_morning_does_not_wait_for_it():
    make.assignment(make.shift(make.session("2026-09-12")), make.volunteer())
    late = make.at("2026-09-11", "21:30")

    remind(now=late)

    assert Message.objects.get().not_before == late


def test_a_reminder_names_the_date_so_that_it_is_true_whenever_it_is_read():
    make.assignment(make.shift(make.session("2026-09-12")), make.volunteer())

    remind()

    message = Message.objects.get()
    assert "9月12日 09:30" in message.subject and "明天" not in message.subject + message.body
    assert message.useless_after == make.at("2026-09-12", "09:30")


def test_a_session_that_moved_is_reminded_of_again():
    placed = make.assignment(make.shift(make.session("2026-09-12")), make.volunteer())
    remind()
    Session.objects.filter(pk=placed.session_id).update(
        starts_at=make.at("2026-09-12", "14:00"), ends_at=make.at("2026-09-12", "15:30")
    )

    remind()

    assert Message.objects.count() == 2


class TestTwoHoursBefore:
    def test_each_agreed_place_once(self):
        shift = make.shift(make.session("2026-09-12"), needed=3)
        make.assignment(shift, make.volunteer())
        make.assignment(shift, make.volunteer("林淑芬"), status="offered")

        counts = [
            reminding.remind_soon(now=make.at("2026-09-12", clock)) for clock in ("07:29", "07:30", "09:00", "09:30")
        ]

        assert counts == [0, 1, 1, 0]
        message = Message.objects.get()
        assert message.kind == "soon" and message.not_before == make.at("2026-09-12", "07:30")

    def test_whoever_took_the_place_just_now_knows(self):
        make.assignment(make.shift(make.session("2026-09-12")), make.volunteer(), now=make.at("2026-09-12", "07:00"))

        assert reminding.remind_soon(now=make.at("2026-09-12", "08:00")) == 0

    def test_a_cancelled_session_reminds_nobody(self):
        make.assignment(make.shift(make.session("2026-09-12", status="cancelled")), make.volunteer())

        assert reminding.remind_soon(now=make.at("2026-09-12", "08:00")) == 0


class TestUnanswered:
    def offered(self, who, day: str, until=None, made=None, **fields) -> Offer:
        placed = make.assignment(make.shift(make.session(day)), who, status="offered", **fields)
        return Offer.objects.create(
            assignment=placed,
            made_at=made or make.at("2026-09-07", "10:00"),
            expires_at=until or make.at("2026-09-12", "20:00"),
        )

    def test_one_note_a_person_the_day_before_the_invitations_run_out(self):
        who = make.volunteer()
        self.offered(who, "2026-09-19")
        self.offered(who, "2026-09-26")

        assert reminding.nudge(now=EVENING) == 1
        assert reminding.nudge(now=EVENING + timedelta(hours=1)) == 1

        message = Message.objects.get()
        assert "9月19日" in message.body and "9月26日" in message.body
        assert message.useless_after == make.at("2026-09-12", "20:00")

    @pytest.mark.parametrize("until", [make.at("2026-09-11", "23:00"), make.at("2026-09-13", "08:00")])
    def test_other_days_are_not_the_day_before(self, until):
        self.offered(make.volunteer(), "2026-09-19", until=until)

        assert reminding.nudge(now=EVENING) == 0

    def test_whoever_was_asked_just_now_is_left_in_peace(self):
        self.offered(make.volunteer(), "2026-09-19", made=EVENING - timedelta(hours=2))

        assert reminding.nudge(now=EVENING) == 0

    def test_whoever_answered_is_left_in_peace(self):
        offer = self.offered(make.volunteer(), "2026-09-19")
        Offer.objects.filter(pk=offer.pk).update(answer="yes", answered_at=EVENING)

        assert reminding.nudge(now=EVENING) == 0


class TestClearances:
    @pytest.mark.parametrize(
        ("until", "count"), [("2026-09-10", 0), ("2026-09-11", 1), ("2026-10-11", 1), ("2026-10-12", 0)]
    )
    def test_thirty_days_before_it_runs_out(self, until, count):
        make.cleared(make.volunteer(), date.fromisoformat(until))

        assert reminding.warn_of_clearances(now=EVENING) == count

    def test_a_renewed_one_is_nobodys_worry(self):
        who = make.volunteer()
        make.cleared(who, date(2026, 9, 20))
        make.cleared(who, date(2027, 9, 20))

        assert reminding.warn_of_clearances(now=EVENING) == 0

    def test_said_once(self):
        make.cleared(make.volunteer(), date(2026, 9, 20))
        for days in range(3):
            reminding.warn_of_clearances(now=EVENING + timedelta(days=days))

        assert Message.objects.get().kind == "clearance"


class TestTrainings:
    def had(self, who, until: str | None, what: str = "儿童保护", on: str = "2025-09-20"):
        ends = date.fromisoformat(until) if until else None
        return Training.objects.create(volunteer=who, what=what, on_date=date.fromisoformat(on), valid_until=ends)

    @pytest.mark.parametrize(
        ("until", "count"), [("2026-09-10", 0), ("2026-09-11", 1), ("2026-10-11", 1), ("2026-10-12", 0), (None, 0)]
    )
    def test_thirty_days_before_it_runs_out(self, until, count):
        self.had(make.volunteer(), until)

        assert reminding.warn_of_trainings(now=EVENING) == count

    @pytest.mark.parametrize("until", [None, "2027-09-20"])
    def test_one_that_was_had_again_is_nobodys_worry(self, until):
        who = make.volunteer()
        self.had(who, "2026-09-20")
        self.had(who, until, on="2026-08-20")
        self.had(who, "2026-09-22", what="手机课")

        assert reminding.warn_of_trainings(now=EVENING) == 1
        assert Message.objects.get().body.startswith("周远，您好。您的培训“手机课”到 2026年9月22日 为止。")

    def test_said_once_to_the_volunteer_and_once_to_each_organiser(self):
        who = make.volunteer()
        self.had(who, "2026-09-20")
        make.cleared(who, date(2026, 9, 25))
        staff = [make.user(), make.user("zhan", role="manager"), make.user("kan", role="viewer")]
        for days in range(3):
            reminding.warn_of_trainings(now=EVENING + timedelta(days=days))
            assert briefing.tell_expiring(now=EVENING + timedelta(days=days)) == 2

        assert Message.objects.filter(person=who.person, kind="training").count() == 1
        assert [Message.objects.filter(user=one, kind="expiring").count() for one in staff] == [2, 2, 0]
        assert "周远的背景查询到 2026年9月25日 为止，过了就不能陪孩子。" in set(
            Message.objects.filter(user=staff[0]).values_list("body", flat=True)
        )

    def test_two_workers_at_once_tell_once(self, together):
        who = make.volunteer()
        self.had(who, "2026-09-20")
        make.user()

        together(4, lambda number: (reminding.warn_of_trainings(now=EVENING), briefing.tell_expiring(now=EVENING)))

        assert Message.objects.count() == 2


class TestGaps:
    def test_what_lacks_people_within_fourteen_days_is_marked(self):
        of = make.series()
        near, far = (make.shift(make.session(day, of=of)) for day in ("2026-09-19", "2026-09-26"))

        assert reminding.mark_gaps(now=EVENING) == {"marked": 1, "cleared": 0}
        near.refresh_from_db()
        far.refresh_from_db()
        assert (near.gap_marked_at, far.gap_marked_at) == (EVENING, None)

    def test_a_filled_gap_is_cleared(self):
        shift = make.shift(make.session("2026-09-19"), needed=1)
        reminding.mark_gaps(now=EVENING)
        make.assignment(shift, make.volunteer())

        assert reminding.mark_gaps(now=EVENING) == {"marked": 0, "cleared": 1}
        assert Shift.objects.get().gap_marked_at is None

    def test_the_first_mark_stays(self):
        make.shift(make.session("2026-09-19"))
        reminding.mark_gaps(now=EVENING)

        assert reminding.mark_gaps(now=EVENING + timedelta(days=1)) == {"marked": 0, "cleared": 0}

    def test_a_cancelled_session_has_no_gaps(self):
        make.shift(make.session("2026-09-19", status="cancelled"))

        assert reminding.mark_gaps(now=EVENING)["marked"] == 0
