"""The made-up term of `./run demo` keeps every rule that the database cannot say by itself."""

from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, F, Q

from classes.models import Enrolment, SeriesDay, Session
from people.models import Message, Person, User
from volunteers.models import Absence, Assignment, Shift, Volunteer

pytestmark = [pytest.mark.django_db, pytest.mark.journey]
ACTIVE = Q(status__in=Assignment.ACTIVE)


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """The demo data, written once for the module and taken back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed_demo")
        yield
        transaction.set_rollback(True)


def test_students_have_their_exam_weeks(demo):
    weeks = Absence.objects.filter(kind="exam")

    assert weeks.count() >= 2
    assert Volunteer.objects.filter(organisation__in=weeks.values("organisation")).exists()


def test_counters_are_what_they_count(demo):
    counted = Shift.objects.annotate(active=Count("assignments", filter=Q(assignments__status__in=Assignment.ACTIVE)))
    assert counted.count() > 100
    assert not counted.exclude(taken=F("active") + F("held")).exists()

    seated = Counter()
    for place in Enrolment.objects.filter(status="confirmed").prefetch_related("series__days"):
        for day in place.series.days.all():
            seated[day.pk] += not place.weekdays or day.weekday in place.weekdays
    assert seated.total() > 50
    assert {day.pk: day.taken for day in SeriesDay.objects.all()} == {
        day.pk: seated[day.pk] for day in SeriesDay.objects.all()
    }


def test_assignments_repeat_their_sessions_times(demo):
    assert Assignment.objects.exists()
    assert not Assignment.objects.exclude(
        session=F("shift__session"), starts_at=F("session__starts_at"), ends_at=F("session__ends_at")
    ).exists()


def test_nobody_is_placed_at_a_cancelled_session_or_uncleared_with_children(demo):
    assert not Assignment.objects.filter(ACTIVE, session__status=Session.Status.CANCELLED).exists()
    with_children = Assignment.objects.filter(ACTIVE, session__series__programme__kind="child")
    assert with_children.exists()
    cleared = Q(volunteer__clearances__result="clear", volunteer__clearances__valid_until__gte=F("session__on_date"))
    assert not with_children.exclude(pk__in=with_children.filter(cleared).values("pk")).exists()


def test_all_numbers_are_invented_and_every_invitation_is_written(demo):
    assert not Person.objects.exclude(phone="").exclude(phone__startswith="160").exclude(phone__contains="-").exists()
    told = set(Message.objects.filter(kind__in=["offer", "named"]).values_list("person", flat=True))
    asked = Volunteer.objects.filter(assignments__offer__isnull=False).values_list("person", flat=True)
    assert set(asked) <= told


def test_it_is_written_into_a_new_database_only(demo):
    assert User.objects.count() == 3
    with pytest.raises(CommandError, match="只能写进新的数据库"):
        call_command("seed_demo")
