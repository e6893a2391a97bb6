"""What anybody may see and do: the list, signing up, one's own page by secret link."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from classes.models import Community, Lesson, Session
from people.models import Consent, Message, PersonNote
from tests import make
from volunteers.actions import notes, signup
from volunteers.models import Assignment, GuardianConsent, Offer, Shift, Volunteer

pytestmark = pytest.mark.django_db
GOOD = {"name": "周远", "phone": "160 0000 0001", "occupation": "student", "consent": "on"}
GROWN = {"adult": "on"}


def coming(days: int = 2, of=None, **fields):
    """A session some days ahead of the real clock, with the need for two helpers."""
    day = timezone.localdate() + timedelta(days=days)
    session = make.session(f"{day}", of=of or make.series())
    kind = session.series.programme.kind
    fields.setdefault("code", {"senior": "helper", "child": "tutor", "desk": "desk"}[kind])
    make.shift(session, **fields)
    return session


def post(client, session, **fields):
    return client.post(f"/s/{session.pk}/", GOOD | fields)


def text(response) -> str:
    return response.content.decode()


class TestTheList:
    def test_the_headline_is_the_need(self, client):
        coming(needed=4)
        full = coming(3, of=make.series("进阶"), needed=1)
        make.assignment(Shift.objects.get(session=full), make.volunteer())

        assert "这周还缺 4 双手" in text(client.get("/"))

    def test_full_sessions_have_no_button(self, client):
        full = coming(needed=1)
        make.assignment(Shift.objects.get(session=full), make.volunteer())

        page = text(client.get("/"))
        assert "1 人，齐了" in page
        assert f'href="/s/{full.pk}/"' not in page

    def test_leads_are_not_asked_for_in_public(self, client):
        coming(code="lead", needed=1)

        assert "还缺" not in text(client.get("/"))

    def test_filters_show_one_kind(self, client):
        senior = coming()
        child = coming(of=make.series("四点半", "child"))

        page = text(client.get("/?p=child"))
        assert f"/s/{child.pk}/" in page
        assert f"/s/{senior.pk}/" not in page

    def test_later_weeks_are_one_tap_away(self, client):
        later = coming(10)

        assert f"/s/{later.pk}/" in text(client.get("/?week=1"))

    def test_with_no_session_at_all_nobody_has_everybody(self, client):
        page = text(client.get("/"))

        assert "现在没有要帮忙的课" in page
        assert "人齐了" not in page

    def test_an_empty_week_shows_what_comes_next(self, client):
        later = coming(10)

        assert f"/s/{later.pk}/" in text(client.get("/"))

    def test_children_say_what_is_required(self, client):
        coming(of=make.series("四点半", "child"))

        assert "先做背景查询" in text(client.get("/"))

    def test_cancelled_and_past_sessions_are_gone(self, client):
        gone = [coming(), coming(-1, of=make.series("昨天"))]
        gone[0].status = "cancelled"
        gone[0].save()

        page = text(client.get("/"))
        assert not any(f"/s/{one.pk}/" in page for one in gone)

    def test_a_class_that_was_called_off_says_so(self, client):
        off = coming(3, needed=2)
        other = coming(3, of=make.series("四点半", "child"))
        Session.objects.filter(pk__in=[off.pk, other.pk]).update(status="cancelled", cancel_reason="暴雨")
        Session.objects.filter(pk=other.pk).update(merged_into=off)

        page = text(client.get("/?p=senior"))

        assert ("停课：" in page, "暴雨" in page, "<b>停课</b>" in page) == (True, True, True)
        assert "停课" not in text(client.get("/?p=child"))

    def test_nobodys_name_or_number_is_shown(self, client):
        make.assignment(Shift.objects.get(session=coming()), make.volunteer("林淑芬", "16000000777"))

        page = text(client.get("/"))
        assert "林淑芬" not in page and "0777" not in page

    @pytest.mark.parametrize("nonsense", ["week=-1", "week=99999999", "p=<b>", "community=x", "week=１"])
    def test_nonsense_in_the_address_does_no_harm(self, client, nonsense):
        assert client.get(f"/?{nonsense}").status_code == 200


class TestSigningUp:
    def test_consent_is_never_ticked_beforehand(self, client):
        page = text(client.get(f"/s/{coming().pk}/"))

        assert "checked" not in page

    def test_two_fields_hold_the_place(self, client):
        session = coming()

        response = post(client, session)

        placed = Assignment.objects.get()
        assert response.url == f"/me/{placed.volunteer.token}/?new={placed.pk}"
        done = text(client.get(response.url))
        assert "名额留好了，周远" in done
        assert all(f"<b>{digit}</b>" in done for digit in placed.arrival_code)

    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"name": ""}, "请写您的名字。"),
            ({"phone": "160 0000 000"}, "少了 1 位，手机号要 11 位。"),
            ({"phone": "029-85550127"}, "这是座机号"),
            ({"consent": ""}, "请勾选同意"),
        ],
    )
    def test_errors_say_what_to_do_and_keep_everything(self, client, wrong, sentence):
        response = post(client, coming(), **wrong)

        page = text(response)
        assert response.status_code == 400
        assert sentence in page
        kept = GOOD | wrong
        assert f'value="{kept["name"]}"' in page or not kept["name"]
        assert f'value="{kept["phone"]}"' in page
        assert Volunteer.objects.count() == 0

    def test_full_is_409_with_the_next_open_sessions(self, client):
        session, other = coming(needed=1), coming(3, of=make.series("进阶"))
        make.assignment(Shift.objects.get(session=session), make.volunteer())

        for response, words in ((client.get(f"/s/{session.pk}/"), "人齐了"), (post(client, session), "刚刚满了")):
            assert response.status_code == 409
            assert words in text(response)
            assert f"/s/{other.pk}/" in text(response)

    def test_past_and_cancelled_are_410(self, client):
        past, cancelled = coming(-1), coming(of=make.series("进阶"))
        cancelled.status, cancelled.cancel_reason = "cancelled", "停电"
        cancelled.save()

        assert client.get(f"/s/{past.pk}/").status_code == 410
        assert post(client, past).status_code == 410
        response = client.get(f"/s/{cancelled.pk}/")
        assert response.status_code == 410
        assert "停电" in text(response)

    def test_an_unknown_session_is_404(self, client):
        assert client.get("/s/987654/").status_code == 404

    def test_who_lost_the_link_is_told_whom_to_ring(self, client):
        make.community(help_phone="029-80000083")
        session = coming()
        post(client, session)
        token = Volunteer.objects.get().token
        client.cookies.clear()

        response = post(client, session)

        assert response.status_code == 409
        assert "链接丢了？打社区电话 029-80000083，请工作人员重发" in text(response)
        assert token not in text(response)

    def test_nobody_is_offered_a_place_they_have(self, client):
        session = coming(needed=1)
        post(client, session)

        page = text(client.get(f"/s/{session.pk}/"))

        assert "周远已经在这一场了" in page
        assert "名字留名额" not in page
        assert client.post(f"/s/{session.pk}/").status_code == 409

    def test_another_name_for_a_known_number_is_refused_kindly(self, client):
        make.volunteer("林淑芬", "16000000001")

        response = post(client, coming())

        assert response.status_code == 409
        assert "另一个名字" in text(response)
        assert "林淑芬" not in text(response)

    def test_name_and_number_open_nobodys_page_on_another_phone(self, client):
        known = make.volunteer("周远", "16000000001")

        response = client.post(f"/s/{coming().pk}/", GOOD, follow=True)

        assert "名额留好了" in text(response)
        assert known.token not in text(response)
        assert "me" not in client.cookies

    def test_a_phone_that_knows_us_asks_nothing_again(self, client):
        post(client, coming())
        Volunteer.objects.update(seen_at=timezone.now())
        second = coming(3, of=make.series("进阶"))

        assert "我来，用周远的名字留名额" in text(client.get(f"/s/{second.pk}/"))
        response = client.post(f"/s/{second.pk}/")

        assert response.status_code == 302
        assert Assignment.objects.filter(session=second, status="accepted").exists()

    def test_too_many_attempts_from_one_phone_are_429(self, client):
        session = coming()
        answers = [client.post(f"/s/{session.pk}/", {}, REMOTE_ADDR="203.0.113.9").status_code for _ in range(21)]

        assert answers == [400] * 20 + [429]


class TestMinors:
    def test_the_link_for_the_guardian_leads_to_a_place(self, client):
        session = coming()
        young = {"birth_year": f"{timezone.localdate().year - 16}", "birth_month": "1"}

        page = text(post(client, session, **young))
        link = "/g/" + page.partition("/g/")[2].partition('"')[0]
        assert not Assignment.objects.exists()
        client.get(link)
        assert not GuardianConsent.objects.exists()

        said = {"name": "周先生", "phone": "160 0000 0010", "relation": "爸爸"}
        assert client.post(link, said).status_code == 400
        done = client.post(link, said | {"consent": "on"})

        assert "名额也留好了" in text(done)
        assert Assignment.objects.get().status == "accepted"
        assert client.get("/g/forged/").status_code == 404

    def test_a_child_is_refused_kindly_and_forgotten(self, client):
        young = {"birth_year": f"{timezone.localdate().year - 10}", "birth_month": "1"}

        response = post(client, coming(), **young)

        assert response.status_code == 409
        assert "没有记下你的名字和号码" in text(response)
        assert not Volunteer.objects.exists()

    def test_half_a_birth_is_asked_again(self, client):
        assert "出生年和月都要写" in text(post(client, coming(), birth_year="2010"))


class TestThePoster:
    def test_who_scanned_it_types_no_code(self, client):
        session = coming()
        Community.objects.update(poster_code="WT26")
        assert "海报上的码" in text(client.get(f"/s/{session.pk}/"))
        assert post(client, session).status_code == 409

        client.get("/?k=WT26")

        assert "海报上的码" not in text(client.get(f"/s/{session.pk}/"))
        assert post(client, session).status_code == 302

    def test_the_organiser_sets_it(self, client):
        make.community()
        client.force_login(make.user())

        client.post("/desk/poster/code/", {"code": "wt26"})
        page = text(client.get("/desk/poster/"))
        assert "报名的码：<b>WT26</b>" in page
        assert re.search(r'<textarea id="invite-text"[^>]*>[^<]*http://testserver/\?k=WT26</textarea>', page)
        client.post("/desk/poster/code/", {"code": "<b>"})
        assert Community.objects.get().poster_code == "WT26"


class TestChildren:
    """我想来: kept for the check, with no place; the place comes after the check."""

    @pytest.fixture
    def children(self):
        return coming(of=make.series("四点半课堂", "child"))

    def test_the_card_and_the_page_say_that_a_check_comes_first(self, client, children):
        assert ">我想来</a>" in text(client.get("/"))
        page = text(client.get(f"/s/{children.pk}/"))
        assert page.index("先做背景查询") < page.index("您叫什么")
        assert ">我想来</button>" in page

    def test_a_stranger_is_kept_without_a_place(self, client, children):
        response = post(client, children, **GROWN)

        kept = Volunteer.objects.get()
        assert response.status_code == 200
        assert "记下了，社区会联系您办背景查询（免费）" in text(response)
        assert (kept.source, kept.programmes) == ("sign_up", ["child"])
        assert Consent.objects.filter(person=kept.person).count() == 1
        day = children.on_date
        assert kept.person.notes.get().text == f"想来 {day.month}月{day.day}日 四点半课堂，等背景查询"
        assert not Assignment.objects.exists()
        assert Shift.objects.get().taken == 0

    def test_said_twice_it_is_kept_once(self, client, children):
        post(client, children, **GROWN)
        assert "我想来，请社区联系周远" in text(client.get(f"/s/{children.pk}/"))

        assert client.post(f"/s/{children.pk}/").status_code == 200
        assert PersonNote.objects.count() == Volunteer.objects.count() == 1

    def test_the_desk_sees_them_today(self, client, children):
        post(client, children, **GROWN)
        client.force_login(make.user())

        page = text(client.get("/desk/"))
        assert "1 位新志愿者还没见过面" in page
        assert "周远" in page

    def test_a_known_number_opens_nobodys_page(self, client, children):
        make.volunteer("周远", "16000000001", programmes=["senior"])

        assert post(client, children, **GROWN).status_code == 200
        assert "me" not in client.cookies
        assert Volunteer.objects.get().programmes == ["senior", "child"]

    def test_minors_are_refused(self, client, children):
        make.volunteer("周远", "16000000001", born=(timezone.localdate().year - 15, 1, 1))

        assert post(client, children, **GROWN).status_code == 409
        assert not PersonNote.objects.exists()

    def test_without_consent_nothing_is_kept(self, client, children):
        assert post(client, children, consent="", **GROWN).status_code == 400
        assert not Volunteer.objects.exists()

    def test_whoever_is_cleared_gets_the_place(self, client, children):
        known = make.volunteer("周远", "16000000001")
        make.cleared(known, until=children.on_date)
        make.known_phone(client, known)

        assert "我来，用周远的名字留名额" in text(client.get(f"/s/{children.pk}/"))
        assert client.post(f"/s/{children.pk}/").status_code == 302
        assert Assignment.objects.get().status == "accepted"


class TestTheTopic:
    """Nobody teaches fraud: the topic stands apart from what one helps with."""

    @pytest.fixture
    def fraud(self):
        session = coming()
        session.lesson = Lesson.objects.create(code="C9", title="养老骗局：怎么防", stage="C", learners_per_helper=2)
        session.save()
        return session

    def test_on_the_list_when_signing_up_and_on_ones_own_page(self, client, fraud):
        pages = [client.get("/"), client.get(f"/s/{fraud.pk}/"), client.get(post(client, fraud).url)]

        for page in map(text, pages):
            assert "教老人用手机" in page
            assert "这节课讲：养老骗局" in page
            assert "教老人养老骗局" not in page


@pytest.fixture
def me(client) -> Volunteer:
    """周远, on a phone that is known to be theirs."""
    return make.known_phone(client, make.volunteer("周远", "16000000001"))


@pytest.fixture
def asked(me) -> Assignment:
    """An invitation that waits for an answer."""
    placed = make.assignment(Shift.objects.get(session=coming()), me, status="offered")
    now = timezone.now()
    Offer.objects.create(assignment=placed, made_at=now, expires_at=now + timedelta(days=1))
    return placed


def page_of(volunteer) -> str:
    return reverse("public:me", args=[volunteer.token])


class TestMyPage:
    def test_opening_it_changes_nothing(self, client, me, asked):
        for address in (page_of(me), f"{page_of(me)}{asked.pk}/no/", f"{page_of(me)}{asked.pk}/yes/"):
            client.get(address)

        asked.refresh_from_db()
        assert asked.status == "offered"
        assert client.get(f"{page_of(me)}{asked.pk}/yes/").status_code == 405

    def test_robots_keep_out(self, client, me):
        response = client.get(page_of(me))

        assert '<meta name="robots" content="noindex">' in text(response)
        assert response["X-Robots-Tag"] == "noindex"

    def test_a_wrong_link_finds_nothing(self, client):
        assert client.get("/me/nonsense/").status_code == 404

    def test_yes_makes_the_place_agreed(self, client, me, asked):
        client.post(f"{page_of(me)}{asked.pk}/yes/")

        asked.refresh_from_db()
        assert asked.status == "accepted"
        assert "已答应" in text(client.get(page_of(me)))

    def test_no_frees_it_and_can_be_taken_back(self, client, me, asked):
        client.post(f"{page_of(me)}{asked.pk}/no/", {"instead": "find"})
        assert "还是能来" in text(client.get(page_of(me)))

        client.post(f"{page_of(me)}{asked.pk}/yes/")

        asked.refresh_from_db()
        assert asked.status == "accepted"

    def test_nothing_is_thanked_for_before_it_is_saved(self, client, me, asked):
        page = text(client.get(f"{page_of(me)}{asked.pk}/no/"))
        assert "这一场来不了？" in page
        assert "谢谢早说" not in page
        assert page.index("谁来替") < page.index("请社区找人") < page.index("告诉社区我来不了")

        done = client.post(f"{page_of(me)}{asked.pk}/no/", {"instead": "find"}, follow=True)
        assert "没关系，谢谢早说" in text(done)

    def test_another_session_instead(self, client, me, asked):
        other = coming(4, of=make.series("进阶"))
        assert f'value="{other.pk}"' in text(client.get(f"{page_of(me)}{asked.pk}/no/"))

        client.post(f"{page_of(me)}{asked.pk}/no/", {"instead": other.pk})

        assert Assignment.objects.get(session=other).status == "accepted"
        asked.refresh_from_db()
        assert asked.status == "declined"

    def test_sessions_that_collide_are_not_offered_instead(self, client, me, asked):
        held = coming(4, of=make.series("已答应的"))
        make.assignment(Shift.objects.get(session=held), me)
        same_time = coming(4, of=make.series("同一时间"))

        assert f'value="{same_time.pk}"' not in text(client.get(f"{page_of(me)}{asked.pk}/no/"))

    def test_an_expired_invitation_says_so(self, client, me, asked):
        Offer.objects.update(made_at=timezone.now() - timedelta(days=2), expires_at=timezone.now() - timedelta(days=1))

        response = client.post(f"{page_of(me)}{asked.pk}/yes/", follow=True)

        assert "已经过期" in text(response)

    def test_nobody_answers_for_somebody_else(self, client, asked):
        stranger = make.volunteer("林淑芬")

        assert client.post(f"{page_of(stranger)}{asked.pk}/yes/").status_code == 403
        make.known_phone(client, stranger)
        assert client.post(f"{page_of(stranger)}{asked.pk}/yes/").status_code == 404

    def test_drafts_are_not_shown(self, client, me):
        draft = make.assignment(Shift.objects.get(session=coming()), me, status="draft")

        assert "眼下没有您的场次" in text(client.get(page_of(me)))
        assert client.post(f"{page_of(me)}{draft.pk}/no/").status_code == 404

    def test_not_me_forgets_the_phone(self, client, me):
        client.get(page_of(me))
        assert "我的" in text(client.get("/"))

        client.post("/me/leave/")

        assert page_of(me) not in text(client.get("/"))

    def test_parts_of_the_week_are_saved_with_one_button(self, client, me):
        client.post(f"{page_of(me)}free/", {"free": ["5-am", "5-pm"]})

        windows = me.availability.order_by("starts").values_list("weekday", "starts__hour", "ends__hour")
        assert list(windows) == [(5, 8, 12), (5, 12, 16)]
        page = text(client.get(page_of(me)))
        assert page.count('name="free" value="5-am" checked') == page.count('name="free" value="5-pm" checked') == 1

    def test_finer_windows_stay_when_their_part_is_not_touched(self, client, me):
        make.free(me, 2, "16:30", "18:45", weeks="even")

        client.post(f"{page_of(me)}free/", {"free": ["2-after", "5-am"]})

        assert me.availability.filter(weekday=2, starts="16:30", ends="18:45", weeks="even").exists()

    def test_switching_a_part_off_cuts_it_out(self, client, me):
        make.free(me, 5, "08:00", "21:00")

        client.post(f"{page_of(me)}free/", {"free": ["5-am", "5-after"]})

        windows = me.availability.order_by("starts").values_list("starts__hour", "ends__hour")
        assert list(windows) == [(8, 12), (16, 21)]


@pytest.mark.parametrize("times", [1, 10])
class TestCost:
    """The same number of queries with ten times the data."""

    def fill(self, times):
        for number in range(times):
            coming(1 + number % 6, of=make.series(f"班{number}"), needed=3)
            coming(1 + number % 6, of=make.series(f"四点半{number}", "child"), needed=3)

    def test_the_list(self, client, times, django_assert_num_queries):
        self.fill(times)
        for number in range(times):
            off = coming(1 + number % 6, of=make.series(f"停{number}"))
            Session.objects.filter(pk=off.pk).update(status="cancelled", cancel_reason="暴雨")
        with django_assert_num_queries(3):
            client.get("/")

    def test_signing_up(self, client, times, django_assert_num_queries):
        self.fill(times)
        pk = Shift.objects.filter(role__code="helper").first().session_id
        with django_assert_num_queries(2):
            client.get(f"/s/{pk}/")

    def test_my_page(self, client, me, times, django_assert_num_queries):
        for number in range(times):
            shift = Shift.objects.get(session=coming(1 + number, of=make.series(f"班{number}")))
            make.assignment(shift, me)
            make.free(me, number % 7)
        with django_assert_num_queries(10):
            client.get(page_of(me))

    def test_declining(self, client, me, asked, times, django_assert_num_queries):
        self.fill(times)
        with django_assert_num_queries(4):
            client.get(f"{page_of(me)}{asked.pk}/no/")


def test_the_code_to_scan_opens_the_list(client):
    response = client.get("/qr.svg")

    assert response["Content-Type"] == "image/svg+xml"
    # Without its namespace a browser shows no picture.
    assert 'xmlns="http://www.w3.org/2000/svg"' in text(response)


def test_the_poster_is_for_staff(client):
    make.community()
    assert client.get("/desk/poster/").status_code == 302
    client.force_login(make.user())

    page = text(client.get("/desk/poster/"))
    assert "来教老人用手机" in page
    assert re.search(r'<textarea id="invite-text"[^>]*>【梧桐社区】[^<]*http://testserver/</textarea>', page)
    assert 'href="/desk/poster/"' in text(client.get("/desk/volunteers/"))


class TestTheAddress:
    """A code that only this computer can open is not printed without a word."""

    ONLY_HERE = "只有这台电脑打得开"

    @pytest.fixture
    def pages(self, client):
        client.force_login(make.user())
        volunteer = make.volunteer()
        return lambda **how: [
            text(client.get(page, **how))
            for page in ("/desk/poster/", "/desk/notes/", f"/desk/volunteers/{volunteer.pk}/")
        ]

    def test_a_loopback_address_is_said_on_every_page_with_links(self, pages, settings):
        settings.LINKE_ADDRESS = "http://localhost:8000"

        assert all(self.ONLY_HERE in page for page in pages(headers={"host": "localhost:8000"}))

    def test_an_address_for_phones_is_used_and_needs_no_word(self, pages, settings):
        settings.LINKE_ADDRESS = "http://192.168.1.5:8000"

        found = pages(headers={"host": "localhost:8000"})
        assert not any(self.ONLY_HERE in page for page in found)
        assert "http://192.168.1.5:8000/" in found[0]


def test_what_we_keep_is_said_to_everybody(client):
    assert "不留查询内容" in text(client.get("/privacy/"))


def test_a_forged_receipt_shows_nothing(client):
    done = signup.sign_up(
        session=coming(), name="周远", phone="16000000001", occupation="", consent=True, now=timezone.now()
    )

    assert client.get(f"/kept/{done.assignment.pk}/").status_code == 404
    assert client.get(f"/kept/{done.assignment.pk}:forged/").status_code == 404


class TestNotesOfTheDesk:
    @pytest.fixture
    def organiser(self, client):
        client.force_login(make.user())
        make.community()
        return client

    def test_every_note_can_be_copied_with_its_link(self, organiser):
        post(organiser, coming())

        page = text(organiser.get("/desk/notes/"))
        assert Volunteer.objects.get().token in page
        assert "160****0001" in page

    def test_what_did_not_leave_is_found_at_once(self, organiser):
        post(organiser, coming())
        Message.objects.update(status="failed")

        assert "没发出去，请打电话" in text(organiser.get("/desk/notes/?state=failed"))

    def test_what_nobody_passed_on_comes_first_until_it_is_ticked(self, organiser):
        post(organiser, coming())
        shift = Shift.objects.get(session=coming(3, of=make.series("班二")))
        first = Message.objects.get()
        second = notes.reminder(assignment=make.assignment(shift, make.volunteer("钱薇")), words="", now=timezone.now())
        assert "还没转发 2 条" in text(organiser.get("/desk/notes/"))

        organiser.post(f"/desk/notes/{second.pk}/", {"state": "open"})

        page = organiser.get("/desk/notes/")
        assert [row["message"].pk for row in page.context["rows"]] == [first.pk, second.pk]
        assert "还没转发 1 条" in text(page)
        assert [row["message"].pk for row in organiser.get("/desk/notes/?state=open").context["rows"]] == [first.pk]
        organiser.post(f"/desk/notes/{second.pk}/", {"undo": "1"})
        assert "还没转发 2 条" in text(organiser.get("/desk/notes/"))

    def test_nothing_is_said_to_have_left_without_a_gateway(self, organiser, settings):
        post(organiser, coming())
        Message.objects.update(status="sent", sent_at=timezone.now())

        by_hand = text(organiser.get("/desk/notes/"))
        settings.LINKE_SENDS = True
        by_gateway = text(organiser.get("/desk/notes/"))

        assert ("已备好，还没转发" in by_hand, "程序自己不往外发" in by_hand) == (True, True)
        assert ("已备好，还没转发" in by_gateway, "名额留好了，已发" in by_gateway) == (False, True)

    def test_links_are_not_for_viewers(self, client):
        client.force_login(make.user("kan", role="viewer"))

        assert client.get("/desk/notes/").status_code == 403

    @pytest.mark.parametrize("times", [1, 10])
    def test_it_costs_the_same_however_many_there_are(self, organiser, times, django_assert_num_queries):
        shift = Shift.objects.get(session=coming(needed=10))
        for number in range(times):
            placed = make.assignment(shift, make.volunteer(f"志愿者{number}"))
            notes.reminder(assignment=placed, words="", now=timezone.now())
        organiser.get("/desk/notes/")

        with django_assert_num_queries(8):
            organiser.get("/desk/notes/")
