"""家长: the link, what a guardian says by themselves, and the adult who comes this once with four digits."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from classes.actions import attending, family
from classes.models import Attendance, Community, Delegate, Enrolment, FamilyLink, Guardian, Learner, Series, Session
from people.models import AuditEntry
from tests import make
from volunteers.actions import forgetting

pytestmark = pytest.mark.django_db


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def session(now) -> Session:
    """四点半课堂 began ten minutes ago."""
    starts = make.began(now, 10)
    day = timezone.localdate(starts)
    of = make.series("四点半", kind="child", weekdays=[day.weekday()])
    return make.session(f"{day}", of=of, starts_at=starts, ends_at=starts + timedelta(hours=2))


@pytest.fixture
def child(session, now) -> Learner:
    """李小明 is in that class; 李建 answers for him."""
    return enrolled("李小明", "李建", "16000012345", session, now)


def enrolled(name: str, guardian: str, phone: str, session: Session, now) -> Learner:
    child = make.learner(name, kind="child", consent_on=session.on_date)
    Guardian.objects.create(learner=child, person=make.person(guardian, phone), relation="爸爸")
    Enrolment.objects.create(learner=child, series=session.series, status="confirmed", created_at=now)
    return child


@pytest.fixture
def father(child):
    return child.guardians.get().person


@pytest.fixture
def link(father, now) -> FamilyLink:
    return family.open_link(person=father, now=now, actor=None)


@pytest.fixture
def phone(client, link):
    """The father's own phone."""
    client.post(f"/k/{link.token}/", {"tail": "2345"})
    return client


def present(child: Learner, session: Session, now) -> Attendance:
    return attending.mark(session=session, learners=[child], state="present", now=now, actor=None)[0]


def named(child: Learner, session: Session, now, name: str = "王大爷") -> Delegate:
    by = child.guardians.get().person
    return family.name_delegate(by=by, learner=child, session=session, name=name, now=now)


class TestTheLink:
    def test_shows_nothing_of_a_child_before_the_digits_are_right(self, client, link, child, session):
        page = client.get(f"/k/{link.token}/")
        wrong = client.post(f"/k/{link.token}/", {"tail": "9999"})
        said = client.post(f"/k/{link.token}/{child.pk}/excuse/", {"session": session.pk})

        assert [one.status_code for one in (page, wrong, said)] == [403, 403, 403]
        assert not any("李小明" in text(one) for one in (page, wrong, said))
        assert "对不上" in text(wrong)
        assert not Attendance.objects.exists()

    def test_is_locked_after_five_wrong_guesses(self, client, link):
        Community.objects.update(help_phone="029-80000001")
        for _ in range(5):
            client.post(f"/k/{link.token}/", {"tail": "9999"})

        page = text(client.post(f"/k/{link.token}/", {"tail": "2345"}))
        assert ("先锁一小时" in page, "tel:029-80000001" in page) == (True, True)
        # The help of the public pages, without a volunteer's words.
        assert ("有事要说？" in page, "找不到自己的链接" in page) == (True, False)

    def test_is_given_renewed_and_taken_back_by_the_desk(self, client, child, father):
        client.force_login(make.user())
        give = reverse("desk:family-link", args=[child.guardians.get().pk])

        page = text(client.post(give, follow=True))
        first = FamilyLink.objects.get(person=father).token
        assert first in page
        client.post(give)
        assert client.get(f"/k/{first}/").status_code == 404
        client.post(give, {"close": "1"})

        assert not FamilyLink.objects.exists()
        assert AuditEntry.objects.filter(verb__contains="家长的链接").count() == 3

    def test_is_not_for_viewers(self, client, child):
        client.force_login(make.user("kan", role="viewer"))

        assert client.post(reverse("desk:family-link", args=[child.guardians.get().pk])).status_code == 403

    def test_one_phone_does_not_open_another_family(self, phone, session, now):
        other = enrolled("王小红", "王强", "16000054321", session, now)
        theirs = family.open_link(person=other.guardians.get().person, now=now, actor=None)

        assert phone.get(f"/k/{theirs.token}/").status_code == 403
        mine = FamilyLink.objects.exclude(pk=theirs.pk).get()
        assert phone.post(f"/k/{mine.token}/{other.pk}/excuse/", {"session": session.pk}).status_code == 404

    @pytest.mark.parametrize("times", [1, 3])
    def test_costs_the_same_for_any_number(self, phone, link, session, now, times, django_assert_num_queries):
        for number in range(times):
            child = enrolled(f"李小{number}", f"别人{number}", "", session, now)
            Guardian.objects.create(learner=child, person=link.person)
            named_by = {"by": link.person, "learner": child, "session": session, "name": "王大爷", "now": now}
            family.name_delegate(**named_by)

        with django_assert_num_queries(7):
            phone.get(f"/k/{link.token}/")


class TestThePage:
    def test_says_what_is_known_of_the_day(self, phone, link, child, session, now):
        assert "<b>还没到" in text(phone.get(f"/k/{link.token}/"))
        mark = present(child, session, now)
        assert "到了</b>，在教室里" in text(phone.get(f"/k/{link.token}/"))
        child.pickups.create(name="李建", relation="爸爸")

        attending.collect(attendance=mark, pickup=child.pickups.get(), now=now, actor=None)

        page = text(phone.get(f"/k/{link.token}/"))
        assert ("走了</b>：爸爸李建" in page, "请这位大人来接" in page) == (True, False)

    def test_one_tap_excuses_and_another_takes_it_back(self, phone, link, child, session):
        phone.post(f"/k/{link.token}/{child.pk}/excuse/", {"session": session.pk})
        assert Attendance.objects.get().state == "excused"
        assert "还是来" in text(phone.get(f"/k/{link.token}/"))

        phone.post(f"/k/{link.token}/{child.pk}/come/", {"session": session.pk})

        assert not Attendance.objects.exists()

    def test_what_the_desk_has_said_stays(self, phone, link, child, session, now):
        present(child, session, now)

        page = phone.post(f"/k/{link.token}/{child.pk}/excuse/", {"session": session.pk}, follow=True)

        assert "已经点过名了" in text(page)
        assert Attendance.objects.get().state == "present"

    def test_the_evening_before_it_is_about_the_next_one_not_the_one_on_an_old_page(self, phone, link, child, session):
        tomorrow = session.on_date + timedelta(days=1)
        starts = session.starts_at - timedelta(hours=4)  # over for more than two hours
        Session.objects.filter(pk=session.pk).update(starts_at=starts, ends_at=starts + timedelta(hours=1, minutes=30))
        of = Series.objects.get()
        of.days.create(weekday=tomorrow.weekday(), seats=of.capacity)
        times = {"starts_at": starts + timedelta(days=1), "ends_at": starts + timedelta(days=1, hours=2)}
        coming = make.session(f"{tomorrow}", of=of, **times)
        excuse = f"/k/{link.token}/{child.pk}/excuse/"

        old = phone.post(excuse, {"session": session.pk}, follow=True)
        assert ("早些时候打开的" in text(old), Attendance.objects.exists()) == (True, False)
        phone.post(excuse, {"session": coming.pk})

        assert Attendance.objects.get().session == coming

    def test_what_a_guardian_says_can_be_changed_until_the_end(self, child, father, session, now):
        eve = session.ends_at - timedelta(hours=24)
        said = {"by": father, "learner": child, "session": session}
        with pytest.raises(family.NoSuchDay):
            family.excuse(now=eve - timedelta(seconds=1), **said)
        family.excuse(now=eve, **said)

        assert present(child, session, session.ends_at - timedelta(minutes=1)).state == "present"

    def test_a_day_far_ahead_and_a_class_called_off_ask_nothing(self, phone, link, session):
        Session.objects.filter(pk=session.pk).update(
            starts_at=session.starts_at + timedelta(days=3),
            ends_at=session.ends_at + timedelta(days=3),
            on_date=session.on_date + timedelta(days=3),
        )
        page = text(phone.get(f"/k/{link.token}/"))
        assert ("这一场请假" in page, "还没到" in page, "上课前一天起" in page) == (False, False, True)
        Session.objects.filter(pk=session.pk).update(status="cancelled", cancel_reason="暴雪")

        assert "停课</b>：暴雪" in text(phone.get(f"/k/{link.token}/"))

    def test_a_name_that_is_missing_is_said_at_its_field(self, phone, link, child, session):
        page = phone.post(f"/k/{link.token}/{child.pk}/delegate/", {"session": session.pk, "name": " 王 "})

        assert (page.status_code, "2 到 20 个字" in text(page)) == (422, True)
        assert not Delegate.objects.exists()


class TestThisOnce:
    def test_a_guardian_names_an_adult_and_passes_the_digits_on(self, phone, link, child, session):
        said = {"session": session.pk, "name": "王大爷"}
        page = text(phone.post(f"/k/{link.token}/{child.pk}/delegate/", said, follow=True))

        delegate = Delegate.objects.get()
        assert f"到了报这四个数：{delegate.code}" in page
        assert (delegate.named_by, delegate.name) == (link.person, "王大爷")

    def test_who_says_the_digits_fetches_the_child(self, client, child, session, now):
        client.force_login(make.user())
        delegate, _ = named(child, session, now), present(child, session, now)
        say = reverse("desk:session-say", args=[session.pk])
        said = {"who": f"learner:{child.pk}", "say": "left", "by": "delegate", "delegate": delegate.pk}

        wrong = client.post(say, said | {"code": f"{(int(delegate.code) + 1) % 10_000:04d}"})
        assert (wrong.status_code, "对不上" in text(wrong)) == (409, True)
        page = text(client.post(say, said | {"code": delegate.code}, follow=True))

        gone = Attendance.objects.get()
        assert (gone.delegate, gone.collected_by, gone.collected_text) == (delegate, None, "王大爷（家长请的）")
        assert "王大爷（家长请的）接走了" in page

    def test_digits_of_somebody_taken_back_are_answered_with_a_sentence(self, client, child, father, session, now):
        client.force_login(make.user())
        delegate, _ = named(child, session, now), present(child, session, now)
        family.withdraw_delegate(by=father, delegate=delegate, now=now)
        said = {"who": f"learner:{child.pk}", "say": "left", "by": "delegate", "delegate": delegate.pk}

        page = client.post(reverse("desk:session-say", args=[session.pk]), said | {"code": delegate.code})

        assert (page.status_code, "家长收回了" in text(page)) == (409, True)

    def test_five_wrong_guesses_need_a_call(self, child, session, now):
        delegate = named(child, session, now)
        for _ in range(5):
            with pytest.raises(family.WrongCode):
                family.try_code(delegate=delegate, code="x", now=now)

        with pytest.raises(family.Locked):
            family.try_code(delegate=delegate, code=delegate.code, now=now)

    def test_another_name_or_none_closes_the_first(self, child, father, session, now):
        first, mark = named(child, session, now), present(child, session, now)
        second = named(child, session, now, "周奶奶")
        with pytest.raises(attending.NotOnTheList):
            attending.collect(attendance=mark, pickup=first, now=now, actor=None)
        family.withdraw_delegate(by=father, delegate=second, now=now)

        with pytest.raises(attending.NotOnTheList):
            attending.collect(attendance=mark, pickup=second, now=now, actor=None)

    def test_only_for_that_child_on_that_day(self, child, session, now):
        other = enrolled("王小红", "王强", "16000054321", session, now)
        delegate, mark = named(child, session, now), present(other, session, now)
        with pytest.raises(attending.NotOnTheList):
            attending.collect(attendance=mark, pickup=delegate, now=now, actor=None)
        Delegate.objects.filter(pk=delegate.pk).update(on_date=session.on_date - timedelta(days=1))

        with pytest.raises(attending.NotOnTheList):
            attending.collect(attendance=present(child, session, now), pickup=delegate, now=now, actor=None)

    def test_a_stranger_names_nobody(self, child, session, now):
        with pytest.raises(family.NoSuchDay):
            family.name_delegate(by=make.person("路人"), learner=child, session=session, name="王大爷", now=now)

    def test_is_forgotten_after_a_month_and_the_roll_still_says_who(self, client, child, session, now):
        delegate, mark = named(child, session, now), present(child, session, now)
        attending.collect(attendance=mark, pickup=delegate, now=now, actor=None)
        forgetting.forget(now=now + timedelta(days=29))
        assert Delegate.objects.exists()

        forgetting.forget(now=now + timedelta(days=31))

        assert not Delegate.objects.exists()
        client.force_login(make.user())
        page = client.get(reverse("desk:session-roll", args=[session.pk]))
        assert "王大爷（家长请的）接走了" in text(page)

    def test_still_here_after_all(self, child, session, now):
        delegate, mark = named(child, session, now), present(child, session, now)
        attending.collect(attendance=mark, pickup=delegate, now=now, actor=None)

        attending.uncollect(attendance=mark, now=now)

        mark.refresh_from_db()
        assert (mark.left_at, mark.delegate, mark.collected_text) == (None, None, "")

    def test_the_database_keeps_one_a_day_and_five_tries(self, child, session, now):
        delegate = named(child, session, now)
        with pytest.raises(IntegrityError), transaction.atomic():
            Delegate.objects.create(learner=child, on_date=session.on_date, name="周奶奶", named_at=now)
        for wrong in ({"tries": 6}, {"name": ""}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Delegate.objects.filter(pk=delegate.pk).update(**wrong)
        mark = present(child, session, now)
        with pytest.raises(IntegrityError), transaction.atomic():
            Attendance.objects.filter(pk=mark.pk).update(delegate=delegate)


@pytest.mark.django_db(transaction=True)
class TestAtOneMoment:
    def test_taken_back_while_the_child_is_handed_over(self, child, father, session, now, together):
        delegate, mark = named(child, session, now), present(child, session, now)

        def act(number: int):
            if number:
                return family.withdraw_delegate(by=father, delegate=delegate, now=now)
            return attending.collect(attendance=mark, pickup=delegate, now=now, actor=None)

        done = together(2, act)

        mark.refresh_from_db()
        delegate.refresh_from_db()
        assert sum(isinstance(one, attending.Refused) for one in done) == 1, done
        assert (mark.left_at is None) == (delegate.withdrawn_at is not None)

    def test_five_guesses_and_no_more(self, child, session, now, together):
        delegate = named(child, session, now)

        done = together(9, lambda _: family.try_code(delegate=delegate, code="x", now=now))

        assert sum(isinstance(one, family.WrongCode) for one in done) == 5
        assert sum(isinstance(one, family.Locked) for one in done) == 4

    def test_two_names_at_once_are_one(self, child, session, now, together):
        together(4, lambda number: named(child, session, now, f"王大爷{number}"))

        assert Delegate.objects.filter(withdrawn_at=None).count() == 1
