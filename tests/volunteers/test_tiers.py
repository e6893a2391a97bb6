"""排班偏好: the order of the wishes, kept by community, and what it does to plans and candidates."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from people.models import AuditEntry, User
from tests import make
from volunteers import planning, tasks
from volunteers.actions import proposals
from volunteers.actions import tiers as actions
from volunteers.matching.preferences import TIERS
from volunteers.models import Proposal, TierOrder, TierRank, Volunteer
from volunteers.planning.tiers import RANKED, Order

pytestmark = pytest.mark.django_db

NOW = make.at("2026-09-07", "08:00")  # Monday of teaching week 2
SATURDAY = date(2026, 9, 12)
FAMILIAR_FIRST = (("strange", 0), ("faces", 0), ("uneven", 0), ("wishes", 0))


def choose(ranks=FAMILIAR_FIRST, **fields) -> TierOrder:
    """An order that the community has chosen."""
    fields = {"community": make.community(), "seen": 0, "summary": "先熟悉", "now": NOW, "actor": None, **fields}
    return actions.rank_tiers(ranks=ranks, **fields)


def regular_and_rested():
    """One place; 钱薇 has come there twice lately, 周远 never."""
    of = make.series("手机门诊", kind="desk")
    shift = make.shift(make.session(str(SATURDAY), of), "desk", 1)
    for name in ("钱薇", "周远"):
        make.free(make.volunteer(name), 5)
    for day in ("2026-08-29", "2026-09-05"):
        past = make.shift(make.session(day, of), "desk", 1)
        make.assignment(past, Volunteer.objects.get(person__name="钱薇"))
    return shift


def planned(order: Order) -> list[str]:
    """Who is proposed for the Saturday."""
    problem, index = planning.load_problem(community=None, from_on=SATURDAY, until_on=SATURDAY, now=NOW)
    answer = planning.find_plan(problem, order=order, seconds=5)
    return [str(index.volunteers[p.volunteer]) for p in answer.placements]


class TestOrder:
    def test_the_usual_one_has_every_tier_of_the_engine_once(self):
        assert sorted(Order().tiers) == sorted(TIERS)
        assert Order().tiers[:3] == ("unheld", "short", "waiting")

    @pytest.mark.parametrize(
        "ranks",
        [
            [("uneven", 0)],
            [("unheld", 0), ("faces", 0), ("uneven", 0), ("strange", 0)],
            [("uneven", 0), ("uneven", 0), ("strange", 0), ("wishes", 0)],
            [("faces", 0), ("uneven", 0), ("strange", 0), ("wishes", 0), ("short", 0)],
            [("faces", -1), ("uneven", 0), ("strange", 0), ("wishes", 0)],
            [("faces", 0), ("uneven", 10_000), ("strange", 0), ("wishes", 0)],
        ],
    )
    def test_refuses_what_is_no_order(self, ranks):
        with pytest.raises(planning.WrongOrder):
            Order.read(ranks)

    def test_moves_one_place_and_stops_at_the_ends(self):
        assert Order().moved("strange", -1).soft == ("faces", "strange", "uneven", "wishes")
        assert Order().moved("faces", -1) == Order()
        assert Order().moved("wishes", 1) == Order()
        assert Order().moved("short", 1) == Order()

    def test_the_last_tier_has_nothing_to_give_way_to(self):
        assert Order().giving("uneven", 4).giving("wishes", 9).tolerances == {"uneven": 4}


class TestPlans:
    def test_fairness_comes_first_unless_the_community_has_chosen(self):
        regular_and_rested()

        assert planned(planning.order_of(make.community())) == ["周远"]
        choose()
        assert planned(planning.order_of(make.community())) == ["钱薇"]

    def test_a_tolerance_lets_the_later_tier_have_its_way(self):
        regular_and_rested()

        # Her third visit costs 2 * 2 + 1, his first costs 1.
        assert planned(Order().giving("uneven", 3)) == ["周远"]
        assert planned(Order().giving("uneven", 4)) == ["钱薇"]

    def test_candidates_are_ranked_by_it(self):
        shift = regular_and_rested()
        before = planning.candidates(shift=shift, now=NOW).candidates

        choose()

        after = planning.candidates(shift=shift, now=NOW).candidates
        assert [str(one.volunteer) for one in before] == ["周远", "钱薇"]
        assert [str(one.volunteer) for one in after] == ["钱薇", "周远"]

    def test_a_proposal_keeps_the_order_it_was_asked_for(self):
        regular_and_rested()
        asked = {"community": make.community(), "from_on": SATURDAY, "until_on": SATURDAY, "now": NOW, "actor": None}
        choose()
        waiting = proposals.request_proposal(**asked)
        actions.undo_tiers(order=TierOrder.objects.get(), now=NOW, actor=None)

        ready = tasks.solve_claimed(proposals.claim_proposal(pk=waiting.pk, now=NOW), as_of=NOW)

        assert ready.tiers == [list(row) for row in FAMILIAR_FIRST]
        assert [str(p.volunteer) for p in ready.placements.all()] == ["钱薇"]

    def test_one_proposal_may_have_an_order_of_its_own(self):
        waiting = proposals.request_proposal(
            community=make.community(),
            from_on=SATURDAY,
            until_on=SATURDAY,
            now=NOW,
            actor=None,
            order=Order().giving("uneven", 4),
        )

        assert planning.Order.read(Proposal.objects.get(pk=waiting.pk).tiers).tolerances == {"uneven": 4}
        assert planning.order_of(make.community()) == Order()


class TestChoosing:
    def test_is_kept_with_who_and_what(self):
        chen = make.user()

        choose(actor=chen)

        assert planning.order_of(make.community()).ranks == FAMILIAR_FIRST
        entry = AuditEntry.objects.get(verb="改了排班偏好")
        assert (entry.actor, entry.summary) == (chen, "梧桐社区 先熟悉")

    def test_holds_for_that_community_alone(self):
        choose()

        assert planning.order_of(make.community("海棠社区")) == Order()

    def test_refuses_whoever_started_from_another_version(self):
        choose()

        with pytest.raises(actions.ChangedMeanwhile):
            choose(Order().ranks, seen=0)
        assert planning.order_of(make.community()).ranks == FAMILIAR_FIRST

    def test_undo_brings_the_version_before_back(self):
        choose()
        later = choose(Order().giving("uneven", 5).ranks, seen=1, now=NOW + timedelta(hours=1))

        actions.undo_tiers(order=later, now=NOW + timedelta(hours=2), actor=None)

        assert planning.order_of(make.community()).ranks == FAMILIAR_FIRST
        assert choose(Order().ranks, seen=1, now=NOW + timedelta(hours=3)).number == 3

    def test_undo_ends_after_a_day_and_with_the_next_version(self):
        first = choose()
        second = choose(Order().ranks, seen=1)

        for order, now in ((first, NOW), (second, NOW + timedelta(hours=24))):
            with pytest.raises(actions.TooLateToUndo):
                actions.undo_tiers(order=order, now=now, actor=None)

    @pytest.mark.parametrize(
        "fields",
        [
            {"tier": "unheld", "place": 5},
            {"tier": "short", "place": 5},
            {"tier": "waiting", "place": 5},
            {"tier": "strange", "place": 5},
            {"tier": "balance", "place": 1},
            {"tier": "balance", "place": 0},
            {"tier": "balance", "place": 5, "tolerance": 10_000},
        ],
    )
    def test_the_database_refuses_what_can_never_be(self, fields):
        order = choose()

        with pytest.raises(IntegrityError), transaction.atomic():
            TierRank.objects.create(order=order, **fields)


@pytest.mark.django_db(transaction=True)
def test_of_two_organisers_at_one_moment_one_is_refused(together):
    community = make.community()

    answers = together(4, lambda number: choose(Order().giving("uneven", number + 1).ranks, community=community))

    assert sorted(type(answer).__name__ for answer in answers) == ["ChangedMeanwhile"] * 3 + ["TierOrder"]
    assert TierRank.objects.count() == len(RANKED)


# --- the page -------------------------------------------------------------------------------------


def desk(role=User.Role.ORGANISER) -> Client:
    client = Client()
    client.force_login(make.user(role=role))
    make.community()
    return client


def press(client: Client, **fields):
    """One button, with the fields as the page has them."""
    give = {f"give-{tier}": 0 for tier in RANKED}
    return client.post(reverse("desk:tiers-change"), {"seen": 0, **give, **fields})


class TestPage:
    def test_shows_the_engine_s_own_words(self):
        page = desk().get(reverse("desk:tiers")).content.decode()

        for tier in ("unheld", "short", "waiting", *RANKED):
            assert TIERS[tier].sentence in page

    def test_up_moves_a_tier_and_keeps_what_was_typed(self):
        client = desk()

        answer = press(client, up="strange", **{"give-uneven": "7"})

        assert answer.status_code == 302
        assert planning.order_of(make.community()).ranks == (("faces", 0), ("strange", 0), ("uneven", 7), ("wishes", 0))
        assert TierOrder.objects.get().summary == "先认得的人，再熟悉，再公平，再方便；公平可以让 7 分"

    def test_usual_goes_back_to_the_usual_order(self):
        client = desk()
        press(client, up="strange")

        press(client, seen=1, usual=1)

        assert planning.order_of(make.community()) == Order()
        assert "恢复默认" in client.get(reverse("desk:tiers")).content.decode()

    @pytest.mark.parametrize("typed", ["", "-1", "10000", "3.5", "很多", "٣", "9" * 30])
    def test_says_which_number_is_wrong_and_keeps_it(self, typed):
        answer = press(desk(), **{"give-uneven": typed})

        assert answer.status_code == 400
        assert "0 到 9999" in answer.content.decode()
        assert f'value="{typed}"' in answer.content.decode()
        assert not TierOrder.objects.exists()

    def test_says_that_somebody_was_quicker(self):
        client = desk()
        choose()

        answer = press(client, down="faces")

        assert answer.status_code == 409
        assert "刚才有人在别处改了" in answer.content.decode()

    def test_undo_within_a_day(self):
        client = desk()
        press(client, down="faces")

        client.post(reverse("desk:tiers-undo", args=[TierOrder.objects.get().pk]))

        assert planning.order_of(make.community()) == Order()

    def test_whoever_may_only_look_sees_the_order_without_buttons(self):
        page = desk(User.Role.VIEWER).get(reverse("desk:tiers")).content.decode()

        assert TIERS["uneven"].sentence in page
        assert 'name="up"' not in page
