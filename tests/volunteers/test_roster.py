"""The organiser's acts: draft, nobody told; published, everybody told once."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from classes.models import CalendarDay
from people import texts as kept
from people.models import AuditEntry, Message
from tests import make
from volunteers.actions import changing, roster, texts
from volunteers.models import Assignment, Offer, Placement, Proposal, Shift
from volunteers.queries import publishing

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-07", "10:00")
WEEK = {"from_on": date(2026, 9, 7), "until_on": date(2026, 9, 13)}


@pytest.fixture(autouse=True)
def official(db):
    """The notice of the year is in."""
    make.official()


@pytest.fixture
def helpers():
    """Two helpers wanted on Saturday 12 September."""
    return make.shift(make.session("2026-09-12"))


def free_person(name="周远", **fields):
    who = make.volunteer(name, **fields)
    for weekday in range(7):
        make.free(who, weekday)
    return who


def place(shift, who=None, now=NOW, **fields) -> Assignment:
    return roster.place(shift=shift, volunteer=who or free_person(), now=now, actor=None, **fields)


def publish(now=NOW, **fields) -> list[Assignment]:
    return roster.publish(**{"community": make.community(), **WEEK, **fields}, now=now, actor=None)


class TestPlace:
    def test_a_placed_volunteer_is_a_draft_that_nobody_is_told_of(self, helpers):
        placed = place(helpers)

        assert placed.status == "draft"
        assert Message.objects.count() == Offer.objects.count() == 0

    def test_the_place_is_counted(self, helpers):
        place(helpers)

        helpers.refresh_from_db()
        assert helpers.taken == 1

    def test_a_full_shift_refuses(self, helpers):
        place(helpers)
        place(helpers)

        with pytest.raises(roster.ShiftFull):
            place(helpers)
        assert Assignment.objects.count() == 2

    def test_nobody_is_placed_twice_in_a_session(self, helpers):
        who = free_person()
        place(helpers, who)

        with pytest.raises(roster.AlreadyPlaced, match="周远已经在这一场了"):
            place(helpers, who)

    def test_nobody_is_placed_in_two_sessions_at_once(self, helpers):
        who = free_person()
        place(helpers, who)
        other = make.shift(make.session("2026-09-12", of=make.series("进阶")))

        with pytest.raises(roster.InTwoPlaces):
            place(other, who)
        other.refresh_from_db()
        assert other.taken == 0

    def test_hard_rules_hold_for_organisers_too(self, helpers):
        with pytest.raises(roster.RuleBroken, match="没填过哪天有空"):
            place(helpers, make.volunteer())

    def test_after_a_telephone_call_times_may_be_overlooked(self, helpers):
        assert place(helpers, make.volunteer(), overlooking={"free"}).status == "draft"

    def test_a_session_that_has_begun_takes_nobody(self, helpers):
        with pytest.raises(roster.NotHeld):
            place(helpers, now=make.at("2026-09-12", "09:30"))


class TestRelease:
    def test_a_draft_vanishes_silently(self, helpers):
        placed = place(helpers)

        roster.release(assignment=placed, now=NOW, actor=None)

        helpers.refresh_from_db()
        assert (helpers.taken, Message.objects.count()) == (0, 0)

    def test_who_was_asked_is_told(self, helpers):
        place(helpers)
        told = publish()

        roster.release(assignment=told[0], now=NOW, actor=None)

        assert Message.objects.get(kind="release").body.startswith("周远，您好。下面这一场不用来了")

    def test_a_second_press_is_refused_and_frees_nothing(self, helpers):
        placed = place(helpers)
        place(helpers)
        roster.release(assignment=placed, now=NOW, actor=None)

        with pytest.raises(roster.NotPlaced):
            roster.release(assignment=placed, now=NOW, actor=None)
        helpers.refresh_from_db()
        assert helpers.taken == 1

    def test_who_was_released_can_be_placed_again(self, helpers):
        who = free_person()
        roster.release(assignment=place(helpers, who), now=NOW, actor=None)

        assert place(helpers, who).status == "draft"


class TestPublish:
    def test_drafts_become_offers_and_one_note_a_person(self, helpers):
        who = free_person()
        place(helpers, who)
        place(make.shift(make.session("2026-09-13", of=make.series("周日班", weekdays=(6,)))), who)

        told = publish()

        assert [one.status for one in told] == ["offered", "offered"]
        assert Offer.objects.count() == 2
        assert Message.objects.get().subject == "2 场排班等您回"

    def test_the_note_says_what_when_where_as_what_and_the_risk(self, helpers):
        helpers.session.room = make.room()
        helpers.session.save()
        place(helpers)

        publish()

        body = Message.objects.get().body
        for said in ("周六 9月12日 09:30–11:00", "菜鸟学堂·启蒙", "助教", "智慧教室", "不碰钱和密码"):
            assert said in body

    def test_all_notes_are_in_the_words_of_the_place_read_once(self, helpers):
        kept.write_own(
            wording=texts.BY_KIND["offer"], text="{场次}\n{留意}\n{答复期限}前回一声就好。", now=NOW, actor=None
        )
        for name in ("周远", "钱薇"):
            place(helpers, free_person(name))

        with CaptureQueriesContext(connection) as asked:
            publish()

        assert [note.body.endswith("前回一声就好。") for note in Message.objects.all()] == [True, True]
        assert Message.objects.count() == 2
        assert sum('FROM "people_setting"' in query["sql"] for query in asked) == 1

    def test_publishing_twice_tells_nobody_twice(self, helpers):
        place(helpers)
        publish()

        assert publish(now=NOW + timedelta(minutes=1)) == []
        assert Message.objects.count() == Offer.objects.count() == 1

    def test_only_the_days_asked_for_are_published(self, helpers):
        place(helpers)

        assert publish(until_on=date(2026, 9, 11)) == []

    def test_without_a_risk_note_nothing_is_offered(self, helpers):
        helpers.session.series.programme.risk_note = ""
        helpers.session.series.programme.save()
        place(helpers)

        with pytest.raises(roster.NoRiskNote, match="风险提示"):
            publish()
        assert Assignment.objects.get().status == "draft"

    def test_a_guessed_day_needs_a_tick(self, helpers):
        CalendarDay.objects.update(status="predicted")
        place(helpers)

        with pytest.raises(roster.Guessed, match="9月12日的放假安排还没公布"):
            publish()
        assert not Offer.objects.exists()
        assert len(publish(guess_seen=True)) == 1

    def test_a_day_guessed_in_an_official_year_needs_it_too(self, helpers):
        row = {"day_type": "holiday", "name": "猜的", "status": "predicted"}
        CalendarDay.objects.create(date=date(2026, 9, 12), **row)
        place(helpers)

        with pytest.raises(roster.Guessed) as refusal:
            publish()
        assert refusal.value.dates == [date(2026, 9, 12)]

    def test_the_preview_is_what_publishing_does(self, helpers):
        place(helpers)
        place(helpers, free_person("林淑芬"))

        found = publishing.drafts(now=NOW, community=make.community(), **WEEK)
        preview = [
            (told.volunteer.pk, [one.pk for one in told.assignments]) for told in publishing.publish_preview(found)
        ]

        assert preview == [(one.volunteer_id, [one.pk]) for one in publish()]

    @pytest.mark.parametrize(
        ("asked", "until"),
        [
            ("2026-09-01T10:00", "2026-09-06T10:00"),  # five days
            ("2026-09-10T10:00", "2026-09-11T09:30"),  # not into the last day before
            ("2026-09-11T12:00", "2026-09-12T00:00"),  # half a day at least
            ("2026-09-12T08:00", "2026-09-12T09:30"),  # until it begins
        ],
    )
    def test_there_is_a_fair_time_to_answer(self, helpers, asked, until):
        day, clock = asked.split("T")
        now = make.at(day, clock)
        place(helpers, now=now)

        publish(now=now)

        assert Offer.objects.get().expires_at == make.at(*until.split("T"))


class TestProposal:
    @pytest.fixture
    def proposal(self, helpers):
        return Proposal.objects.create(
            community=make.community(),
            status="ready",
            created_at=NOW,
            from_on=date(2026, 9, 7),
            until_on=date(2026, 9, 13),
        )

    def suggest(self, proposal, shift, who) -> Placement:
        reasons = [{"code": "free", "label": "有空", "text": "周六全天"}]
        return Placement.objects.create(proposal=proposal, shift=shift, volunteer=who, reasons=reasons)

    def accept(self, proposal, *placements) -> roster.Accepted:
        ids = [placement.pk for placement in placements]
        return roster.accept_placements(proposal=proposal, placement_ids=ids, now=NOW, actor=None)

    def test_chosen_placements_become_drafts_with_their_reasons(self, proposal, helpers):
        chosen = self.suggest(proposal, helpers, free_person())
        self.suggest(proposal, helpers, free_person("林淑芬"))

        done = self.accept(proposal, chosen)

        assert [one.reasons for one in done.assignments] == [chosen.reasons]
        assert Assignment.objects.count() == 1
        assert proposal.status == "ready"

    def test_a_proposal_without_open_rows_is_accepted(self, proposal, helpers):
        self.accept(proposal, self.suggest(proposal, helpers, free_person()))

        assert proposal.status == "accepted"

    def test_what_is_not_possible_any_more_is_marked_and_the_others_go_in(self, proposal, helpers):
        busy = free_person()
        stale = self.suggest(proposal, helpers, busy)
        good = self.suggest(proposal, helpers, free_person("林淑芬"))
        place(make.shift(make.session("2026-09-12", of=make.series("进阶"))), busy)

        done = self.accept(proposal, stale, good)

        assert [one.pk for one in done.stale] == [stale.pk]
        assert "时间撞上了" in done.stale[0].stale_why
        assert [one.volunteer for one in done.assignments] == [good.volunteer]

    def test_a_full_place_makes_the_rest_stale(self, proposal, helpers):
        rows = [self.suggest(proposal, helpers, free_person(f"志愿者{number}")) for number in range(3)]

        done = self.accept(proposal, *rows)

        assert (len(done.assignments), len(done.stale)) == (2, 1)

    def test_accepting_twice_is_accepting_once(self, proposal, helpers):
        row = self.suggest(proposal, helpers, free_person())
        self.accept(proposal, row)

        assert self.accept(proposal, row).assignments == []

    def test_a_discarded_proposal_is_refused(self, proposal, helpers):
        Proposal.objects.update(status="discarded")

        with pytest.raises(roster.NotReady):
            self.accept(proposal)

    def test_publishing_it_tells_its_people_only(self, proposal, helpers):
        self.accept(proposal, self.suggest(proposal, helpers, free_person()))
        place(helpers, free_person("林淑芬"))

        told = roster.publish_proposal(proposal=proposal, now=NOW, actor=None)

        assert [str(one.volunteer) for one in told] == ["周远"]
        assert proposal.status == "published"


class TestCancelSessions:
    def cancel(self, helpers):
        return changing.cancel_sessions(sessions=[helpers.session], reason="停电", now=NOW, actor=None)

    def test_everybody_who_knows_of_it_is_told_and_nobody_else(self, helpers):
        place(helpers)
        publish()
        place(helpers, free_person("林淑芬"))

        self.cancel(helpers)

        note = Message.objects.get(kind="change")
        assert (str(note.person), "停电" in note.body) == ("周远", True)

    def test_the_places_are_given_back(self, helpers):
        place(helpers)

        self.cancel(helpers)

        assert Shift.objects.get().taken == 0
        assert Assignment.objects.get().status == "released"

    def test_a_cancelled_session_takes_nobody(self, helpers):
        self.cancel(helpers)

        with pytest.raises(roster.NotHeld, match="停电"):
            place(helpers)


def test_every_act_leaves_a_line_in_the_trail(helpers):
    placed = place(helpers)
    publish()
    roster.release(assignment=placed, now=NOW, actor=None)

    assert set(AuditEntry.objects.values_list("verb", flat=True)) >= {"排上", "发布", "撤下"}
