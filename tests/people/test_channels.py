"""Every way out against a server that speaks as its provider does and checks what it checks."""

from datetime import timedelta

import pytest
from django.utils import timezone

from people import channels, delivery, outbox, sealing
from people.channels import templates
from people.models import Channel, Message
from tests import make
from tests.people import providers

pytestmark = pytest.mark.django_db

NOW = timezone.now().replace(hour=4, minute=0, second=0)  # noon in Shanghai
Status = Message.Status
ADDRESSES = {
    "wecom": "/cgi-bin/webhook/send?key=" + providers.SECRET,
    "dingtalk": "/robot/send?access_token=token",
    "feishu": "/open-apis/bot/v2/hook/token",
}
BOTS = {"wecom": providers.WeCom, "dingtalk": providers.DingTalk, "feishu": providers.Feishu}
SMS = {"aliyun": providers.AliyunSms, "tencent": providers.TencentSms}
NUMBERS = {"aliyun": "SMS_1", "tencent": "1"}


def again(message: Message) -> Message:
    message.refresh_from_db()
    return message


def bot(kind: str, provider: providers.Provider, *, path: str = "", secret: str = providers.SECRET) -> Channel:
    sealed = sealing.seal({"address": provider.address + (path or ADDRESSES[kind]), "secret": secret})
    return Channel.objects.create(kind=kind, name="志愿者群", sealed=sealed, created_at=NOW)


def account(kind: str, provider: providers.Provider, *, secret: str = providers.SECRET, **texts: str) -> Channel:
    return Channel.objects.create(
        kind=kind,
        name="短信",
        open={
            "sign": "梧桐社区",
            "app": "1400006666",
            "address": provider.address,
            "templates": texts or {"note": NUMBERS[kind], "reminder": NUMBERS[kind] + "2"},
        },
        sealed=sealing.seal({"key_id": providers.ID, "key_secret": secret}),
        created_at=NOW,
    )


def told(group: Channel, body: str = "周六 9:30 还缺 2 人") -> Message:
    return outbox.write(bot=group, kind="gap", about="shift:1", subject="缺人", body=body, link="/s/", now=NOW)


def texted(kind: str = "reminder", **fields) -> Message:
    person = make.person(phone="16000000123")
    defaults = {"facts": {"when": "周六 9月19日 14:30"}, "link": "/me/abcdef/", "about": "assignment:1"}
    return outbox.write(person=person, kind=kind, subject="有您一场", body="周远，您好。", now=NOW, **defaults | fields)


@pytest.mark.parametrize("kind", BOTS)
class TestBots:
    def test_a_group_reads_the_text_with_its_link(self, kind, settings):
        with providers.running(BOTS[kind]()) as provider:
            message = told(bot(kind, provider))
            delivery.deliver_next(now=NOW)

        assert (again(message).status, message.last_error) == (Status.SENT, "")
        (taken,) = provider.taken
        text = taken["content"]["text"] if kind == "feishu" else taken["text"]["content"]
        assert text == f"周六 9:30 还缺 2 人\n{settings.LINKE_ADDRESS}/s/"

    def test_a_wrong_address_is_given_up_in_the_providers_words(self, kind):
        with providers.running(BOTS[kind]()) as provider:
            message = told(bot(kind, provider, path="/elsewhere?key=x"))
            delivery.deliver_next(now=NOW)

        assert again(message).status == Status.FAILED
        assert "invalid" in message.last_error or "token" in message.last_error

    def test_a_trouble_of_theirs_is_tried_again(self, kind):
        with providers.running(BOTS[kind](refusal=(502, {"error": "bad gateway"}))) as provider:
            message = told(bot(kind, provider))
            delivery.deliver_next(now=NOW)
            assert (again(message).status, "502" in message.last_error) == (Status.WAITING, True)

            provider.refusal = None
            delivery.deliver_next(now=message.not_before)

        assert (again(message).status, len(provider.taken)) == (Status.SENT, 1)

    def test_an_answer_that_never_came_is_not_asked_for_again(self, kind):
        with providers.running(BOTS[kind](refusal="vanish")) as provider:
            message = told(bot(kind, provider))
            delivery.deliver_next(now=NOW)
            provider.refusal = None
            for minutes in range(1, 10):
                delivery.deliver_next(now=NOW + timedelta(minutes=minutes))
                delivery.settle_next(now=NOW + timedelta(minutes=minutes))

        assert (again(message).status, len(provider.taken)) == (Status.UNSURE, 1)

    def test_a_closed_door_is_tried_again(self, kind):
        group = bot(kind, providers.WeCom(port=1))
        message = told(group)

        delivery.deliver_next(now=NOW)

        assert (again(message).status, message.handing_at) == (Status.WAITING, None)

    def test_a_long_text_is_cut_and_keeps_its_link(self, kind, settings):
        with providers.running(BOTS[kind]()) as provider:
            message = told(bot(kind, provider), "缺人\n" * 9000)
            delivery.deliver_next(now=NOW)

        assert again(message).status == Status.SENT
        text = str(provider.taken[0])
        assert "……" in text and f"{settings.LINKE_ADDRESS}/s/" in text


@pytest.mark.parametrize("kind", ["dingtalk", "feishu"])
def test_a_wrong_signature_is_refused_and_said(kind):
    with providers.running(BOTS[kind]()) as provider:
        message = told(bot(kind, provider, secret="another"))
        delivery.deliver_next(now=NOW)

    assert (again(message).status, "sign" in message.last_error) == (Status.FAILED, True)


def test_wecom_that_is_asked_too_often_is_tried_again():
    too_often = (200, {"errcode": 45009, "errmsg": "api freq out of limit"})
    with providers.running(providers.WeCom(refusal=too_often)) as provider:
        message = told(bot("wecom", provider))
        delivery.deliver_next(now=NOW)

    assert (again(message).status, message.last_error) == (Status.WAITING, "45009 api freq out of limit")


@pytest.mark.parametrize("kind", SMS)
class TestSms:
    def test_an_approved_text_with_its_variables(self, kind):
        with providers.running(SMS[kind]()) as provider:
            account(kind, provider)
            message = texted()
            delivery.deliver_next(now=NOW)

        assert (again(message).status, message.last_error, bool(message.receipt)) == (Status.SENT, "", True)
        (taken,) = provider.taken
        if kind == "aliyun":
            assert (taken["PhoneNumbers"], taken["TemplateCode"]) == ("16000000123", "SMS_12")
            assert taken["variables"] == {"when": "周六 9月19日 14:30", "code": "abcdef"}
        else:
            assert (taken["PhoneNumberSet"], taken["TemplateId"]) == (["+8616000000123"], "12")
            assert taken["TemplateParamSet"] == ["周六 9月19日 14:30", "abcdef"]

    def test_a_kind_without_a_text_of_its_own_takes_the_general_one(self, kind):
        with providers.running(SMS[kind]()) as provider:
            account(kind, provider)
            texted("sign-up")
            delivery.deliver_next(now=NOW)

        assert "abcdef" in str(provider.taken[0]) and "9月19日" not in str(provider.taken[0])

    def test_variables_that_do_not_fit_are_found_before_the_provider_is_asked(self, kind):
        with providers.running(SMS[kind]()) as provider:
            account(kind, provider, reminder=NUMBERS[kind])
            message = texted(facts={"when": "很" * 36})
            delivery.deliver_next(now=NOW)

        assert (again(message).status, provider.taken) == (Status.FAILED, [])
        assert message.last_error == "短信变量 when 要 1 到 35 个字"

    def test_wrong_keys_are_said_in_the_providers_words(self, kind):
        with providers.running(SMS[kind]()) as provider:
            account(kind, provider, secret="another")
            message = texted()
            delivery.deliver_next(now=NOW)

        assert (again(message).status, provider.taken) == (Status.FAILED, [])
        assert "Signature" in message.last_error

    def test_a_text_that_is_not_approved(self, kind):
        with providers.running(SMS[kind]()) as provider:
            account(kind, provider, note="draft", reminder="draft")
            message = texted()
            delivery.deliver_next(now=NOW)

        assert again(message).status == Status.FAILED
        assert "TEMPLATE" in message.last_error.upper()

    def test_whoever_has_no_mobile_number_gets_no_sms(self, kind):
        with providers.running(SMS[kind]()) as provider:
            account(kind, provider)
            message = texted()
            message.person.phone = "029-88880000"
            message.person.save()
            delivery.deliver_next(now=NOW)

        assert (again(message).via, provider.taken) == ("file", [])

    def test_an_answer_that_never_came_is_asked_about(self, kind, settings):
        """The provider took it, and we heard nothing."""
        settings.LINKE_QUIET_FROM, settings.LINKE_QUIET_UNTIL = 24, 0
        with providers.running(SMS[kind](refusal="vanish")) as provider:
            account(kind, provider)
            message = texted()
            Message.objects.update(not_before=timezone.now())  # by the clock that the provider goes by
            delivery.deliver_next(now=timezone.now() + timedelta(seconds=1))
            assert again(message).status == Status.CLAIMED

            provider.refusal = None
            delivery.settle_next(now=timezone.now() + timedelta(minutes=2))

        assert (again(message).status, len(provider.taken)) == (Status.SENT, 1)

    def test_no_connection_is_no_doubt(self, kind):
        account(kind, SMS[kind](port=1))
        message = texted()

        delivery.deliver_next(now=NOW)

        assert (again(message).status, "连不上" in message.last_error) == (Status.WAITING, True)


def test_aliyun_says_that_it_never_got_it():
    with providers.running(providers.AliyunSms()) as provider:
        one = account("aliyun", provider)
        message = texted()
        Message.objects.update(status="claimed", claimed_at=NOW, handing_at=NOW, attempts=1, via=f"aliyun:{one.pk}")

        delivery.settle_next(now=NOW + timedelta(minutes=2))
        assert again(message).status == Status.WAITING
        delivery.deliver_next(now=message.not_before)

    assert (again(message).status, len(provider.taken)) == (Status.SENT, 1)


def test_tencent_says_nothing_about_what_no_phone_has_answered():
    with providers.running(providers.TencentSms()) as provider:
        one = account("tencent", provider)
        message = texted()
        Message.objects.update(status="claimed", claimed_at=NOW, handing_at=NOW, attempts=1, via=f"tencent:{one.pk}")

        delivery.settle_next(now=NOW + timedelta(minutes=2))

    assert (again(message).status, provider.taken) == (Status.UNSURE, [])


class TestTemplates:
    @pytest.mark.parametrize("template", templates.ALL, ids=lambda one: one.kind)
    def test_every_text_keeps_the_rules_and_costs_two_sms_at_most(self, template):
        text = templates.wording(template, "https://linke.example")

        assert templates.faults(text) == []
        assert templates.charged_as("【梧桐社区】" + templates.example(template, "https://linke.example")) <= 2

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("${a}您好${a}", "同一个变量用了两次"),
            ("您好${a}${b}", "两个变量挨在一起"),
            ("${a}", "全是变量"),
            ("【社区】您好", "里面有【】"),
            ("好" * 501, "超过 500 字"),
        ],
    )
    def test_what_a_provider_objects_to_is_found_here(self, text, fault):
        assert fault in templates.faults(text)


class TestSealing:
    def test_the_database_holds_no_secret(self):
        sealed = sealing.seal({"secret": "very-secret"})

        assert "very-secret" not in sealed
        assert sealing.opened(sealed) == {"secret": "very-secret"}

    def test_a_new_key_opens_what_the_old_one_sealed(self, settings):
        sealed = sealing.seal({"secret": "x"})
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another"

        assert sealing.opened(sealed) == {"secret": "x"}

    def test_another_key_says_so(self, settings):
        sealed = sealing.seal({"secret": "x"})
        settings.SECRET_KEY = "another"

        with pytest.raises(sealing.Unreadable):
            sealing.opened(sealed)


def test_notes_leave_by_themselves_as_soon_as_there_is_a_gateway():
    assert not channels.sends()
    Channel.objects.create(kind="aliyun", name="短信", created_at=NOW)

    assert channels.sends()
