"""通知怎么写: a place's own words for its notes, checked before they are kept."""

import pytest

from people import wordings
from people.models import Message, SettingChange
from tests import make
from volunteers.actions import notes, setting_up, texts

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-07", "10:00")
OWN = "{称呼}老师：\n{场次}\n{留意}\n{答复期限}前回一声就好。"


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
        texts.write_own(kind="offer", text=OWN, now=NOW, actor=None)

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
        with pytest.raises(texts.BadText) as refusal:
            texts.write_own(kind="offer", text=text, now=NOW, actor=None)

        assert why in str(refusal.value)
        assert texts.own_text("offer") == ""

    def test_a_change_can_be_taken_back(self):
        texts.write_own(kind="offer", text=OWN, now=NOW, actor=None)

        setting_up.undo(change=SettingChange.objects.get(), now=NOW, actor=None)

        assert texts.changed() == set()


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
        assert texts.changed() == set()

    def test_is_kept_shown_as_changed_and_reset(self, boss):
        boss.post("/desk/settings/texts/offer/", {"text": OWN.replace("\n", "\r\n")})
        assert texts.own_text("offer") == OWN
        assert "改过</span>" in boss.get("/desk/settings/").content.decode()
        assert "恢复原文" in boss.get("/desk/settings/texts/offer/").content.decode()

        boss.post("/desk/settings/texts/offer/reset/")

        assert texts.changed() == set()

    def test_there_is_no_other(self, boss):
        assert boss.get("/desk/settings/texts/nothing/").status_code == 404
