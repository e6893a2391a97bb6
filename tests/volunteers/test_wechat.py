"""Known again inside WeChat: silent, once a day, checked, undone by 不是我, and in nobody's way when it fails."""

import http.client
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from people import exporting, wechat
from tests import make
from tests.journeys.running import as_volunteer
from tests.people import providers
from tests.volunteers.test_public_pages import GOOD, coming, text
from volunteers.actions import people, recognising
from volunteers.models import Volunteer, WeChatLink
from volunteers.views import device
from volunteers.views import wechat as wechat_views

pytestmark = pytest.mark.django_db
INSIDE = (
    "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/116.0.0.0 Mobile Safari/537.36 "
    "MMWEBID/1 MicroMessenger/8.0.47.2560(0x28002F37) WeChat/arm64 Weixin NetType/WIFI Language/zh_CN"
)


@pytest.fixture
def account(settings):
    """WeChat, with an official account that is set up here."""
    cache.delete(wechat.FAILED)
    with providers.running(providers.WeChat()) as provider:
        settings.LINKE_WECHAT_APP_ID, settings.LINKE_WECHAT_SECRET = providers.ID, providers.SECRET
        settings.LINKE_WECHAT_OPEN = settings.LINKE_WECHAT_API = provider.address
        settings.LINKE_ADDRESS = "http://testserver"
        yield provider


@pytest.fixture
def phone(client) -> Client:
    """A phone with WeChat."""
    client.defaults["HTTP_USER_AGENT"] = INSIDE
    return client


def anew() -> Client:
    """The same WeChat with nothing kept, as after clearing it, or on a new phone."""
    return Client(HTTP_USER_AGENT=INSIDE)


def asked_of(provider: providers.WeChat, address: str) -> str:
    """What the browser does at WeChat: asks, and is sent back. Answers where to."""
    parts = urlsplit(address)
    line = http.client.HTTPConnection(parts.netloc, timeout=5)
    line.request("GET", f"{parts.path}?{parts.query}")
    answer = line.getresponse()
    answer.read()
    line.close()
    assert answer.status == 302, "WeChat did not like the question"
    return answer.getheader("Location")


def there_and_back(phone: Client, provider: providers.WeChat, path: str = "/"):
    """Open a page inside WeChat; answers the last redirect."""
    sent = phone.get(path)
    assert sent.status_code == 302
    assert sent.url.startswith(provider.address) and sent.url.endswith("#wechat_redirect")
    back = asked_of(provider, sent.url)
    return phone.get(back.removeprefix("http://testserver"))


def test_a_stranger_sees_the_page_they_opened(phone, account):
    response = there_and_back(phone, account, "/?p=child")

    assert (response.status_code, response.url) == (302, "/?p=child")
    assert phone.get(response.url).status_code == 200
    assert not WeChatLink.objects.exists()


def test_whoever_signs_up_is_known_again_on_a_new_phone(phone, account):
    session = coming()
    there_and_back(phone, account, f"/s/{session.pk}/")
    phone.post(f"/s/{session.pk}/", GOOD)
    who = Volunteer.objects.get()

    other = anew()
    there_and_back(other, account)

    assert "这部手机认得周远" in text(other.get("/"))
    assert "这是周远的页面" not in text(other.get(f"/me/{who.token}/"))


def test_the_openid_is_kept_as_a_digest_only(phone, account, tmp_path, settings):
    session = coming()
    there_and_back(phone, account)
    phone.post(f"/s/{session.pk}/", GOOD)

    kept = WeChatLink.objects.values().get()

    assert account.who not in str(kept) and len(kept["digest"]) == 64
    assert account.who not in str(phone.cookies)
    assert "digest" in exporting.SECRETS


def test_a_phone_that_knows_its_volunteer_links_its_wechat(phone, account):
    who = make.known_phone(phone, make.volunteer("林淑芬"))

    there_and_back(phone, account)
    other = anew()
    there_and_back(other, account)

    assert WeChatLink.objects.get().volunteer == who
    assert "这部手机认得林淑芬" in text(other.get("/"))
    assert phone.get("/").status_code == 200  # and is not sent there again


def test_the_last_four_digits_on_a_new_phone_link_its_wechat(phone, account):
    who = make.volunteer("林淑芬")
    there_and_back(phone, account)

    make.known_phone(phone, who)

    assert WeChatLink.objects.get().volunteer == who


def test_not_me_takes_the_link_away(phone, account):
    make.known_phone(phone, make.volunteer("林淑芬"))
    there_and_back(phone, account)
    phone.post("/me/leave/")

    other = anew()
    there_and_back(other, account)

    assert not WeChatLink.objects.exists()
    assert "认得" not in text(other.get("/"))
    assert "认得" not in text(phone.get("/"))


def test_not_me_without_the_phones_own_mark_takes_all_links_away(phone, account):
    make.known_phone(phone, make.volunteer("林淑芬"))
    there_and_back(phone, account)
    del phone.cookies[device.WECHAT]

    phone.post("/me/leave/")

    assert not WeChatLink.objects.exists()


def test_a_new_link_from_the_staff_ends_what_wechat_knew(phone, account):
    who = make.known_phone(phone, make.volunteer("林淑芬"))
    there_and_back(phone, account)

    people.renew_link(volunteer=who, now=timezone.now(), actor=None)

    assert not WeChatLink.objects.exists()


def test_whoever_left_is_not_known_again(phone, account):
    who = make.known_phone(phone, make.volunteer("林淑芬"))
    there_and_back(phone, account)
    Volunteer.objects.filter(pk=who.pk).update(status="left")

    other = anew()
    there_and_back(other, account)

    assert device.COOKIE not in other.cookies


def test_two_people_at_one_wechat_the_last_one_counts(phone, account):
    mother, daughter = make.volunteer("林淑芬"), make.volunteer("程小满")
    make.known_phone(phone, mother)
    there_and_back(phone, account)

    make.known_phone(phone, daughter)

    assert WeChatLink.objects.get().volunteer == daughter


class TestNeverInTheWay:
    def test_not_set_up_nobody_is_sent_anywhere(self, phone):
        assert phone.get("/").status_code == 200

    @pytest.mark.parametrize(
        "agent", ["Mozilla/5.0 (iPhone) Safari/604.1", INSIDE + " wxwork/4.1.6 MicroMessenger/7.0.1"]
    )
    def test_outside_of_wechat_nobody_is_sent_anywhere(self, client, account, agent):
        assert client.get("/", HTTP_USER_AGENT=agent).status_code == 200

    def test_a_step_inside_the_product_never_leads_away(self, phone, account):
        assert phone.get("/", HTTP_REFERER="http://testserver/privacy/").status_code == 200

    def test_whoever_does_not_come_back_is_not_sent_again(self, phone, account):
        assert phone.get("/").status_code == 302
        assert phone.get("/").status_code == 200

    def test_a_post_is_never_turned_into_a_question(self, phone, account):
        assert phone.post(f"/s/{coming().pk}/", GOOD).url.startswith("/me/")

    @pytest.mark.parametrize(
        "refusal",
        [
            (200, {"errcode": -1, "errmsg": "system error"}),
            (200, {"errcode": 40125, "errmsg": "invalid appsecret"}),
            (200, {"openid": None}),
            (200, {"openid": "x" * 500}),
            (200, ["nonsense"]),
            (502, {}),
            "vanish",
        ],
    )
    def test_what_wechat_does_wrong_ends_on_the_page(self, phone, account, refusal):
        sent = phone.get("/?p=child")
        back = asked_of(account, sent.url)
        account.refusal = refusal

        response = phone.get(back.removeprefix("http://testserver"))

        assert (response.status_code, response.url) == (302, "/?p=child")
        assert device.COOKIE not in phone.cookies and device.WECHAT not in phone.cookies
        assert phone.get("/?p=child").status_code == 200

    def test_nobody_waits_longer_than_the_patience(self, phone, account, monkeypatch):
        monkeypatch.setattr(wechat, "PATIENCE", 0.2)
        back = asked_of(account, phone.get("/").url)
        account.delay = 2

        assert phone.get(back.removeprefix("http://testserver")).url == "/"
        assert device.WECHAT not in phone.cookies  # the answer came too late to be heard

    def test_while_wechat_does_not_answer_nobody_is_sent_there(self, account):
        account.refusal = (200, {"errcode": -1, "errmsg": "system error"})
        for _ in range(wechat.TROUBLES):
            with pytest.raises(wechat.Unknown):
                wechat.openid(wechat.account(), code="code1")

        assert wechat.account() is None
        assert anew().get("/").status_code == 200

    def test_a_used_code_is_no_reason_to_rest(self, account):
        for _ in range(wechat.TROUBLES):
            with pytest.raises(wechat.Unknown, match="40029"):
                wechat.openid(wechat.account(), code="code1")

        assert wechat.account() is not None


class TestTheState:
    def test_another_ones_state_signs_nobody_in(self, phone, account):
        make.known_phone(phone, make.volunteer("林淑芬"))
        there_and_back(phone, account)
        attacker, victim = anew(), anew()
        theirs = asked_of(account, attacker.get("/").url).removeprefix("http://testserver")
        victim.get("/")

        for refused in (victim.get(theirs), anew().get(theirs)):
            assert refused.url == "/"
            assert device.COOKIE not in refused.cookies and device.WECHAT not in refused.cookies
        assert len(account.codes) == 1  # the code was not even asked about

    def test_it_is_good_once(self, phone, account):
        back = asked_of(account, phone.get("/").url).removeprefix("http://testserver")
        phone.get(back)
        asked = account.count

        assert phone.get(back).url == "/"
        assert account.count == asked

    @pytest.mark.parametrize("path", ["//evil.example/", "https://evil.example/", "evil", ""])
    def test_it_leads_only_to_our_own_pages(self, phone, account, path):
        kept = HttpResponse()
        kept.set_signed_cookie(wechat_views.ASKED, f"state {path}", salt=wechat_views.SALT)
        phone.cookies.update(kept.cookies)

        assert phone.get("/wx/?state=state&code=abcd1234").url == "/"

    def test_it_is_not_guessable(self, phone, account):
        states = {parse_qs(urlsplit(anew().get("/").url).query)["state"][0] for _ in range(3)}

        assert len(states) == 3 and min(map(len, states)) >= 20


def test_the_same_account_linked_at_one_moment_is_one_link(together):
    people_ = [make.volunteer(name) for name in ("林淑芬", "程小满", "周远")]

    answers = together(
        3, lambda n: recognising.link_wechat(token=people_[n].token, digest="d" * 64, now=timezone.now())
    )

    assert answers == [None] * 3
    assert WeChatLink.objects.count() == 1


@pytest.mark.journey
def test_in_a_real_browser(live_server, new_page, account, settings):
    settings.LINKE_ADDRESS = live_server.url
    who = make.volunteer("林淑芬")
    first = as_volunteer(new_page(390, 844, user_agent=INSIDE), live_server.url, who)
    first.goto(f"{live_server.url}/")
    second = new_page(390, 844, user_agent=INSIDE)

    second.goto(f"{live_server.url}/?p=child")

    assert second.url.removesuffix("#wechat_redirect") == f"{live_server.url}/?p=child"
    assert "这部手机认得林淑芬" in second.content()
    second.goto(f"{live_server.url}/me/{who.token}/")
    second.get_by_role("button", name="我不是林淑芬").click()
    second.wait_for_url(lambda url: "/me/" not in url)
    assert "认得" not in second.get_by_role("main").inner_text()
