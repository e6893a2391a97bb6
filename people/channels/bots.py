"""Bots of work groups: WeCom, DingTalk and Feishu. Everybody in the group reads them: nothing personal.

All three take a JSON text at a secret address and answer 200 even when they refuse, with a code in
the body; the words beside that code are what the organiser has to see. (apprise 2.3 takes every 200
of WeCom and DingTalk for sent and cannot sign for Feishu: docs/decisions/0008-exactly-once.md.)
"""

import base64
import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlsplit

from people.channels.carriers import Letter, Refused
from people.models import Channel

TIMEOUT = 10  # seconds, for each step
LONGEST = {"wecom": 2048, "dingtalk": 20_000, "feishu": 19_985}  # bytes for WeCom, characters otherwise
HOSTS = {"wecom": "qyapi.weixin.qq.com", "dingtalk": "oapi.dingtalk.com", "feishu": "open.feishu.cn"}
# Too often, or a trouble of the provider's own: worth another try later.
LATER = {45009, -1, 130101, 410100, 11232, 9499}


@dataclass(frozen=True, slots=True)
class Bot:
    """The bot of one group: its whole address as the provider shows it, and the signing secret if there is one."""

    kind: str
    code: str
    address: str
    secret: str = ""

    def send(self, letter: Letter, hand: Callable[[], None]) -> str:
        """Connect, then hand over the text. Raises Refused with the provider's own words."""
        path, payload = self.request(letter.text, now=time.time())
        answer = post(self.address, path, payload, hand)
        code = answer.get("errcode", answer.get("code", 0))
        if code:
            words = answer.get("errmsg") or answer.get("msg") or ""
            raise Refused(f"{code} {words}", is_final=code not in LATER)
        return ""

    def was_taken(self, letter: Letter) -> bool | None:
        """Nobody can say."""
        return None

    def request(self, text: str, *, now: float) -> tuple[str, dict[str, Any]]:
        """Path with query and JSON of one text, signed for this moment (`now` in seconds since 1970)."""
        parts = urlsplit(self.address)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        text = cut(text, self.kind)
        if self.kind == Channel.Kind.FEISHU:
            payload: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
            if self.secret:
                payload |= {"timestamp": f"{now:.0f}", "sign": _signed(f"{now:.0f}\n{self.secret}", "")}
            return path, payload
        if self.kind == Channel.Kind.DINGTALK and self.secret:
            moment = f"{now * 1000:.0f}"
            path += f"&timestamp={moment}&sign={quote_plus(_signed(self.secret, f'{moment}\n{self.secret}'))}"
        return path, {"msgtype": "text", "text": {"content": text}}


def _signed(key: str, text: str) -> str:
    """HMAC-SHA256 in base 64."""
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def cut(text: str, kind: str) -> str:
    """The text within the provider's limit; its last line, the link, always stays."""
    most = LONGEST[kind]
    if len(text.encode()) <= most:
        return text
    head, _, link = text.rpartition("\n")
    room = most - len(f"\n……\n{link}".encode())
    return head.encode()[:room].decode("utf-8", "ignore") + f"\n……\n{link}"


def post(address: str, path: str, payload: dict[str, Any], hand: Callable[[], None]) -> dict[str, Any]:
    """Connect, call `hand`, send the JSON and read the JSON answer. Raises Refused for any other status."""
    parts = urlsplit(address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=TIMEOUT)
    try:
        connection.connect()  # a wrong address or a closed door is found before anything leaves
        hand()
        body = json.dumps(payload, ensure_ascii=False).encode()
        connection.request("POST", path, body, {"Content-Type": "application/json; charset=utf-8"})
        answer = connection.getresponse()
        content = answer.read(20_000)
    finally:
        connection.close()
    if answer.status != http.client.OK:
        words = content.decode("utf-8", "replace")[:200]
        raise Refused(f"HTTP {answer.status} {words}", is_final=400 <= answer.status < 500 and answer.status != 429)
    return json.loads(content)
