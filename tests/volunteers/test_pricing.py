"""The price of one wish in another: asked for, worked out in the background, a point picked."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from people.models import User
from tests import make
from tests.config.waiting import until
from volunteers import planning, tasks
from volunteers.actions import proposals, runs, tradeoffs
from volunteers.models import Placement, Proposal, Tradeoff, Volunteer
from volunteers.templatetags.roster import curve

pytestmark = pytest.mark.django_db

Status = Tradeoff.Status


def saturday() -> date:
    """A Saturday to come by the real clock, for what the worker does."""
    today = timezone.localdate()
    return today + timedelta(days=(5 - today.weekday()) % 7 + 7)


def ready() -> Proposal:
    """周远 is proposed for one place because 钱薇 has come twice lately; 钱薇 knows the class."""
    of = make.series("手机门诊", kind="desk")
    make.shift(make.session(str(saturday()), of), "desk", 1)
    for name in ("钱薇", "周远"):
        make.free(make.volunteer(name), 5)
    for weeks in (1, 2):
        past = make.shift(make.session(str(saturday() - timedelta(weeks=weeks)), of), "desk", 1)
        make.assignment(past, Volunteer.objects.get(person__name="钱薇"))
    asked = proposals.request_proposal(
        community=make.community(), from_on=saturday(), until_on=saturday(), now=timezone.now(), actor=None
    )
    assert tasks.run_proposal.call(asked.pk) == "ready"
    asked.refresh_from_db()
    return asked


def asked(proposal: Proposal, upper: str = "uneven", lower: str = "strange") -> Tradeoff:
    return tradeoffs.request_tradeoff(proposal=proposal, upper=upper, lower=lower, now=timezone.now(), actor=None)


def worked_out(proposal: Proposal) -> Tradeoff:
    tradeoff = asked(proposal)
    assert tasks.run_tradeoff.call(tradeoff.pk) == "ready"
    tradeoff.refresh_from_db()
    return tradeoff


class TestWorkingItOut:
    def test_says_what_each_point_gives_and_wins(self):
        tradeoff = worked_out(ready())

        # Her third visit instead of his first: 5 - 1 in fairness, one familiar face (2) in return.
        assert [(point["gives"], point["wins"], point["proven"]) for point in tradeoff.points] == [
            (0, 0, True),
            (4, 2, True),
        ]
        assert "多 1 张熟面孔" in tradeoff.points[1]["text"]
        assert (tradeoff.progress, tradeoff.proven) == (100, True)

    def test_is_done_once_however_often_it_is_asked_for(self):
        proposal = ready()
        first = worked_out(proposal)

        assert asked(proposal).pk == first.pk
        assert tasks.run_tradeoff.call(first.pk) == "nothing to do"

    def test_a_failed_one_may_be_tried_again(self):
        proposal = ready()
        claimed = tradeoffs.claim_tradeoff(pk=asked(proposal).pk, now=timezone.now())
        runs.fail(run=claimed, why="没算成", now=timezone.now())

        assert asked(proposal).status == Status.WAITING

    def test_the_net_takes_over_from_a_silent_worker(self):
        tradeoff = asked(ready())
        tradeoffs.claim_tradeoff(pk=tradeoff.pk, now=timezone.now() - timedelta(minutes=5))

        assert tasks.run_waiting_tradeoffs.call() == 1
        tradeoff.refresh_from_db()
        assert (tradeoff.status, tradeoff.attempts) == (Status.READY, 2)

    def test_whoever_was_taken_over_keeps_nothing(self):
        tradeoff = asked(ready())
        slow = tradeoffs.claim_tradeoff(pk=tradeoff.pk, now=timezone.now() - timedelta(minutes=5))
        tradeoffs.claim_tradeoff(pk=tradeoff.pk, now=timezone.now())

        assert not tradeoffs.finish_tradeoff(tradeoff=slow, points=[], now=timezone.now())
        assert not tradeoffs.report_found(tradeoff=slow, found=1, now=timezone.now())

    def test_stops_when_the_proposal_is_thrown_away(self):
        proposal = ready()
        claimed = tradeoffs.claim_tradeoff(pk=asked(proposal).pk, now=timezone.now())
        proposals.discard_proposal(proposal=proposal, now=timezone.now(), actor=None)

        assert not tradeoffs.report_found(tradeoff=claimed, found=1, now=timezone.now())

    def test_gives_up_after_three_silent_workers(self):
        tradeoff = asked(ready())
        for hours in range(runs.ATTEMPTS, 0, -1):
            assert tradeoffs.claim_tradeoff(pk=tradeoff.pk, now=timezone.now() - timedelta(hours=hours))

        assert tradeoffs.claim_tradeoff(pk=tradeoff.pk, now=timezone.now()) is None
        tradeoff.refresh_from_db()
        assert tradeoff.status == Status.FAILED

    @pytest.mark.parametrize("pair", [("strange", "uneven"), ("faces", "strange"), ("unheld", "short")])
    def test_refuses_wishes_that_are_no_neighbours(self, pair):
        with pytest.raises(tradeoffs.NotNeighbours):
            asked(ready(), *pair)

    def test_refuses_a_proposal_that_is_closed(self):
        proposal = ready()
        proposals.discard_proposal(proposal=proposal, now=timezone.now(), actor=None)
        proposal.refresh_from_db()

        with pytest.raises(runs.NotReady):
            asked(proposal)

    def test_the_database_keeps_one_curve_a_pair(self):
        tradeoff = asked(ready())

        with pytest.raises(IntegrityError), transaction.atomic():
            Tradeoff.objects.create(
                proposal=tradeoff.proposal, upper="uneven", lower="strange", created_at=timezone.now()
            )


class TestPicking:
    def test_plans_again_with_what_the_point_gives(self):
        tradeoff = worked_out(ready())

        made = tradeoffs.pick_point(tradeoff=tradeoff, point=1, now=timezone.now(), actor=None)

        assert tasks.run_proposal.call(made.pk) == "ready"
        assert [str(row.volunteer) for row in Placement.objects.filter(proposal=made)] == ["钱薇"]
        assert Proposal.objects.get(pk=tradeoff.proposal_id).status == Proposal.Status.DISCARDED
        assert planning.order_of(make.community()) == planning.Order()

    @pytest.mark.parametrize("point", [-1, 2])
    def test_refuses_a_point_that_is_not_there(self, point):
        with pytest.raises(tradeoffs.NoSuchPoint):
            tradeoffs.pick_point(tradeoff=worked_out(ready()), point=point, now=timezone.now(), actor=None)


def client_of(role=User.Role.ORGANISER) -> Client:
    client = Client()
    client.force_login(make.user(role=role))
    return client


def address(proposal: Proposal, verb: str = "") -> str:
    return reverse(f"desk:proposal-price{verb}", args=[proposal.pk, "uneven", "strange"])


class TestPage:
    def test_one_click_on_the_review_page_asks(self):
        proposal, client = ready(), client_of()
        assert address(proposal, "-ask") in client.get(reverse("desk:proposal", args=[proposal.pk])).content.decode()

        answer = client.post(address(proposal, "-ask"))

        assert answer["Location"] == address(proposal)
        assert Tradeoff.objects.get().status == Status.WAITING

    def test_says_how_far_it_is_and_asks_again_by_itself(self):
        proposal, client = ready(), client_of()
        asked(proposal)

        page = client.get(address(proposal)).content.decode()
        fragment = client.get(address(proposal), headers={"HX-Request": "true"}).content.decode()

        assert 'http-equiv="refresh"' in page
        assert fragment.startswith("<section") and "<html" not in fragment

    def test_draws_the_points_and_says_them(self):
        proposal, client = ready(), client_of()
        worked_out(proposal)

        page = client.get(address(proposal)).content.decode()

        assert page.count("照这样排</button>") == 1
        assert page.count("现在这份</span>") == 1
        assert 'aria-label="第 1 点：公平让 0，熟悉好 0；第 2 点：公平让 4，熟悉好 2"' in page
        assert client.get(address(proposal), headers={"HX-Request": "true"})["HX-Refresh"] == "true"

    def test_a_picked_point_leads_to_the_new_proposal(self):
        proposal, client = ready(), client_of()
        worked_out(proposal)

        answer = client.post(address(proposal, "-pick"), {"point": "1"})

        made = Proposal.objects.get(status=Proposal.Status.WAITING)
        assert answer["Location"] == reverse("desk:proposal", args=[made.pk])
        assert planning.Order.read(made.tiers).tolerances == {"uneven": 4}

    @pytest.mark.parametrize("point", ["", "7", "-1", "x", "٣", "9" * 40])
    def test_a_point_that_is_not_there_is_said(self, point):
        proposal, client = ready(), client_of()
        worked_out(proposal)

        page = client.post(address(proposal, "-pick"), {"point": point}, follow=True)

        assert "没有这个点" in page.content.decode()
        assert Proposal.objects.get().status == Proposal.Status.READY

    def test_wishes_that_do_not_exist_are_not_found(self):
        proposal = ready()

        assert client_of().get(reverse("desk:proposal-price", args=[proposal.pk, "no", "strange"])).status_code == 404

    def test_whoever_may_only_look_picks_nothing(self):
        proposal = ready()
        worked_out(proposal)

        assert "照这样排" not in client_of(User.Role.VIEWER).get(address(proposal)).content.decode()


def test_a_picture_of_one_point_is_drawn_too():
    picture = curve([{"gives": 0, "wins": 0, "proven": False}], "公平", "熟悉")

    assert picture.count("<circle") == 1
    assert 'class="open"' in picture


@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_the_real_worker_works_it_out(qcluster):
    tradeoff = asked(ready())

    tasks.run_tradeoff.enqueue(tradeoff.pk)

    until(lambda: Tradeoff.objects.get().status == Status.READY, seconds=60)
