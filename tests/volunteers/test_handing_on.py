"""Passing notes on by WeChat: one after the other, several at a time, one text for the group."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from people import outbox
from people.models import Message
from tests import make
from tests.journeys.running import as_staff
from tests.make import at
from volunteers.queries import group_text

pytestmark = pytest.mark.django_db

NOW = at("2026-09-10", "12:00")
NEXT, SEVERAL, NOTES = "desk:notes-next", "desk:notes-several", "desk:notes"


def note(name: str, *, about: str = "1", now=None, **fields) -> Message:
    """A note that nobody has passed on yet."""
    status = fields.pop("status", "waiting")
    via = fields.pop("via", "")
    written = outbox.write(
        person=fields.pop("person", None) or make.person(name),
        kind="offer",
        about=f"assignment:{about}",
        subject="1 场排班等您回",
        body=f"{name}，您好。周六 9 月 12 日 9:30 手机课缺一位助教。",
        link="/me/abc/",
        now=now or timezone.now(),
        **fields,
    )
    Message.objects.filter(pk=written.pk).update(
        status=status,
        via=via,
        sent_at=NOW if status == "sent" else None,
        claimed_at=NOW if status == "claimed" else None,
    )
    return written


@pytest.fixture
def desk(client):
    """Somebody of the staff is logged in."""
    client.force_login(make.user())
    return client


class TestWhatIsLeft:
    @pytest.mark.parametrize(
        ("status", "via", "is_left"),
        [
            ("waiting", "", True),
            ("claimed", "", True),
            ("sent", "file", True),
            ("failed", "sms:1", True),
            ("sent", "sms:1", False),
            ("stale", "", False),
            ("call", "call", False),
        ],
    )
    def test_what_has_to_be_copied(self, status, via, is_left):
        note("周远", status=status, via=via, now=NOW)

        assert outbox.to_hand_on(NOW).exists() == is_left

    def test_what_leaves_by_itself_is_left_to_the_gateway(self, settings):
        settings.LINKE_SENDS = True
        note("周远", now=NOW)

        assert not outbox.to_hand_on(NOW).exists()

    def test_who_is_told_by_telephone_gets_no_wechat(self):
        note("王秀英", person=make.person("王秀英", reach="call"), now=NOW)

        assert not outbox.to_hand_on(NOW).exists()

    def test_the_most_pressing_comes_first_and_what_is_past_its_use_not_at_all(self):
        later = note("丁一", now=NOW)
        soon = note("周远", now=NOW, useless_after=NOW + timedelta(hours=2))
        note("王芳", now=NOW, useless_after=NOW)

        assert list(outbox.to_hand_on(NOW)) == [soon, later]


class TestOneByOne:
    def test_each_mark_leads_to_the_next_and_says_how_far_it_is(self, desk):
        first, second = note("周远"), note("王芳", about="2")
        page = desk.get(reverse(NEXT))
        since = page.context["since"]

        after = desk.post(reverse(NEXT), {"message": first.pk, "since": since, "following": second.pk}, follow=True)
        end = desk.post(reverse(NEXT), {"message": second.pk, "since": since, "following": ""}, follow=True)

        assert "第 1 条，共 2 条" in page.content.decode()
        assert outbox.full_text(first) in page.content.decode()
        assert "第 2 条，共 2 条" in after.content.decode()
        assert "给 <b>周远</b> 的话记为已转发" in after.content.decode()
        assert "王芳，您好" in after.content.decode()
        assert "都转发完了" in end.content.decode()
        assert Message.objects.filter(handed_on_at=None).count() == 0

    def test_one_step_is_taken_back_and_its_note_is_there_again(self, desk):
        first, second = note("周远"), note("王芳", about="2")
        since = desk.get(reverse(NEXT)).context["since"]
        desk.post(reverse(NEXT), {"message": first.pk, "since": since, "following": second.pk})

        back = desk.post(reverse(NEXT), {"message": first.pk, "since": since, "undo": "1"}, follow=True)

        first.refresh_from_db()
        assert first.handed_on_at is None
        assert (back.context["message"], back.context["nth"], back.context["total"]) == (first, 1, 2)

    def test_a_skipped_note_stays_and_comes_again_at_the_end(self, desk):
        first, second = note("周远"), note("王芳", about="2")
        page = desk.get(reverse(NEXT), {"at": second.pk})

        after = desk.post(
            reverse(NEXT), {"message": second.pk, "since": page.context["since"], "following": first.pk}, follow=True
        )

        assert page.context["message"] == second
        assert after.context["message"] == first

    def test_a_note_that_somebody_else_passed_on_is_said_to_be_done(self, desk):
        first = note("周远")
        outbox.hand_on(message=first, is_done=True, now=timezone.now() - timedelta(minutes=1))

        page = desk.post(reverse(NEXT), {"message": first.pk, "since": "", "following": ""}, follow=True)

        assert "给周远的话刚才已经有人转发了，不用再发。" in page.content.decode()

    @pytest.mark.parametrize("wrong", ["x", "9" * 30, "-1", "²"])
    def test_an_address_with_nonsense_begins_anew(self, desk, wrong):
        note("周远")

        page = desk.get(reverse(NEXT), {"since": wrong, "at": wrong, "did": wrong})
        missing = desk.post(reverse(NEXT), {"message": wrong})

        assert (page.context["nth"], page.context["total"]) == (1, 1)
        assert missing.status_code == 404

    def test_the_number_of_queries_does_not_grow(self, desk, django_assert_num_queries):
        note("周远")
        desk.get(reverse(NEXT))
        with django_assert_num_queries(9) as one:
            desk.get(reverse(NEXT))
        for number in range(3):
            note(f"王{number}", about=f"{number + 2}")

        with django_assert_num_queries(len(one)):
            desk.get(reverse(NEXT))

    def test_a_viewer_sees_nobodys_notes(self, client):
        client.force_login(make.user("kan", role="viewer"))

        answers = [client.get(reverse(NEXT)), client.get(reverse("desk:notes-group")), client.post(reverse(SEVERAL))]

        assert [answer.status_code for answer in answers] == [403, 403, 403]


@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_pass_one_note_on_one_does(together):
    one = note("周远")

    said = together(20, lambda number: outbox.hand_on(message=one, is_done=True, now=timezone.now()))

    assert sorted(said) == [False] * 19 + [True]


class TestSeveral:
    def test_the_ticked_ones_are_marked_and_taken_back_together(self, desk):
        first, second, third = (note(name, about=name) for name in ("周远", "王芳", "丁一"))

        after = desk.post(reverse(SEVERAL), {"message": [first.pk, second.pk]}, follow=True)
        left = list(outbox.to_hand_on(timezone.now()))
        back = desk.post(reverse(SEVERAL), {"message": after.context["did"], "undo": "1"}, follow=True)

        assert "2 条记为已转发。" in after.content.decode()
        assert left == [third]
        assert "撤销了，2 条又是还没转发。" in back.content.decode()
        assert outbox.to_hand_on(timezone.now()).count() == 3

    def test_taking_back_leaves_what_was_marked_before(self, desk):
        first, second = note("周远"), note("王芳", about="2")
        outbox.hand_on(message=first, is_done=True, now=timezone.now())

        after = desk.post(reverse(SEVERAL), {"message": [first.pk, second.pk]}, follow=True)

        assert after.context["did"] == [second.pk]

    def test_without_a_tick_it_asks_for_one(self, desk):
        note("周远")

        page = desk.post(reverse(SEVERAL), follow=True).content.decode()

        assert "还没有勾选" in page
        assert Message.objects.filter(handed_on_at=None).count() == 1


class TestGroupText:
    @pytest.fixture
    def session(self):
        """A class on Saturday with three places for helpers."""
        return make.session("2026-09-12", of=make.series(room=make.room("智慧教室")))

    def text(self) -> str:
        monday = at("2026-09-07").date()
        return group_text.of_week(community=make.community(), monday=monday, now=NOW, address="https://linke.example")

    def test_names_whom_an_invitation_has_reached_by_surname_only(self, session):
        shift = make.shift(session, needed=4)
        make.assignment(shift, make.volunteer("周远", "16000010001"))
        make.assignment(shift, make.volunteer("欧阳小兰"), status="offered")
        make.assignment(shift, make.volunteer("丁一"), status="draft")

        text = self.text()

        assert "09:30–11:00 菜鸟学堂·启蒙（智慧教室）：助教 周*、欧***（待回）；还缺 1 人" in text
        assert "https://linke.example/" in text
        assert [word for word in ("远", "阳", "丁", "16000010001", "/me/") if word in text] == []
        assert not outbox.PERSONAL.search(text)

    def test_what_is_not_held_is_said_and_what_is_over_is_not(self, session):
        type(session).objects.update(status="cancelled", cancel_reason="暴雨")
        make.session("2026-09-08", of=session.series)

        text = self.text()

        assert "菜鸟学堂·启蒙（智慧教室）：停课" in text
        assert "9月8日" not in text

    def test_an_empty_week_has_no_text(self, desk):
        make.community()

        assert self.text() == ""
        assert "这一周没有还没上的课。" in desk.get(reverse("desk:notes-group")).content.decode()


class TestAddressOfThisMachine:
    """What is said while links open on no phone: words of the page, and nothing that a reader cannot act on."""

    def test_beside_links_nobody_scans_or_prints(self, desk, settings):
        settings.LINKE_ADDRESS = "http://localhost:8000"
        note("周远")

        pages = [desk.get(address).content.decode() for address in (reverse(NOTES), reverse(NEXT))]

        assert [("别人收到链接打不开，先别发" in page, "扫不开" in page, "打印。" in page) for page in pages] == [
            (True, False, False)
        ] * 2

    @pytest.mark.parametrize(("role", "reads_commands"), [("organiser", False), ("manager", True)])
    def test_commands_are_for_who_sets_the_place_up(self, client, settings, role, reads_commands):
        settings.LINKE_ADDRESS = "http://localhost:8000"
        client.force_login(make.user(role=role))

        page = client.get(reverse(NOTES)).content.decode()

        assert ("LINKE_ADDRESS" in page, "请让管理员先把地址改好" in page) == (reads_commands, not reads_commands)


PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}


@pytest.fixture
def first_note(live_server, transactional_db, new_page) -> Callable[..., Page]:
    """A window of somebody of the staff at the first of two notes: first_note(**options of the window)."""
    make.user()
    make.community()
    note("周远", useless_after=timezone.now() + timedelta(days=1))
    note("王芳", about="2")

    def opened(**options) -> Page:
        page = as_staff(new_page(**options), live_server.url)
        page.goto(f"{live_server.url}{reverse(NEXT)}")
        return page

    return opened


@pytest.mark.journey
@pytest.mark.parametrize("key", ["Enter", "c"])
def test_a_key_copies_marks_and_goes_on(first_note, key):
    page = first_note(permissions=["clipboard-read", "clipboard-write"])

    page.keyboard.press(key)

    expect(page.get_by_role("heading", name="第 2 条，共 2 条")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").startswith("周远，您好")
    page.keyboard.press("z")
    expect(page.get_by_role("heading", name="第 1 条，共 2 条")).to_be_visible()
    assert Message.objects.filter(handed_on_at=None).count() == 2


@pytest.mark.journey
def test_nothing_is_marked_when_the_words_could_not_be_copied(first_note):
    page = first_note()
    page.evaluate("navigator.clipboard.writeText = () => Promise.reject(); document.execCommand = () => false")

    page.get_by_role("button", name="复制并到下一条").click()

    expect(page.get_by_text("请长按复制")).to_be_visible()
    assert Message.objects.filter(handed_on_at=None).count() == 2


@pytest.mark.journey
def test_on_a_phone_without_scripts_marking_goes_on(first_note):
    page = first_note(**PHONE, java_script_enabled=False)

    page.get_by_role("button", name="已转发，下一条").click()
    page.get_by_role("button", name="已转发，下一条").click()

    expect(page.get_by_role("heading", name="都转发完了")).to_be_visible()
    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_label("给王芳的话")).to_have_value(outbox.full_text(Message.objects.last()))
