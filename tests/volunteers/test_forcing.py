"""为什么不是我: the price of one person at one place of a proposal, or the rule in the way."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from people.models import User
from tests import make
from volunteers import planning, tasks
from volunteers.actions import proposals, roster
from volunteers.models import Placement, Proposal, Shift, Volunteer

pytestmark = pytest.mark.django_db


def saturday() -> date:
    """A Saturday to come by the real clock, for pages and the worker."""
    today = timezone.localdate()
    return today + timedelta(days=(5 - today.weekday()) % 7 + 7)


def ready() -> Proposal:
    """周远 is proposed for the only place because 钱薇 has come twice lately; 孙浩 is free on Sundays."""
    of = make.series("手机门诊", kind="desk")
    make.shift(make.session(str(saturday()), of), "desk", 1)
    for name, weekday in (("钱薇", 5), ("周远", 5), ("孙浩", 6)):
        make.free(make.volunteer(name), weekday)
    for weeks in (1, 2):
        past = make.shift(make.session(str(saturday() - timedelta(weeks=weeks)), of), "desk", 1)
        make.assignment(past, person("钱薇"))
    asked = proposals.request_proposal(
        community=make.community(), from_on=saturday(), until_on=saturday(), now=timezone.now(), actor=None
    )
    assert tasks.run_proposal.call(asked.pk) == "ready"
    asked.refresh_from_db()
    return asked


def person(name: str) -> Volunteer:
    return Volunteer.objects.get(person__name=name)


def place() -> Shift:
    return Shift.objects.get(session__on_date=saturday())


def forced(name: str, proposal: Proposal | None = None) -> planning.Forced:
    proposal = proposal or ready()
    return planning.force(proposal=proposal, shift=place(), volunteer=person(name), now=timezone.now())


class TestPrice:
    def test_says_which_wish_gets_worse_and_what_that_wins(self):
        found = forced("钱薇")

        # Her third visit instead of his first: 5 - 1 in fairness; she knows the class (2).
        assert [(tier.code, points) for tier, points, _ in found.costs] == [("uneven", 4), ("strange", -2)]
        assert found.costs[1][2] == "多 1 张熟面孔"
        assert found.worse[0].label == "公平"
        assert found.proven

    def test_names_who_would_not_come_and_offers_the_exchange(self):
        found = forced("钱薇")

        assert [(str(change.volunteer), change.comes) for change in found.changes] == [("周远", False)]
        assert found.replaced == Placement.objects.get()

    def test_follows_the_order_of_the_proposal(self):
        proposal = ready()
        proposal.tiers = [["strange", 0], ["faces", 0], ["uneven", 0], ["wishes", 0]]
        proposal.save(update_fields=["tiers"])

        found = forced("钱薇", proposal)

        assert [(tier.code, points) for tier, points, _ in found.costs] == [("strange", -2), ("uneven", 4)]
        assert found.worse is None

    def test_says_the_rule_in_the_way_instead(self):
        found = forced("孙浩")

        assert found.rule.startswith("孙浩：这个时间没空")
        assert found.costs == []

    def test_whoever_declined_is_not_too_young(self):
        proposal = ready()
        make.assignment(place(), person("钱薇"), "declined")

        assert forced("钱薇", proposal).rule == "钱薇：本人说来不了"

    def test_whoever_is_there_already_is_told_so(self):
        assert forced("周远").is_there

    def test_whoever_is_paused_cannot_come(self):
        proposal = ready()
        Volunteer.objects.filter(pk=person("钱薇").pk).update(status="paused")

        assert forced("钱薇", proposal).rule == "钱薇暂停或离开了。"

    def test_a_session_that_is_cancelled_has_no_place(self):
        proposal = ready()
        session = place().session
        session.status = "cancelled"
        session.save(update_fields=["status"])

        assert forced("钱薇", proposal).rule == "这一场已经开始或停课了。"

    @pytest.mark.parametrize("people", [1, 9])
    def test_asks_the_database_the_same_number_of_times(self, people, django_assert_num_queries):
        proposal = ready()
        for number in range(people):
            make.free(make.volunteer(f"志愿者{number}"), 5)
        shift, who, now = place(), person("钱薇"), timezone.now()

        with django_assert_num_queries(15):
            planning.force(proposal=proposal, shift=shift, volunteer=who, now=now)


def client_of(role=User.Role.ORGANISER) -> Client:
    client = Client()
    client.force_login(make.user(role=role))
    return client


def address(proposal: Proposal, who: str = "") -> str:
    return reverse("desk:proposal-why", args=[proposal.pk, place().pk]) + (f"?who={person(who).pk}" if who else "")


class TestPages:
    def test_one_click_from_a_person_s_page(self):
        proposal, client = ready(), client_of()

        page = client.get(reverse("desk:volunteer", args=[person("钱薇").pk])).content.decode()

        assert address(proposal, "钱薇") in page
        assert "为什么不是我" in page

    def test_whoever_is_proposed_there_is_not_asked_about(self):
        ready()

        page = client_of().get(reverse("desk:volunteer", args=[person("周远").pk])).content.decode()

        assert "为什么不是我" not in page

    def test_one_click_from_a_place_on_the_review_page(self):
        proposal, client = ready(), client_of()

        page = client.get(reverse("desk:proposal", args=[proposal.pk])).content.decode()

        assert address(proposal) in page
        assert address(proposal, "钱薇") in page

    def test_the_exchange_is_offered_and_works(self):
        proposal, client = ready(), client_of()

        page = client.get(address(proposal, "钱薇")).content.decode()
        client.post(
            reverse("desk:placement-swap", args=[proposal.pk, Placement.objects.get().pk]), {"to": person("钱薇").pk}
        )

        assert "因为公平会变差" in page
        assert "还是换成钱薇" in page
        assert Placement.objects.get().volunteer == person("钱薇")

    def test_a_rule_is_no_matter_of_price(self):
        page = client_of().get(address(ready(), "孙浩")).content.decode()

        assert "有一条规则不能破" in page
        assert "还是换成" not in page

    @pytest.mark.parametrize("who", ["", "x", "-1", "٣"])
    def test_without_anybody_it_asks_about_whom(self, who):
        answer = client_of().get(address(ready()), {"who": who})

        assert answer.status_code == 200
        assert "想看谁" in answer.content.decode()

    def test_somebody_unknown_is_not_found(self):
        assert client_of().get(address(ready()), {"who": "999999"}).status_code == 404

    def test_an_accepted_proposal_still_says_who_and_why(self):
        proposal = ready()
        ids = [row.pk for row in proposal.placements.all()]
        roster.accept_placements(proposal=proposal, placement_ids=ids, now=timezone.now(), actor=None)

        page = client_of().get(address(proposal)).content.decode()

        assert "排的是周远" in page
        assert "当时还考虑过" in page
        assert "去看这个岗位" in page

    def test_people_are_found_by_pinyin(self):
        page = client_of().get(address(ready()), {"q": "qw"}).content.decode()

        assert f'href="?who={person("钱薇").pk}"' in page
        assert f'href="?who={person("孙浩").pk}"' not in page

    def test_whoever_may_only_look_cannot_exchange(self):
        page = client_of(User.Role.VIEWER).get(address(ready(), "钱薇")).content.decode()

        assert "因为公平会变差" in page
        assert "还是换成" not in page
