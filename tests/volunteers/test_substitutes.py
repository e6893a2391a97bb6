"""Somebody drops out: who is asked, in which waves, and what becomes of their answers."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from people.models import AuditEntry, Message
from tests import make
from volunteers.actions import answers, covering, roster, substitutes, waiting
from volunteers.models import Assignment, SubstituteAsk, SubstitutePlan, SubstituteSearch, Wait
from volunteers.queries import substitutes as queries

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-11", "10:00")  # a Friday, the day before the session
MINUTE = timedelta(minutes=1)


@pytest.fixture
def shift():
    return make.shift(make.session("2026-09-12"), needed=1)


def neighbours(count: int) -> list:
    """People who are free on Saturdays."""
    found = [make.volunteer(f"邻居{'甲乙丙丁戊己庚辛壬癸'[number]}") for number in range(count)]
    for one in found:
        make.free(one, 5)
    return found


def dropped(shift) -> SubstituteSearch:
    """Somebody who had agreed cannot come."""
    answers.withdraw(assignment=make.assignment(shift, make.volunteer("周远")), now=NOW)
    return SubstituteSearch.objects.get()


def asked(search) -> list[SubstituteAsk]:
    return list(search.asks.order_by("place"))


def state(ask) -> str:
    return SubstituteAsk.objects.values_list("state", flat=True).get(pk=ask.pk)


class TestStarting:
    def test_a_search_starts_itself_when_somebody_cannot_come(self, shift):
        search = dropped(shift)

        assert (search.shift, search.status, search.wanted) == (shift, "searching", 1)
        assert search.why == "周远来不了"
        assert search.next_wave_at == NOW

    def test_not_when_the_community_does_not_want_it(self, shift):
        SubstitutePlan.objects.create(community=shift.session.community, starts_itself=False)

        answers.withdraw(assignment=make.assignment(shift, make.volunteer()), now=NOW)

        assert not SubstituteSearch.objects.exists()

    def test_not_for_a_session_that_is_far_away(self, shift):
        held = make.assignment(shift, make.volunteer())

        answers.withdraw(assignment=held, now=NOW - timedelta(days=30))

        assert not SubstituteSearch.objects.exists()

    def test_a_second_one_who_drops_out_makes_the_open_search_want_two(self):
        shift = make.shift(make.session("2026-09-12"), needed=2)
        two = [make.assignment(shift, make.volunteer(name)) for name in ("周远", "林淑芬")]

        for one in two:
            answers.withdraw(assignment=one, now=NOW)

        assert SubstituteSearch.objects.get().wanted == 2

    def test_the_organiser_takes_somebody_off_and_has_a_substitute_looked_for(self, shift):
        held = make.assignment(shift, make.volunteer())

        roster.release(assignment=held, now=NOW, actor=None, find=True)

        assert SubstituteSearch.objects.get().why == f"撤下了{held.volunteer}"

    def test_taking_somebody_off_alone_starts_nothing(self, shift):
        roster.release(assignment=make.assignment(shift, make.volunteer()), now=NOW, actor=None)

        assert not SubstituteSearch.objects.exists()

    def test_by_hand_it_looks_for_all_who_are_missing_and_twice_is_once(self):
        shift = make.shift(make.session("2026-09-12"), needed=3)

        for _ in range(2):
            substitutes.start(shift=shift, now=NOW, actor=None)

        assert SubstituteSearch.objects.get().wanted == 3

    def test_nobody_is_looked_for_where_nobody_is_missing(self, shift):
        make.assignment(shift, make.volunteer())

        with pytest.raises(substitutes.NothingMissing):
            substitutes.start(shift=shift, now=NOW, actor=None)

    def test_the_database_has_one_open_search_a_shift(self, shift):
        dropped(shift)

        with pytest.raises(IntegrityError), transaction.atomic():
            SubstituteSearch.objects.create(shift=shift, next_wave_at=NOW, started_at=NOW)


class TestWaves:
    def test_the_first_wave_asks_the_best_with_their_reasons(self, shift):
        neighbours(6)
        search = dropped(shift)

        substitutes.run_due(now=NOW)

        first = asked(search)
        assert [one.place for one in first] == [1, 2, 3, 4]
        assert all(one.reasons for one in first)
        notes = Message.objects.filter(kind="substitute")
        assert notes.count() == 4
        assert set(notes.values_list("useless_after", flat=True)) == {shift.session.starts_at}

    def test_run_again_it_asks_nobody_twice(self, shift):
        neighbours(6)
        search = dropped(shift)

        for _ in range(3):
            substitutes.run_due(now=NOW)

        assert search.asks.count() == 4

    def test_the_next_wave_comes_when_its_time_is_over(self, shift):
        neighbours(6)
        search = dropped(shift)
        substitutes.run_due(now=NOW)

        substitutes.run_due(now=NOW + 14 * MINUTE)
        assert search.asks.count() == 4
        substitutes.run_due(now=NOW + 15 * MINUTE)

        assert search.asks.count() == 6

    def test_it_comes_at_once_when_too_few_are_left_to_answer(self, shift):
        neighbours(6)
        search = dropped(shift)
        substitutes.run_due(now=NOW)

        for one in asked(search)[:2]:
            covering.say_no(ask=one, now=NOW + MINUTE)
        substitutes.run_due(now=NOW + MINUTE)
        assert search.asks.count() == 4
        covering.say_no(ask=asked(search)[2], now=NOW + MINUTE)
        substitutes.run_due(now=NOW + MINUTE)

        assert search.asks.count() == 6

    def test_waits_grow_shorter_as_the_session_nears(self):
        plan = SubstitutePlan()

        waits = [plan.wait(timedelta(hours=hours)) for hours in (100, 48, 23, 0.5)]

        assert waits == [240 * MINUTE, 60 * MINUTE, 15 * MINUTE, 7.5 * MINUTE]

    def test_nobody_is_asked_at_night_about_next_week(self):
        shift = make.shift(make.session("2026-09-19"), needed=1)
        neighbours(4)
        search = substitutes.start(shift=shift, now=NOW, actor=None)

        substitutes.run_due(now=make.at("2026-09-11", "23:00"))

        search.refresh_from_db()
        assert search.next_wave_at == make.at("2026-09-12", "08:00")
        assert not search.asks.exists()

    def test_about_the_next_morning_people_are_asked_at_night(self, shift):
        neighbours(4)
        search = dropped(shift)

        substitutes.run_due(now=make.at("2026-09-11", "22:00"))

        assert search.asks.count() == 4
        assert set(Message.objects.filter(kind="substitute").values_list("not_before", flat=True)) == {
            make.at("2026-09-11", "22:00")
        }

    def test_when_nobody_is_left_the_organiser_is_told_and_answers_still_count(self, shift):
        chen = make.user()
        neighbours(2)
        search = dropped(shift)
        substitutes.run_due(now=NOW)

        substitutes.run_due(now=NOW + 15 * MINUTE)

        search.refresh_from_db()
        assert search.status == "exhausted"
        assert Message.objects.get(user=chen).kind == "substitute-nobody"
        assert covering.say_yes(ask=asked(search)[0], now=NOW + 20 * MINUTE).state == "yes"
        search.refresh_from_db()
        assert search.status == "filled"

    def test_only_who_may_take_the_place_is_asked(self):
        child = make.series("四点半", kind="child")
        shift = make.shift(make.session("2026-09-11", of=child), code="tutor", needed=1)
        known, _ = [make.volunteer(name) for name in ("查过", "没查")]
        for one in (known, _):
            make.free(one, 4)
        make.cleared(known)
        search = substitutes.start(shift=shift, now=NOW, actor=None)

        substitutes.run_due(now=NOW)

        assert [one.volunteer for one in asked(search)] == [known]

    def test_who_was_asked_often_this_week_comes_last(self, shift):
        often, seldom = neighbours(2)
        for turn in range(3):
            other = make.shift(make.session(f"2026-10-{10 + turn}"), needed=1)
            row = SubstituteSearch.objects.create(
                shift=other, started_at=NOW, status="over", next_wave_at=None, closed_at=NOW
            )
            row.asks.create(volunteer=often, wave=1, place=1, asked_at=NOW - timedelta(days=1))
        substitutes.start(shift=shift, now=NOW, actor=None)

        substitutes.run_due(now=NOW)

        rows = SubstituteAsk.objects.filter(search__shift=shift).order_by("place")
        assert [one.volunteer for one in rows] == [seldom, often]
        assert rows[1].reasons[-1]["text"] == "最近 7 天问过 3 次"

    def test_the_waiting_list_is_asked_before_anybody_else(self):
        shift = make.shift(make.session("2026-09-19"), needed=1)
        agreed = make.assignment(shift, make.volunteer("周远"))
        first, *others = neighbours(3)
        Wait.objects.create(session=shift.session, volunteer=first, since=NOW - timedelta(days=1))
        answers.withdraw(assignment=agreed, now=NOW)
        search = SubstituteSearch.objects.get()

        substitutes.run_due(now=NOW)
        assert not search.asks.exists()
        waiting.offer_freed_places(now=NOW)
        substitutes.run_due(now=NOW + 5 * MINUTE)

        search.refresh_from_db()
        assert search.status == "searching"
        assert Assignment.objects.get(volunteer=first).status == "offered"
        answers.decline_offer(offer=Assignment.objects.get(volunteer=first).offer, now=NOW + 6 * MINUTE)
        substitutes.run_due(now=NOW + 20 * MINUTE)
        assert {one.volunteer for one in asked(search)} == set(others)


class TestAnswers:
    def test_the_first_yes_has_the_place_and_the_others_hear_of_it(self, shift):
        neighbours(4)
        search = dropped(shift)
        substitutes.run_due(now=NOW)
        Message.objects.filter(kind="substitute").update(status="sent", sent_at=NOW)
        first, late, silent, refusing = asked(search)
        covering.say_no(ask=refusing, now=NOW)

        covering.say_yes(ask=first, now=NOW)
        covering.say_yes(ask=late, now=NOW)

        search.refresh_from_db()
        assert (search.status, search.found) == ("filled", 1)
        assert [state(one) for one in (first, late, silent, refusing)] == ["yes", "too_late", "told", "no"]
        assert Assignment.objects.get(status="accepted").volunteer == first.volunteer
        told = Message.objects.filter(kind="substitute-filled")
        assert {one.person for one in told} == {late.volunteer.person, silent.volunteer.person}

    def test_an_invitation_that_has_not_left_never_does_once_the_place_is_filled(self, shift):
        neighbours(2)
        search = dropped(shift)
        substitutes.run_due(now=NOW)
        first, other = asked(search)

        covering.say_yes(ask=first, now=NOW)

        assert state(other) == "not_sent"
        assert Message.objects.get(person=other.volunteer.person).status == "stale"
        assert not Message.objects.filter(kind="substitute-filled").exists()

    def test_yes_said_twice_is_one_place(self, shift):
        neighbours(1)
        search = dropped(shift)
        substitutes.run_due(now=NOW)
        (only,) = asked(search)

        for _ in range(2):
            assert covering.say_yes(ask=only, now=NOW).state == "yes"

        shift.refresh_from_db()
        assert shift.taken == 1
        assert AuditEntry.objects.filter(verb="接替").count() == 1

    def test_who_said_no_may_still_say_yes_while_the_place_is_free(self, shift):
        neighbours(1)
        search = dropped(shift)
        substitutes.run_due(now=NOW)
        (only,) = asked(search)

        covering.say_no(ask=only, now=NOW)

        assert covering.say_yes(ask=only, now=NOW).state == "yes"

    def test_who_is_elsewhere_by_now_is_told_so_and_nothing_changes(self, shift):
        (only,) = neighbours(1)
        search = dropped(shift)
        substitutes.run_due(now=NOW)
        other = make.shift(make.session("2026-09-12", of=make.series("另一班")))
        make.assignment(other, only)

        with pytest.raises(covering.Refused):
            covering.say_yes(ask=asked(search)[0], now=NOW)

        assert state(asked(search)[0]) == "asked"

    def test_a_place_filled_by_other_means_ends_the_search(self, shift):
        neighbours(3)
        search = dropped(shift)
        substitutes.run_due(now=NOW)
        Message.objects.filter(kind="substitute").update(status="sent", sent_at=NOW)
        shift.refresh_from_db()
        make.assignment(shift, make.volunteer("许晓雨"))

        substitutes.run_due(now=NOW + MINUTE)

        search.refresh_from_db()
        assert search.status == "filled"
        assert {state(one) for one in asked(search)} == {"told"}

    def test_a_search_is_over_when_the_session_begins(self, shift):
        neighbours(3)
        search = dropped(shift)
        substitutes.run_due(now=NOW)

        substitutes.run_due(now=shift.session.starts_at)

        search.refresh_from_db()
        assert (search.status, search.next_wave_at) == ("over", None)
        assert covering.say_yes(ask=asked(search)[0], now=shift.session.starts_at).state in ("not_sent", "too_late")


class TestTheOrganiser:
    def test_stops_and_goes_on(self, shift):
        neighbours(2)
        search = dropped(shift)
        substitutes.run_due(now=NOW)
        one, other = asked(search)
        Message.objects.filter(person=one.volunteer.person).update(status="sent", sent_at=NOW)

        substitutes.stop(search=search, now=NOW, actor=None)

        assert covering.say_yes(ask=one, now=NOW).state == "too_late"
        assert state(other) == "not_sent"
        substitutes.resume(search=search, now=NOW, actor=None)
        substitutes.run_due(now=NOW)
        assert SubstituteAsk.objects.get(volunteer=other.volunteer).state == "asked"

    def test_asks_more_people_now(self, shift):
        neighbours(8)
        search = dropped(shift)
        substitutes.run_due(now=NOW)

        substitutes.ask_next(search=search, count=3, now=NOW, actor=None)

        assert [one.wave for one in asked(search)] == [1, 1, 1, 1, 2, 2, 2]
        with pytest.raises(substitutes.NobodyToAsk):
            for _ in range(2):
                substitutes.ask_next(search=search, count=3, now=NOW, actor=None)

    def test_asks_somebody_out_of_turn_and_takes_it_back(self, shift):
        neighbours(6)
        search = dropped(shift)
        last = queries.plan_of(1)  # the usual timings
        substitutes.run_due(now=NOW)
        waits = {one.volunteer_id for one in asked(search)}
        someone = next(one for one in make.Volunteer.objects.filter(availability__isnull=False) if one.pk not in waits)

        ask = substitutes.ask_person(search=search, volunteer=someone, now=NOW, actor=None)
        with pytest.raises(substitutes.AskedAlready):
            substitutes.ask_person(search=search, volunteer=someone, now=NOW, actor=None)
        substitutes.take_back(ask=ask, now=NOW, actor=None)

        assert state(ask) == "taken_back"
        assert last.first_wave == 4
        again = substitutes.ask_person(search=search, volunteer=someone, now=NOW, actor=None)
        assert (again.pk, again.state) == (ask.pk, "asked")
        assert Message.objects.filter(person=someone.person, status="waiting").count() == 1

    def test_nobody_who_may_not_come_is_asked_by_hand(self, shift):
        search = dropped(shift)

        with pytest.raises(substitutes.NobodyToAsk):
            substitutes.ask_person(search=search, volunteer=make.volunteer("没空的"), now=NOW, actor=None)

    def test_of_one_that_is_over_nothing_is_promised(self, shift):
        search = dropped(shift)
        assert queries.latest_for(shift).sentence == "正在找人：马上开始问"

        SubstituteSearch.objects.filter(pk=search.pk).update(status="over", next_wave_at=None, closed_at=NOW)

        assert queries.latest_for(shift).sentence == "过去了：没有问过人"

    def test_progress_in_one_sentence(self, shift):
        neighbours(4)
        search = dropped(shift)
        substitutes.run_due(now=NOW)
        covering.say_no(ask=asked(search)[0], now=NOW)

        found = queries.latest_for(shift)

        assert found.sentence == "正在找人：问了 4 位，1 位说不行"
