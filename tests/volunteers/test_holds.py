"""A club's held places: neither gap nor filled, named later, freed at a deadline."""

from datetime import date, timedelta

import pytest
from django.db.models import Count, Q, Sum

from people.models import Message
from tests import make
from tests.test_truths import refused
from volunteers import planning
from volunteers.actions import answers, clubs, roster, shifts, signup
from volunteers.models import Absence, Assignment, Hold, Offer, Organisation, Shift, Volunteer
from volunteers.queries import board, opening

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-07", "10:00")
DAY = "2026-09-19"


def club(name: str = "青年志愿者协会") -> Organisation:
    return Organisation.objects.get_or_create(name=name)[0]


def wide(needed: int = 12, day: str = DAY, of=None) -> Shift:
    return make.shift(make.session(day, of=of), needed=needed)


def hold(shift: Shift, places: int = 10, of: Organisation | None = None, now=NOW) -> Hold:
    clubs.hold_places(organisation=of or club(), shift=shift, places=places, now=now)
    return Hold.objects.select_related("organisation", "shift__role", "shift__session__series__programme").get(
        shift=shift, organisation=of or club(), ended_at=None
    )


def counters(shift: Shift) -> tuple[int, int]:
    """Taken and held, after asking whether they are what they count."""
    active = Count("assignments", filter=Q(assignments__status__in=Assignment.ACTIVE))
    counted = Shift.objects.annotate(active=active).get(pk=shift.pk)
    places = Hold.objects.filter(shift=shift).aggregate(all=Sum("places"))["all"] or 0
    assert (counted.taken, counted.held) == (counted.active + places, places)
    return counted.taken, counted.held


class TestHolding:
    def test_takes_places_that_nobody_fills(self):
        shift = wide()

        held = hold(shift)

        assert (held.places, held.lapses_at) == (10, make.at("2026-09-17", "09:30"))
        assert counters(shift) == (10, 10)
        shift.refresh_from_db()
        assert opening.Opening(shift.session, shift).gaps == 2
        card = board.card(session=shift.session, now=NOW)
        assert (card.gaps, card.filled, len(card.places)) == (2, 0, 12)
        assert board.tally([card]) == board.Tally(0, 0, 0, 2, 10)

    def test_is_never_for_more_than_there_are(self):
        shift = wide(needed=4)
        make.assignment(shift, make.volunteer())

        with pytest.raises(clubs.ShiftFull):
            hold(shift, 4)
        assert counters(shift) == (1, 0)
        hold(shift, 3)
        with pytest.raises(signup.SessionFull):
            signup.sign_up(
                session=shift.session, name="周远", phone="16000000009", occupation="", consent=True, now=NOW
            )

    def test_again_is_for_more(self):
        shift = wide()
        hold(shift, 4)

        assert hold(shift, 3).places == 7
        assert Hold.objects.count() == 1

    def test_is_not_looked_for_by_the_engine(self):
        shift = wide(needed=6)
        for number in range(6):
            make.free(make.volunteer(f"志愿者{number}"), 5)
        hold(shift, 4)

        problem, _ = planning.load_problem(
            community=None, from_on=date(2026, 9, 14), until_on=date(2026, 9, 20), now=NOW
        )

        assert (problem.sessions[0].wished, problem.sessions[0].maximum) == (2, 2)

    def test_is_refused_on_days_on_which_the_club_is_away(self):
        shift = wide()
        Absence.objects.create(organisation=club(), kind="exam", starts_on=date(2026, 9, 18), ends_on=date(2026, 9, 20))

        with pytest.raises(clubs.ClubAway, match="考试周"):
            hold(shift)

    def test_keeps_the_need_from_sinking_under_it(self):
        shift = wide()
        hold(shift)

        shifts.set_demand(sessions=[shift.session], now=NOW)

        shift.refresh_from_db()
        assert shift.needed == 10

    def test_goes_with_a_session_that_is_called_off(self):
        shift = wide()
        held = hold(shift)

        from_cancelling = shift.session
        from_cancelling.status = "cancelled"
        from_cancelling.save()
        shifts.follow(series_ids=[shift.session.series_id], now=NOW)

        held.refresh_from_db()
        assert (held.places, held.ended_at) == (0, NOW)
        assert counters(shift) == (0, 0)


class TestNaming:
    def test_a_list_gives_places_and_says_what_is_wrong_line_by_line(self):
        shift = wide()
        other = make.volunteer("王子涵", phone="16000000006", organisation=club("别的协会"))
        make.volunteer("林淑芬", phone="16000000007")
        held = hold(shift, 3)
        text = "\n".join(
            [
                "1. 周远 160 0000 0001",
                "安宁，16000000002",
                "16000000003",
                "罗婷 1600000",
                "王子涵 16000000006",
                "不是她 16000000007",
                "",
                "何晓琳\t16000000004",
                "钱薇 16000000005",
                other.person.name,
            ]
        )

        done = clubs.name_people(hold=held, text=text, now=NOW)

        assert [str(one.volunteer) for one in done.placed] == ["周远", "安宁", "何晓琳"]
        assert [why.split("，")[0] for _, why in done.wrong] == [
            "没看到名字。一行写一位：名字 手机号。",
            "手机号只有 7 位",
            "这个号码登记在别的组织名下",
            "这个手机号登记的是另一个名字。请核对",
            "留的名额用完了",
            "“王子涵”里没有电话号码",
        ]
        assert counters(shift) == (3, 0)
        assert Volunteer.objects.filter(organisation=club()).count() == 3
        assert not Volunteer.objects.filter(mobile="16000000005").exists()
        assert Offer.objects.filter(expires_at=held.lapses_at).count() == 3
        assert "青年志愿者协会给您报了一场" in Message.objects.filter(kind="named").first().body

    def test_only_the_person_says_yes(self):
        held = hold(wide(), 2)

        (placed,) = clubs.name_people(hold=held, text="周远 16000000001", now=NOW).placed

        assert placed.status == "offered"
        assert answers.accept_offer(offer=placed.offer, now=NOW).status == "accepted"
        assert counters(held.shift) == (2, 1)

    def test_who_declines_gives_the_place_back_to_the_club(self):
        held = hold(wide(), 2)
        (placed,) = clubs.name_people(hold=held, text="周远 16000000001", now=NOW).placed

        answers.withdraw(assignment=placed, now=NOW)

        assert counters(held.shift) == (2, 2)
        answers.come_back(assignment=placed, now=NOW)
        assert counters(held.shift) == (2, 1)

    def test_after_the_deadline_a_place_given_up_is_everybodys(self):
        held = hold(wide(), 2)
        (placed,) = clubs.name_people(hold=held, text="周远 16000000001", now=NOW).placed
        answers.accept_offer(offer=placed.offer, now=NOW)
        clubs.lapse_holds(now=held.lapses_at)

        answers.withdraw(assignment=placed, now=held.lapses_at)

        assert counters(held.shift) == (0, 0)

    def test_the_leader_takes_somebody_off(self):
        held = hold(wide(), 2)
        (placed,) = clubs.name_people(hold=held, text="周远 16000000001", now=NOW).placed

        clubs.take_off(assignment=placed, now=NOW)

        assert counters(held.shift) == (2, 2)
        assert "不用来了" in Message.objects.get(kind="release").body

    def test_the_organiser_may_too(self):
        held = hold(wide(), 2)
        (placed,) = clubs.name_people(hold=held, text="周远 16000000001", now=NOW).placed

        roster.release(assignment=placed, now=NOW, actor=None)

        assert counters(held.shift) == (2, 2)

    def test_with_children_everybody_is_cleared(self):
        shift = make.shift(make.session("2026-09-18", of=make.series("四点半", "child")), code="tutor", needed=3)
        held = hold(shift, 2)

        done = clubs.name_people(hold=held, text="周远 16000000001", now=NOW)

        assert "背景查询" in done.wrong[0][1]
        assert not Volunteer.objects.exists()
        assert counters(shift) == (2, 2)

    def test_a_lapsed_hold_takes_no_names(self):
        held = hold(wide(), 2)
        clubs.lapse_holds(now=held.lapses_at)
        held.refresh_from_db()

        with pytest.raises(clubs.HoldOver):
            clubs.name_people(hold=held, text="周远 16000000001", now=held.lapses_at)


class TestTheDeadline:
    def led(self) -> Organisation:
        clubs.open_link(organisation=club(), name="何晓琳", phone="16000000001", now=NOW, actor=None)
        return club()

    def test_is_said_the_day_before_and_when_it_is_over_once_each(self):
        self.led()
        held = hold(wide())
        clubs.name_people(hold=held, text="周远 16000000002", now=NOW)
        before = held.lapses_at - timedelta(hours=20)

        assert clubs.warn_of_lapses(now=NOW) == 0
        assert [clubs.warn_of_lapses(now=before) for _ in range(2)] == [1, 1]
        assert [clubs.lapse_holds(now=held.lapses_at) for _ in range(2)] == [1, 0]

        warned, told = Message.objects.filter(person__name="何晓琳").order_by("id")
        assert "还有 9 个名额没有名字" in warned.body
        assert "9 个没有名字的名额放出来了" in told.body
        assert f"/club/{club().token}/" == told.link
        assert counters(held.shift) == (1, 0)

    def test_is_said_to_organisers_where_no_leader_is_known(self):
        user = make.user()
        held = hold(wide())

        clubs.lapse_holds(now=held.lapses_at)

        assert Message.objects.get().user == user

    def test_in_a_hurry_half_of_the_time_is_left(self):
        shift = wide(day="2026-09-08")

        assert hold(shift).lapses_at == make.at("2026-09-07", "21:45")

    def test_giving_back_some_frees_them(self):
        held = hold(wide())

        assert clubs.let_go(hold=held, places=4, now=NOW) == 4
        assert counters(held.shift) == (6, 6)
        assert clubs.let_go(hold=held, places=40, now=NOW) == 6
        assert counters(held.shift) == (0, 0)


@pytest.mark.django_db(transaction=True)
class TestAtOneMoment:
    def test_a_club_and_a_stranger_for_the_last_place(self, together):
        of = make.series(weekdays=tuple(range(7)))
        for turn in range(20):
            shift = wide(needed=1, day=f"{date(2026, 9, 12) + timedelta(days=turn)}", of=of)

            def want(number, shift=shift, turn=turn):
                if number % 2:
                    return clubs.hold_places(organisation=club(), shift=shift, places=1, now=NOW)
                return signup.sign_up(
                    session=shift.session,
                    name="周远",
                    phone=f"160000{turn:02d}{number:03d}",
                    occupation="",
                    consent=True,
                    now=NOW,
                )

            club()
            results = together(4, want)

            assert sum(not isinstance(one, Exception) for one in results) == 1, results
            refused = [one for one in results if isinstance(one, Exception)]
            assert all(isinstance(one, clubs.ShiftFull | signup.SessionFull) for one in refused), refused
            assert counters(shift)[0] == 1

    def test_the_last_held_place_gets_one_name(self, together):
        held = hold(wide(), 1)

        results = together(
            4, lambda number: clubs.name_people(hold=held, text=f"周远 1600000000{number}", now=NOW).placed
        )

        assert sorted(map(len, results)) == [0, 0, 0, 1]
        assert counters(held.shift) == (1, 0)

    def test_two_workers_lapse_a_hold_once(self, together):
        make.user()
        held = hold(wide())

        done = together(4, lambda _: clubs.lapse_holds(now=held.lapses_at))

        assert sum(done) == Message.objects.count() == 1
        assert counters(held.shift) == (0, 0)

    def test_a_decline_while_the_hold_lapses_leaves_no_place_behind(self, together):
        held = hold(wide(), 3)
        placed = clubs.name_people(hold=held, text="周远 16000000001\n安宁 16000000002", now=NOW).placed
        for one in placed:
            answers.accept_offer(offer=one.offer, now=NOW)

        def act(number):
            if number == 2:
                return clubs.lapse_holds(now=held.lapses_at)
            return answers.withdraw(assignment=placed[number], now=held.lapses_at - timedelta(seconds=1))

        results = together(3, act)

        assert not [one for one in results if isinstance(one, Exception)], results
        clubs.lapse_holds(now=held.lapses_at)
        assert counters(held.shift) == (0, 0)


def test_the_database_has_the_last_word():
    shift = wide(needed=2)
    held = hold(shift, 2)

    with refused("shift_is_never_overfull"):
        Shift.objects.update(taken=3)
    with refused("held_places_are_taken"):
        Shift.objects.update(held=3)
    with refused("club_holds_once_a_shift"):
        Hold.objects.create(organisation=club(), shift=shift, places=0, made_at=NOW, lapses_at=NOW + timedelta(hours=1))
    with refused("ended_hold_keeps_no_place"):
        Hold.objects.filter(pk=held.pk).update(ended_at=NOW)
    with refused("hold_lapses_later"):
        Hold.objects.filter(pk=held.pk).update(lapses_at=NOW)
