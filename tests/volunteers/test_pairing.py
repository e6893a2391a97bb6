"""结对: who sits with whom at a senior session, proposed, settled, changed by hand."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from classes.models import Enrolment, Lesson
from people.models import AuditEntry
from tests import make
from volunteers import planning
from volunteers.actions import pairing
from volunteers.models import Assignment, Pairing

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-10", "10:00")
DAY = "2026-09-12"


def enrolled(session, name, **fields):
    """A senior of the class."""
    learner = make.learner(name, **fields)
    Enrolment.objects.create(learner=learner, series=session.series, status="confirmed", created_at=NOW)
    return learner


def helping(session, name, **fields):
    """Somebody who has agreed to help."""
    of = session.shifts.filter(role__code="helper").first() or make.shift(session, needed=9)
    who = make.volunteer(name, **fields)
    make.assignment(of, who)
    return who


@pytest.fixture
def session():
    """A lesson in which each helper takes two."""
    lesson = Lesson.objects.create(code="A01", stage="A", title="认识我的手机:开关机", learners_per_helper=2)
    return make.session(DAY, lesson=lesson)


def settle(session, **fields):
    return pairing.settle_pairs(session=session, **{"now": NOW, "actor": None, **fields})


def by_hand(session, learner, volunteer, **fields):
    return pairing.pair_by_hand(
        session=session, learner=learner, volunteer=volunteer, **{"now": NOW, "actor": None, **fields}
    )


def pairs(session):
    """Learner and helper by name, as they are stored."""
    return {(str(row.learner), str(row.volunteer)) for row in Pairing.objects.filter(session=session)}


class TestTheProposal:
    def test_puts_makes_of_phones_and_the_dialect_together_and_says_so(self, session):
        enrolled(session, "王秀英", phone_brand="苹果")
        enrolled(session, "李桂兰", phone_brand="华为", needs=["关中话"])
        helping(session, "周远", skills=["苹果手机"])
        helping(session, "钱薇", skills=["华为"], dialect=True)

        seating = planning.seat(session)

        told = {
            (str(t.volunteer), str(r.learner)): [one.text for one in r.fits] for t in seating.tables for r in t.rows
        }
        assert told == {("周远", "王秀英"): ["会用苹果手机"], ("钱薇", "李桂兰"): ["会说本地话", "会用华为手机"]}
        assert seating.answer.proven

    def test_the_ratio_is_the_lessons_and_who_is_left_hears_why(self, session):
        for name in ("王秀英", "李桂兰", "张玉兰"):
            enrolled(session, name)
        helping(session, "周远")

        seating = planning.seat(session)

        assert (seating.ratio, seating.seated) == (2, 2)
        assert [text for _, text in seating.left] == ["1 人已经带满"]
        assert seating.ways[0].text == "再来 1 位助教，每位带 2 人"

    def test_the_lead_and_who_declined_take_nobody(self, session):
        enrolled(session, "王秀英")
        make.assignment(make.shift(session, "lead", needed=1), make.volunteer("郑老师"))
        make.assignment(make.shift(session), make.volunteer("周远"), status="declined")

        assert planning.seat(session).tables == []

    def test_last_times_pair_changes_unless_a_familiar_face_is_wished_for(self, session):
        for name, needs in (("王秀英", ["要熟面孔"]), ("李桂兰", [])):
            enrolled(session, name, needs=needs)
        people = [helping(session, "周远"), helping(session, "钱薇")]
        earlier = make.session("2026-09-05", session.series)
        for learner, volunteer in zip(Enrolment.objects.order_by("pk"), people, strict=True):
            Pairing.objects.create(session=earlier, learner=learner.learner, volunteer=volunteer, seat=1, made_at=NOW)

        settle(session)

        assert pairs(session) == {("王秀英", "周远"), ("李桂兰", "周远")}

    def test_a_new_term_begins_with_last_terms_pair(self, session):
        enrolled(session, "王秀英")
        learner = enrolled(session, "李桂兰")
        helping(session, "周远")
        helper = helping(session, "钱薇")
        spring = make.term("2026春", date(2026, 3, 1), date(2026, 7, 10))
        earlier = make.session("2026-06-06", make.series("菜鸟学堂·春", term=spring))
        Pairing.objects.create(session=earlier, learner=learner, volunteer=helper, seat=1, made_at=earlier.starts_at)

        seating = planning.seat(session)

        told = {str(row.learner): [one.text for one in row.fits] for table in seating.tables for row in table.rows}
        assert told == {"王秀英": [], "李桂兰": ["上学期就是这一对"]}

    def test_only_on_the_days_a_learner_comes(self, session):
        learner = enrolled(session, "王秀英")
        Enrolment.objects.filter(learner=learner).update(weekdays=[2])
        helping(session, "周远")

        assert planning.seat(session).learners == {}

    def test_a_childrens_session_has_no_pairs(self):
        session = make.session("2026-09-14", make.series("四点半", kind="child", weekdays=(0,)))
        enrolled(session, "小宇", kind="child")

        assert planning.seat(session).learners == {}
        with pytest.raises(pairing.NotForPairs):
            settle(session)


class TestSettling:
    def test_keeps_the_pairs_and_leaves_a_line(self, session):
        enrolled(session, "王秀英")
        helping(session, "周远")

        assert settle(session) == 1
        assert settle(session) == 0

        assert pairs(session) == {("王秀英", "周远")}
        assert planning.seat(session).is_settled
        assert AuditEntry.objects.filter(verb="定下结对", thing=f"session:{session.pk}").count() == 2

    def test_a_drop_out_moves_only_those_it_concerns(self, session):
        for name in ("王秀英", "李桂兰", "张玉兰"):
            enrolled(session, name)
        people = [helping(session, name) for name in ("周远", "钱薇", "孙梅")]
        settle(session)
        before = pairs(session)
        Assignment.objects.filter(volunteer=people[0]).update(status="declined")

        seating = planning.seat(session)
        settle(session)

        assert {pair for pair in before if pair[1] != "周远"} <= pairs(session)
        assert len(pairs(session)) == 3
        assert len(seating.gone) == sum(pair[1] == "周远" for pair in before)

    @pytest.mark.parametrize("change", [{"status": "cancelled"}, {"ends_at": NOW - timedelta(minutes=1)}])
    def test_refuses_a_session_that_is_not_held_any_more(self, session, change):
        change = {"starts_at": NOW - timedelta(hours=2), **change} if "ends_at" in change else change
        type(session).objects.filter(pk=session.pk).update(**change)
        session.refresh_from_db()

        with pytest.raises(pairing.NotForPairs):
            settle(session)

    def test_all_of_it_can_be_forgotten(self, session):
        enrolled(session, "王秀英")
        helping(session, "周远")
        settle(session)

        assert pairing.clear_pairs(session=session, now=NOW, actor=None) == 1
        assert not planning.seat(session).kept


class TestByHand:
    def test_a_pair_made_by_hand_stays_and_the_others_move_around_it(self, session):
        first, second = enrolled(session, "王秀英", phone_brand="苹果"), enrolled(session, "李桂兰", phone_brand="华为")
        helping(session, "周远", skills=["苹果手机"])
        huawei = helping(session, "钱薇", skills=["华为"])

        by_hand(session, first, huawei)

        seating = planning.seat(session)
        assert pairs(session) == {("王秀英", "钱薇")}
        assert (seating.seated, seating.by_hand) == (2, 1)
        assert second.pk in {pair.learner for pair in seating.answer.pairs}

    def test_two_learners_change_places(self, session):
        learners = [enrolled(session, name) for name in ("王秀英", "李桂兰", "张玉兰", "刘芳")]
        helping(session, "周远")
        helping(session, "钱薇")
        settle(session)
        rows = list(Pairing.objects.filter(session=session).order_by("volunteer", "seat"))
        one, other = rows[0], rows[-1]

        by_hand(session, one.learner, other.volunteer, exchange=other.learner)

        assert (str(one.learner), str(other.volunteer)) in pairs(session)
        assert (str(other.learner), str(one.volunteer)) in pairs(session)
        assert len(pairs(session)) == len(learners)

    def test_refuses_a_helper_who_has_no_seat_left(self, session):
        learners = [enrolled(session, name) for name in ("王秀英", "李桂兰", "张玉兰")]
        full = helping(session, "周远")
        for learner in learners[:2]:
            by_hand(session, learner, full)

        with pytest.raises(pairing.HelperFull, match="每位带 2 人"):
            by_hand(session, learners[2], full)
        assert len(pairs(session)) == 2

    def test_refuses_people_who_do_not_come(self, session):
        learner, stranger = enrolled(session, "王秀英"), make.learner("李桂兰")
        volunteer, absent = helping(session, "周远"), make.volunteer("钱薇")

        for who, helper in ((stranger, volunteer), (learner, absent)):
            with pytest.raises(pairing.NotComing):
                by_hand(session, who, helper)

    def test_refuses_an_exchange_with_somebody_who_sits_elsewhere_by_now(self, session):
        learners = [enrolled(session, name) for name in ("王秀英", "李桂兰")]
        people = [helping(session, name) for name in ("周远", "钱薇")]
        by_hand(session, learners[1], people[0])

        with pytest.raises(pairing.PairedMeanwhile):
            by_hand(session, learners[0], people[1], exchange=learners[1])

    def test_is_left_to_the_engine_again(self, session):
        learner = enrolled(session, "王秀英")
        by_hand(session, learner, helping(session, "周远"))

        pairing.release_pair(session=session, learner=learner, now=NOW, actor=None)

        assert pairs(session) == set()
        with pytest.raises(pairing.NotComing):
            pairing.release_pair(session=session, learner=learner, now=NOW, actor=None)


class TestTheDatabase:
    def test_a_learner_sits_with_one_helper_and_a_seat_is_given_once(self, session):
        one, other = make.learner("王秀英"), make.learner("李桂兰")
        helper, second = make.volunteer("周远"), make.volunteer("钱薇")
        Pairing.objects.create(session=session, learner=one, volunteer=helper, seat=1, made_at=NOW)

        for row in (
            {"learner": one, "volunteer": second, "seat": 1},
            {"learner": other, "volunteer": helper, "seat": 1},
            {"learner": other, "volunteer": helper, "seat": 0},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                Pairing.objects.create(session=session, made_at=NOW, **row)


@pytest.mark.django_db(transaction=True)
def test_many_desks_give_away_the_last_seat_once(together):
    session = make.session("2026-09-12", lesson=Lesson.objects.create(code="A01", title="认识", learners_per_helper=2))
    learners = [enrolled(session, f"学员{chr(0x4E00 + number)}") for number in range(6)]
    helper = helping(session, "周远")
    helping(session, "钱薇")

    def take(number):
        try:
            by_hand(session, learners[number], helper)
        except pairing.CannotPair as refusal:
            return refusal
        return None

    answers = together(6, take)

    assert answers.count(None) == 2
    assert all(isinstance(answer, pairing.HelperFull | pairing.PairedMeanwhile) for answer in answers if answer)
    assert Pairing.objects.filter(volunteer=helper).count() == 2


class TestThePage:
    @pytest.fixture
    def desk(self, client):
        client.force_login(make.user())
        return client

    @pytest.fixture
    def coming(self):
        """A session far ahead, since pages read the clock."""
        lesson = Lesson.objects.create(code="A01", title="认识我的手机", learners_per_helper=2)
        return make.session("2099-09-12", lesson=lesson)

    def test_from_proposal_to_settled_to_changed_without_javascript(self, desk, coming):
        first, second = enrolled(coming, "王秀英"), enrolled(coming, "李桂兰")
        helping(coming, "周远")
        helping(coming, "钱薇")
        page = reverse("desk:pairing", args=[coming.pk])

        assert "定下这 2 对" in desk.get(page).content.decode()
        shown = desk.post(reverse("desk:pairing-settle", args=[coming.pk]), follow=True).content.decode()
        assert "都定下了" in shown
        row = Pairing.objects.get(learner=first)
        change = reverse("desk:pairing-change", args=[coming.pk, first.pk])
        assert f"和{second}对换" in desk.get(change).content.decode()
        other = Pairing.objects.get(learner=second)
        desk.post(change, {"to": f"{other.volunteer_id}-{second.pk}"})
        assert Pairing.objects.get(learner=first).volunteer_id == other.volunteer_id != row.volunteer_id
        assert "手工定的" in desk.get(page).content.decode()
        desk.post(change, {"to": "auto"})
        assert not Pairing.objects.filter(learner=first).exists()
        desk.post(reverse("desk:pairing-settle", args=[coming.pk]), {"again": "1"})
        assert not Pairing.objects.exists()

    @pytest.mark.parametrize("to", ["", "nobody", "999999", "1-x", "9" * 40])
    def test_whatever_a_form_sends_nothing_breaks(self, desk, coming, to):
        learner = enrolled(coming, "王秀英")
        helping(coming, "周远")

        answer = desk.post(reverse("desk:pairing-change", args=[coming.pk, learner.pk]), {"to": to})

        assert answer.status_code == (409 if not to else 404)
        assert not Pairing.objects.exists()

    def test_a_refusal_is_shown_with_what_is_so_now(self, desk, coming):
        learners = [enrolled(coming, name) for name in ("王秀英", "李桂兰", "张玉兰")]
        full = helping(coming, "周远")
        for learner in learners[:2]:
            by_hand(coming, learner, full)

        answer = desk.post(reverse("desk:pairing-change", args=[coming.pk, learners[2].pk]), {"to": str(full.pk)})

        assert answer.status_code == 409
        assert "已经带满了" in answer.content.decode()

    def test_who_may_only_look_sees_no_button_and_is_refused(self, client, coming):
        learner = enrolled(coming, "王秀英")
        helping(coming, "周远")
        client.force_login(make.user("kan", role="viewer"))

        shown = client.get(reverse("desk:pairing", args=[coming.pk])).content.decode()

        assert "王秀英" in shown
        assert ">换人<" not in shown and "定下这" not in shown
        assert client.post(reverse("desk:pairing-settle", args=[coming.pk])).status_code == 403
        assert client.get(reverse("desk:pairing-change", args=[coming.pk, learner.pk])).status_code == 403

    @pytest.mark.parametrize("n", [1, 3, 9])
    def test_costs_the_same_however_many_sit_there(self, desk, coming, n, django_assert_num_queries):
        for number in range(n):
            enrolled(coming, f"学员{chr(0x4E00 + number)}")
            helping(coming, f"志愿{chr(0x4E00 + number)}")
        settle(coming)

        with django_assert_num_queries(11):
            desk.get(reverse("desk:pairing", args=[coming.pk]))

    def test_nobody_enrolled_and_nobody_helping(self, desk, coming):
        page = reverse("desk:pairing", args=[coming.pk])
        assert "还没有学员入班" in desk.get(page).content.decode()
        enrolled(coming, "王秀英")
        assert "还没有助教" in desk.get(page).content.decode()

    def test_the_days_list_says_who_takes_whom(self, desk):
        day = timezone.localdate().isoformat()
        session = make.session(day, starts_at=make.at(day, "00:00"), ends_at=make.at(day, "23:59"), expected=1)
        enrolled(session, "王秀英")
        helping(session, "周远")
        settle(session, now=session.starts_at)

        shown = desk.get(reverse("desk:call-list")).content.decode()

        assert "<td>王秀英</td>" in shown
