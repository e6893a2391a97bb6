"""A proposal while the engine works on it: the best plan so far is kept, shown, taken or thrown away."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from tests import make
from tests.volunteers.test_proposals import ask, coming_saturday, gap, helper
from volunteers import planning, tasks
from volunteers.actions import proposals
from volunteers.models import Proposal
from volunteers.queries import running

pytestmark = pytest.mark.django_db
Status = Proposal.Status
LAST = planning.Order().tiers[-1]


def claimed(**fields) -> Proposal:
    """A proposal that a worker has taken."""
    return proposals.claim_proposal(pk=ask(**fields).pk, now=timezone.now())


def watched(proposal: Proposal) -> tasks.Witness:
    """Whoever listens to the engine that works on it."""
    problem, index = planning.load_problem(
        community=None, from_on=proposal.from_on, until_on=proposal.until_on, now=timezone.now()
    )
    return tasks.Witness(proposal, problem, index, planning.Order(), until=timezone.now() + timedelta(seconds=20))


def plan_of(witness: tasks.Witness):
    """The best plan of the witness's problem."""
    return planning.find_plan(witness.problem).placements


class TestTheRow:
    def test_keeps_the_first_plan_at_once_in_counts_and_words(self):
        gap(needed=2)
        helper("周远")
        proposal = claimed()
        witness = watched(proposal)

        goes_on = witness.see(plan_of(witness), 0)

        proposal.refresh_from_db()
        shown = running.so_far(proposal=proposal, now=timezone.now())
        assert goes_on
        assert (shown.filled, shown.gaps, shown.plans, shown.is_last) == (1, 2, 1, False)
        assert ("补缺", "2 个空缺排上 1 个") in shown.lines
        assert ("开课", "1 场里 1 场开得起来") in shown.lines
        assert [(str(volunteer), str(shift.role)) for shift, volunteer in shown.rows] == [("周远", "答疑")]
        assert 15 <= shown.seconds <= 20

    def test_writes_at_most_twice_a_second_and_keeps_what_came_between_for_later(self):
        gap(needed=2)
        helper("周远")
        helper("钱薇")
        proposal = claimed()
        witness = watched(proposal)
        plan = plan_of(witness)

        witness.see(plan[:1], 9)
        witness.see(plan, 1)
        proposal.refresh_from_db()
        assert proposal.so_far["filled"] == 1

        witness.said_at = witness.kept_at = float("-inf")
        witness.hear("short", 0.5, None, None)
        proposal.refresh_from_db()
        assert (proposal.so_far["filled"], proposal.so_far["plans"]) == (2, 2)

    def test_the_gap_is_that_of_the_look_at_everything_and_never_said_too_small(self):
        gap()
        helper("周远")
        proposal = claimed()
        witness = watched(proposal)

        witness.hear(LAST, 0, 1000, 969.5)
        witness.hear("short", 0.2, 7, 0)
        witness.see(plan_of(witness), 0)

        proposal.refresh_from_db()
        assert running.so_far(proposal=proposal, now=timezone.now()).percent == 3.1

    def test_a_run_that_was_cut_off_begins_with_what_it_had(self):
        gap()
        helper("周远")
        proposal = claimed()
        witness = watched(proposal)
        witness.see(plan_of(witness), 0)
        later = timezone.now() + proposals.SILENT_FOR + timedelta(seconds=1)

        again = proposals.claim_proposal(pk=proposal.pk, now=later)

        assert again.attempts == 2
        assert planning.plan_of(again.so_far) == plan_of(witness)
        tasks.solve_claimed(again)
        again.refresh_from_db()
        assert (again.status, again.so_far) == (Status.READY, {})

    @pytest.mark.parametrize("end", ["stop", "discard", "taken over"])
    def test_whoever_ends_it_the_engine_hears(self, end):
        gap()
        helper("周远")
        proposal = claimed()
        witness = watched(proposal)
        if end == "stop":
            proposals.stop_proposal(proposal=proposal)
        elif end == "discard":
            proposals.discard_proposal(proposal=proposal, now=timezone.now(), actor=None)
        else:
            Proposal.objects.update(attempts=2)

        assert witness.see(plan_of(witness), 0) is False


class TestAStreet:
    def test_is_planned_as_one_and_other_streets_are_left_alone(self):
        for name, street in (("梧桐社区", "春晓街道"), ("海棠社区", "春晓街道"), ("远山社区", "青松街道")):
            place = make.community(name, street=street)
            series = make.series(name=f"{name}门诊", kind="desk", community=place)
            make.shift(make.session(str(coming_saturday()), series), "desk", 1)
        for name in ("周远", "钱薇", "孙梅"):
            helper(name, home=None)

        proposal = tasks.solve_claimed(claimed(street="春晓街道"))

        places = proposal.placements.values_list("shift__session__community__name", flat=True)
        assert set(places) == {"梧桐社区", "海棠社区"}

    def test_is_not_asked_for_twice_but_a_community_of_it_may_be(self):
        first, other = ask(street="春晓街道"), ask(community=make.community())

        ask(street="春晓街道")

        first.refresh_from_db()
        other.refresh_from_db()
        assert (first.status, other.status) == (Status.DISCARDED, Status.WAITING)

    def test_a_proposal_is_of_a_community_or_of_a_street(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            ask(community=make.community(), street="春晓街道")


class TestThePage:
    @pytest.fixture
    def desk(self, client):
        client.force_login(make.user())
        return client

    @pytest.fixture
    def working(self):
        """A proposal with a first plan."""
        gap(needed=2)
        helper("周远")
        proposal = claimed()
        witness = watched(proposal)
        witness.hear(LAST, 0, 1000, 990)
        witness.see(plan_of(witness), 0)
        return proposal

    def test_shows_the_plan_its_gap_and_how_long_it_still_improves_without_javascript(self, desk, working):
        page = desk.get(reverse("desk:proposal", args=[working.pk])).content.decode()

        assert "现在最好的一版：排上 1 / 2 个空缺" in page
        assert "按总分离最好最多差 1.0%" in page
        assert "还在改进，最多再" in page
        assert "周远" in page
        assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
        assert "就用现在这个" in page and "停，不要了" in page

    def test_before_there_is_a_plan_it_says_what_is_done(self, desk):
        gap()
        page = desk.get(reverse("desk:proposal", args=[claimed().pk])).content.decode()

        assert "读取课表和空闲时间" in page
        assert "最好的一版" not in page

    def test_taken_as_it_is_the_review_says_so_with_the_gap(self, desk, working):
        desk.post(reverse("desk:proposal-stop", args=[working.pk]), {"keep": "1"})
        page = desk.get(reverse("desk:proposal", args=[working.pk])).content.decode()
        assert "停下来了" in page

        tasks.solve_claimed(working)

        review = desk.get(reverse("desk:proposal", args=[working.pk])).content.decode()
        assert "您叫停了，这是到那时为止最好的一版" in review
        assert Proposal.objects.get(pk=working.pk).placements.count() == 1

    def test_thrown_away_nothing_is_left(self, desk, working):
        desk.post(reverse("desk:proposal-stop", args=[working.pk]))

        with pytest.raises(planning.ProposalGone):
            tasks.solve_claimed(working)
        assert Proposal.objects.get(pk=working.pk).status == Status.DISCARDED

    @pytest.mark.parametrize("n", [1, 3, 30])
    def test_costs_the_same_however_much_there_is(self, desk, n, django_assert_num_queries):
        gap(needed=n)
        for number in range(n):
            helper(f"志愿{chr(0x4E00 + number)}")
        proposal = claimed()
        witness = watched(proposal)
        witness.see(plan_of(witness), 0)

        with django_assert_num_queries(6):
            desk.get(reverse("desk:proposal", args=[proposal.pk]))

    def test_the_street_is_offered_where_there_is_one_and_asked_for(self, desk):
        make.community("梧桐社区", street="春晓街道")
        make.community("海棠社区", street="春晓街道")
        gap()
        form = desk.get(f"{reverse('desk:match')}?new=1").content.decode()
        assert "2 个社区一起排" in form

        day = coming_saturday()
        desk.post(reverse("desk:match-start"), {"span": "own", "from": day, "to": day, "where": "street"})

        proposal = Proposal.objects.get()
        assert (proposal.community, proposal.street) == (None, "春晓街道")
        assert desk.get(reverse("desk:match")).url == reverse("desk:proposal", args=[proposal.pk])
