"""Old lists of who came: their hours go into the ledger a day after the import, and not before it can be undone."""

from datetime import timedelta

import pytest

from tests import make
from tests.volunteers.imports import NOW, bring, table
from volunteers import intake
from volunteers.actions import ledger
from volunteers.models import CheckIn, ServiceRecord

pytestmark = pytest.mark.django_db
HEAD = "日期,班级,姓名,签到,签退,备注"
LATER = NOW + timedelta(hours=26)


def old_list(*lines):
    return bring(table(HEAD, *lines, name="出勤登记.csv"))


@pytest.fixture
def known():
    make.series("菜鸟学堂·启蒙", term=make.term())
    return [make.volunteer(name) for name in ("周远", "何晓琳")]


def test_whole_visits_go_in_a_day_later(known):
    old_list("2026-09-01,菜鸟学堂·启蒙,周远,9:30,11:00,", "2026-09-01,菜鸟学堂·启蒙,何晓琳,9:30,,")

    assert CheckIn.objects.count() == 2
    assert ledger.post_hours(now=NOW + timedelta(hours=23)) == 0
    assert ledger.post_hours(now=LATER) == 1
    assert ServiceRecord.objects.get().minutes == 90


def test_undone_within_a_day_nothing_is_counted(known):
    batch = old_list("2026-09-01,菜鸟学堂·启蒙,周远,9:30,11:00,")
    ledger.post_hours(now=NOW + timedelta(hours=23))

    intake.undo(batch=batch, now=NOW + timedelta(hours=23))

    assert not CheckIn.objects.exists()
    assert ledger.post_hours(now=LATER) == 0


def test_a_departure_brought_later_opens_the_visit_again(known):
    old_list("2026-09-01,菜鸟学堂·启蒙,周远,9:30,,")
    bring(table(HEAD, "2026-09-01,菜鸟学堂·启蒙,周远,9:30,11:00,", name="补.csv"), now=LATER)

    assert ledger.post_hours(now=LATER + timedelta(hours=1)) == 0
    assert ledger.post_hours(now=LATER + timedelta(hours=25)) == 1


def test_what_is_in_the_ledger_is_not_brought_again(known):
    old_list("2026-09-01,菜鸟学堂·启蒙,周远,9:30,11:00,")
    ledger.post_hours(now=LATER)

    bring(table(HEAD, "2026-09-01,菜鸟学堂·启蒙,周远,9:30,11:30,", name="又.csv"), now=LATER)

    assert ledger.post_hours(now=LATER + timedelta(days=2)) == 0
    assert ledger.total(ServiceRecord.objects.all()) == 90


def test_the_hours_in_the_ledger_outlive_an_undo(known):
    batch = old_list("2026-09-01,菜鸟学堂·启蒙,周远,9:30,11:00,")
    CheckIn.objects.update(changed_at=None)
    ledger.post_hours(now=NOW)

    undone = intake.undo(batch=batch, now=NOW)

    assert "时长已经入账" in undone.undo_report[0]
    assert CheckIn.objects.count() == 1
