"""Proposals: asked for, worked out in the background, reviewed, accepted, published."""

import html
import os
import re
import signal
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from people.models import AuditEntry, Message
from tests import make
from tests.config.waiting import until
from volunteers import planning, tasks
from volunteers.actions import proposals, roster
from volunteers.models import Assignment, Placement, Proposal, Shift
from volunteers.queries import proposals as queries
from volunteers.queries import publishing

pytestmark = pytest.mark.django_db

Status = Proposal.Status
SATURDAY = date(2026, 9, 12)
NOW = make.at("2026-09-07", "08:00")
ORGANISER = "chen"


@pytest.fixture(autouse=True)
def official(db):
    """The notice of the year is in."""
    make.official(coming_saturday().year)


def coming_saturday() -> date:
    """A Saturday that is still to come by the real clock, for what the worker does."""
    today = timezone.localdate()
    return today + timedelta(days=(5 - today.weekday()) % 7 + 7)


def gap(day: date | None = None, needed: int = 1, name: str = "手机门诊") -> Shift:
    """A desk session that wants people."""
    of = make.series(name=name, kind="desk")
    of.programme.risk_note = "注意充电安全"
    of.programme.save()
    return make.shift(make.session(str(day or coming_saturday()), of), "desk", needed)


def helper(name: str, **fields):
    """Somebody who is free on Saturdays."""
    volunteer = make.volunteer(name, **fields)
    make.free(volunteer, 5, told_on=date(2026, 8, 29))
    return volunteer


def better_asked():
    """Somebody who is free on Saturdays, but has an examination in the month."""
    volunteer = helper("周远")
    volunteer.person.notes.create(text=f"{coming_saturday().month}月要考试")
    return volunteer


def ask(day: date | None = None, **fields) -> Proposal:
    """A waiting proposal for one Saturday."""
    day = day or coming_saturday()
    fields = {"community": None, "now": timezone.now(), "actor": None, **fields}
    return proposals.request_proposal(from_on=day, until_on=day, **fields)


def ready(**fields) -> Proposal:
    """The same, worked out."""
    proposal = ask(**fields)
    assert tasks.run_proposal.call(proposal.pk) == "ready"
    proposal.refresh_from_db()
    return proposal


class TestRunning:
    def test_fills_the_gap_and_says_so(self):
        gap()
        helper("周远")

        proposal = ready()

        assert proposal.status == Status.READY
        assert proposal.progress == 100
        assert [str(p.volunteer) for p in proposal.placements.all()] == ["周远"]
        assert proposal.answer["gaps_before"] == 1
        assert proposal.answer["unfilled"] == []

    def test_nobody_is_told(self):
        gap()
        helper("周远")

        ready()

        assert Message.objects.count() == 0
        assert Assignment.objects.count() == 0

    def test_runs_once_however_often_it_is_started(self):
        gap()
        helper("周远")
        proposal = ready()

        assert tasks.run_proposal.call(proposal.pk) == "nothing to do"
        assert Proposal.objects.get(pk=proposal.pk).attempts == 1

    def test_a_running_one_is_left_to_its_worker(self):
        proposal = ask()
        proposals.claim_proposal(pk=proposal.pk, now=timezone.now())

        assert proposals.claim_proposal(pk=proposal.pk, now=timezone.now()) is None
        assert tasks.run_waiting_proposals.call() == 0

    def test_one_whose_worker_fell_silent_is_taken_over(self):
        gap()
        helper("周远")
        proposal = ask()
        long_ago = timezone.now() - proposals.SILENT_FOR - timedelta(seconds=1)
        proposals.claim_proposal(pk=proposal.pk, now=long_ago)

        assert tasks.run_waiting_proposals.call() == 1

        proposal.refresh_from_db()
        assert (proposal.status, proposal.attempts) == (Status.READY, 2)

    def test_gives_up_after_three_silent_workers_and_says_it(self):
        proposal = ask()
        for hours in range(proposals.ATTEMPTS, 0, -1):
            assert proposals.claim_proposal(pk=proposal.pk, now=timezone.now() - timedelta(hours=hours))

        assert proposals.claim_proposal(pk=proposal.pk, now=timezone.now()) is None

        proposal.refresh_from_db()
        assert proposal.status == Status.FAILED
        assert proposal.error == proposals.GAVE_UP
        assert AuditEntry.objects.filter(thing=f"proposal:{proposal.pk}", verb="没排成").exists()

    def test_progress_is_written_to_the_row(self):
        gap()
        helper("周远")
        proposal = proposals.claim_proposal(pk=ask().pk, now=timezone.now())

        goes_on = proposals.report_progress(
            proposal=proposal, stage=planning.stage("short"), progress=40, now=timezone.now()
        )

        proposal.refresh_from_db()
        assert goes_on
        assert (proposal.stage, proposal.progress) == ("把缺的人手补齐", 40)

    def test_discarded_meanwhile_it_stays_discarded(self):
        gap()
        helper("周远")
        proposal = proposals.claim_proposal(pk=ask().pk, now=timezone.now())
        proposals.discard_proposal(proposal=proposal, now=timezone.now(), actor=None)

        with pytest.raises(planning.ProposalGone):
            tasks.solve_claimed(proposal)

        proposal.refresh_from_db()
        assert proposal.status == Status.DISCARDED
        assert proposal.placements.count() == 0

    def test_stopped_it_hands_in_what_it_has(self):
        gap()
        helper("周远")
        proposal = proposals.claim_proposal(pk=ask().pk, now=timezone.now())
        proposals.stop_proposal(proposal=proposal)

        tasks.solve_claimed(proposal)

        proposal.refresh_from_db()
        assert proposal.status == Status.READY
        assert proposal.answer["cut_short"] is True
        assert proposal.placements.count() == 1

    def test_asking_again_throws_the_earlier_one_away(self):
        earlier = ask()

        ask()

        earlier.refresh_from_db()
        assert earlier.status == Status.DISCARDED

    @pytest.mark.parametrize("days", [-1, 63])
    def test_refuses_a_range_that_is_no_range(self, days):
        with pytest.raises(proposals.RangeTooLong):
            proposals.request_proposal(
                community=None, from_on=SATURDAY, until_on=SATURDAY + timedelta(days=days), now=NOW, actor=None
            )


def crowd(people: int = 150, days: int = 28, places: int = 6) -> Proposal:
    """A question that takes the engine a second or more; a waiting proposal for it."""
    day = coming_saturday()
    series = make.series(kind="desk", weekdays=range(7))
    for offset in range(days):
        make.shift(make.session(str(day + timedelta(days=offset)), series), "desk", places)
    for number in range(people):
        volunteer = make.volunteer(f"志愿者{number}", max_per_week=1 + number % 2)
        for weekday in range(number % 3, 7, 2):
            make.free(volunteer, weekday)
    return proposals.request_proposal(
        community=None, from_on=day, until_on=day + timedelta(days=days - 1), now=timezone.now(), actor=None
    )


class TestAKilledWorker:
    def test_loses_nothing_and_the_next_one_finishes_once(self, database_url, start_process):
        proposal = crowd()
        mine = Proposal.objects.filter(pk=proposal.pk)
        worker = start_process("manage.py", "qcluster", DATABASE_URL=database_url, LINKE_TASK_TIMEOUT="60")
        tasks.run_proposal.enqueue(proposal.pk)

        until(lambda: mine.filter(status=Status.RUNNING).exists())
        os.killpg(worker.pid, signal.SIGKILL)

        assert mine.get().status == Status.RUNNING
        assert Placement.objects.count() == 0

        mine.update(claimed_at=timezone.now() - proposals.SILENT_FOR * 2)
        start_process("manage.py", "qcluster", DATABASE_URL=database_url, LINKE_TASK_TIMEOUT="60")
        tasks.run_waiting_proposals.enqueue()

        until(lambda: mine.filter(status=Status.READY).exists())
        assert mine.get().attempts == 2
        pairs = list(Placement.objects.values_list("shift", "volunteer"))
        assert len(pairs) == len(set(pairs)) > 100


@pytest.mark.parametrize(("gap_left", "words"), [(0.031, "按总分离最好最多差 3.1%"), (None, "不保证没有更好的")])
def test_out_of_time_it_shows_the_best_so_far_and_says_so(client, gap_left, words):
    gap()
    helper("周远")
    proposal = proposals.claim_proposal(pk=ask().pk, now=timezone.now())
    tasks.solve_claimed(proposal)
    proposal.refresh_from_db()
    # As the engine hands in what it could not prove in time; weeks of this size it proves within a tenth of a second.
    answer = proposal.answer | {"gap": gap_left}
    Proposal.objects.filter(pk=proposal.pk).update(proven=False, seconds=20.02, answer=answer)

    client.force_login(make.user())
    page = client.get(reverse("desk:proposal", args=[proposal.pk])).content.decode()

    assert f"时间到了，这是 20 秒内最好的一版，{words}。规则一条没破。" in page
    assert "采纳选中的 1 项" in page


class TestAccepting:
    def test_makes_drafts_and_tells_nobody(self):
        shift = gap()
        helper("周远")
        proposal = ready()

        roster.accept_placements(
            proposal=proposal,
            placement_ids=[p.pk for p in proposal.placements.all()],
            now=timezone.now(),
            actor=None,
        )

        shift.refresh_from_db()
        assert shift.taken == 1
        assert [a.status for a in Assignment.objects.all()] == ["draft"]
        assert Message.objects.count() == 0

    def test_a_row_overtaken_by_events_goes_stale_and_says_why(self):
        shift = gap()
        helper("周远")
        proposal = ready()
        make.assignment(shift, make.volunteer("钱薇"))

        roster.accept_placements(
            proposal=proposal,
            placement_ids=[p.pk for p in proposal.placements.all()],
            now=timezone.now(),
            actor=None,
        )

        (row,) = proposal.placements.all()
        assert row.status == Placement.Status.STALE
        assert row.stale_why

    def test_a_place_taken_meanwhile_unticks_the_last_row_and_says_so(self):
        shift = gap(needed=2)
        for name in ("周远", "何晓琳"):
            helper(name)
        proposal = ready()
        make.assignment(shift, make.volunteer("钱薇"))

        page = queries.review(proposal=proposal, now=timezone.now())

        first, last = page.rows
        assert (first.is_ticked, first.crowded) == (True, "")
        assert (last.is_ticked, last.is_open) == (False, True), "who prefers the last one may still tick it"
        assert last.crowded == "这一场的答疑只剩 1 个名额，前面的先放"
        assert page.ticked == 1


class TestWhoDeclined:
    def test_is_in_the_funnel_and_not_in_the_plan(self):
        shift, volunteer = gap(), helper("周远")
        make.assignment(shift, volunteer, "declined")

        proposal = ready()

        assert not proposal.placements.exists()
        (unfilled,) = proposal.answer["unfilled"]
        assert ("declined", "本人说来不了", 1, 0) in [
            (step["rule"], step["label"], step["count"], step["remaining"]) for step in unfilled["funnel"]
        ]

    def test_after_the_run_goes_stale_with_the_reason(self):
        shift, volunteer = gap(), helper("周远")
        proposal = ready()
        make.assignment(shift, volunteer, "declined", now=make.at("2026-09-08"))
        (row,) = queries.review(proposal=proposal, now=timezone.now()).rows

        done = roster.accept_placements(
            proposal=proposal,
            placement_ids=[row.placement.pk],
            now=timezone.now(),
            actor=None,
        )

        assert (row.is_ticked, row.stale) == (False, "本人说来不了")
        assert [one.stale_why for one in done.stale] == ["周远 9月8日说来不了这一场。"]
        assert done.assignments == []


class TestSwapping:
    def swapped(self, proposal, volunteer):
        return proposals.swap_placement(
            placement=proposal.placements.get(), volunteer=volunteer, now=timezone.now(), actor=None
        )

    def test_the_other_person_takes_the_row_and_the_first_becomes_an_alternative(self):
        gap()
        first, other = helper("周远"), helper("钱薇")

        row = self.swapped(ready(), other)

        assert row.volunteer == other
        assert [one["volunteer"] for one in row.alternatives] == [first.pk]
        assert "有空" in {reason["label"] for reason in row.reasons}

    def test_a_rule_in_the_way_is_named(self):
        gap()
        helper("周远")
        busy = make.volunteer("钱薇")

        with pytest.raises(proposals.CannotSwap, match="这个时间没空"):
            self.swapped(ready(), busy)

    def test_what_the_proposal_puts_beside_it_counts(self):
        gap(name="第一场")
        gap(name="第二场")
        for name in ("周远", "钱薇"):
            helper(name)
        proposal = ready()
        first, second = proposal.placements.all()

        with pytest.raises(proposals.CannotSwap, match="冲突"):
            proposals.swap_placement(placement=first, volunteer=second.volunteer, now=timezone.now(), actor=None)


@pytest.fixture
def organiser(client):
    make.community()
    client.force_login(make.user(ORGANISER))
    return client


class TestThePage:
    def test_asks_watches_reviews_accepts_publishes(self, organiser, django_capture_on_commit_callbacks):
        shift = gap()
        helper("周远")
        day = str(coming_saturday())

        with django_capture_on_commit_callbacks() as started:
            response = organiser.post("/desk/match/start/", {"from": day, "to": day})
        proposal = Proposal.objects.get()
        assert response.headers["Location"] == f"/desk/match/{proposal.pk}/"
        assert len(started) == 1
        assert "马上开始" in organiser.get(response.headers["Location"]).text

        tasks.run_proposal.call(proposal.pk)
        page = organiser.get(f"/desk/match/{proposal.pk}/").text
        assert "1 个缺口" in page
        assert "采纳选中的 1 项" in page
        assert "本人 8月29日填的" in page

        row = proposal.placements.get()
        organiser.post(f"/desk/match/{proposal.pk}/accept/", {"placement": row.pk})
        page = organiser.get(f"/desk/match/{proposal.pk}/").text
        assert "还没有通知任何人" in page
        assert "发布，通知 1 人" in page
        assert Message.objects.count() == 0

        done = organiser.post(f"/desk/match/{proposal.pk}/publish/", follow=True).text
        assert "给 1 人的话已备好，请复制发到微信。" in done
        again = organiser.post(f"/desk/match/{proposal.pk}/publish/", follow=True).text
        assert "已经发过了，没有再发一遍。" in again
        assert Assignment.objects.get(shift=shift).status == "offered"
        assert Message.objects.count() == 1
        assert "已发布，1 项" in organiser.get(f"/desk/match/{proposal.pk}/").text

    def test_drafts_of_before_are_said_and_sent_with_the_others_where_it_is_several_weeks(self, organiser):
        first, second = coming_saturday(), coming_saturday() + timedelta(days=7)
        gap(first)
        helper("周远")
        proposal = proposals.request_proposal(
            community=make.community(), from_on=first, until_on=second, now=timezone.now(), actor=None
        )
        tasks.run_proposal.call(proposal.pk)
        organiser.post(f"/desk/match/{proposal.pk}/accept/", {"placement": proposal.placements.get().pk})
        sent = make.assignment(make.shift(make.session(f"{second}", make.series("提高"))), helper("高翔"), "draft")
        make.assignment(make.shift(make.session(f"{second + timedelta(days=7)}")), helper("钱薇"), "draft")

        page = organiser.get(f"/desk/match/{proposal.pk}/").text

        assert "还有 1 项别的草稿没发" in page
        assert "发布这次采纳的 1 项，通知 1 人" in page
        (link,) = re.findall(r'href="([^"]+)">一起发布，共通知 2 人', page)
        whole = organiser.get(html.unescape(link)).text
        assert "发布，通知 2 人" in whole and "这 2 周的全部草稿" in whole

        organiser.post(html.unescape(link), {"seen": re.search(r'name="seen" value="([\d,]+)"', whole)[1]})

        sent.refresh_from_db()
        assert sent.status == "offered"
        assert sorted(Assignment.objects.values_list("status", flat=True)) == ["draft", "offered", "offered"]
        assert "别的草稿" not in organiser.get(f"/desk/match/{proposal.pk}/").text

    def test_the_drafts_of_each_community_of_a_street_are_said(self):
        for name in ("梧桐社区", "东门社区"):
            place = make.community(name, street="南街")
            of = make.series(f"{name}的班", community=place)
            make.assignment(make.shift(make.session(f"{coming_saturday()}", of)), make.volunteer(name), "draft")
        proposal = ask(street="南街")

        found = publishing.others_than(proposal, now=timezone.now())

        assert [(one.community.name, one.count, one.people) for one in found] == [
            ("梧桐社区", 1, 1),
            ("东门社区", 1, 1),
        ]

    def test_an_empty_place_shows_its_funnel_and_the_ways_out(self, organiser):
        gap()
        make.volunteer("周远")

        page = organiser.get(f"/desk/match/{ready().pk}/").text

        assert "没排上：" in page
        assert "问周远这个时间能不能来" in page
        assert "1 人这个时间没空" in page

    def test_a_row_that_bends_a_wish_is_not_ticked(self, organiser):
        gap()
        better_asked()

        page = organiser.get(f"/desk/match/{ready().pk}/").text

        assert "采纳选中的 0 项" in page
        assert "月要考试" in page

    @pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["whole page", "the row alone"])
    def test_whoever_would_have_to_bend_a_wish_is_asked_first(self, organiser, headers):
        shift, volunteer, proposal = gap(), better_asked(), ready()
        address = f"/desk/match/{proposal.pk}/{proposal.placements.get().pk}/ask/"
        assert address in organiser.get(f"/desk/match/{proposal.pk}/").text

        answer = organiser.post(address, headers=headers, follow=True).text

        note = Message.objects.get()
        assert (note.kind, note.about, note.person) == ("ask", f"shift:{shift.pk}", volunteer.person)
        assert "问过了，等本人回话" in answer
        assert "问 1 人的话备好了" in answer
        assert address not in answer
        assert organiser.post(address, follow=True).status_code == 200
        assert Message.objects.count() == 1
        assert Placement.objects.get().status == "proposed"
        page = organiser.get(f"/desk/match/{proposal.pk}/").text
        assert "问过了，等本人回话" in page
        assert "采纳选中的 0 项" in page

    def test_nobody_is_asked_who_has_left(self, organiser):
        gap()
        volunteer, proposal = better_asked(), ready()
        type(volunteer).objects.update(status="left")

        address = f"/desk/match/{proposal.pk}/{proposal.placements.get().pk}/ask/"
        answer = organiser.post(address, headers={"HX-Request": "true"})

        assert answer.status_code == 409
        assert "这几位暂停或离开了，没有问。" in answer.text
        assert not Message.objects.exists()

    def test_discarding_leaves_the_roster_alone(self, organiser):
        shift = gap()
        helper("周远")
        proposal = ready()

        organiser.post(f"/desk/match/{proposal.pk}/discard/")

        shift.refresh_from_db()
        proposal.refresh_from_db()
        assert (proposal.status, shift.taken) == (Status.DISCARDED, 0)

    def test_discarding_the_rest_keeps_what_was_accepted(self, organiser):
        gap(needed=2)
        for name in ("周远", "钱薇"):
            helper(name)
        proposal = ready()
        first, second = proposal.placements.all()
        organiser.post(f"/desk/match/{proposal.pk}/accept/", {"placement": first.pk})
        assert "看剩下的 1 项" in organiser.get(f"/desk/match/{proposal.pk}/").text
        assert "2 个缺口，<b>排上 2 个</b>" in organiser.get(f"/desk/match/{proposal.pk}/?rest=1").text

        organiser.post(f"/desk/match/{proposal.pk}/discard/")

        proposal.refresh_from_db()
        second.refresh_from_db()
        assert (proposal.status, second.status) == (Status.ACCEPTED, Placement.Status.REFUSED)
        assert Assignment.objects.get().volunteer == first.volunteer

    def test_a_proposal_published_in_part_does_not_say_that_nobody_knows(self, organiser):
        gap(needed=2)
        for name in ("周远", "钱薇"):
            helper(name)
        proposal = ready()
        rows = list(proposal.placements.values_list("pk", flat=True))
        organiser.post(f"/desk/match/{proposal.pk}/accept/", {"placement": rows})
        Assignment.objects.filter(placement=rows[0]).update(status="offered")

        page = organiser.get(f"/desk/match/{proposal.pk}/").text

        assert "其中 1 项发布过了" in page
        assert "还没有通知任何人" not in page

    def test_says_which_drafts_each_button_sends(self, organiser):
        gap()
        helper("周远")
        proposal = ready(community=make.community())
        organiser.post(f"/desk/match/{proposal.pk}/accept/", {"placement": proposal.placements.get().pk})
        assert "别的草稿" not in organiser.get(f"/desk/match/{proposal.pk}/").text
        make.assignment(gap(name="便民门诊"), make.volunteer("钱薇"), "draft", source="proposal")

        page = organiser.get(f"/desk/match/{proposal.pk}/").text

        assert "还有 1 项别的草稿" in page
        assert "一起发布，共通知 2 人" in page
        assert "发布这次采纳的 1 项，通知 1 人" in page

    def test_who_may_only_look_cannot_start_it(self, client):
        make.community()
        client.force_login(make.user("kan", role="viewer"))

        assert client.get("/desk/match/").status_code == 200
        assert client.post("/desk/match/start/", {"span": "next"}).status_code == 403
        assert Proposal.objects.count() == 0

    @pytest.mark.parametrize("rows", [1, 3])
    def test_asks_the_database_the_same_number_of_times(self, organiser, rows, django_assert_num_queries):
        for number in range(rows):
            gap(name=f"手机门诊{number}", needed=2)
        for number in range(rows):
            helper(f"志愿者{number}")
        proposal = ready()
        assert proposal.placements.count() == rows
        organiser.get(f"/desk/match/{proposal.pk}/")

        with django_assert_num_queries(10):
            organiser.get(f"/desk/match/{proposal.pk}/")
