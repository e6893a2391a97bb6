"""有人来不了就叫我: the queue of a full session, and who is asked when a place comes free."""

from datetime import timedelta

import pytest
from django.utils import timezone

from people.models import Message
from tests import make
from tests.volunteers.test_public_pages import GOOD, coming, text
from volunteers import tasks
from volunteers.actions import answers, waiting
from volunteers.models import Assignment, Shift, Volunteer, Wait
from volunteers.queries.waiting import of_volunteer, waiting_for

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-07", "10:00")


def full(day: str = "2026-09-19", needed: int = 1, of=None):
    """A session whose every place has somebody, and those people."""
    shift = make.shift(make.session(day, of=of), needed=needed)
    return shift.session, [make.assignment(shift, make.volunteer(f"在场{number}")) for number in range(needed)]


def queue(session, *names: str) -> list[Volunteer]:
    people = [make.volunteer(name) for name in names]
    for minute, who in enumerate(people):
        waiting.wait(volunteer=who, session=session, now=NOW - timedelta(hours=1) + timedelta(minutes=minute))
    return people


class TestWaiting:
    def test_is_in_the_order_in_which_they_said_so(self):
        session, _ = full()
        people = queue(session, "林淑芬", "周远", "安宁")

        assert waiting_for(session) == people
        assert [row.place for who in people for row in of_volunteer(volunteer=who, now=NOW)] == [
            "您排第一位",
            "前面还有 1 位",
            "前面还有 2 位",
        ]

    def test_said_twice_is_said_once(self):
        session, _ = full()
        (who,) = queue(session, "周远")

        waiting.wait(volunteer=who, session=session, now=NOW + timedelta(hours=1))

        assert Wait.objects.get().since == NOW - timedelta(hours=1)

    def test_is_for_full_sessions_only(self):
        session = make.shift(needed=1).session

        with pytest.raises(waiting.PlaceOpen):
            waiting.wait(volunteer=make.volunteer(), session=session, now=NOW)

    def test_keeps_the_rules_of_children(self):
        shift = make.shift(make.session(of=make.series("四点半", "child")), code="tutor", needed=1)
        make.assignment(shift, make.volunteer("在场"))

        with pytest.raises(waiting.Refused, match="背景查询"):
            waiting.wait(volunteer=make.volunteer(), session=shift.session, now=NOW)

    def test_whoever_is_there_does_not_wait(self):
        session, (placed,) = full()

        with pytest.raises(waiting.Refused, match="已经在这一场"):
            waiting.wait(volunteer=placed.volunteer, session=session, now=NOW)

    def test_ends_when_one_leaves_the_queue(self):
        session, _ = full()
        first, second = queue(session, "周远", "林淑芬")

        waiting.leave(wait=Wait.objects.get(volunteer=first), now=NOW)

        assert waiting_for(session) == [second]


class TestAFreedPlace:
    def test_is_kept_for_the_first(self):
        session, (leaving,) = full()
        first, second = queue(session, "周远", "林淑芬")
        answers.withdraw(assignment=leaving, now=NOW)

        assert waiting.offer_freed_places(now=NOW) == 1

        kept = Assignment.objects.get(volunteer=first)
        assert (kept.status, kept.offer.expires_at) == ("offered", NOW + timedelta(hours=4))
        assert "空出一个名额" in Message.objects.get(person=first.person).body
        assert not Message.objects.filter(person=second.person).exists()
        assert waiting.offer_freed_places(now=NOW) == 0
        assert waiting_for(session) == [second]

    def test_goes_to_the_next_when_the_first_does_not_answer(self):
        session, (leaving,) = full()
        first, second = queue(session, "周远", "林淑芬")
        answers.withdraw(assignment=leaving, now=NOW)
        waiting.offer_freed_places(now=NOW)
        later = NOW + timedelta(hours=5)

        answers.expire_offers(now=later)
        waiting.offer_freed_places(now=later)

        assert Assignment.objects.get(volunteer=second).status == "offered"
        assert Assignment.objects.get(volunteer=first).status == "released"

    def test_passes_over_whoever_is_elsewhere_by_now(self):
        session, (leaving,) = full()
        first, second = queue(session, "周远", "林淑芬")
        make.assignment(make.shift(make.session("2026-09-19", of=make.series("进阶"))), first)
        answers.withdraw(assignment=leaving, now=NOW)

        assert waiting.offer_freed_places(now=NOW) == 1

        assert Assignment.objects.get(session=session, status="offered").volunteer == second
        assert waiting_for(session) == [first]

    def test_asks_as_many_as_there_are_places(self):
        session, placed = full(needed=2)
        *_, third = queue(session, "周远", "林淑芬", "安宁")
        for one in placed:
            answers.withdraw(assignment=one, now=NOW)

        assert waiting.offer_freed_places(now=NOW) == 2
        assert waiting_for(session) == [third]
        assert Shift.objects.get(session=session).taken == 2

    def test_nobody_is_given_hours_to_think_on_the_day_before(self):
        session, (leaving,) = full("2026-09-08")
        first, second = queue(session, "周远", "林淑芬")
        answers.withdraw(assignment=leaving, now=NOW)

        assert waiting.offer_freed_places(now=NOW) == 2

        assert set(Message.objects.filter(kind="places-free").values_list("person", flat=True)) == {
            first.person_id,
            second.person_id,
        }
        assert [row.place for row in of_volunteer(volunteer=second, now=NOW)] == ["现在有名额，先点先得"]
        placed = waiting.come(wait=Wait.objects.get(volunteer=second), now=NOW)
        assert placed.status == "accepted"
        with pytest.raises(waiting.Refused, match="满了"):
            waiting.come(wait=Wait.objects.get(volunteer=first), now=NOW)

    def test_a_night_is_no_time_to_answer(self):
        session, (leaving,) = full()
        queue(session, "周远")
        answers.withdraw(assignment=leaving, now=make.at("2026-09-07", "22:00"))

        waiting.offer_freed_places(now=make.at("2026-09-07", "22:00"))

        assert Assignment.objects.get(status="offered").offer.expires_at == make.at("2026-09-08", "12:00")


@pytest.mark.django_db(transaction=True)
class TestAtOneMoment:
    def test_two_workers_ask_one_person_once(self, together):
        session, (leaving,) = full(needed=1)
        queue(session, "周远", "林淑芬")
        answers.withdraw(assignment=leaving, now=NOW)

        asked = together(4, lambda _: waiting.offer_freed_places(now=NOW))

        assert all(isinstance(one, int) for one in asked), asked
        assert sum(asked) == Assignment.objects.filter(status="offered").count() == 1
        assert Message.objects.filter(kind="place-free").count() == 1

    def test_a_double_tap_waits_once(self, together):
        session, _ = full()
        who = make.volunteer()

        rows = together(6, lambda _: waiting.wait(volunteer=who, session=session, now=NOW))

        assert {row.pk for row in rows} == {Wait.objects.get().pk}


class TestPages:
    def crowded(self):
        session = coming(3, needed=1)
        placed = make.assignment(Shift.objects.get(session=session), make.volunteer("在场"))
        return session, placed

    def test_a_stranger_waits_with_two_fields(self, client):
        session, placed = self.crowded()
        assert f"/s/{session.pk}/wait/" in text(client.get("/"))
        assert "有人来不了就叫我" in text(client.get(f"/s/{session.pk}/"))

        page = client.post(f"/s/{session.pk}/wait/", GOOD, follow=True)

        assert "您排第一位" in text(page)
        who = Volunteer.objects.get(mobile="16000000001")
        assert "您排第一位" in text(client.get(f"/me/{who.token}/"))
        answers.withdraw(assignment=placed, now=timezone.now())
        tasks.offer_freed_places.call()
        assert "我能来" in text(client.get(f"/me/{who.token}/"))

    def test_a_known_phone_waits_with_one_tap_and_leaves_with_one(self, client):
        session, _ = self.crowded()
        who = make.volunteer()
        make.known_phone(client, who)

        assert f"有名额就叫{who}" in text(client.get(f"/s/{session.pk}/wait/"))
        client.post(f"/s/{session.pk}/wait/")
        assert Wait.objects.get().volunteer == who
        client.post(f"/me/{who.token}/wait/{session.pk}/", {"leave": "1"})
        assert not Wait.objects.exists()

    def test_a_known_number_on_another_phone_opens_no_page(self, client):
        session, _ = self.crowded()
        who = make.volunteer("周远", phone="16000000001")

        page = client.post(f"/s/{session.pk}/wait/", GOOD)

        assert (page.status_code, Wait.objects.get().volunteer) == (200, who)
        assert who.token not in text(page)
        assert "me" not in client.cookies

    def test_wrong_fields_are_kept_and_named(self, client):
        session, _ = self.crowded()

        page = client.post(f"/s/{session.pk}/wait/", {"name": "周远", "phone": "1600"})

        assert page.status_code == 400
        assert "手机号" in text(page)
        assert 'value="1600"' in text(page)

    def test_a_session_with_a_place_leads_to_signing_up(self, client):
        session = coming(3, needed=1)

        assert client.get(f"/s/{session.pk}/wait/")["Location"] == f"/s/{session.pk}/"
        assert client.get("/s/999/wait/").status_code == 404

    @pytest.mark.parametrize("times", [1, 3])
    def test_the_queries_are_the_same_for_any_number(self, times, django_assert_num_queries):
        who = make.volunteer()
        for number in range(times):
            session, _ = full(f"2026-09-{19 + number}", of=make.series(f"班{number}"))
            waiting.wait(volunteer=who, session=session, now=NOW)

        with django_assert_num_queries(3):
            assert len(of_volunteer(volunteer=who, now=NOW)) == times
