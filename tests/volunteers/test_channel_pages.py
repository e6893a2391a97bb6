"""通道 and 打电话: what staff see and do."""

import pytest
from django.utils import timezone

from classes.models import Grid, Learner
from people import outbox, sealing
from people.models import AuditEntry, Call, Channel, Message
from tests import make
from tests.people import providers
from tests.people.post import post_office

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    make.community()
    client.force_login(make.user("zhan", role="manager"))
    return client


@pytest.fixture
def organiser(client):
    make.community()
    client.force_login(make.user())
    return client


def text(response) -> str:
    return response.content.decode()


class TestChannels:
    def test_keys_are_the_managers_business(self, organiser):
        assert organiser.get("/desk/channels/").status_code == 403
        assert organiser.post("/desk/channels/add/wecom/", {}).status_code == 403

    def test_nothing_is_set_up_yet(self, manager):
        page = text(manager.get("/desk/channels/"))

        assert "企业微信群机器人" in page and "LINKE_SMTP" in page

    def test_a_bot_is_added_tried_and_its_secret_never_shown(self, manager, settings):
        settings.LINKE_GATEWAY_HOSTS = ["127.0.0.1"]
        with providers.running(providers.DingTalk()) as provider:
            form = {
                "name": "志愿者群",
                "address": f"{provider.address}/robot/send?access_token=token",
                "secret": providers.SECRET,
            }
            assert manager.post("/desk/channels/add/dingtalk/", form).status_code == 302
            channel = Channel.objects.get()
            page = manager.post(f"/desk/channels/{channel.pk}/test/", follow=True)

        assert len(provider.taken) == 1
        assert "志愿者群收下了" in text(page) and "试发成功" in text(page)
        form = text(manager.get(f"/desk/channels/{channel.pk}/"))
        assert providers.SECRET not in form and "access_token" not in form
        assert [entry.verb for entry in AuditEntry.objects.order_by("pk")] == ["加通道", "试发"]

    def test_the_real_error_is_shown_and_stays(self, manager, settings):
        settings.LINKE_GATEWAY_HOSTS = ["127.0.0.1"]
        with providers.running(providers.WeCom()) as provider:
            form = {"name": "志愿者群", "address": f"{provider.address}/cgi-bin/webhook/send?key=wrong"}
            manager.post("/desk/channels/add/wecom/", form)
            page = manager.post(f"/desk/channels/{Channel.objects.get().pk}/test/", follow=True)

        assert "93000 invalid webhook url" in text(page)
        assert "93000 invalid webhook url" in text(manager.get("/desk/channels/"))

    @pytest.mark.parametrize(
        "address",
        ["http://qyapi.weixin.qq.com/x", "https://qyapi.weixin.qq.com.evil.example/x", "file:///etc/passwd", "x"],
    )
    def test_nothing_is_sent_anywhere_else(self, manager, address):
        page = manager.post("/desk/channels/add/wecom/", {"name": "群", "address": address})

        assert page.status_code == 422
        assert "地址要以 https://qyapi.weixin.qq.com/ 开头" in text(page)
        assert not Channel.objects.exists()

    def test_a_secret_that_stays_empty_stays_as_it_was(self, manager):
        sealed = sealing.seal({"key_id": "id", "key_secret": "secret"})
        channel = Channel.objects.create(kind="aliyun", name="短信", sealed=sealed, created_at=timezone.now())

        form = {"name": "短信", "sign": "【梧桐社区】", "text_note": "SMS_1", "key_id": "another"}
        manager.post(f"/desk/channels/{channel.pk}/", form)

        channel.refresh_from_db()
        assert sealing.opened(channel.sealed) == {"key_id": "another", "key_secret": "secret"}
        assert channel.open == {"sign": "梧桐社区", "templates": {"note": "SMS_1"}}

    def test_an_account_is_tried_with_a_number(self, manager):
        with providers.running(providers.AliyunSms()) as provider:
            channel = Channel.objects.create(
                kind="aliyun",
                name="短信",
                open={"address": provider.address, "sign": "梧桐", "templates": {"note": "SMS_1"}},
                sealed=sealing.seal({"key_id": providers.ID, "key_secret": providers.SECRET}),
                created_at=timezone.now(),
            )
            without = manager.post(f"/desk/channels/{channel.pk}/test/", follow=True)
            manager.post(f"/desk/channels/{channel.pk}/test/", {"phone": "160 0000 0123"})

        assert "11 位的手机号" in text(without)
        assert [sms["PhoneNumbers"] for sms in provider.taken] == ["16000000123"]

    def test_one_sms_account_at_a_time(self, manager):
        for kind in ("aliyun", "tencent"):
            Channel.objects.create(kind=kind, name=kind, is_on=kind == "aliyun", created_at=timezone.now())
        second = Channel.objects.get(kind="tencent")

        page = manager.post(f"/desk/channels/{second.pk}/switch/", {"on": "1"}, follow=True)

        assert "请先停用另一个" in text(page)
        second.refresh_from_db()
        assert not second.is_on

    def test_mail_is_tried_with_the_servers_own_words(self, manager, settings):
        with post_office() as office:
            settings.LINKE_SENDS, settings.MAILERS = True, office.mailers
            good = manager.post("/desk/channels/mail/test/", {"address": "a@example.com"}, follow=True)
            office.to = "550 5.7.1 relaying denied"
            bad = manager.post("/desk/channels/mail/test/", {"address": "a@example.com"}, follow=True)

        assert "邮件服务器收下了" in text(good)
        assert "relaying denied" in text(bad)

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_costs_the_same_however_many_there_are(self, manager, count, django_assert_num_queries):
        for number in range(count):
            Channel.objects.create(kind="wecom", name=f"群 {number}", created_at=timezone.now())
        manager.get("/desk/channels/")

        with django_assert_num_queries(5):
            manager.get("/desk/channels/")


class TestCalls:
    def message(self, number: int = 0) -> Message:
        message = outbox.write(
            person=make.person("王秀英", phone=f"160000011{number:02d}", reach="call"),
            kind="offer",
            about=f"assignment:{number}",
            subject="3 场排班等您回",
            body="您好。",
            link="/me/abc/",
            now=timezone.now(),
        )
        Message.objects.filter(pk=message.pk).update(status="call")
        return message

    def test_nobody_to_call(self, organiser):
        assert "没有要打的电话" in text(organiser.get("/desk/calls/"))

    def test_the_number_is_masked_until_somebody_looks_and_that_is_kept(self, organiser):
        message = self.message(23)

        listed = text(organiser.get("/desk/calls/"))
        shown = text(organiser.post(f"/desk/calls/{message.pk}/number/"))

        assert "16000001123" not in listed and "160****1123" in listed
        assert "tel:16000001123" in shown
        assert AuditEntry.objects.get().verb == "看电话"

    def test_a_list_for_grid_workers_shows_numbers_and_keeps_who_looked(self, organiser):
        message = self.message(23)
        grid = Grid.objects.create(community=make.community(), name="第 3 网格")
        Learner.objects.create(person=message.person, kind="senior", community=grid.community, grid=grid)
        self.message(24)

        everybody = text(organiser.get("/desk/calls/sheet/"))
        one_grid = text(organiser.get("/desk/calls/sheet/", {"grid": "第 3 网格"}))
        done = organiser.post(
            f"/desk/calls/{message.pk}/result/", {"result": "no_answer", "back": "sheet"}, follow=True
        )

        assert "16000001123" in everybody and "16000001124" in everybody
        assert "16000001123" in one_grid and "16000001124" not in one_grid
        assert AuditEntry.objects.filter(thing=f"person:{message.person_id}", verb="看电话").count() == 3
        assert "没人接" in text(done) and done.redirect_chain[-1][0] == "/desk/calls/sheet/"

    def test_the_list_costs_the_same_for_any_number(self, organiser, django_assert_num_queries):
        self.message(23)
        organiser.get("/desk/calls/sheet/")
        with django_assert_num_queries(5) as one:
            organiser.get("/desk/calls/sheet/")
        for number in range(3):
            self.message(number + 24)

        with django_assert_num_queries(len(one)):
            organiser.get("/desk/calls/sheet/")

    def test_results_and_taking_one_back(self, organiser):
        message = self.message()

        done = organiser.post(f"/desk/calls/{message.pk}/result/", {"result": "reached"}, follow=True)
        again = organiser.post(f"/desk/calls/{message.pk}/result/", {"result": "reached"}, follow=True)
        undone = organiser.post(f"/desk/calls/{Call.objects.get().pk}/undo/", follow=True)

        assert "王秀英，通知到了" in text(done) and "没有要打的电话" in text(done)
        assert "已经有人打过了" in text(again)
        assert "又回到要打的名单里" in text(undone)

    def test_an_unknown_result_changes_nothing(self, organiser):
        message = self.message()

        page = organiser.post(f"/desk/calls/{message.pk}/result/", {"result": "x"}, follow=True)

        assert "请点一个结果" in text(page)
        assert not Call.objects.exists()

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_costs_the_same_however_many_there_are(self, organiser, count, django_assert_num_queries):
        for number in range(count):
            message = self.message(number)
            Call.objects.create(message=message, result="no_answer", at=timezone.now())
        organiser.get("/desk/calls/")

        with django_assert_num_queries(7):
            organiser.get("/desk/calls/")
