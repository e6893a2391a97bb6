"""What is always true, said by the database itself: update() and bulk_create() cannot walk past it.

Each test writes straight to the tables, as no action would. Runs on SQLite and on PostgreSQL.
"""

from contextlib import contextmanager
from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from classes.actions import RoomTaken, session_on
from classes.models import (
    CalendarDay,
    Community,
    DayQuestion,
    Enrolment,
    Feed,
    Learner,
    Lesson,
    Programme,
    Room,
    RoomBooking,
    SchoolTerm,
    Series,
    SeriesDay,
    Session,
    Term,
)
from classes.models import truths as room_truths
from people.actions import create_person
from people.models import Call, Channel, Consent, Message, Person, User
from tests import make
from volunteers.models import (
    Absence,
    Assignment,
    Availability,
    CheckIn,
    Clearance,
    ImportBatch,
    Offer,
    Organisation,
    Placement,
    Proposal,
    Shift,
    Volunteer,
)
from volunteers.models import ledger as ledger_truths
from volunteers.models import truths as assignment_truths

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-07", "10:00")
SATURDAY = "2026-09-12"
TRIGGERS = {
    "room_is_booked_once_at_a_time_insert",
    "room_is_booked_once_at_a_time_update",
    "nobody_is_in_two_places_insert",
    "nobody_is_in_two_places_update",
    "school_level_is_in_one_part_insert",
    "school_level_is_in_one_part_update",
    "hours_are_in_one_place_insert",
    "hours_are_in_one_place_update",
}
COUNTER = "session_change_is_counted"
# Rules across two tables: triggers on both, but for the times, which PostgreSQL keeps by a foreign key.
ACROSS = {*room_truths.TRIGGERS, *assignment_truths.TRIGGERS, *ledger_truths.TRIGGERS}
ACROSS_POSTGRESQL = {*room_truths.EVENTS, *room_truths.EQUIPMENT_EVENTS, *ledger_truths.EVENTS}


@contextmanager
def refused(*names: str):
    """The database refuses; PostgreSQL names the constraint, and SQLite does where it has a name for it."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        yield
    if connection.vendor == "postgresql":
        assert any(name in str(refusal.value) for name in names), refusal.value


def session(name: str, starts: str, ends: str, **fields) -> Session:
    """A session of a series of its own on the Saturday."""
    of = make.series(name, weekdays=(5,))
    return make.session(SATURDAY, of=of, starts_at=make.at(SATURDAY, starts), ends_at=make.at(SATURDAY, ends), **fields)


def placed(on: Session, who: Volunteer, status: str = "accepted") -> Assignment:
    return make.assignment(make.shift(on), who, status=status)


def test_the_rules_about_overlaps_survive_all_migrations():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            assert {name for (name,) in cursor.fetchall()} >= {*TRIGGERS, *ACROSS, COUNTER}
        else:
            cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'x'")
            assert {name for (name,) in cursor.fetchall()} == {name.rsplit("_", 1)[0] for name in TRIGGERS}
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
            assert {name for (name,) in cursor.fetchall()} == {*ACROSS_POSTGRESQL, COUNTER}


class TestRooms:
    def test_are_not_booked_twice_at_a_time(self):
        room = make.room()
        session("甲", "09:00", "11:00", room=room)

        with refused("room_is_booked_once_at_a_time"):
            session("乙", "10:59", "12:00", room=room)

    def test_by_update_neither(self):
        room = make.room()
        session("甲", "09:00", "11:00", room=room)
        other = session("乙", "11:00", "12:00", room=room)

        with refused("room_is_booked_once_at_a_time"):
            Session.objects.filter(pk=other.pk).update(starts_at=make.at(SATURDAY, "10:00"))

    def test_by_bulk_create_neither(self):
        room = make.room()
        first = session("甲", "09:00", "11:00", room=room)
        of = make.series("乙")
        twin = Session(
            series=of,
            community=of.community,
            room=room,
            on_date=first.on_date,
            starts_at=first.starts_at,
            ends_at=first.ends_at,
        )

        with refused("room_is_booked_once_at_a_time"):
            Session.objects.bulk_create([twin])

    def test_a_cancelled_session_may_not_come_back_into_a_taken_room(self):
        room = make.room()
        session("甲", "09:00", "11:00", room=room)
        cancelled = session("乙", "09:00", "11:00", room=room, status="cancelled")

        with refused("room_is_booked_once_at_a_time"):
            Session.objects.filter(pk=cancelled.pk).update(status="planned")

    def test_periods_are_half_open_and_no_room_is_no_clash(self):
        room = make.room()
        session("甲", "09:00", "10:00", room=room)

        session("乙", "10:00", "11:00", room=room)
        session("丙", "09:00", "10:00", room=None)
        session("丁", "09:00", "10:00", room=None)

        assert Session.objects.count() == 4


class TestPeople:
    def test_are_not_in_two_places(self):
        who = make.volunteer()
        placed(session("甲", "09:00", "11:00"), who)

        with refused("nobody_is_in_two_places"):
            placed(session("乙", "10:00", "12:00"), who)

    @pytest.mark.parametrize("status", ["draft", "offered", "accepted"])
    def test_nor_after_an_update(self, status):
        who = make.volunteer()
        placed(session("甲", "09:00", "11:00"), who)
        other = placed(session("乙", "10:00", "12:00"), who, status="declined")

        with refused("nobody_is_in_two_places"):
            Assignment.objects.filter(pk=other.pk).update(status=status)

    def test_have_one_active_assignment_a_session(self):
        on = session("甲", "09:00", "11:00")
        first = placed(on, make.volunteer())
        other = make.shift(on, code="lead")

        with refused("one_active_assignment_a_session", "nobody_is_in_two_places"):
            make.assignment(other, first.volunteer)

    def test_have_a_status_that_the_rules_know(self):
        row = placed(session("甲", "09:00", "11:00"), make.volunteer())

        with refused("assignment_status_is_known"):
            Assignment.objects.filter(pk=row.pk).update(status="Accepted")

    def test_may_go_from_one_to_the_next(self):
        who = make.volunteer()
        placed(session("甲", "09:00", "10:00"), who)

        placed(session("乙", "10:00", "11:00"), who)

        assert Assignment.objects.count() == 2

    def test_have_names_and_possible_birthdays(self):
        make.person()

        with refused("person_has_a_name"):
            Person.objects.update(name="")
        with refused("person_birth_month_is_a_month"):
            Person.objects.update(birth_month=13)
        with refused("person_birth_day_is_a_day"):
            Person.objects.update(birth_day=32)

    def test_a_mobile_belongs_to_one_volunteer_who_has_not_left(self):
        phone = "16000000001"
        make.volunteer("周远", phone=phone)
        other = make.volunteer("林淑芬", status="left", phone="16000000002")
        Volunteer.objects.filter(pk=other.pk).update(mobile=phone)

        with refused("volunteer_mobile_is_theirs_alone"):
            Volunteer.objects.filter(pk=other.pk).update(status="active")

    def test_staff_have_a_role_we_know(self):
        make.user()

        with refused("user_role_is_known"):
            User.objects.update(role="boss")


class TestCapacity:
    def test_a_shift_never_takes_more_than_it_needs(self):
        make.shift(needed=2, taken=2)

        with refused("shift_is_never_overfull"):
            Shift.objects.update(taken=3)
        with refused("shift_is_never_overfull"):
            Shift.objects.update(needed=1)
        with refused("shift_minimum_is_within_need", "shift_is_never_overfull"):
            Shift.objects.update(minimum=3)

    def test_a_need_is_said_once(self):
        on = make.session()
        make.shift(on)

        with refused("shift_once_a_session"):
            make.shift(on)

    def test_a_day_of_a_series_never_seats_more_than_it_has(self):
        make.series()

        with refused("series_day_is_never_overfull"):
            SeriesDay.objects.update(taken=13)
        with refused("series_day_is_a_weekday"):
            SeriesDay.objects.update(weekday=7)

    def test_a_learner_has_one_place_in_a_series(self):
        of, learner = make.series(), make.learner()
        rows = [Enrolment(learner=learner, series=of, status=status, created_at=NOW) for status in ("waiting",) * 2]

        with refused("enrolled_once_in_a_series"):
            Enrolment.objects.bulk_create(rows)

    def test_rooms_have_seats(self):
        make.room()

        with refused("room_has_seats"):
            Room.objects.update(seats=0)


class TestTimes:
    def test_nothing_ends_before_it_starts(self):
        of = make.series()
        make.session(of=of)
        row = placed(session("甲", "14:00", "15:00"), make.volunteer())

        with refused("session_ends_after_it_starts"):
            Session.objects.update(ends_at=make.at(SATURDAY, "01:00"))
        with refused("assignment_ends_after_it_starts"):
            Assignment.objects.filter(pk=row.pk).update(ends_at=row.starts_at)
        with refused("series_ends_after_it_starts"):
            Series.objects.update(ends=time(1))
        with refused("term_ends_after_it_starts"):
            Term.objects.update(ends_on=date(2026, 8, 31))

    def test_a_series_meets_once_a_day(self):
        of = make.series()
        make.session(of=of)

        with refused("session_once_a_day"):
            make.session(of=of)

    def test_availability_is_weekly_or_dated_and_forward(self):
        free = make.free(make.volunteer(), 5)

        with refused("availability_ends_after_it_starts"):
            Availability.objects.update(ends=free.starts)
        with refused("availability_is_weekly_or_dated"):
            Availability.objects.update(on_date=date(2026, 9, 12))
        with refused("availability_is_weekly_or_dated"):
            Availability.objects.update(weekday=None)
        with refused("availability_is_weekly_or_dated"):
            Availability.objects.update(weekday=7)
        with refused("availability_range_is_forward"):
            Availability.objects.update(from_on=date(2026, 11, 1), until_on=date(2026, 10, 1))

    def test_leaving_comes_after_arriving(self):
        row = CheckIn(volunteer=make.volunteer(), series=make.series(), on_date=NOW.date(), arrived_at=NOW, left_at=NOW)

        with refused("checkin_leaves_after_arriving"):
            CheckIn.objects.bulk_create([row])

    @pytest.mark.parametrize("place", [None, "梧桐社区"])
    def test_a_day_has_one_type(self, place):
        community = make.community(place) if place else None
        days = [
            CalendarDay(date=NOW.date(), community=community, day_type=kind, status="local")
            for kind in ("holiday", "workday")
        ]

        with refused("calendar_day_once"):
            CalendarDay.objects.bulk_create(days)

    def test_a_day_is_asked_once_and_an_answer_has_a_time(self):
        of = make.series()
        DayQuestion.objects.create(series=of, on_date=NOW.date(), why="补班日")

        with refused("day_is_asked_once"):
            DayQuestion.objects.bulk_create([DayQuestion(series=of, on_date=NOW.date(), why="又问")])
        with refused("day_answer_has_a_time"):
            DayQuestion.objects.update(answer="run")
        with refused("day_answer_has_a_time"):
            DayQuestion.objects.update(answer="so", answered_at=NOW)

    def test_a_series_has_one_pattern_within_forward_limits(self):
        make.series()

        with refused("series_pattern_is_one"):
            Series.objects.update(week_offset=1)
        with refused("series_pattern_is_one"):
            Series.objects.update(every_weeks=2, month_weeks="1")
        with refused("series_month_weeks_are_known"):
            Series.objects.update(month_weeks="5")
        with refused("series_limits_are_forward"):
            Series.objects.update(from_on=date(2026, 11, 1), until_on=date(2026, 10, 1))

    def test_a_school_level_is_in_one_part_of_its_year_at_a_time(self):
        first = SchoolTerm.objects.create(
            level="primary", kind="term", starts_on=date(2026, 9, 1), ends_on=date(2027, 1, 22)
        )
        winter = {"kind": "winter", "starts_on": date(2027, 1, 22), "ends_on": date(2027, 2, 21)}
        SchoolTerm.objects.create(level="junior", **winter)

        with refused("school_level_is_in_one_part"):
            SchoolTerm.objects.create(level="primary", **winter)
        with refused("school_level_is_in_one_part"):
            SchoolTerm.objects.update(level="primary")
        with refused("school_term_is_forward"):
            SchoolTerm.objects.filter(pk=first.pk).update(ends_on=date(2026, 8, 31))

    def test_an_absence_is_forward_and_said_once(self):
        row = {"organisation": Organisation.objects.create(name="大学社团"), "kind": "exam"}
        Absence.objects.create(**row, starts_on=date(2027, 1, 4), ends_on=date(2027, 1, 17))

        with refused("absence_said_once"):
            Absence.objects.create(**row, starts_on=date(2027, 1, 4), ends_on=date(2027, 1, 17))
        with refused("absence_is_forward"):
            Absence.objects.update(ends_on=date(2027, 1, 3))


class TestFeeds:
    def test_are_of_one_thing_and_there_once_while_open(self):
        of = make.series()
        Feed.objects.create(series=of, made_at=NOW)

        with refused("feed_of_series_once"):
            Feed.objects.create(series=of, made_at=NOW)
        with refused("feed_is_of_one_thing"):
            Feed.objects.create(made_at=NOW)
        with refused("feed_is_of_one_thing"):
            Feed.objects.create(series=of, community=of.community, made_at=NOW)
        Feed.objects.update(closed_at=NOW)
        Feed.objects.create(series=of, made_at=NOW)

    def test_every_change_of_when_where_and_whether_is_counted_once(self):
        made = make.session(SATURDAY)
        mine = Session.objects.filter(pk=made.pk)

        mine.update(starts_at=make.at(SATURDAY, "09:00"))
        mine.update(room=make.room(), status="cancelled")
        mine.update(expected=9)
        made.save()

        made.refresh_from_db()
        assert made.sequence == 3


class TestChildren:
    @pytest.mark.parametrize("weaker", [{"minimum_adults": 1}, {"needs_clearance": False}])
    def test_always_have_two_cleared_adults(self, weaker):
        made = make.programme("child")

        with refused("children_have_two_cleared_adults"):
            Programme.objects.filter(pk=made.pk).update(**weaker)

    def test_a_clear_check_says_until_when(self):
        rows = [Clearance(volunteer=make.volunteer(), result="clear")]

        with refused("clearance_says_until_when"):
            Clearance.objects.bulk_create(rows)

    def test_ratios_are_positive(self):
        make.programme("child")

        with refused("programme_ratios_are_positive"):
            Programme.objects.update(young_ratio=0)
        with refused("lesson_ratio_is_positive"):
            Lesson.objects.bulk_create([Lesson(code="X1", stage="甲", title="微信", learners_per_helper=0)])

    def test_levels_are_the_four_we_know(self):
        make.learner()

        with refused("learner_level_is_known"):
            Learner.objects.update(level=4)


class TestNames:
    def test_are_there_once(self):
        make.community()
        make.term()

        with refused("classes_community_name"):
            Community.objects.bulk_create([Community(name="梧桐社区")])
        with refused("classes_term_name"):
            Term.objects.bulk_create([Term(name="2026秋", starts_on=NOW.date(), ends_on=NOW.date())])

    def test_a_series_is_named_once_a_term(self):
        make.series("甲")

        with refused("series_named_once_a_term"):
            make.series("甲", weekdays=())


class TestMessagesAndAnswers:
    def test_nobody_is_told_twice(self):
        person = make.person()
        rows = [
            Message(person=person, kind="reminder", about="1", subject="", body="", created_at=NOW, not_before=NOW)
            for _ in range(2)
        ]

        with refused("message_is_written_once"):
            Message.objects.bulk_create(rows)

    def test_what_is_sent_has_a_time_and_what_waits_has_none(self):
        made = Message.objects.create(person=make.person(), kind="a", about="1", created_at=NOW, not_before=NOW)

        with refused("message_sent_has_a_time"):
            Message.objects.filter(pk=made.pk).update(status="sent")
        with refused("message_sent_has_a_time"):
            Message.objects.filter(pk=made.pk).update(sent_at=NOW)

    def test_an_offer_expires_later_and_its_answer_has_a_time(self):
        on = placed(session("甲", "09:00", "11:00"), make.volunteer(), status="offered")
        offer = Offer.objects.create(assignment=on, made_at=NOW, expires_at=NOW + timedelta(days=1))

        with refused("offer_answer_has_a_time"):
            Offer.objects.filter(pk=offer.pk).update(answer="yes")
        with refused("offer_answer_has_a_time"):
            Offer.objects.filter(pk=offer.pk).update(answered_at=NOW)
        with refused("offer_expires_later"):
            Offer.objects.filter(pk=offer.pk).update(expires_at=NOW)

    def test_consent_is_withdrawn_after_it_was_given(self):
        person = create_person(name="周远")
        Consent.objects.create(person=person, version="1", purpose="报名", channel="网页", given_at=NOW)

        with refused("consent_is_withdrawn_after_it_was_given"):
            Consent.objects.update(withdrawn_at=NOW - timedelta(seconds=1))

    def test_message_has_one_recipient_a_known_state_and_a_claim_with_a_time(self):
        made = Message.objects.create(person=make.person(), kind="a", about="1", created_at=NOW, not_before=NOW)
        mine = Message.objects.filter(pk=made.pk)

        with refused("message_has_one_recipient"):
            mine.update(user=make.user())
        with refused("message_has_one_recipient"):
            mine.update(person=None)
        with refused("message_status_is_known"):
            mine.update(status="lost")
        with refused("message_claim_has_a_time"):
            mine.update(status="claimed")
        with refused("message_does_not_carry_itself"):
            mine.update(carried_by=made.pk)

    def test_staff_and_groups_are_told_once(self):
        group = Channel.objects.create(kind="wecom", name="群", created_at=NOW)
        for name, whom in (("message_to_staff", {"user": make.user()}), ("message_to_a_group", {"bot": group})):
            row = {**whom, "kind": "a", "about": "1", "created_at": NOW, "not_before": NOW}
            Message.objects.create(**row)
            with refused(f"{name}_is_written_once"):
                Message.objects.create(**row)

    def test_one_sms_account_of_a_known_kind(self):
        Channel.objects.create(kind="aliyun", name="短信", created_at=NOW)

        with refused("one_sms_account_in_use"):
            Channel.objects.create(kind="tencent", name="短信", created_at=NOW)
        with refused("channel_kind_is_known"):
            Channel.objects.update(kind="pigeon")

    def test_call_has_a_known_result(self):
        made = Message.objects.create(person=make.person(), kind="a", about="1", created_at=NOW, not_before=NOW)

        with refused("call_result_is_known"):
            Call.objects.create(message=made, result="maybe", at=NOW)


class TestProposalsAndImports:
    def test_a_range_goes_forward_and_progress_is_a_percentage(self):
        Proposal.objects.create(from_on=NOW.date(), until_on=NOW.date(), created_at=NOW)

        with refused("proposal_range_is_forward"):
            Proposal.objects.update(until_on=NOW.date() - timedelta(days=1))
        with refused("proposal_progress_is_a_percentage"):
            Proposal.objects.update(progress=101)

    def test_a_pair_is_proposed_once(self):
        proposal = Proposal.objects.create(from_on=NOW.date(), until_on=NOW.date(), created_at=NOW)
        shift, who = make.shift(), make.volunteer()

        with refused("placement_once_a_proposal"):
            Placement.objects.bulk_create(
                [Placement(proposal=proposal, shift=shift, volunteer=who) for _ in range(2)],
            )

    def test_an_import_that_is_done_or_undone_says_when(self):
        ImportBatch.objects.create(community=make.community(), term=make.term(), created_at=NOW)

        with refused("import_batch_status_has_its_times"):
            ImportBatch.objects.update(status="done")
        with refused("import_batch_status_has_its_times"):
            ImportBatch.objects.update(status="undone", undone_at=NOW)


def turned_away(outcome: object) -> bool:
    """PostgreSQL may end two bare writes that meet in an exclusion constraint as a deadlock.

    One of them wins all the same; the actions hold the room or the person first, so that
    theirs is always the named refusal (the last test).
    """
    return isinstance(outcome, IntegrityError) or "deadlock" in str(outcome)


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    """Two threads write past every action."""

    def test_one_of_two_sessions_gets_the_room(self, together):
        room = make.room()
        for turn in range(10):
            day = f"2026-10-{turn + 10}"
            both = [make.series(f"{name}{turn}") for name in "甲乙"]

            results = together(2, lambda number, day=day, both=both: make.session(day, of=both[number], room=room))

            assert sum(isinstance(one, Session) for one in results) == 1, results
            assert sum(turned_away(one) for one in results) == 1, results

    def test_one_person_gets_one_of_two_places(self, together):
        who = make.volunteer()
        for turn in range(10):
            day = f"2026-10-{turn + 10}"
            shifts = [make.shift(make.session(day, of=make.series(f"{name}{turn}"))) for name in "甲乙"]

            results = together(2, lambda number, shifts=shifts: make.assignment(shifts[number], who))

            assert sum(isinstance(one, Assignment) for one in results) == 1, results
            assert sum(turned_away(one) for one in results) == 1, results

    def test_the_action_names_its_refusal(self, together):
        room = make.room()
        for turn in range(10):
            day = date(2026, 10, turn + 10)
            both = [make.series(f"{name}{turn}", room=room) for name in "甲乙"]

            results = together(
                2, lambda number, day=day, both=both: session_on(series=both[number], on_date=day, now=NOW)
            )

            assert sum(isinstance(one, Session) for one in results) == 1, results
            assert sum(isinstance(one, RoomTaken) for one in results) == 1, results


class TestTimesOfAssignments:
    def test_follow_a_moved_session(self):
        held = session("甲", "09:00", "11:00")
        shift = make.shift(held)
        agreed = make.assignment(shift, make.volunteer())
        declined = make.assignment(shift, make.volunteer("林淑芬"), status="declined")

        Session.objects.filter(pk=held.pk).update(
            starts_at=make.at(SATURDAY, "14:00"), ends_at=make.at(SATURDAY, "15:30")
        )

        for one in (agreed, declined):
            one.refresh_from_db()
            assert (one.starts_at, one.ends_at) == (make.at(SATURDAY, "14:00"), make.at(SATURDAY, "15:30"))

    def test_a_session_is_not_moved_to_where_somebody_is_already(self):
        who = make.volunteer()
        held = session("甲", "09:00", "11:00")
        placed(held, who)
        placed(session("乙", "14:00", "15:00"), who)

        with refused("nobody_is_in_two_places"):
            Session.objects.filter(pk=held.pk).update(
                starts_at=make.at(SATURDAY, "14:30"), ends_at=make.at(SATURDAY, "16:00")
            )

    def test_are_the_sessions_own(self):
        held = session("甲", "09:00", "11:00")
        one = placed(held, make.volunteer())

        with refused("assignment_has_its_sessions_times"):
            Assignment.objects.filter(pk=one.pk).update(starts_at=make.at(SATURDAY, "08:00"))
        one.pk, one.starts_at, one.volunteer = None, make.at(SATURDAY, "08:30"), make.volunteer("林淑芬")
        with refused("assignment_has_its_sessions_times"):
            Assignment.objects.bulk_create([one])

    def test_go_with_the_session(self):
        held = session("甲", "09:00", "11:00")
        placed(held, make.volunteer())

        held.delete()

        assert not Assignment.objects.exists()


class TestWheelchairs:
    @pytest.fixture
    def upstairs(self):
        return make.room("三楼", floor=3, has_lift=False)

    def test_go_up_no_stairs(self, upstairs):
        with refused("wheelchair_needs_no_stairs"):
            session("甲", "09:00", "11:00", room=upstairs, step_free=True)
        held = session("乙", "09:00", "11:00", room=make.room("一楼", floor=1), step_free=True)
        with refused("wheelchair_needs_no_stairs"):
            Session.objects.filter(pk=held.pk).update(room=upstairs)

    def test_nor_when_they_join_later(self, upstairs):
        held = session("甲", "09:00", "11:00", room=upstairs)

        with refused("wheelchair_needs_no_stairs"):
            Session.objects.filter(pk=held.pk).update(step_free=True)

    def test_a_lift_in_use_does_not_disappear(self):
        room = make.room("四楼", floor=4, has_lift=True)
        held = session("甲", "09:00", "11:00", room=room, step_free=True)

        with refused("wheelchair_needs_no_stairs"):
            Room.objects.filter(pk=room.pk).update(has_lift=False)
        Session.objects.filter(pk=held.pk).update(status="cancelled", step_free=None)
        assert Room.objects.filter(pk=room.pk).update(has_lift=False) == 1


class TestBookingsByOthers:
    def book(self, room, starts, ends):
        period = {"starts_at": make.at(SATURDAY, starts), "ends_at": make.at(SATURDAY, ends)}
        return RoomBooking.objects.create(room=room, who="街道开会", created_at=NOW, **period)

    def test_keep_sessions_out(self):
        room = make.room()
        self.book(room, "09:00", "10:00")
        held = session("甲", "10:00", "11:00", room=room)

        with refused("room_is_booked_by_others"):
            session("乙", "09:30", "10:00", room=room)
        with refused("room_is_booked_by_others"):
            Session.objects.filter(pk=held.pk).update(starts_at=make.at(SATURDAY, "09:59"))

    def test_are_not_made_over_a_session(self):
        room = make.room()
        session("甲", "10:00", "11:00", room=room)
        booking = self.book(room, "09:00", "10:00")

        with refused("room_is_booked_by_others"):
            self.book(room, "10:30", "12:00")
        with refused("room_is_booked_by_others"):
            RoomBooking.objects.filter(pk=booking.pk).update(ends_at=make.at(SATURDAY, "10:01"))

    def test_leave_cancelled_sessions_alone(self):
        room = make.room()
        held = session("甲", "10:00", "11:00", room=room, status="cancelled")
        self.book(room, "10:00", "12:00")

        with refused("room_is_booked_by_others"):
            Session.objects.filter(pk=held.pk).update(status="planned")


class TestClosedDays:
    def test_need_a_tick(self):
        with refused("session_on_a_closed_day_is_ticked"):
            session("甲", "09:00", "11:00", day_type="closed")

        session("乙", "09:00", "11:00", day_type="closed", ticked_at=NOW)
        session("丙", "09:00", "11:00", day_type="closed", status="cancelled")


class TestOneSessionADay:
    def test_of_a_series_but_for_its_parts(self):
        of = make.series()
        whole = make.session(SATURDAY, of=of)

        with refused("session_once_a_day"):
            make.session(SATURDAY, of=of)

        make.session(SATURDAY, of=of, split_from=whole)
        make.session(SATURDAY, of=of, status="cancelled")

    def test_the_pattern_asks_once(self):
        of = make.series()
        make.session("2026-09-19", of=of, planned_on=date(2026, 9, 12))

        with refused("session_planned_once"):
            make.session(SATURDAY, of=of, planned_on=date(2026, 9, 12))
