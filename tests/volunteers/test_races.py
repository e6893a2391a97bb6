"""Many people at one moment, on real threads and the real database."""

from datetime import date
from threading import Barrier

import pytest

from classes.models import Change
from people.models import Message
from tests import make
from volunteers.actions import answers, copying, covering, roster, signup, substitutes
from volunteers.models import Assignment, Offer, Shift, SubstituteAsk, SubstituteSearch, Volunteer

pytestmark = pytest.mark.django_db(transaction=True)
NOW = make.at("2026-09-07", "10:00")
ROUNDS = 50
PEOPLE = 20


def test_twenty_sign_ups_for_one_place_seat_exactly_one_in_every_round(together):
    of = make.series(weekdays=tuple(range(7)))
    first = date(2026, 9, 8).toordinal()
    sessions = [make.session(f"{date.fromordinal(first + turn)}", of=of) for turn in range(ROUNDS)]
    for session in sessions:
        make.shift(session, needed=1)
    start = Barrier(PEOPLE)

    def sign_up_again_and_again(number):
        answers = []
        for turn, session in enumerate(sessions):
            phone = f"16000{turn:02d}{number:04d}"
            start.wait()
            try:
                answers.append(
                    signup.sign_up(
                        session=session, name=f"志愿者{number}", phone=phone, occupation="", consent=True, now=NOW
                    )
                )
            except signup.SessionFull as full:
                answers.append(full)
        return answers

    everybody = together(PEOPLE, sign_up_again_and_again)

    for answers_of_a_round in zip(*everybody, strict=True):
        assert sum(isinstance(one, signup.SignedUp) for one in answers_of_a_round) == 1
        assert sum(isinstance(one, signup.SessionFull) for one in answers_of_a_round) == PEOPLE - 1
    assert set(Shift.objects.values_list("taken", flat=True)) == {1}
    assert Assignment.objects.count() == Volunteer.objects.count() == ROUNDS


def test_one_number_typed_on_many_phones_is_one_volunteer(together):
    session = make.session()
    make.shift(session, needed=20)

    def sign_up(number):
        return signup.sign_up(session=session, name="周远", phone="16000000001", occupation="", consent=True, now=NOW)

    results = together(10, sign_up)

    assert sum(isinstance(one, signup.SignedUp) for one in results) == 1
    assert all(isinstance(one, signup.SignedUp | signup.AlreadyPlaced) for one in results), results
    assert Volunteer.objects.count() == 1
    assert Shift.objects.get().taken == 1


def test_one_person_placed_at_two_desks_is_in_one_place(together):
    for turn in range(10):
        who = make.volunteer(f"志愿者{turn}")
        make.free(who, 5)
        shifts = [make.shift(make.session("2026-09-12", of=make.series(f"班{turn}{side}"))) for side in "甲乙"]

        def place(number, who=who, shifts=shifts):
            return roster.place(shift=shifts[number], volunteer=who, now=NOW, actor=None)

        results = together(2, place)

        assert sum(isinstance(one, Assignment) for one in results) == 1, results
        assert sum(isinstance(one, roster.InTwoPlaces) for one in results) == 1, results
        assert sum(Shift.objects.filter(pk__in=[s.pk for s in shifts]).values_list("taken", flat=True)) == 1


def test_publishing_at_two_desks_tells_nobody_twice(together):
    make.official()
    shift = make.shift(needed=8)
    for number in range(8):
        make.assignment(shift, make.volunteer(f"志愿者{number}"), status="draft")
    days = {"from_on": date(2026, 9, 7), "until_on": date(2026, 9, 13)}

    def publish(_):
        return len(roster.publish(community=None, **days, now=NOW, actor=None))

    assert sum(together(4, publish)) == 8
    assert Offer.objects.count() == Message.objects.count() == 8


def test_declining_on_two_phones_frees_one_place(together):
    shift = make.shift(needed=3)
    agreed = make.assignment(shift, make.volunteer())
    make.assignment(shift, make.volunteer("林淑芬"))

    together(6, lambda _: answers.withdraw(assignment=agreed, now=NOW))

    shift.refresh_from_db()
    assert shift.taken == 1


def test_the_freed_place_goes_to_one_of_those_who_want_it(together):
    """Somebody comes back while others sign up."""
    shift = make.shift(needed=1)
    declined = make.assignment(shift, make.volunteer(), status="declined")

    def want(number):
        if number == 0:
            return answers.come_back(assignment=declined, now=NOW)
        return signup.sign_up(
            session=shift.session,
            name=f"志愿者{number}",
            phone=f"1600000{number:04d}",
            occupation="",
            consent=True,
            now=NOW,
        )

    results = together(8, want)

    assert sum(not isinstance(one, Exception) for one in results) == 1, results
    shift.refresh_from_db()
    assert shift.taken == 1


def test_fifty_yeses_to_one_search_are_one_place_in_every_round(together):
    """bench/yeses.py does the same over the web, 100 rounds long."""
    people = [make.volunteer(f"志愿者{number}") for number in range(50)]
    of = make.series(weekdays=tuple(range(7)))
    first = date(2026, 9, 8).toordinal()
    rounds = []
    for turn in range(3):
        shift = make.shift(make.session(f"{date.fromordinal(first + turn)}", of=of), needed=1)
        search = SubstituteSearch.objects.create(shift=shift, started_at=NOW, next_wave_at=NOW)
        rounds.append(
            [search.asks.create(volunteer=one, wave=1, place=at, asked_at=NOW) for at, one in enumerate(people, 1)]
        )
    start = Barrier(len(people))

    def say_yes_again_and_again(number):
        said = []
        for asks in rounds:
            start.wait()
            said.append(covering.say_yes(ask=asks[number], now=NOW).state)
        return said

    everybody = together(len(people), say_yes_again_and_again)

    for said in zip(*everybody, strict=True):
        assert sorted(said) == ["too_late"] * (len(people) - 1) + ["yes"]
    assert set(Shift.objects.values_list("taken", flat=True)) == {1}
    assert set(SubstituteSearch.objects.values_list("status", "found")) == {("filled", 1)}
    assert Assignment.objects.count() == len(rounds)


def test_many_workers_ask_a_wave_once(together):
    shift = make.shift(needed=1)
    for number in range(9):
        make.free(make.volunteer(f"志愿者{number}"), 5)
    substitutes.start(shift=shift, now=NOW, actor=None)

    moved = together(6, lambda _: substitutes.run_due(now=NOW))

    assert sum(moved) == 1
    assert SubstituteAsk.objects.count() == Message.objects.count() == 4


def test_answers_stops_and_waves_at_one_moment_leave_one_truth(together):
    """Whoever is quicker: at most one place is taken, and nobody hears an error."""
    people = [make.volunteer(f"志愿者{number}") for number in range(12)]
    for one in people:
        make.free(one, 5)
    for turn in range(5):
        shift = make.shift(make.session("2026-09-12", of=make.series(f"班{turn}")), needed=1)
        substitutes.start(shift=shift, now=NOW, actor=None)
        substitutes.run_due(now=NOW)
        asks = list(SubstituteAsk.objects.filter(search__shift=shift).order_by("place"))
        search = SubstituteSearch.objects.for_telling().get(shift=shift)

        def act(number, asks=asks, search=search):
            if number < 3:
                return covering.say_no(ask=asks[number], now=NOW)
            if number == 3:
                return covering.say_yes(ask=asks[3], now=NOW)
            if number == 4:
                return substitutes.stop(search=search, now=NOW, actor=None)
            return substitutes.run_due(now=NOW)

        found = together(8, act)

        shift.refresh_from_db()
        taken = Assignment.objects.filter(shift=shift, status="accepted")
        assert all(not isinstance(one, Exception) or isinstance(one, substitutes.NotOpen) for one in found), found
        assert shift.taken == taken.count() <= 1
        SubstituteSearch.objects.open().filter(shift=shift).update(status="over", next_wave_at=None, closed_at=NOW)
        taken.delete()
        Shift.objects.filter(pk=shift.pk).update(taken=0)


def test_last_week_copied_at_two_desks_puts_nobody_on_twice(together):
    of = make.series()
    before = make.shift(make.session("2026-09-05", of), needed=3)
    for name in ("周远", "高翔", "林淑芬"):
        who = make.volunteer(name)
        make.free(who, 5)
        make.assignment(before, who)
    shift = make.shift(make.session("2026-09-12", of), needed=3)

    def copy(number):
        return copying.copy_week(community=make.community(), monday=date(2026, 9, 7), now=NOW, actor=None)

    done = together(4, copy)

    shift.refresh_from_db()
    copied = [one for one in done if isinstance(one, copying.Copied)]
    assert [len(one.made) for one in copied] == [3]
    assert sum(isinstance(one, copying.NothingToCopy) for one in done) == 3
    assert shift.taken == Assignment.objects.filter(shift=shift, status="draft").count() == 3
    assert Change.objects.filter(kind="copy").count() == 1
