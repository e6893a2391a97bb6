"""How a proposal shares the work, on its review page."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests import make
from volunteers import tasks
from volunteers.actions import proposals
from volunteers.models import Proposal
from volunteers.queries import proposals as queries
from volunteers.queries.evenness import Evenness

pytestmark = pytest.mark.django_db

SATURDAY = date(2026, 9, 12)
NOW = make.at("2026-09-07", "08:00")


def ready(sessions: int = 2) -> Proposal:
    """Saturdays of a desk that wants one person each, worked out as things stood at NOW."""
    of = make.series("手机门诊", kind="desk")
    for week in range(sessions):
        make.shift(make.session(str(SATURDAY + timedelta(weeks=week)), of), "desk", 2)
    asked = proposals.request_proposal(
        community=make.community(),
        from_on=SATURDAY,
        until_on=SATURDAY + timedelta(weeks=sessions),
        now=NOW,
        actor=None,
    )
    return tasks.solve_claimed(proposals.claim_proposal(pk=asked.pk, now=NOW), as_of=NOW)


def shown(proposal: Proposal) -> Evenness:
    return queries.review(proposal=proposal, now=NOW).evenness


def page(proposal: Proposal) -> str:
    client = Client()
    client.force_login(make.user())
    return client.get(reverse("desk:proposal", args=[proposal.pk])).content.decode()


class TestEvenness:
    def test_of_two_who_share_evenly(self):
        for name in ("周远", "钱薇"):
            make.free(make.volunteer(name, max_per_week=1), 5)

        found = shown(ready())

        assert (found.word, found.spread, found.numbers["mean"]) == ("分得很匀", 0, 2.0)
        assert found.at_limit == 2
        assert {(str(load.volunteer), load.sessions, load.limit) for load in found.loads} == {
            ("周远", 2, 2),
            ("钱薇", 2, 2),
        }

    def test_of_one_who_does_most(self):
        make.free(make.volunteer("周远"), 5)
        make.free(make.volunteer("钱薇"), 5, until_on=SATURDAY)

        found = shown(ready(sessions=5))

        assert (found.numbers["most"], found.numbers["least"]) == (5, 1)
        assert found.numbers["gini"] == pytest.approx(0.33)
        assert found.word == "分得比较匀"

    def test_newcomers_and_what_is_in_the_way_of_their_first_session(self):
        make.free(make.volunteer("周远"), 5)
        make.free(make.volunteer("钱薇", experienced=False), 5)
        make.free(make.volunteer("孙浩", experienced=False), 6)

        proposal = ready()

        text = page(proposal)
        assert "2 位新人的第一次" in text
        assert "1 位三周内就有，1 位这次还没有" in text
        assert shown(proposal).no_place == ["孙浩：这个时间没空"]

    def test_says_it_in_words_on_the_page(self):
        make.free(make.volunteer("周远", max_per_week=1), 5)

        text = page(ready())

        assert "排到的 1 人平均 2.0 次，最多的 2 次" in text
        assert "<h2>活儿分得很匀</h2>" in text
        assert "合起来才匀" not in text

    def test_one_uneven_week_that_makes_up_for_the_last_is_said_in_one_sentence(self):
        make.free(make.volunteer("周远"), 5)
        proposal = ready()
        proposal.answer["evenness"] |= {"gini": 0.4, "gini_with_recent": 0.1}
        proposal.save(update_fields=["answer"])

        text = page(proposal)

        assert "<h2>活儿：单看这次不太匀，连最近四周分得很匀</h2>" in text
        assert "合起来才匀" in text

    def test_a_proposal_of_before_has_no_such_panel(self):
        make.free(make.volunteer("周远"), 5)
        proposal = ready()
        del proposal.answer["evenness"]
        proposal.save(update_fields=["answer"])

        assert shown(proposal) is None
        assert 'id="even"' not in page(proposal)
