"""Ways out that were tried, and whom to recruit: with the proposal, on the page, in the right words."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import make
from tests.volunteers.test_proposals import coming_saturday, gap, helper, ready
from volunteers import planning
from volunteers.models import Shift
from volunteers.queries import proposals

pytestmark = pytest.mark.django_db


def ways(proposal):
    """The ways out of the only gap, by kind."""
    (unfilled,) = proposal.answer["unfilled"]
    return {way["kind"]: way for way in unfilled["ways_out"]}


def page_words(proposal):
    """What the review page says about the only gap: (text, detail) of the checked ways."""
    (unfilled,) = proposals.review(proposal=proposal, now=timezone.now()).unfilled
    return [(way.text, way.detail) for way in unfilled.ways_out if way.checked]


def child_gap(needed=2):
    """An afternoon with children that wants cleared adults."""
    of = make.series("四点半", kind="child", weekdays=(5,))
    return make.shift(make.session(str(coming_saturday()), of), "tutor", needed)


class TestWaysOut:
    def test_somebody_who_has_not_named_the_time_is_asked(self):
        gap()
        other = make.volunteer("周远")

        proposal = ready()

        ask = ways(proposal)["ask"]
        assert (ask["people"], ask["limits"], ask["filled"], ask["left"]) == ([other.pk], ["free"], 1, 0)
        assert page_words(proposal)[0] == ("问周远这个时间能不能来", "点头的话，这一场就开得起来")

    def test_no_name_is_kept_with_the_proposal(self):
        gap()
        make.volunteer("周远")

        assert "周远" not in str(ready().answer)

    def test_whoever_has_called_the_time_impossible_is_not_asked(self):
        gap()
        make.free(make.volunteer("周远"), 5, "08:00", "12:00", kind="impossible")

        assert "ask" not in ways(ready())

    def test_whoever_has_declined_is_not_asked_again(self):
        make.assignment(gap(), make.volunteer("周远"), status="declined")

        assert "ask" not in ways(ready())

    def test_nobody_paused_or_under_age_is_asked(self):
        gap()
        make.volunteer("周远", status="paused")
        make.volunteer("钱薇", born=(coming_saturday().year - 10, 1, 1))

        assert "ask" not in ways(ready())

    def test_no_clearance_no_question(self):
        child_gap()
        helper("周远")
        make.volunteer("钱薇")

        found = ways(ready())

        assert "ask" not in found
        assert found["clearance"]["count"] == 2

    def test_one_more_this_week_lets_the_children_come(self):
        child_gap()
        often, seldom = helper("周远"), helper("钱薇", max_per_week=1)
        for volunteer in (often, seldom):
            make.cleared(volunteer, coming_saturday() + timedelta(days=60))
        friday = make.session(str(coming_saturday() - timedelta(days=1)), make.series("周五门诊", kind="desk"))
        make.assignment(make.shift(friday, "desk", 1), seldom)
        Shift.objects.filter(role__code="tutor").update(minimum=2)

        proposal = ready()

        assert page_words(proposal)[0] == ("问钱薇这周能不能多来一次，再请周远来", "点头的话，这一场就开得起来")

    def test_fewer_are_enough_where_the_floor_allows_it(self):
        gap(needed=2)
        helper("周远")

        proposal = ready()

        assert ways(proposal)["lower"]["numbers"]["floor"] == 1
        assert ("少请 1 位答疑", "按 1 位算就齐了，最少要 1 位") in page_words(proposal)

    def test_what_there_is_no_time_for_keeps_its_counts(self):
        gap()
        make.volunteer("周远")
        day = coming_saturday()
        problem, index = planning.load_problem(community=None, from_on=day, until_on=day, now=timezone.now())
        answer = planning.find_plan(problem, seconds=5)

        advice = planning.advise(problem=problem, index=index, answer=answer, seconds=0)

        assert advice.ways == {}
        assert advice.recruits

    def test_a_plan_cut_short_is_not_advised_on(self):
        gap()
        day = coming_saturday()
        problem, index = planning.load_problem(community=None, from_on=day, until_on=day, now=timezone.now())
        answer = planning.find_plan(problem, on_progress=lambda *_: False)

        assert planning.advise(problem=problem, index=index, answer=answer) == planning.Advice()


class TestRecruits:
    def test_one_sentence_for_each_kind(self):
        gap()

        proposal = ready()

        assert [one["text"] for one in proposal.answer["recruits"]] == [
            "再请 1 位周六上午能来、以前来帮过忙、愿意来手机门诊的人，可以补上 1 个名额，其中 1 场现在开不了"
        ]

    def test_the_page_says_it_once(self, client):
        make.community()
        client.force_login(make.user("chen"))
        gap()

        page = client.get(f"/desk/match/{ready().pk}/").text

        assert page.count("再请谁，缺口就能补齐") == 1
        assert "以前来帮过忙、愿意来手机门诊的人，可以补上 1 个名额" in page

    def test_a_full_plan_asks_for_nobody(self, client):
        make.community()
        client.force_login(make.user("chen"))
        gap()
        helper("周远")
        proposal = ready()

        assert proposal.answer["recruits"] == []
        assert "再请谁" not in client.get(f"/desk/match/{proposal.pk}/").text

    def test_several_communities_are_named(self):
        gap(name="第一场")
        there = make.community("槐树社区")
        of = make.series("第二场", kind="desk", community=there, programme=make.programme("desk"))
        make.shift(make.session(str(coming_saturday()), of), "desk", 1)

        found = proposals.review(proposal=ready(), now=timezone.now()).recruits

        assert {text.split("：")[0] for text in found} == {"梧桐社区", "槐树社区"}


def test_older_proposals_without_advice_still_open(client):
    make.community()
    client.force_login(make.user("chen"))
    gap()
    make.volunteer("周远")
    proposal = ready()
    del proposal.answer["recruits"]
    for unfilled in proposal.answer["unfilled"]:
        unfilled["ways_out"] = [{"kind": "free", "count": 1, "people": unfilled["ways_out"][0]["people"]}]
    proposal.save()

    page = client.get(f"/desk/match/{proposal.pk}/").text

    assert "问周远这个时间能不能来" in page
    assert "试排过" not in page
