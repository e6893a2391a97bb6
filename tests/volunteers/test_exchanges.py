"""转给朋友 and 换班: a place changes hands when the other side says yes, and each always has one person."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from people.models import Message
from tests import make
from tests.volunteers.test_public_pages import GOOD, coming, text
from volunteers import rules
from volunteers.actions import answers, exchanges
from volunteers.models import Assignment, Exchange, ExchangeRule, Shift, Volunteer
from volunteers.queries import exchanges as queries
from volunteers.queries import today

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-07", "10:00")


def place(who: Volunteer, day: str = "2026-09-19", name: str = "启蒙", needed: int = 1) -> Assignment:
    """A place of a class of its own."""
    return make.assignment(make.shift(make.session(day, of=make.series(name)), needed=needed), who)


def again(exchange: Exchange) -> Exchange:
    return queries.loaded().get(pk=exchange.pk)


def offered(given: Assignment) -> Exchange:
    return again(exchanges.offer_hand_over(assignment=given, now=NOW))


def proposed(given: Assignment, wanted: Assignment) -> Exchange:
    return again(exchanges.propose_swap(assignment=given, wanted=wanted, now=NOW))


def who_comes() -> dict[str, str]:
    """Class to the one person who comes; counters asked along."""
    rows = Assignment.objects.filter(status__in=Assignment.ACTIVE).select_related(
        "session__series", "volunteer__person"
    )
    assert all(
        shift.taken == shift.assignments.filter(status__in=Assignment.ACTIVE).count() for shift in Shift.objects.all()
    )
    return {row.session.series.name: str(row.volunteer) for row in rows}


class TestHandingOver:
    def test_to_a_friend_we_know(self):
        user = make.user()
        found = offered(place(make.volunteer("周远")))

        exchanges.take_over(exchange=found, volunteer=make.volunteer("林淑芬"), now=NOW)

        assert who_comes() == {"启蒙": "林淑芬"}
        assert again(found).took.status == "accepted"
        assert "换给别人了" in Message.objects.get(person__name="周远").body
        assert "名额留好了" in Message.objects.get(person__name="林淑芬").body
        assert "周远 → 林淑芬" in Message.objects.get(user=user).body

    def test_asks_every_hard_rule(self):
        shift = make.shift(make.session(of=make.series("四点半", "child")), code="tutor", needed=1)
        found = offered(make.assignment(shift, make.volunteer("周远")))

        with pytest.raises(exchanges.Refused, match="背景查询"), transaction.atomic():
            exchanges.take_over(exchange=found, volunteer=make.volunteer("林淑芬"), now=NOW)

        assert who_comes() == {"四点半": "周远"}
        assert again(found).status == "open"

    def test_asked_for_twice_is_one_link(self):
        given = place(make.volunteer())

        assert offered(given).token == offered(given).token

    def test_not_to_oneself_and_not_when_it_was_taken_back(self):
        given = place(make.volunteer())
        found = offered(given)
        with pytest.raises(exchanges.OwnPlace):
            exchanges.take_over(exchange=found, volunteer=given.volunteer, now=NOW)
        exchanges.close(exchange=found, now=NOW)

        with pytest.raises(exchanges.Gone):
            exchanges.take_over(exchange=again(found), volunteer=make.volunteer("林淑芬"), now=NOW)

    def test_not_when_the_giver_has_cancelled(self):
        given = place(make.volunteer("周远"))
        found = offered(given)
        answers.withdraw(assignment=given, now=NOW)

        with pytest.raises(exchanges.NotPlaced), transaction.atomic():
            exchanges.take_over(exchange=again(found), volunteer=make.volunteer("林淑芬"), now=NOW)

        assert who_comes() == {}


class TestSwapping:
    def both(self):
        return place(make.volunteer("周远"), name="启蒙"), place(make.volunteer("林淑芬"), "2026-09-20", "进阶")

    def test_moves_both(self):
        found = proposed(*self.both())
        assert "想跟您换一场" in Message.objects.get(person__name="林淑芬").body

        exchanges.agree(exchange=found, now=NOW)

        assert who_comes() == {"启蒙": "林淑芬", "进阶": "周远"}

    def test_of_two_sessions_at_one_time(self):
        one = place(make.volunteer("周远"), name="启蒙")
        other = place(make.volunteer("林淑芬"), "2026-09-20", "进阶")
        found = proposed(one, other)
        session = other.session
        session.on_date, session.starts_at, session.ends_at = (
            one.session.on_date,
            one.session.starts_at,
            one.session.ends_at,
        )
        session.save()

        exchanges.agree(exchange=again(found), now=NOW)

        assert who_comes() == {"启蒙": "林淑芬", "进阶": "周远"}

    def test_refused_leaves_everything(self):
        found = proposed(*self.both())

        exchanges.refuse(exchange=found, now=NOW)

        assert who_comes() == {"启蒙": "周远", "进阶": "林淑芬"}
        assert "不方便换" in Message.objects.get(person__name="周远").body

    def test_both_or_neither(self):
        given, wanted = self.both()
        found = proposed(given, wanted)
        # Meanwhile the giver has another place at the time of the wanted one.
        place(given.volunteer, "2026-09-20", "门诊")

        with pytest.raises(exchanges.Refused), transaction.atomic():
            exchanges.agree(exchange=again(found), now=NOW)

        assert who_comes() == {"启蒙": "周远", "进阶": "林淑芬", "门诊": "周远"}

    def test_partners_are_those_whom_both_rules_allow(self):
        given, wanted = self.both()
        lead = make.shift(make.session("2026-09-26", of=make.series("讲")), code="lead", needed=1)
        make.assignment(lead, make.volunteer("讲师", may_lead=True))
        place(make.volunteer("宋少年", born=(2014, 1, 1)), "2026-09-27", "少年")
        place(given.volunteer, "2026-09-21", "自己的")

        assert [one.assignment for one in queries.partners(assignment=given, now=NOW)] == [wanted]

    @pytest.mark.parametrize("others", [1, 5])
    def test_looking_for_partners_costs_the_same_for_any_number(self, others, django_assert_num_queries):
        given = place(make.volunteer("周远"))
        wanted = [place(make.volunteer(f"林{number}"), f"2026-09-2{number}", f"班{number}") for number in range(others)]
        assignment = queries.placed(NOW).get(pk=given.pk)

        with django_assert_num_queries(3):
            found = queries.partners(assignment=assignment, now=NOW)

        assert [one.assignment for one in found] == wanted

    def test_the_rules_for_many_are_the_rules_for_one(self):
        role, grown = make.role("tutor"), make.volunteer("周远")
        minor = make.volunteer("程小满", born=(2009, 10, 1), source="sign_up")
        make.cleared(grown, date(2026, 9, 22))
        make.cleared(minor)
        make.volunteer("林淑芬")
        Volunteer.objects.filter(pk=make.volunteer("停着的").pk).update(status="paused")
        place(grown, "2026-09-19", "自己的")
        kinds = {"senior": make.series("别的"), "child": make.series("四点半", "child")}
        days = ("2026-09-19", "2026-09-23", "2026-10-03")
        sessions = [make.session(day, of=of) for of in kinds.values() for day in days]
        pairs = [
            (who, one, each)
            for who in Volunteer.objects.select_related("person").order_by("pk")
            for one in sessions
            for each in (role, make.role("helper"), make.role("lead"))
        ]

        said = [[one.sentence for one in found] for found in rules.hard(pairs)]

        assert said == [[one.sentence for one in rules.refusals(*pair, overlooking=rules.WISHES)] for pair in pairs]
        assert any(said) and not all(said)


class TestApproval:
    def test_waits_for_one_click_where_a_rule_says_so(self):
        user = make.user()
        given = place(make.volunteer("周远"))
        exchanges.set_rule(community=given.session.community, asks=True, now=NOW, actor=user)
        found = offered(given)

        exchanges.take_over(exchange=found, volunteer=make.volunteer("林淑芬"), now=NOW)

        assert (again(found).status, who_comes()) == ("asked", {"启蒙": "周远"})
        assert "等您点头" in Message.objects.get(user=user).body
        community = given.session.community
        assert "1 个换班等您同意" in [todo.text for todo in today.today(community=community, now=NOW).todos]
        exchanges.approve(exchange=again(found), now=NOW, actor=user)
        assert who_comes() == {"启蒙": "林淑芬"}
        assert "换班" not in "".join(todo.text for todo in today.today(community=community, now=NOW).todos)

    def test_turned_down_everybody_keeps_their_place(self):
        given = place(make.volunteer("周远"))
        ExchangeRule.objects.create(community=given.session.community)
        found = offered(given)
        exchanges.take_over(exchange=found, volunteer=make.volunteer("林淑芬"), now=NOW)

        exchanges.turn_down(exchange=again(found), now=NOW, actor=None)

        assert who_comes() == {"启蒙": "周远"}
        assert Message.objects.filter(kind="exchange-refused").count() == 2


class TestUndo:
    def test_puts_both_back(self):
        given, wanted = place(make.volunteer("周远")), place(make.volunteer("林淑芬"), "2026-09-20", "进阶")
        found = proposed(given, wanted)
        exchanges.agree(exchange=found, now=NOW)

        exchanges.undo(exchange=again(found), now=NOW + timedelta(hours=23), actor=None)

        assert who_comes() == {"启蒙": "周远", "进阶": "林淑芬"}
        with pytest.raises(exchanges.Gone):
            exchanges.undo(exchange=again(found), now=NOW + timedelta(hours=23), actor=None)

    def test_is_too_late_after_a_day_and_when_the_taker_has_cancelled(self):
        found = offered(place(make.volunteer("周远")))
        exchanges.take_over(exchange=found, volunteer=make.volunteer("林淑芬"), now=NOW)

        with pytest.raises(exchanges.TooLate):
            exchanges.undo(exchange=again(found), now=NOW + timedelta(hours=25), actor=None)
        answers.withdraw(assignment=again(found).took, now=NOW)
        with pytest.raises(exchanges.NotPlaced), transaction.atomic():
            exchanges.undo(exchange=again(found), now=NOW, actor=None)
        assert who_comes() == {}


@pytest.mark.django_db(transaction=True)
class TestAtOneMoment:
    def test_two_friends_take_one_link(self, together):
        for turn in range(8):
            found = offered(place(make.volunteer(f"周远{turn}"), name=f"班{turn}"))
            friends = [make.volunteer(f"朋友{turn}{side}") for side in "甲乙丙"]

            results = together(
                3, lambda n, f=found, who=friends: exchanges.take_over(exchange=again(f), volunteer=who[n], now=NOW)
            )

            assert sum(isinstance(one, Exchange) for one in results) == 1, results
            assert sum(isinstance(one, exchanges.Gone) for one in results) == 2, results
        assert all(name.startswith("朋友") for name in who_comes().values())

    def test_both_sides_of_a_swap_cancel_while_it_is_agreed(self, together):
        for turn in range(8):
            given = place(make.volunteer(f"周远{turn}"), name=f"甲{turn}")
            wanted = place(make.volunteer(f"林淑芬{turn}"), "2026-09-20", f"乙{turn}")
            found = proposed(given, wanted)

            def act(number, found=found, given=given, wanted=wanted):
                if number == 0:
                    return exchanges.agree(exchange=again(found), now=NOW)
                return answers.withdraw(assignment=(given, wanted)[number - 1], now=NOW)

            results = together(3, act)

            unnamed = [one for one in results if isinstance(one, Exception) and not isinstance(one, exchanges.Refused)]
            assert not unnamed, unnamed
            who_comes()
            # Whoever has cancelled, or whoever swapped: nobody is at both, nobody at neither but by their own word.
            for who in (given.volunteer, wanted.volunteer):
                assert who.assignments.filter(status__in=Assignment.ACTIVE).count() <= 1

    def test_two_swaps_crossing(self, together):
        first, second = place(make.volunteer("周远")), place(make.volunteer("林淑芬"), "2026-09-20", "进阶")
        there, back = proposed(first, second), proposed(second, first)

        results = together(2, lambda n: exchanges.agree(exchange=again((there, back)[n]), now=NOW))

        assert sum(isinstance(one, Exchange) for one in results) == 1, results
        assert who_comes() == {"启蒙": "林淑芬", "进阶": "周远"}


class TestTheDatabase:
    def test_offers_a_place_once_at_a_time_and_knows_what_a_swap_is(self):
        found = offered(place(make.volunteer()))

        with pytest.raises(IntegrityError), transaction.atomic():
            Exchange.objects.create(kind="hand_over", given=found.given, made_at=NOW)
        for wrong in ({"kind": "swap"}, {"status": "done"}, {"status": "asked"}, {"status": "Done"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Exchange.objects.filter(pk=found.pk).update(**wrong)


class TestPages:
    @pytest.fixture
    def given(self) -> Assignment:
        return make.assignment(Shift.objects.get(session=coming(3, needed=1)), make.volunteer("周远"))

    def link(self, client, given) -> str:
        make.known_phone(client, given.volunteer)
        return client.post(f"/me/{given.volunteer.token}/{given.pk}/no/", {"instead": "friend"})["Location"]

    def test_a_friend_without_a_link_of_their_own_takes_over(self, client, given):
        assert "我找好朋友了" in text(client.get(f"/me/{given.volunteer.token}/{given.pk}/no/"))
        address = self.link(client, given)
        assert "把这个链接转给朋友" in text(client.get(address))
        client.cookies.clear()
        assert "周远请您替一场" in text(client.get(address))
        given.refresh_from_db()
        assert given.status == "accepted"

        taken = client.post(address, GOOD | {"name": "林淑芬"}, follow=True)

        assert "名额留好了" in text(taken)
        given.refresh_from_db()
        assert given.status == "declined"
        assert (client.get(address).status_code, "用不了了" in text(client.get(address))) == (410, True)

    def test_a_known_number_takes_the_place_and_opens_no_page(self, client, given):
        friend = make.volunteer("林淑芬", phone="16000000001")
        address = self.link(client, given)
        client.cookies.clear()

        page = client.post(address, GOOD | {"name": "林淑芬"})

        assert (page.status_code, friend.token in text(page), "me" in client.cookies) == (200, False, False)
        assert Assignment.objects.get(volunteer=friend).status == "accepted"

    def test_a_known_phone_takes_it_with_one_tap(self, client, given):
        address = self.link(client, given)
        friend = make.volunteer("林淑芬")
        make.known_phone(client, friend)

        assert "我来，用林淑芬的名字" in text(client.get(address))
        client.post(address)

        assert Assignment.objects.get(volunteer=friend).status == "accepted"

    def test_wrong_fields_and_broken_rules_are_said(self, client, given):
        address = self.link(client, given)
        client.cookies.clear()

        assert client.post(address, {"name": "林淑芬"}).status_code == 400
        make.volunteer("别人", phone="16000000001")
        refused = client.post(address, GOOD)
        assert (refused.status_code, "另一个名字" in text(refused)) == (409, True)

    def test_a_swap_is_asked_for_and_answered(self, client, given):
        other = make.assignment(
            Shift.objects.get(session=coming(4, of=make.series("进阶"), needed=1)), make.volunteer("林淑芬")
        )
        make.known_phone(client, given.volunteer)
        choose = f"/me/{given.volunteer.token}/{given.pk}/swap/"
        assert client.post(f"/me/{given.volunteer.token}/{given.pk}/no/", {"instead": "swap"})["Location"] == choose
        page = text(client.get(choose))
        assert ("林**" in page, "林淑芬" in page) == (True, False)

        client.post(choose, {"wanted": other.pk})

        found = Exchange.objects.get()
        assert "等对方答应" in text(client.get(f"/me/{given.volunteer.token}/"))
        answer = f"/me/{other.volunteer.token}/swaps/{found.pk}/"
        assert client.post(answer, {"answer": "yes"}).status_code == 403
        make.known_phone(client, other.volunteer)
        assert "周远想跟您换" in text(client.get(f"/me/{other.volunteer.token}/"))
        assert client.get(answer).status_code == 200
        client.post(answer, {"answer": "yes"})
        found.refresh_from_db()
        assert found.status == "done"
        assert client.get(answer).status_code == 410

    def test_it_can_be_taken_back_before(self, client, given):
        self.link(client, given)

        client.post(f"/me/{given.volunteer.token}/exchanges/{Exchange.objects.get().pk}/close/")

        assert Exchange.objects.get().status == "closed"
        assert client.get("/hand/guess/").status_code == 404

    def test_the_desk_approves_refuses_undoes_and_sets_the_rule(self, client, given):
        client.force_login(make.user())
        page = reverse("desk:exchanges")
        client.post(page, {"asks": "1"})
        found = again(exchanges.offer_hand_over(assignment=given, now=timezone.now()))
        exchanges.take_over(exchange=found, volunteer=make.volunteer("林淑芬"), now=timezone.now())
        assert "等您点头" in text(client.get(page))

        client.post(reverse("desk:exchange-approve", args=[found.pk]))

        assert "换好了" in text(client.get(page))
        client.post(reverse("desk:exchange-undo", args=[found.pk]))
        assert "撤销了" in text(client.get(page))
        given.refresh_from_db()
        assert given.status == "accepted"

    @pytest.mark.parametrize("times", [1, 3])
    def test_the_desk_costs_the_same_for_any_number(self, client, times, django_assert_num_queries):
        client.force_login(make.user())
        for number in range(times):
            found = offered(place(make.volunteer(f"周远{number}"), name=f"班{number}"))
            exchanges.take_over(exchange=found, volunteer=make.volunteer(f"朋友{number}"), now=NOW)
        Exchange.objects.update(made_at=timezone.now())
        client.get(reverse("desk:exchanges"))

        with django_assert_num_queries(5):
            client.get(reverse("desk:exchanges"))
