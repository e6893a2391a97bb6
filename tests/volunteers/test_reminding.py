"""What the clock does may run twice and tells nobody twice."""

from datetime import date, timedelta

import pytest

from people.models import Message
from tests import make
from volunteers.actions import reminding
from volunteers.models import Shift

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
