"""Steps on the roster: taken back for a day, copied from last week, and never over somebody else's head."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from classes.actions.undoing import AlreadyUndone, ChangedSince, TooLateToUndo
from classes.models import Change, Session
from people.models import Message
from tests import make
from volunteers.actions import copying, roster, taking_back
from volunteers.models import Assignment, Placement, Proposal, Shift
from volunteers.queries import board, changes, freshness

pytestmark = pytest.mark.django_db
NOW = make.at("2026-11-24", "10:00")
MONDAY = make.at("2026-11-23").date()
LATER = NOW + timedelta(hours=3)


def saturday(day="2026-11-28", needed=2, of=None) -> Shift:
    """A class with places for helpers."""
    return make.shift(make.session(day, of or make.series()), needed=needed)


def free(name="林淑芬", **fields):
    who = make.volunteer(name, **fields)
    make.free(who, 5)
    return who


def put(shift, who, now=NOW, **fields) -> Assignment:
    return roster.place(shift=shift, volunteer=who, now=now, actor=None, **fields)


class TestUndo:
    def test_a_place_is_free_again(self):
        shift = saturday()
        put(shift, free())

        done = taking_back.undo(change=Change.objects.get(), now=LATER, actor=None)

        shift.refresh_from_db()
        assert [one.status for one in done.assignments] == ["released"]
        assert shift.taken == 0

    def test_whoever_was_told_meanwhile_stays(self):
        placed = put(saturday(), free())
        Assignment.objects.filter(pk=placed.pk).update(status="offered")

        with pytest.raises(ChangedSince, match="林淑芬"):
            taking_back.undo(change=Change.objects.get(), now=LATER, actor=None)

        assert Change.objects.get().undone_at is None

    def test_whoever_was_taken_off_is_back_and_is_not_told(self):
        shift = saturday()
        placed = make.assignment(shift, free(), "accepted")
        step = roster.release(assignment=placed, now=NOW, actor=None)
        assert Message.objects.filter(kind="release").count() == 1

        taking_back.undo(change=step, now=LATER, actor=None)

        placed.refresh_from_db()
        shift.refresh_from_db()
        assert (placed.status, shift.taken) == ("accepted", 1)
        assert not Message.objects.exists()

    def test_what_was_said_already_is_put_right(self):
        placed = make.assignment(saturday(), free(), "accepted")
        step = roster.release(assignment=placed, now=NOW, actor=None)
        Message.objects.update(handed_on_at=NOW)

        taking_back.undo(change=step, now=LATER, actor=None)

        (back,) = Message.objects.filter(kind="release-back")
        assert "还是按原来的" in back.body
        assert "周六 11月28日" in back.body

    def test_a_place_taken_by_somebody_else_stays_theirs(self):
        shift = saturday(needed=1)
        step = roster.release(assignment=make.assignment(shift, free(), "draft"), now=NOW, actor=None)
        put(shift, free("周远"), now=NOW + timedelta(hours=1))

        with pytest.raises(ChangedSince, match="有人补上"):
            taking_back.undo(change=step, now=LATER, actor=None)

    def test_only_once_and_only_for_a_day(self):
        shift = saturday()
        put(shift, free())
        first = Change.objects.get()
        taking_back.undo(change=first, now=LATER, actor=None)
        with pytest.raises(AlreadyUndone):
            taking_back.undo(change=first, now=LATER, actor=None)
        put(shift, free("周远"))

        with pytest.raises(TooLateToUndo):
            taking_back.undo(change=Change.objects.latest("pk"), now=NOW + timedelta(hours=24), actor=None)

    def test_accepting_a_proposal_is_one_step(self):
        shift = saturday()
        proposal = Proposal.objects.create(
            community=make.community(), from_on=MONDAY, until_on=MONDAY, status="ready", created_at=NOW
        )
        for name in ("周远", "高翔"):
            Placement.objects.create(proposal=proposal, shift=shift, volunteer=free(name))
        roster.accept_placements(
            proposal=proposal, placement_ids=[row.pk for row in Placement.objects.all()], now=NOW, actor=None
        )
        Assignment.objects.filter(volunteer__person__name="高翔").update(status="offered")

        done = taking_back.undo(change=Change.objects.get(), now=LATER, actor=None)

        assert done.left == ["高翔"]
        assert sorted(Placement.objects.values_list("status", flat=True)) == ["accepted", "proposed"]
        proposal.refresh_from_db()
        assert proposal.status == "ready"

    def test_the_list_outlives_the_page_and_ends_with_the_day(self):
        put(saturday(), free())

        assert [row.open_until for row in changes.changes(community=make.community(), now=LATER)] == [
            NOW + timedelta(hours=24)
        ]
        assert changes.changes(community=make.community(), now=NOW + timedelta(hours=25)) == []


class TestCopy:
    def last_week(self, *names, status="accepted", needed=3):
        of = make.series()
        shift = make.shift(make.session("2026-11-21", of), needed=needed)
        people = [free(name) for name in names]
        for who in people:
            make.assignment(shift, who, status)
        return of, people

    def test_the_same_people_come_as_drafts(self):
        of, people = self.last_week("周远", "高翔")
        shift = saturday(of=of)

        copied = copying.copy_week(community=make.community(), monday=MONDAY, now=NOW, actor=None)

        assert {one.volunteer for one in copied.made} == set(people)
        assert {(one.status, one.source, one.shift_id) for one in copied.made} == {("draft", "copy", shift.pk)}
        assert not Message.objects.exists()

    def test_says_who_cannot_come_and_why(self):
        of, (zhou, *_) = self.last_week("周远", "高翔", "钱薇")
        saturday(of=of, needed=1)
        zhou.status = "paused"
        zhou.save()
        make.session("2026-11-27", make.series("反诈", weekdays=(4,)))
        make.shift(Session.objects.latest("pk"))

        found = copying.preview_copy(community=make.community(), monday=MONDAY, now=NOW)

        assert [str(one.volunteer) for one in found.made] == ["高翔"]
        said = {str(row.volunteer or row.session.series): row.why for row in found.left}
        assert set(said) == {"周远", "钱薇", "反诈"}
        assert said["钱薇"] == copying.NO_ROOM
        assert said["反诈"] == "上周没有这一场，或者那天没有人"
        assert not Change.objects.exists()
        assert not Assignment.objects.filter(starts_at__gt=NOW).exists()

    def test_is_taken_back_in_one_step(self):
        of, _ = self.last_week("周远", "高翔")
        shift = saturday(of=of)
        copied = copying.copy_week(community=make.community(), monday=MONDAY, now=NOW, actor=None)

        taking_back.undo(change=Change.objects.get(pk=copied.step), now=LATER, actor=None)

        shift.refresh_from_db()
        assert shift.taken == 0

    def test_copying_twice_adds_nothing(self):
        of, _ = self.last_week("周远")
        saturday(of=of)
        copying.copy_week(community=make.community(), monday=MONDAY, now=NOW, actor=None)

        with pytest.raises(copying.NothingToCopy):
            copying.copy_week(community=make.community(), monday=MONDAY, now=NOW, actor=None)


class TestTwoOrganisers:
    def test_a_move_since_one_looked_refuses_the_place(self):
        shift = saturday()
        Session.objects.filter(pk=shift.session_id).update(sequence=1)

        with pytest.raises(roster.ChangedMeanwhile):
            put(shift, free(), seen=0)

        assert not Assignment.objects.exists()

    def test_an_answer_since_one_looked_refuses_the_release(self):
        placed = make.assignment(saturday(), free(), "offered")
        seen = placed.changed_at
        Assignment.objects.filter(pk=placed.pk).update(status="accepted", changed_at=LATER)

        with pytest.raises(roster.ChangedMeanwhile):
            roster.release(assignment=placed, now=LATER, actor=None, seen=seen)

        placed.refresh_from_db()
        assert placed.status == "accepted"

    def test_the_page_says_who_and_when(self):
        day = timezone.localdate() + timedelta(days=7)
        shift = make.shift(make.session(f"{day}", make.series(weekdays=[day.weekday()])), needed=2)
        chen, lin = make.user("chen", first_name="陈燕"), make.user("lin", first_name="林站")
        placed = roster.place(
            shift=shift, volunteer=self.somebody(day), now=timezone.now() - timedelta(minutes=1), actor=chen
        )
        seen = placed.changed_at.isoformat()
        roster.release(assignment=placed, now=timezone.now(), actor=chen)
        client = Client()
        client.force_login(lin)

        answer = client.post(reverse("desk:release"), {"assignment": placed.pk, "seen": seen})

        assert answer.status_code == 409
        assert "陈燕：林淑芬不来" in answer.content.decode()

    def somebody(self, day):
        who = make.volunteer("林淑芬")
        make.free(who, day.weekday())
        return who

    def test_an_open_board_hears_of_it(self, client, django_assert_num_queries):
        day = timezone.localdate() + timedelta(days=7)
        shift = make.shift(make.session(f"{day}", make.series(weekdays=[day.weekday()])), needed=2)
        client.force_login(make.user("lin", first_name="林站"))
        page = client.get(reverse("desk:week"), {"w": day.isoformat()})
        asked = {"w": day.isoformat(), "seen": page.context["week"].stamp}
        with django_assert_num_queries(4):
            assert client.get(reverse("desk:week-news"), asked).status_code == 204

        roster.place(shift=shift, volunteer=self.somebody(day), now=timezone.now(), actor=make.user("chen"))
        news = client.get(reverse("desk:week-news"), asked, HTTP_HX_REQUEST="true").content.decode()

        assert "chen：林淑芬" in news
        assert 'id="board" hx-swap-oob="true"' in news

    def test_the_stamp_of_the_page_is_that_of_the_rows(self):
        shift = saturday()
        seen = set()
        for step in (
            lambda: None,
            lambda: put(shift, free()),
            lambda: put(shift, free("周远"), now=LATER),
            lambda: Session.objects.update(status="cancelled", cancel_reason="停电", sequence=1),
            lambda: Assignment.objects.filter(volunteer__person__name="周远").delete(),
        ):
            step()
            shown = board.week(community=make.community(), monday=MONDAY, now=NOW)
            assert shown.stamp == freshness.stamp(community=make.community(), monday=MONDAY, now=timezone.now())
            seen.add(shown.stamp)

        assert len(seen) == 5


def test_two_undo_at_one_moment_once(together):
    placed = put(saturday(), free())
    change = Change.objects.get()

    found = together(4, lambda number: taking_back.undo(change=Change.objects.get(pk=change.pk), now=LATER, actor=None))

    assert sum(isinstance(one, taking_back.TakenBack) for one in found) == 1
    placed.shift.refresh_from_db()
    assert placed.shift.taken == 0
