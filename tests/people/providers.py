"""Servers on this machine that speak as the providers do, check what they check, and keep what they took.

Each follows its provider's published protocol: addresses, signatures, limits, and the words of refusals.
"""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

ID, SECRET = "test-key-id", "test-key-secret"


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        return json.loads(self.body)


@dataclass
class Provider:
    """What was taken, in order. `refusal` is answered instead, when set; "vanish" takes and says nothing."""

    taken: list[dict[str, Any]] = field(default_factory=list)
    refusal: Any = None
    port: int = 0
    delay: float = 0
    content_type = "application/json"

    @property
    def count(self) -> int:
        return len(self.taken)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, asked: Asked) -> tuple[int, dict[str, Any]]:
        raise NotImplementedError

    def take(self, what: dict[str, Any]) -> None:
        self.taken.append(what)


def _hmac(key: str | bytes, text: str) -> bytes:
    return hmac.new(key.encode() if isinstance(key, str) else key, text.encode(), hashlib.sha256).digest()


def _sha(content: bytes | str) -> str:
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


# --- bots -----------------------------------------------------------------------------------------


class WeCom(Provider):
    """developer.work.weixin.qq.com/document/path/91770: the key is in the address, 2048 bytes at most."""

    def answer(self, asked: Asked) -> tuple[int, dict[str, Any]]:
        if asked.path != "/cgi-bin/webhook/send" or asked.query.get("key") != SECRET:
            return 200, {"errcode": 93000, "errmsg": "invalid webhook url, hint: [1], more info at https://open.work"}
        text = asked.json()["text"]["content"]
        if len(text.encode()) > 2048:
            return 200, {"errcode": 40058, "errmsg": "text.content exceed max length 2048"}
        self.take(asked.json())
        return 200, {"errcode": 0, "errmsg": "ok"}


class DingTalk(Provider):
    """open.dingtalk.com/document/robots: HMAC over milliseconds and secret, at most an hour old."""

    def answer(self, asked: Asked) -> tuple[int, dict[str, Any]]:
        if asked.path != "/robot/send" or asked.query.get("access_token") != "token":
            return 200, {"errcode": 300005, "errmsg": "token is not exist"}
        moment = asked.query.get("timestamp", "0")
        wanted = base64.b64encode(_hmac(SECRET, f"{moment}\n{SECRET}")).decode()
        if asked.query.get("sign") != wanted or abs(time.time() - int(moment) / 1000) > 3600:
            return 200, {"errcode": 310000, "errmsg": "sign not match, more: [https://ding-doc.dingtalk.com]"}
        self.take(asked.json())
        return 200, {"errcode": 0, "errmsg": "ok"}


class Feishu(Provider):
    """open.feishu.cn custom bots: the signature is an HMAC of nothing with seconds and secret as its key."""

    def answer(self, asked: Asked) -> tuple[int, dict[str, Any]]:
        if asked.path != "/open-apis/bot/v2/hook/token":
            return 400, {"code": 19001, "msg": "param invalid: incoming webhook access token invalid"}
        body = asked.json()
        moment = body.get("timestamp", "0")
        wanted = base64.b64encode(_hmac(f"{moment}\n{SECRET}", "")).decode()
        if body.get("sign") != wanted or abs(time.time() - int(moment)) > 3600:
            return 200, {"code": 19021, "msg": "sign match fail or timestamp is not within one hour from current time"}
        self.take(body)
        return 200, {"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"}


# --- SMS ------------------------------------------------------------------------------------------


class AliyunSms(Provider):
    """Dysmsapi 2017-05-25 with the signature ACS3-HMAC-SHA256 (help.aliyun.com 2712195)."""

    def answer(self, asked: Asked) -> tuple[int, dict[str, Any]]:
        if not self._is_signed(asked):
            return 400, _aliyun("SignatureDoesNotMatch", "Specified signature is not matched with our calculation.")
        asks = {**asked.query, **dict(parse_qsl(asked.body.decode()))}
        return {"SendSms": self._send, "QuerySendDetails": self._found}[asked.headers["x-acs-action"]](asks)

    def _is_signed(self, asked: Asked) -> bool:
        parts = dict(part.strip().split("=", 1) for part in asked.headers["authorization"].partition(" ")[2].split(","))
        query = "&".join(f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in sorted(asked.query.items()))
        named = parts["SignedHeaders"].split(";")
        headers = "".join(f"{name}:{asked.headers[name].strip()}\n" for name in named)
        if _sha(asked.body) != asked.headers["x-acs-content-sha256"]:
            return False
        request = "\n".join([asked.method, asked.path, query, headers, parts["SignedHeaders"], _sha(asked.body)])
        wanted = _hmac(SECRET, f"ACS3-HMAC-SHA256\n{_sha(request)}").hex()
        return parts["Credential"] == ID and parts["Signature"] == wanted

    def _send(self, asks: dict[str, str]) -> tuple[int, dict[str, Any]]:
        variables = json.loads(asks["TemplateParam"])
        if not asks["TemplateCode"].startswith("SMS_"):
            return 200, _aliyun("isv.SMS_TEMPLATE_ILLEGAL", "模板不合法(不存在或被拉黑)")
        if any(not 1 <= len(value) <= 35 for value in variables.values()):
            return 200, _aliyun("isv.PARAM_LENGTH_LIMIT", "参数超过长度限制")
        self.take({**asks, "variables": variables, "day": time.strftime("%Y%m%d", time.gmtime(time.time() + 8 * 3600))})
        return 200, _aliyun("OK", "OK") | {"BizId": f"biz-{len(self.taken)}"}

    def _found(self, asks: dict[str, str]) -> tuple[int, dict[str, Any]]:
        found = [
            {"OutId": sms["OutId"], "PhoneNum": sms["PhoneNumbers"], "SendStatus": 3}
            for sms in list(self.taken)
            if (sms["PhoneNumbers"], sms["day"]) == (asks["PhoneNumber"], asks["SendDate"])
        ]
        details = {"SmsSendDetailDTO": found[: int(asks["PageSize"])]}
        return 200, _aliyun("OK", "OK") | {"TotalCount": str(len(found)), "SmsSendDetailDTOs": details}


def _aliyun(code: str, message: str) -> dict[str, Any]:
    return {"Code": code, "Message": message, "RequestId": "9D0A0C0E"}


class TencentSms(Provider):
    """SMS 2021-01-11 with the signature TC3-HMAC-SHA256 (cloud.tencent.com/document/api/382/52072)."""

    def answer(self, asked: Asked) -> tuple[int, dict[str, Any]]:
        if not self._is_signed(asked):
            error = {
                "Code": "AuthFailure.SignatureFailure",
                "Message": "The provided credentials could not be validated.",
            }
            return 200, {"Response": {"Error": error, "RequestId": "9D0A0C0E"}}
        actions = {"SendSms": self._send, "PullSmsSendStatusByPhoneNumber": self._found}
        answer = actions[asked.headers["x-tc-action"]](asked.json())
        return 200, {"Response": {**answer, "RequestId": "9D0A0C0E"}}

    def _is_signed(self, asked: Asked) -> bool:
        scheme, _, rest = asked.headers["authorization"].partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        key_id, day, service, end = parts["Credential"].split("/")
        headers = "".join(f"{name}:{asked.headers[name].lower()}\n" for name in parts["SignedHeaders"].split(";"))
        request = "\n".join([asked.method, asked.path, "", headers, parts["SignedHeaders"], _sha(asked.body)])
        text = "\n".join([scheme, asked.headers["x-tc-timestamp"], f"{day}/{service}/{end}", _sha(request)])
        key = _hmac(_hmac(_hmac(f"TC3{SECRET}", day), service), end)
        return (key_id, parts["Signature"], service) == (ID, _hmac(key, text).hex(), "sms")

    def _send(self, asks: dict[str, Any]) -> dict[str, Any]:
        (number,) = asks["PhoneNumberSet"]
        code, message = "Ok", "send success"
        if not asks["TemplateId"].isdigit():
            code, message = "FailedOperation.TemplateIncorrectOrUnapproved", "template is not approved"
        else:
            self.take(asks)
        serial = f"serial-{len(self.taken)}"
        return {"SendStatusSet": [{"SerialNo": serial, "PhoneNumber": number, "Code": code, "Message": message}]}

    def _found(self, asks: dict[str, Any]) -> dict[str, Any]:
        found = [
            {"PhoneNumber": asks["PhoneNumber"], "SessionContext": sms["SessionContext"], "ReportStatus": "SUCCESS"}
            for sms in self.taken
            if asks["PhoneNumber"] in sms["PhoneNumberSet"]
        ]
        return {"PullSmsSendStatusSet": found}


# --- WeChat ---------------------------------------------------------------------------------------


@dataclass
class WeChat(Provider):
    """developers.weixin.qq.com, 网页授权 with snsapi_base: sent back with a code at once, the code changed for an openid.

    A code is good once and for this account; the answer is text/plain with status 200, also when it refuses.
    """

    content_type = "text/plain"
    who: str = "oABCD1234567890-abcdefghijk"
    codes: dict[str, str] = field(default_factory=dict)

    def answer(self, asked: Asked) -> tuple[int, dict[str, Any]]:
        if asked.path == "/connect/oauth2/authorize":
            return self.authorize(asked)
        if asked.path != "/sns/oauth2/access_token" or asked.query.get("grant_type") != "authorization_code":
            return 200, {"errcode": 40002, "errmsg": "invalid grant_type"}
        if asked.query.get("appid") != ID:
            return 200, {"errcode": 40013, "errmsg": "invalid appid, rid: 1-2-3"}
        if asked.query.get("secret") != SECRET:
            return 200, {"errcode": 40125, "errmsg": "invalid appsecret, rid: 1-2-3"}
        if not asked.query.get("code"):
            return 200, {"errcode": 41008, "errmsg": "missing code, rid: 1-2-3"}
        who = self.codes.pop(asked.query["code"], None)
        self.take({"code": asked.query["code"]})
        if who is None:
            return 200, {"errcode": 40029, "errmsg": "invalid code, rid: 1-2-3"}
        return 200, {
            "access_token": "ACCESS",
            "expires_in": 7200,
            "refresh_token": "REFRESH",
            "openid": who,
            "scope": "snsapi_base",
        }

    def authorize(self, asked: Asked) -> tuple[int, dict[str, Any]]:
        """WeChat wants its parameters by these names, and a state of letters and digits, 128 at most."""
        wanted = ["appid", "redirect_uri", "response_type", "scope", "state"]
        right = asked.query.get("response_type") == "code" and asked.query.get("scope") == "snsapi_base"
        if list(asked.query) != wanted or asked.query["appid"] != ID or not right or len(asked.query["state"]) > 128:
            return 200, {"errcode": 10003, "errmsg": "redirect_uri域名与后台配置不一致"}
        code = f"code{len(self.codes)}-{len(self.taken)}"
        self.codes[code] = self.who
        sign = "&" if "?" in asked.query["redirect_uri"] else "?"
        return 302, {"Location": f"{asked.query['redirect_uri']}{sign}code={code}&state={quote(asked.query['state'])}"}


# --- the server -----------------------------------------------------------------------------------


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that are killed in the middle of a request are what some tests are about."""


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked("POST", parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), headers, body)
            time.sleep(provider.delay)
            vanishes = provider.refusal == "vanish"
            status, content = provider.refusal if provider.refusal and not vanishes else provider.answer(asked)
            if vanishes:
                self.close_connection = True
                return
            text = json.dumps(content, ensure_ascii=False).encode()
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", content.pop("Location"))
            self.send_header("Content-Type", provider.content_type)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST  # noqa: N815

        def log_message(self, *arguments: object) -> None:
            """Tests are quiet."""

    return Handler


@contextmanager
def running(provider: Provider) -> Iterator[Provider]:
    """The provider on a port that is free."""
    server = Server(("127.0.0.1", 0), _handler(provider))
    provider.port = server.server_port
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
