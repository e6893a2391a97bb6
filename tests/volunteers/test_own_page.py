"""Whose page it is, and what volunteers say about their time and their company on it."""

import re
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from classes.models import Community
from people.models import AuditEntry, Channel, Message
from tests import make
from volunteers import rules
from volunteers.actions import company, freetime, recognising
from volunteers.models import Assignment, Availability, Company, Offer, Pairing, Shift, Volunteer
from volunteers.planning import load_problem
from volunteers.queries import own_time
from volunteers.rules import trust
from volunteers.views import device

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-09", "10:00")  # a Wednesday


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def who() -> Volunteer:
    return make.volunteer("周远", "16000000001")


@pytest.fixture
def page(who) -> str:
    return f"/me/{who.token}/"


@pytest.fixture
def asked(who) -> Assignment:
    """An invitation for the day after tomorrow."""
    session = make.session(f"{timezone.localdate() + timedelta(days=2)}")
    placed = make.assignment(make.shift(session), who, status="offered")
    now = timezone.now()
    Offer.objects.create(assignment=placed, made_at=now, expires_at=now + timedelta(days=1))
    return placed


class TestForwardedLink:
    """Greets by name, offers 不是我, and asks for four digits before anything changes."""

    def test_it_says_whose_page_it_is_and_shows_no_more(self, client, who, page, asked):
        shown = text(client.get(page))

        assert "这是周远的页面" in shown
        assert "不是周远，去看还缺人的场次" in shown
        assert "我每周有空" not in shown
        assert device.COOKIE not in client.cookies

    @pytest.mark.parametrize("method", ["get", "head"])
    def test_a_preview_robot_changes_nothing(self, client, page, asked, method):
        before = AuditEntry.objects.count()

        for address in (page, f"{page}{asked.pk}/no/", f"{page}{asked.pk}/yes/", f"{page}free/", f"{page}set/away/"):
            getattr(client, method)(address, headers={"User-Agent": "WeChat preview"})

        asked.refresh_from_db()
        assert asked.status == "offered"
        assert AuditEntry.objects.count() == before
        assert not Volunteer.objects.exclude(linked_at=None).exists()

    def test_an_answer_from_a_new_phone_asks_first_and_then_counts(self, client, page, asked):
        first = client.post(f"{page}{asked.pk}/yes/", {"at": f"{asked.starts_at:%s}"})
        asked.refresh_from_db()
        assert (first.status_code, asked.status) == (403, "offered")
        assert 'name="at"' in text(first)

        second = client.post(f"{page}{asked.pk}/yes/", {"tail": "0001"})

        asked.refresh_from_db()
        assert (second.status_code, asked.status) == (302, "accepted")

    def test_the_phone_is_asked_once(self, client, who, page, asked):
        make.known_phone(client, who)

        assert client.post(f"{page}{asked.pk}/yes/").status_code == 302
        assert "周远，" in text(client.get(page))

    def test_it_locks_after_five_wrong_tries_even_for_the_right_digits(self, page, who):
        wrong = [Client().post(f"{page}mine/", {"tail": f"{number:04d}"}).status_code for number in range(2, 7)]
        locked = Client().post(f"{page}mine/", {"tail": "0001"})

        assert wrong == [403] * 5
        assert "试错 5 次了，先锁一小时" in text(locked)
        assert device.COOKIE not in locked.cookies
        cache.clear()
        assert Client().post(f"{page}mine/", {"tail": "0001"}).status_code == 302

    def test_the_right_digits_forget_the_wrong_ones(self, client, page):
        for _ in range(3):
            for wrong in ("", "9999"):
                client.post(f"{page}mine/", {"tail": wrong})
            assert Client().post(f"{page}mine/", {"tail": "0001"}).status_code == 302

    def test_the_locked_owner_still_gets_in_on_their_own_phone(self, client, who, page, asked):
        make.known_phone(client, who)
        for _ in range(6):
            Client().post(f"{page}mine/", {"tail": "9999"})

        assert client.post(f"{page}{asked.pk}/yes/").status_code == 302

    def test_a_renewed_link_knows_no_phone(self, client, who, page):
        make.known_phone(client, who)
        Volunteer.objects.update(token="another")

        assert client.get(page).status_code == 404
        assert "这是周远的页面" in text(client.get("/me/another/"))


class TestTheLadder:
    def test_steps(self, client):
        today = timezone.localdate()
        stranger = make.volunteer(source="sign_up")

        def step(until: date | None = None) -> trust.Step:
            stranger.refresh_from_db()
            return trust.step_of(stranger, cleared_until=until, today=today)

        assert step() == trust.Step.TYPED
        make.known_phone(client, stranger)
        assert step() == trust.Step.LINKED
        Volunteer.objects.update(seen_at=NOW)
        assert step() == trust.Step.SEEN
        assert step(today) == trust.Step.CLEARED
        assert step(today - timedelta(days=1)) == trust.Step.SEEN


class TestWhomIHelp:
    @pytest.fixture
    def seated(self, client, who, asked):
        learner = make.learner("欧阳秀英", phone_brand="华为", wishes="视频通话", birth_year=1954)
        learner.person.gender = "f"
        learner.person.save()
        Pairing.objects.create(session=asked.session, learner=learner, volunteer=who, seat=1, made_at=NOW)
        make.known_phone(client, who)
        return learner

    def test_only_after_saying_yes(self, client, page, asked, seated):
        assert "欧阳" not in text(client.get(page))

        client.post(f"{page}{asked.pk}/yes/")

        shown = text(client.get(page))
        assert "陪欧阳阿姨" in shown and "用华为手机" in shown and "想学视频通话" in shown
        assert "秀英" not in shown

    def test_not_on_a_phone_that_is_not_theirs(self, client, page, asked, seated):
        client.post(f"{page}{asked.pk}/yes/")

        assert "欧阳" not in text(Client().get(page))

    @pytest.mark.parametrize(("hours", "is_shown"), [(23, True), (25, False)])
    def test_until_a_day_later(self, client, who, page, seated, asked, hours, is_shown):
        ended = timezone.now() - timedelta(hours=hours)
        times = {"starts_at": ended - timedelta(hours=1), "ends_at": ended}
        asked.session.__class__.objects.update(**times)
        Assignment.objects.update(status="accepted", **times)

        assert ("欧阳阿姨" in text(client.get(page))) is is_shown


class TestFreeTime:
    def test_the_sentence_reads_it_back(self, who):
        freetime.set_bands(volunteer=who, chosen=["1-pm", "3-pm"], weeks="odd", now=NOW)

        assert own_time.said(volunteer=who, now=NOW).sentence == "您周二、周四下午有空，双周不行。"

    @pytest.mark.parametrize(
        ("chosen", "sentence"),
        [
            ([], "您还没说哪天有空。"),
            (["5-am", "5-pm", "5-after"], "您周六全天有空。"),
            (["0-am", "0-after", "2-am"], "您周一上午和放学后，周三上午有空。"),
        ],
    )
    def test_other_sentences(self, who, chosen, sentence):
        freetime.set_bands(volunteer=who, chosen=chosen, now=NOW)

        assert own_time.said(volunteer=who, now=NOW).sentence == sentence

    def test_this_week_is_out_until_sunday(self, who):
        freetime.not_this_week(volunteer=who, now=NOW)

        found = own_time.said(volunteer=who, now=NOW)
        assert [(one.first, one.last) for one in found.away] == [(date(2026, 9, 9), date(2026, 9, 13))]
        assert found.this_week_is_out

    def test_said_twice_it_is_said_once_and_can_be_taken_back(self, who):
        freetime.not_this_week(volunteer=who, now=NOW)
        rows = Availability.objects.count()
        freetime.not_this_week(volunteer=who, now=NOW)
        assert Availability.objects.count() == rows

        freetime.come_back(volunteer=who, key="2026-09-09_2026-09-13", now=NOW)

        assert not Availability.objects.exists()

    def test_exam_weeks_take_time_away_from_the_matcher(self, who):
        make.free(who, 5)
        session = make.session("2026-09-12")
        shift = make.shift(session)

        freetime.go_away(volunteer=who, first=date(2026, 9, 7), last=date(2026, 9, 20), why="考试周", now=NOW)

        problem, _ = load_problem(community=None, from_on=date(2026, 9, 12), until_on=date(2026, 9, 12), now=NOW)
        assert [person.availability for person in problem.volunteers] == [()]
        assert shift.session == session

    @pytest.mark.parametrize(
        ("first", "last", "why"),
        [
            (None, None, "请选从哪天到哪天"),
            (date(2026, 9, 1), date(2026, 9, 2), "过去的日子"),
            (date(2026, 9, 12), date(2026, 9, 11), "第一天之后"),
            (date(2026, 9, 12), date(2027, 9, 12), "最长写半年"),
        ],
    )
    def test_nonsense_is_refused_in_words(self, who, first, last, why):
        with pytest.raises(freetime.Refused, match=why):
            freetime.go_away(volunteer=who, first=first, last=last, why="", now=NOW)

    def test_undo_restores_the_finest_window(self, client, who, page):
        make.free(who, 5, "08:00", "21:00", weeks="even")
        make.known_phone(client, who)
        before = freetime.snapshot(who)
        answer = client.post(f"{page}free/", {"free": ["0-am"]}, headers={"X-Saves": "1"})
        was = text(answer).partition('name="was" value="')[2].partition('"')[0]
        assert "存好了。您周一上午有空" in text(answer)

        client.post(f"{page}set/undo/", {"was": was})

        assert freetime.snapshot(who) == before

    def test_undo_does_not_undo_what_came_later(self, client, who, page):
        make.known_phone(client, who)
        answer = client.post(f"{page}free/", {"free": ["0-am"]}, headers={"X-Saves": "1"})
        was = text(answer).partition('name="was" value="')[2].partition('"')[0]
        client.post(f"{page}free/", {"free": ["0-am", "1-am"]})

        page_after = client.post(f"{page}set/undo/", {"was": was}, follow=True)

        assert "后来又改过了" in text(page_after)
        assert Availability.objects.count() == 2

    def test_a_forged_undo_is_nothing(self, client, who, page):
        make.known_phone(client, who)

        assert client.post(f"{page}set/undo/", {"was": "forged"}).status_code == 404
        assert client.post(f"{page}set/nothing/").status_code == 404


class TestSkills:
    def test_chips_are_saved_at_once_and_what_staff_wrote_stays(self, client, who, page):
        Volunteer.objects.update(skills=["急救证", "熟苹果手机"])
        make.known_phone(client, who)

        client.post(f"{page}set/skills/", {"skill": ["熟华为手机", "会说关中话", "会开飞机"]})

        who.refresh_from_db()
        assert (who.skills, who.dialect) == (["急救证", "熟华为手机"], True)
        assert 'value="熟华为手机" checked' in text(client.get(page))
        assert AuditEntry.objects.get(verb="改会什么").summary == "周远：会什么：熟华为手机、会说关中话"

    def test_all_off_again(self, client, who, page):
        Volunteer.objects.update(skills=["会说关中话"], dialect=True)
        make.known_phone(client, who)

        answer = client.post(f"{page}set/skills/", headers={"X-Saves": "1"})

        who.refresh_from_db()
        assert (who.skills, who.dialect, text(answer)) == ([], False, "存好了。")


class TestGroup:
    def test_whoever_has_just_signed_up_reads_how_to_get_in(self, client, who, page):
        Community.objects.filter(pk=make.community().pk).update(group_text="加微信 wutong-sq")
        day = timezone.localdate() + timedelta(days=2)
        placed = make.assignment(make.shift(make.session(f"{day}")), who)
        make.known_phone(client, who)

        assert "加微信 wutong-sq" in text(client.get(f"{page}?new={placed.pk}"))
        assert "加微信 wutong-sq" not in text(client.get(page))


class TestLimits:
    def test_they_are_saved_at_once(self, client, who, page):
        make.known_phone(client, who)
        client.post(f"{page}set/limits/", {"max_per_week": "2", "max_per_month": "5"})

        who.refresh_from_db()
        assert (who.max_per_week, who.max_per_month) == (2, 5)
        assert "存好了" in text(client.post(f"{page}set/limits/", {}, headers={"X-Saves": "1"}))
        who.refresh_from_db()
        assert (who.max_per_week, who.max_per_month) == (None, None)

    def test_the_month_counts_for_staff_and_engine(self, who):
        make.free(who, 5)
        Volunteer.objects.update(max_per_month=1)
        who.refresh_from_db()
        make.assignment(make.shift(make.session("2026-09-05")), who)
        shift = make.shift(make.session("2026-09-26"))

        sentences = [one.sentence for one in rules.refusals(who, shift.session, shift.role)]
        assert sentences == ["周远说每月最多 1 次，这个月已经 1 次。"]
        problem, _ = load_problem(community=None, from_on=date(2026, 9, 26), until_on=date(2026, 9, 26), now=NOW)
        assert [(one.max_per_month, len(one.busy)) for one in problem.volunteers] == [(1, 1)]


class TestCompany:
    def test_a_name_that_one_person_has_is_that_person(self, who):
        friend = make.volunteer("林淑芬")

        assert company.wish(volunteer=who, name="林 淑芬", kind="together", now=NOW).other == friend

    @pytest.mark.parametrize("namesakes", [0, 2])
    def test_else_the_staff_chooses(self, who, namesakes):
        found = [make.volunteer("林淑芬") for _ in range(namesakes)]

        wish = company.wish(volunteer=who, name="林淑芬", kind="apart", now=NOW)
        assert wish.other is None
        for chosen in found:
            company.settle(wish=wish, other=chosen, now=NOW, actor=make.user(f"chen{chosen.pk}"))
            assert Company.objects.get().other == chosen
        with pytest.raises(company.Refused, match="不能是本人"):
            company.settle(wish=wish, other=who, now=NOW, actor=make.user())

    def test_the_answer_does_not_say_who_is_here(self, client, who, page):
        make.volunteer("林淑芬")
        make.known_phone(client, who)

        answers = [
            text(client.post(f"{page}set/company/", {"name": name, "kind": "apart"}, follow=True)).replace(name, "…")
            for name in ("林淑芬", "没这个人")
        ]

        assert "记下了，排班的时候会照顾" in answers[0]
        assert answers[0].count("不排在一起") == answers[1].count("不排在一起") - 1

    def test_who_is_not_wanted_learns_nothing(self, client, who):
        other = make.volunteer("林淑芬")
        company.wish(volunteer=who, name="林淑芬", kind="apart", now=NOW)
        make.known_phone(client, other)

        assert "周远" not in text(client.get(f"/me/{other.token}/"))

    @pytest.mark.parametrize(("name", "kind"), [("", "apart"), ("周远", "apart"), ("林淑芬", "marry")])
    def test_nonsense_is_refused(self, who, name, kind):
        with pytest.raises(company.Refused):
            company.wish(volunteer=who, name=name, kind=kind, now=NOW)
        assert not Company.objects.exists()

    def test_the_staff_is_told_before_placing_them_together(self, who):
        session = make.session("2026-09-12")
        shift = make.shift(session)
        foe = make.volunteer("林淑芬")
        company.wish(volunteer=foe, name="周远", kind="apart", now=NOW)
        make.assignment(shift, foe)

        found = rules.refusals(who, session, shift.role)
        assert "周远和林淑芬说过不排在一起（只给工作人员看）。" in [one.sentence for one in found]
        overlooked = rules.refusals(who, session, shift.role, overlooking=rules.WISHES)
        assert overlooked == []

    def test_the_engine_keeps_them_apart_and_together(self, who):
        make.shift(make.session("2026-09-12"))
        foe, friend = make.volunteer("林淑芬"), make.volunteer("赵建国")
        company.wish(volunteer=who, name="林淑芬", kind="apart", now=NOW)
        company.wish(volunteer=who, name="赵建国", kind="together", now=NOW)

        problem, _ = load_problem(community=None, from_on=date(2026, 9, 12), until_on=date(2026, 9, 12), now=NOW)

        assert problem.apart == ((who.pk, foe.pk),)
        assert problem.together == ((who.pk, friend.pk),)
        assert Shift.objects.count() == 1


class TestLostLink:
    """Phone and code when an SMS account is there; else the community's telephone."""

    @pytest.fixture
    def account(self) -> Channel:
        return Channel.objects.create(kind="aliyun", name="短信", is_on=True, created_at=NOW)

    def test_without_sms_the_staff_helps(self, client, who):
        assert "工作人员给您看一个新的二维码" in text(client.get("/me/lost/"))
        client.post("/me/lost/", {"phone": "16000000001"})
        assert not Message.objects.exists()

    def test_the_code_opens_the_page_once(self, client, who, page, account):
        client.post("/me/lost/", {"phone": "160 0000 0001"})
        digits = Message.objects.get(kind="link-code").facts["digits"]

        assert client.post("/me/lost/", {"phone": "16000000001", "digits": digits}).url == page
        assert "周远，" in text(client.get(page))
        assert Client().post("/me/lost/", {"phone": "16000000001", "digits": digits}).status_code == 403
        who.refresh_from_db()
        assert who.proven_at and who.linked_at

    def test_nobody_learns_which_numbers_are_known(self, client, who, account):
        def said(phone: str) -> str:
            return text(client.post("/me/lost/", {"phone": phone})).replace(phone, "")

        answers = {
            re.sub('name="csrfmiddlewaretoken" value="[^"]+"', "", said(p)) for p in ("16000000001", "16000000002")
        }

        assert len(answers) == 1
        assert Message.objects.count() == 1

    def test_five_wrong_codes_spend_it(self, who):
        recognising.send_code(phone="16000000001", now=NOW)
        digits = Message.objects.get().facts["digits"]
        for number in range(5):
            with pytest.raises(recognising.CodeRefused, match="不对"):
                recognising.use_code(phone="16000000001", digits=f"x{number}", now=NOW)

        with pytest.raises(recognising.CodeRefused, match="太多次"):
            recognising.use_code(phone="16000000001", digits=digits, now=NOW)

    def test_it_runs_out_and_comes_five_times_a_day(self, who):
        for _ in range(7):
            recognising.send_code(phone="16000000001", now=NOW)
        assert Message.objects.count() == 5

        digits = Message.objects.order_by("-pk").first().facts["digits"]
        with pytest.raises(recognising.CodeRefused, match="过期"):
            recognising.use_code(phone="16000000001", digits=digits, now=NOW + timedelta(minutes=10))
