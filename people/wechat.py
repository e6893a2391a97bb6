"""Who opens a page inside WeChat: the silent sign-in of a certified official account (网页授权, scope snsapi_base).

The protocol is WeChat's own: a redirect to open.weixin.qq.com and back with a code, then one request that
changes the code for the openid of this person at this account. Whatever goes wrong, nobody is kept waiting
for more than PATIENCE seconds and the page opens as if there were no WeChat.
"""

import http.client
import json
import logging
import re
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from people import visitors

PATIENCE = 3  # seconds
LONGEST = 64_000  # bytes of an answer that are read
TROUBLES, RESTS = 3, 300  # after so many failures nobody is sent to WeChat for so many seconds
FAILED = "wechat:failed"
OPENID = re.compile(r"[\w-]{6,128}", re.ASCII)
CODE = re.compile(r"[\w-]{4,512}", re.ASCII)

logger = logging.getLogger(__name__)


class Unknown(Exception):
    """WeChat did not say who it is; the message is its own words, or what happened instead."""


@dataclass(frozen=True, slots=True)
class Account:
    """An official account: its AppID and AppSecret."""

    app_id: str
    secret: str


def account() -> Account | None:
    """The account that is set up; None without one, and while WeChat does not answer."""
    if not (settings.LINKE_WECHAT_APP_ID and settings.LINKE_WECHAT_SECRET):
        return None
    if visitors.counted(FAILED) >= TROUBLES:
        return None
    return Account(settings.LINKE_WECHAT_APP_ID, settings.LINKE_WECHAT_SECRET)


def is_inside(request: HttpRequest) -> bool:
    """Whether this is WeChat's own browser; that of 企业微信 has other people in it."""
    agent = request.headers.get("User-Agent", "")
    return "MicroMessenger" in agent and "wxwork" not in agent


def authorize(of: Account, *, back: str, state: str) -> str:
    """Where to send somebody; WeChat sends them to `back` with a code at once, and shows nothing.

    The order of the parameters and the fragment are WeChat's.
    """
    asked = {
        "appid": of.app_id,
        "redirect_uri": back,
        "response_type": "code",
        "scope": "snsapi_base",
        "state": state,
    }
    return f"{settings.LINKE_WECHAT_OPEN}/connect/oauth2/authorize?{urlencode(asked)}#wechat_redirect"


def openid(of: Account, *, code: str) -> str:
    """Whom a code stands for. One request; the code is good once, for five minutes. Raises Unknown."""
    if not CODE.fullmatch(code):
        raise Unknown("no code")
    try:
        answer = _ask(of, code)
    except (OSError, http.client.HTTPException, ValueError) as trouble:
        visitors.count(FAILED, seconds=RESTS)
        raise Unknown(f"no answer: {type(trouble).__name__}") from trouble
    if answer.get("errcode"):
        if answer["errcode"] not in CODES_OWN:
            visitors.count(FAILED, seconds=RESTS)
        raise Unknown(f"{answer['errcode']} {answer.get('errmsg', '')}")
    found = answer.get("openid")
    if not isinstance(found, str) or not OPENID.fullmatch(found):
        raise Unknown("an answer without openid")
    return found


# Invalid, used, or expired: the trouble of one code, not of the account.
CODES_OWN = {40029, 40163, 41008, 42003}


def _ask(of: Account, code: str) -> dict:
    """The answer of the interface. Its type is text/plain and its status 200, also when it refuses."""
    parts = urlsplit(settings.LINKE_WECHAT_API)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    query = urlencode({"appid": of.app_id, "secret": of.secret, "code": code, "grant_type": "authorization_code"})
    line = kind(parts.netloc, timeout=PATIENCE)
    try:
        line.request("GET", f"/sns/oauth2/access_token?{query}", headers={"Accept": "application/json"})
        answer = line.getresponse()
        body = answer.read(LONGEST)
    finally:
        line.close()
    found = json.loads(body)
    if answer.status != 200 or not isinstance(found, dict):
        raise ValueError(answer.status)
    return found


def digest(found: str) -> str:
    """What is kept of an openid: enough to know it again, and nothing to be found by elsewhere."""
    return salted_hmac("people.wechat.openid", found, algorithm="sha256").hexdigest()
