"""通知怎么写: a place's own words for its notes, checked before they are kept."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from classes import actions as classes
from classes.actions import requesting
from classes.actions.moving import Edit
from classes.models import Change, Community, Request
from classes.queries import requests
from classes.wordings import FAMILIES
from people import texts as kept
from people import wordings
from people.models import Message, SettingChange
from tests import make
from tests.volunteers.test_exchanges import place
from volunteers.actions import (
    cancelling,
    changing,
    exchanges,
    notes,
    recognising,
    reminding,
    setting_up,
    substitutes,
    texts,
    undoing,
)
from volunteers.models import Assignment, SubstituteAsk, SubstituteSearch

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-07", "10:00")
OFFER = texts.BY_KIND["offer"]
OWN = "{称呼}老师：\n{场次}\n{留意}\n{答复期限}前回一声就好。"


ROOT = Path(__file__).resolve().parent.parent.parent


def own(kind: str, text: str) -> None:
    """The place says it like this."""
    kept.write_own(wording=texts.BY_KIND[kind], text=text, now=NOW, actor=None)


def invited() -> Message:
    """An invitation to one place."""
    place = make.assignment(make.shift(make.session("2026-09-12")), make.volunteer())
    words, answer_by = texts.current("offer"), make.at("2026-09-10", "20:00")
    return notes.offered(assignments=[place], words=words, answer_by=answer_by, now=NOW)


class TestWords:
    def test_every_text_as_delivered_is_without_fault(self):
        assert {one.kind: wordings.faults(one, one.text) for one in texts.HOUSE} == {
            one.kind: [] for one in texts.HOUSE
        }

    def test_as_long_as_nobody_decides_it_says_what_is_delivered(self):
        body = invited().body

        assert body.startswith(
            "周远，您好。梧桐社区想请您来：\n周六 9月12日 09:30–11:00 菜鸟学堂·启蒙（助教）\n请留意："
        )
        assert body.endswith("请在周四 9月10日 20:00 前回。")

    def test_own_words_are_sent_with_what_is_true_filled_in(self):
        kept.write_own(wording=OFFER, text=OWN, now=NOW, actor=None)

        assert invited().body == (
            "周远老师：\n周六 9月12日 09:30–11:00 菜鸟学堂·启蒙（助教）\n请留意：不碰钱和密码。\n"
            "周四 9月10日 20:00前回一声就好。"
        )

    def test_a_line_of_which_nothing_is_known_is_left_out(self):
        text = texts.BY_KIND["cancel"].text

        assert wordings.filled(text, {"称呼": "周远", "场次": "周六", "原因": ""}).endswith("不用来了：\n周六")

    def test_what_somebody_is_called_is_never_a_variable(self):
        assert wordings.filled("{称呼}，您好。", {"称呼": "{场次}", "场次": "周六"}) == "{场次}，您好。"

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("", "不能是空的"),
            (OWN + "{电活}", "不认识“{电活}”，这里能用的是：{称呼}、{社区}、{场次}、{留意}、{答复期限}。"),
            (OWN.replace("{留意}", ""), "少了 {留意}"),
            (OWN + "{", "没有配成对"),
            (OWN + "长" * 400, "太长了"),
        ],
    )
    def test_what_cannot_be_sent_is_refused_with_a_sentence(self, text, why):
        with pytest.raises(kept.BadText) as refusal:
            kept.write_own(wording=OFFER, text=text, now=NOW, actor=None)

        assert why in str(refusal.value)
        assert kept.own_text(OFFER) == ""

    def test_a_change_can_be_taken_back(self):
        kept.write_own(wording=OFFER, text=OWN, now=NOW, actor=None)

        setting_up.undo(change=SettingChange.objects.get(), now=NOW, actor=None)

        assert kept.own_texts() == {}

    @pytest.mark.parametrize("typed", ["｛称呼｝，您好", "{ 称呼 }，您好", "{称呼}，您好"])
    def test_braces_of_a_chinese_keyboard_are_braces(self, typed):
        assert wordings.tidy(typed) == "{称呼}，您好"

    def test_a_slip_is_answered_with_what_was_meant(self):
        assert "是不是想写 {签到码}？" in wordings.faults(texts.BY_KIND["soon"], "{场次}{签到吗}")[0]


class TestEveryNote:
    """Who is told anything is told it in the words of the place."""

    def test_no_other_module_has_words_for_a_note(self):
        modules = [path for app in ("people", "classes", "volunteers") for path in (ROOT / app).rglob("*.py")]

        assert len(modules) > 100
        assert {path.name for path in modules if "您好" in path.read_text("utf-8")} == {"wordings.py"}

    def test_exchanges(self):
        own("swap-asked", "{称呼}：{对方}问换不换\n{场次}\n{对方的场次}")
        own("swap-refused", "{称呼}：没换成 {场次}")
        mine, theirs = place(make.volunteer("周远")), place(make.volunteer("林淑芬"), "2026-09-26", "进阶")

        exchanges.refuse(exchange=exchanges.propose_swap(assignment=mine, wanted=theirs, now=NOW), now=NOW)

        asked, refused = (Message.objects.get(kind=kind).body for kind in ("swap-asked", "swap-refused"))
        assert asked == (
            "林淑芬：周远问换不换\n周六 9月26日 09:30–11:00 进阶（助教）\n周六 9月19日 09:30–11:00 启蒙（助教）"
        )
        assert refused == "周远：没换成 周六 9月19日 09:30–11:00 启蒙（助教）"

    def test_substitutes_are_asked_with_one_reading_of_the_text(self):
        own("substitute", "{称呼}救急：{场次}\n{留意}")
        shift = make.shift(make.session("2026-09-12"), needed=2)
        for name in ("甲一", "乙二", "丙三"):
            make.free(make.volunteer(name), 5)
        substitutes.start(shift=shift, why="", now=NOW, actor=None)

        with CaptureQueriesContext(connection) as asked:
            substitutes.run_due(now=NOW)

        bodies = Message.objects.filter(kind="substitute").values_list("body", flat=True)
        assert len(bodies) == SubstituteAsk.objects.count() > 1
        assert bodies[0] == "甲一救急：周六 9月12日 09:30–11:00 菜鸟学堂·启蒙（助教）\n请留意：不碰钱和密码。"
        assert read(asked, "substitute") == SubstituteSearch.objects.count() == 1

    def test_families_and_volunteers_and_the_correction_after_an_undo(self):
        own("class-change", "{称呼}！{班}变了\n{变动}\n{原因}")
        own("class-change-back", "{称呼}！照旧\n{变动}")
        own("change", "{称呼}！\n{变动}\n{回不回}")
        own("change-back", "{称呼}！照旧\n{变动}")
        learner, series = make.learner("王秀英", phone="16000000101"), make.series()
        classes.enrol(learner=learner, series=series, weekdays=[], now=NOW)
        session = make.session("2026-09-12", of=series)
        make.assignment(make.shift(session), make.volunteer())

        done = changing.move_sessions(
            session=session, scope="one", edit=Edit(days=1), reason="停电", now=NOW, actor=None
        )
        Message.objects.update(status="sent", sent_at=NOW)
        undoing.undo(change=Change.objects.get(pk=done.change.pk), now=NOW, actor=None)

        line = "原 周六 9月12日 09:30–11:00，改到 周日 9月13日 09:30–11:00，教室另外通知"
        bodies = dict(Message.objects.values_list("kind", "body"))
        assert bodies == {
            "class-change": f"王秀英！菜鸟学堂·启蒙变了\n{line}\n停电",
            "class-change-back": f"王秀英！照旧\n{line}",
            "change": f"周远！\n菜鸟学堂·启蒙 {line}\n请看一下新的时间，能来、来不了，打开链接点一下就行。",
            "change-back": f"周远！照旧\n菜鸟学堂·启蒙 {line}",
        }

    def test_a_code_by_sms(self):
        own("link-code", "码 {验证码}，{几分钟} 分钟")
        make.volunteer(phone="13900000001")

        recognising.send_code(phone="13900000001", now=NOW)

        note = Message.objects.get()
        assert note.body == f"码 {note.facts['digits']}，10 分钟"


class TestCopiedByHand:
    def test_residents_are_answered_in_the_words_of_the_place(self):
        own("request-placed", "{称呼}：{场次}，等您")
        own("request-waits", "{称呼}：{想学}再等等，{方便的时间}")
        placed, waits = requested("王淑芬"), requested("李建业", times=["we-am"])
        series = make.series(room=make.room())
        requesting.place(request=placed, session=make.session("2026-09-12", of=series), now=NOW, actor=None)

        with CaptureQueriesContext(connection) as asked:
            board = requests.board(community=make.community(), now=NOW)

        assert [row.reply for row in board.placed] == ["王淑芬：9月12日 周六 09:30，智慧教室，等您"]
        assert [row.reply for row in board.fresh] == [f"李建业：跟孙子视频再等等，{waits.times_text}"]
        assert sum('FROM "people_setting"' in query["sql"] for query in asked) == 1

    def test_parents_are_warned_in_the_words_of_the_place(self, client):
        own("floor-families", "家长们，{时间} 的{班}可能停。")
        session = make.session("2026-09-16", of=make.series("四点半课堂", "child", range(5)))
        client.force_login(make.user())

        page = client.get(f"/desk/floor/{session.pk}/").content.decode()

        assert "家长们，周三 9月16日 16:30 的四点半课堂可能停。</textarea>" in page


def requested(name: str, times: Sequence[str] = ()) -> Request:
    """Somebody who would like to learn something."""
    said = {"phone": "16000012345", "wish": "跟孙子视频", "lesson": None, "channel": "phone", "consent": True}
    return requesting.ask(community=make.community(), name=name, times=list(times), now=NOW, **said)


def read(asked: CaptureQueriesContext, kind: str) -> int:
    """How often the text of this kind was read."""
    return sum(f"text:{kind}'" in query["sql"] for query in asked)


class TestReadOnceABatch:
    @pytest.fixture
    def placed(self):
        """Three people at one session, and the session."""
        shift = make.shift(make.session("2026-09-12"), needed=3)
        for name in ("周远", "林淑芬", "钱薇"):
            make.assignment(shift, make.volunteer(name))
        Assignment.objects.update(changed_at=make.at("2026-09-01"))
        return shift.session

    def test_reminders(self, placed):
        with CaptureQueriesContext(connection) as asked:
            reminding.remind(on_date=placed.on_date, now=make.at("2026-09-11", "18:00"))
            reminding.remind_soon(now=make.at("2026-09-12", "08:00"))

        assert Message.objects.count() == 6
        assert (read(asked, "reminder"), read(asked, "soon")) == (1, 1)

    def test_cancellations(self, placed):
        sessions = type(placed).objects.all()
        sessions.update(status="cancelled", cancel_reason="下大雨")

        with CaptureQueriesContext(connection) as asked:
            cancelling.let_go(sessions=sessions, now=NOW)

        assert Message.objects.filter(kind="cancel").count() == 3
        assert read(asked, "cancel") == 1

    def test_nobody_to_tell_is_nothing_to_read(self):
        with CaptureQueriesContext(connection) as asked:
            reminding.remind(on_date=NOW.date(), now=NOW)

        assert read(asked, "reminder") == 0


class TestThePage:
    @pytest.fixture
    def boss(self, client):
        make.community()
        client.force_login(make.user("zhan", role="manager"))
        return client

    def test_is_for_the_manager(self, client):
        client.force_login(make.user())

        assert client.get("/desk/settings/texts/offer/").status_code == 403

    def test_shows_what_is_read_and_how_long_it_is(self, boss):
        said = boss.post("/desk/settings/texts/offer/preview/", {"text": OWN}).content.decode()

        assert "周远老师：<br>" in said
        assert "按短信算 2 条" in said
        assert "<html" not in said

    def test_a_wrong_text_comes_back_with_what_was_typed(self, boss):
        said = boss.post("/desk/settings/texts/offer/", {"text": "{电活}好"})

        assert said.status_code == 422
        assert "{电活}好</textarea>" in said.content.decode()
        assert "不认识“{电活}”" in said.content.decode()

    def test_without_script_a_button_shows_it(self, boss):
        said = boss.post("/desk/settings/texts/offer/", {"text": OWN, "preview": "1"})

        assert "周远老师：<br>" in said.content.decode()
        assert kept.own_texts() == {}

    def test_is_kept_shown_as_changed_and_reset(self, boss):
        boss.post("/desk/settings/texts/offer/", {"text": OWN.replace("\n", "\r\n")})
        assert kept.own_text(OFFER) == OWN
        assert "改过</span>" in boss.get("/desk/settings/texts/").content.decode()
        assert "恢复原文" in boss.get("/desk/settings/texts/offer/").content.decode()

        boss.post("/desk/settings/texts/offer/reset/")

        assert kept.own_texts() == {}

    def test_there_is_no_other(self, boss):
        assert boss.get("/desk/settings/texts/nothing/").status_code == 404

    def test_every_text_is_found_under_one_heading(self, boss):
        page = boss.get("/desk/settings/texts/").content.decode()

        assert [page.count(f'href="/desk/settings/texts/{one.kind}/"') for one in texts.HOUSE] == [1] * len(texts.HOUSE)
        assert [page.count(f'<section class="panel" id="{one.slug}">') for one in texts.GROUPS] == [1] * len(
            texts.GROUPS
        )

    def test_a_search_looks_at_names_occasions_and_the_words_that_hold(self, boss):
        kept.write_own(wording=OFFER, text=OWN + "带上老花镜", now=NOW, actor=None)

        def found(q: str) -> list[str]:
            page = boss.get("/desk/settings/texts/", {"q": q}).content.decode()
            return [one.word for one in texts.HOUSE if f"/texts/{one.kind}/" in page]

        assert found("老花镜") == ["邀请"]
        assert found("到家长群") == ["孩子的课可能停"]
        assert found("学员和家长") == [one.word for one in FAMILIES.texts]
        assert found("有人想跟您换") == ["有人想跟您换"]
        assert "没有一条里有“量子”" in boss.get("/desk/settings/texts/", {"q": "量子"}).content.decode()

    def test_the_list_asks_as_often_however_many_were_changed(self, boss):
        def asked() -> int:
            with CaptureQueriesContext(connection) as queries:
                boss.get("/desk/settings/texts/")
            return len(queries)

        before = asked()
        for one in texts.HOUSE[:3]:
            kept.write_own(wording=one, text=one.text + "！", now=NOW, actor=None)

        assert asked() == before

    @pytest.mark.parametrize("wording", texts.HOUSE, ids=lambda one: one.kind)
    def test_each_can_be_opened_and_says_what_its_variables_are(self, boss, wording):
        page = boss.get(f"/desk/settings/texts/{wording.kind}/").content.decode()

        assert f"{wording.reader}会看到" in page
        assert all(f"<dt><code>{name}</code>" in page for name in wording.variables)
        assert page.count("不能少</span>") == len(wording.needed)

    def test_the_preview_names_this_community(self, boss):
        Community.objects.update(help_name="陈敏", help_phone="029-81112222")

        page = boss.get("/desk/settings/texts/class-change/").content.decode()

        assert "有事请找陈敏，电话 029-81112222。" in page
        assert "连链接" not in page

    def test_a_text_for_a_group_holds_nothing_personal(self, boss):
        said = boss.post("/desk/settings/texts/gaps/", {"text": "{场次}\n找我 13912345678"})

        assert said.status_code == 422
        assert "不能写手机号" in said.content.decode()
