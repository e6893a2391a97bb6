"""A children's session that falls under its floor: who is told, when, and what the page says."""

from datetime import timedelta

import pytest
from django.urls import reverse

from classes.models import Enrolment, Guardian
from people.models import AuditEntry, Message
from tests import make
from volunteers.actions import answers, floors
from volunteers.models import FloorAlarm, SubstitutePlan
from volunteers.queries import floors as queries

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-10", "09:00")
AN_HOUR = timedelta(hours=1)


@pytest.fixture
def session():
    return make.session("2026-09-10", of=make.series("四点半", kind="child", weekdays=(3,)))


@pytest.fixture
def agreed(session):
    """Two cleared adults come."""
    shift = make.shift(session, code="tutor", needed=3)
    people = [make.volunteer(name) for name in ("何晓琳", "钱薇")]
    for one in people:
        make.cleared(one)
    return [make.assignment(shift, one) for one in people]


def drop(assignment, now=NOW):
    answers.withdraw(assignment=assignment, now=now)


class TestTheAlarm:
    def test_the_organiser_is_told_at_once(self, session, agreed):
        chen = make.user()

        drop(agreed[0])

        note = Message.objects.get(user=chen, kind="floor-at-once")
        assert "只有 1 位，至少要 2 位" in note.body
        assert FloorAlarm.objects.get().session == session

    def test_above_the_floor_nobody_is_troubled(self, session, agreed):
        third = make.volunteer("宋雨桐")
        make.cleared(third)
        shift = agreed[0].shift
        shift.refresh_from_db()
        make.assignment(shift, third)

        drop(agreed[0])

        assert not FloorAlarm.objects.exists()

    def test_who_has_no_check_for_that_day_does_not_count(self, session, agreed):
        agreed[1].volunteer.clearances.update(valid_until=session.on_date - timedelta(days=1))

        assert floors.check(session=session, now=NOW) is not None

    def test_the_deputy_is_told_after_the_communitys_time_and_once(self, session, agreed):
        chen, zhan = make.user(), make.user("zhan", role="manager")
        SubstitutePlan.objects.create(community=session.community, in_charge=chen, deputy=zhan, deputy_minutes=45)
        drop(agreed[0])

        floors.watch(now=NOW + timedelta(minutes=44))
        assert not Message.objects.filter(kind="floor-deputy").exists()
        for _ in range(2):
            floors.watch(now=NOW + timedelta(minutes=45))

        assert not Message.objects.filter(user=zhan, kind="floor-at-once").exists()
        assert Message.objects.get(kind="floor-deputy").user == zhan

    def test_it_closes_when_somebody_comes_back(self, session, agreed):
        drop(agreed[0])
        make.free(agreed[0].volunteer, 3)

        answers.come_back(assignment=agreed[0], now=NOW)
        open_now = floors.watch(now=NOW)

        assert open_now == 0
        assert FloorAlarm.objects.get().closed_at == NOW

    def test_a_session_of_the_next_day_that_never_had_enough_is_found_by_the_clock(self, session):
        make.shift(session, code="tutor", needed=2)

        floors.watch(now=NOW)

        assert FloorAlarm.objects.get().session == session

    def test_next_month_is_no_alarm(self, session, agreed):
        drop(agreed[0], now=NOW - timedelta(days=20))

        assert not FloorAlarm.objects.exists()


class TestThePage:
    @pytest.fixture
    def guardian(self, session):
        child = make.learner("李想", kind="child")
        Enrolment.objects.create(learner=child, series=session.series, status="confirmed", created_at=NOW)
        session.expected = 1
        session.save()
        return Guardian.objects.create(learner=child, person=make.person("李建国", "16000008888"), relation="爸爸")

    def test_numbers_are_masked_until_one_is_asked_for_and_that_is_written_down(
        self, client, session, agreed, guardian
    ):
        client.force_login(make.user())
        drop(agreed[0])
        page = reverse("desk:floor", args=[session.pk])

        masked = client.get(page).content.decode()
        opened = client.post(reverse("desk:floor-number", args=[session.pk, guardian.pk])).content.decode()

        assert "还差 1 位" in masked and "李想" in masked
        assert "16000008888" not in masked
        assert "16000008888" in opened
        assert AuditEntry.objects.get(verb="看了完整号码").summary == "李建国（李想的资料）"

    def test_nobody_elses_number_opens_here(self, client, session):
        client.force_login(make.user())
        other = make.learner("王浩", kind="child")
        theirs = Guardian.objects.create(learner=other, person=make.person("王刚"), relation="爸爸")

        answer = client.post(reverse("desk:floor-number", args=[session.pk, theirs.pk]))

        assert answer.status_code == 404

    def test_a_seniors_session_has_no_such_page(self, client):
        client.force_login(make.user())

        assert client.get(reverse("desk:floor", args=[make.session().pk])).status_code == 404

    def test_the_alarms_of_a_community_are_read_in_so_many_queries(self, session, agreed, django_assert_num_queries):
        drop(agreed[0])

        with django_assert_num_queries(3):
            (alarm,) = queries.of_community(session.community, NOW)

        assert not alarm.is_red
        assert alarm.floor.lacking == 1
