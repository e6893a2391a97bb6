"""What is always true of attendance, ledger and certificates, said by the database; and many people at one moment."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from classes.models import Attendance
from tests import make
from tests.volunteers.test_certificates import served
from volunteers.actions import attendance, certificates, ledger
from volunteers.models import Certificate, CheckIn, NoShow, ServiceRecord

NOW = make.at("2026-10-01", "10:00")
DAY = "2026-09-12"


@contextmanager
def refused(name):
    """The database refuses; PostgreSQL says by which rule."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        yield
    if connection.vendor == "postgresql":
        assert name in str(refusal.value), refusal.value


@pytest.mark.django_db
class TestTruths:
    def test_a_line_of_the_ledger_is_never_changed(self):
        record = served(make.volunteer())

        with refused("ledger_is_never_changed"):
            ServiceRecord.objects.update(minutes=30)
        with refused("ledger_is_never_changed"):
            ServiceRecord.objects.update(on_date=record.on_date + timedelta(days=1))
        with refused("counted_check_in_stays"):
            CheckIn.objects.update(left_at=record.ends_at + timedelta(minutes=5))
        CheckIn.objects.update(note="补一句")
        if connection.vendor == "postgresql":
            with refused("ledger_is_never_changed"):
                ServiceRecord.objects.all()._raw_delete("default")

    def test_a_visit_is_counted_once_and_at_one_place_at_a_time(self):
        record = served(make.volunteer())
        with refused("hours_are_counted_once"):
            ServiceRecord.objects.bulk_create(
                [_copy(record, starts_at=record.ends_at, ends_at=record.ends_at + DAY_LONG)]
            )
        other = CheckIn.objects.create(volunteer=record.volunteer, series=make.series("另一班"), on_date=record.on_date)
        with refused("hours_are_in_one_place"):
            ServiceRecord.objects.bulk_create([_copy(record, checkin_id=other.pk)])

    @pytest.mark.parametrize("minutes", [0, -5, 721])
    def test_minutes_are_within_bounds(self, minutes):
        record, visit = served(make.volunteer()), _fresh()

        with refused("hours_are_within_bounds"):
            ServiceRecord.objects.bulk_create(
                [_copy(record, minutes=minutes, checkin_id=visit.pk, volunteer_id=visit.volunteer_id)]
            )

    def test_a_correction_says_why(self):
        record = served(make.volunteer())

        with refused("hours_are_corrected_for_a_reason"):
            ServiceRecord.objects.bulk_create([_copy(record, corrects=record, minutes=-30)])

    def test_a_learner_is_marked_once_and_present_since_some_time(self):
        session, learner = make.session(DAY), make.learner()
        row = Attendance(session=session, learner=learner, state="present", marked_at=NOW)

        with refused("attendance_has_a_time_when_present"):
            Attendance.objects.bulk_create([row])
        row.arrived_at = NOW
        row.left_at = NOW - timedelta(minutes=1)
        with refused("attendance_leaves_after_arriving"):
            Attendance.objects.bulk_create([row])
        row.left_at, row.collected_text = None, "奶奶"
        with refused("attendance_is_fetched_when_left"):
            Attendance.objects.bulk_create([row])
        row.collected_text = ""
        row.save()
        with refused("attendance_once_a_session"):
            Attendance.objects.create(session=session, learner=learner, state="absent", marked_at=NOW)

    def test_a_certificate_has_a_number_when_issued_and_a_reason_when_not(self):
        served(make.volunteer())
        asked = Certificate(
            volunteer=ServiceRecord.objects.get().volunteer, community=make.community(), requested_at=NOW
        )
        asked.save()

        with refused("certificate_is_numbered_when_issued"):
            Certificate.objects.update(status="issued")
        with refused("certificate_is_refused_for_a_reason"):
            Certificate.objects.update(status="rejected")
        with refused("one_certificate_is_asked_for_at_a_time"):
            Certificate.objects.create(volunteer=asked.volunteer, community=asked.community, requested_at=NOW)


DAY_LONG = timedelta(hours=1)


def _copy(record, **fields):
    names = [field.attname for field in ServiceRecord._meta.concrete_fields if field.name != "id"]
    made = ServiceRecord(**{name: getattr(record, name) for name in names})
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def _fresh():
    return CheckIn.objects.create(
        volunteer=make.volunteer("何晓琳"), series=make.series("另一班"), on_date=make.at(DAY).date()
    )


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_a_phone_and_a_desk_at_one_moment_are_one_check_in(self, together):
        for turn in range(10):
            session = make.session(DAY, of=make.series(f"班{turn}"))
            placed = make.assignment(make.shift(session), make.volunteer(f"志愿者{turn}"))

            def come(number, placed=placed):
                how = ("device", "code", "staff")[number % 3]
                return attendance.check_in(
                    volunteer=placed.volunteer, session=placed.session, how=how, now=placed.starts_at
                )

            results = together(6, come)

            assert sum(isinstance(one, CheckIn) for one in results) == 1, results
            assert sum(isinstance(one, attendance.AlreadyIn) for one in results) == 5, results

    def test_here_and_missing_at_one_moment_is_one_of_them(self, together):
        for turn in range(10):
            session = make.session(DAY, of=make.series(f"班{turn}"))
            placed = make.assignment(make.shift(session), make.volunteer(f"志愿者{turn}"))

            def say(number, placed=placed):
                if number:
                    return attendance.say_missed(assignment=placed, now=placed.starts_at, actor=None)
                return attendance.check_in(
                    volunteer=placed.volunteer, session=placed.session, how="staff", now=placed.starts_at
                )

            results = together(2, say)

            assert not [one for one in results if isinstance(one, Exception)], results
            assert session.checkins.count() + NoShow.objects.filter(assignment=placed).count() == 1

    def test_hours_posted_by_two_workers_are_counted_once(self, together):
        who = [make.volunteer(f"志愿者{number}") for number in range(5)]
        of = make.series()
        for one in who:
            CheckIn.objects.create(
                volunteer=one,
                series=of,
                on_date=make.at(DAY).date(),
                arrived_at=make.at(DAY, "09:30"),
                left_at=make.at(DAY, "11:00"),
            )

        together(4, lambda number: ledger.post_hours(now=NOW))

        assert ServiceRecord.objects.count() == 5

    def test_two_corrections_at_one_moment_add_up_to_the_later(self, together):
        record = served(make.volunteer())

        together(
            4,
            lambda number: ledger.correct(record=record, minutes=30 + number, reason="更正", now=NOW, actor=None),
        )

        assert ledger.total(ServiceRecord.objects.all()) in range(30, 34)

    def test_one_request_is_issued_once_with_one_number(self, together):
        make.community()
        type(make.community()).objects.update(help_phone="029-80000001")
        who = make.volunteer()
        served(who)
        request = certificates.request_certificate(volunteer=who, community=make.community(), now=NOW)
        chen = make.user()

        results = together(4, lambda number: certificates.issue(certificate=request, now=NOW, actor=chen))

        assert sum(isinstance(one, Certificate) for one in results) == 1, results
        assert Certificate.objects.get().number
