"""A street to try 补齐 on: as large as it is meant to be, and planned without a rule broken."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from classes.models import Community, Session
from tests import make
from volunteers import demo_street, planning
from volunteers.matching.rules import broken
from volunteers.models import Shift, Volunteer
from volunteers.seeds import seed_roles

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-10", "10:00")


def test_a_small_street_is_what_the_generator_made(small):
    assert Community.objects.filter(street=demo_street.STREET).count() == len(small.communities) == 2
    assert Session.objects.count() == len(small.sessions) == 24
    assert Volunteer.objects.count() == len(small.volunteers)
    wished = sum(session.wished + session.needs_lead for session in small.sessions)
    assert sum(Shift.objects.values_list("needed", flat=True)) == wished
    assert Session.objects.order_by("on_date").first().on_date >= date(2026, 9, 14)


def test_it_is_planned_as_one_without_a_rule_broken(small):
    first = date(2026, 9, 14)

    problem, _ = planning.load_problem(
        community=None, street=demo_street.STREET, from_on=first, until_on=first + timedelta(days=6), now=NOW
    )
    answer = planning.find_plan(problem)

    assert answer.proven
    assert broken(problem, answer.placements) == []
    assert len(answer.placements) > len(small.sessions)


@pytest.fixture
def small():
    """Two communities for a week."""
    for kind in ("senior", "child", "desk"):
        make.programme(kind)
    seed_roles()
    return demo_street.live(now=NOW, communities=2, weeks=1)


def test_the_command_makes_the_accounts_and_the_whole_street():
    call_command("seed_demo", street=True)

    assert Community.objects.count() == 8
    assert Session.objects.filter(starts_at__gt=timezone.now()).count() == 384
