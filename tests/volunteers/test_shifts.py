"""The need of sessions follows their learners."""

import pytest
from django.utils import timezone

from classes import actions as class_actions
from tests import make
from volunteers.actions.shifts import set_demand
from volunteers.models import Shift
from volunteers.seeds import seed_roles

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-01")


def needs(session) -> dict[str, tuple[int, int, int]]:
    return {s.role.code: (s.needed, s.minimum, s.taken) for s in Shift.objects.filter(session=session)}


def test_a_senior_session_needs_its_lead_and_helpers():
    saturday = make.session()

    set_demand(sessions=[saturday], now=NOW)

    assert needs(saturday) == {"lead": (1, 1, 0), "helper": (6, 3, 0)}


def test_children_need_tutors_and_no_lead():
    monday = make.session("2026-09-14", of=make.series("四点半", "child", weekdays=(0,)))

    set_demand(sessions=[monday], now=NOW)

    assert needs(monday) == {"tutor": (3, 2, 0)}


def test_every_need_says_where_it_comes_from():
    set_demand(sessions=[make.session()], now=NOW)

    assert all(Shift.objects.values_list("why", flat=True))


def test_running_it_again_changes_nothing():
    make.session()
    set_demand(term=make.term(), now=NOW)

    again = set_demand(term=make.term(), now=NOW)

    assert (again.created, again.changed, again.unchanged) == (0, 0, 2)


def test_new_learners_change_the_need_by_themselves():
    saturday = make.session()
    set_demand(sessions=[saturday], now=NOW)

    for number in range(4):
        class_actions.enrol(learner=make.learner(f"老人{number}"), series=saturday.series, now=NOW)

    assert needs(saturday)["helper"] == (2, 1, 0)


def test_the_need_never_falls_below_what_is_taken():
    saturday = make.session()
    set_demand(sessions=[saturday], now=NOW)
    helpers = Shift.objects.get(role__code="helper")
    for number in range(4):
        make.assignment(helpers, make.volunteer(f"志愿者{number}"))

    class_actions.enrol(learner=make.learner(), series=saturday.series, now=NOW)

    assert needs(saturday)["helper"] == (4, 1, 4)


def test_sessions_that_have_begun_keep_the_need_they_had():
    saturday = make.session()
    set_demand(sessions=[saturday], now=NOW)
    saturday.series.stated_helpers = 2
    saturday.series.save()

    set_demand(sessions=[saturday], now=saturday.starts_at)

    assert needs(saturday)["helper"] == (6, 3, 0)


@pytest.mark.parametrize("sessions", [1, 10])
def test_it_costs_the_same_for_a_whole_term(sessions, django_assert_num_queries):
    seed_roles()
    of = make.series(weekdays=(5, 6))
    for number in range(sessions):
        make.session(f"2026-09-{number + 10}", of=of)

    with django_assert_num_queries(9):
        set_demand(term=make.term(), now=timezone.now())
