"""SMS by Aliyun, through its own SDK (an optional extra: ./run sms)."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from people.channels import templates
from people.channels.carriers import Letter, Refused, never_connected
from people.models import Channel

TIMEOUT = 8_000  # milliseconds
A_PAGE = 50
# What another try may cure; every other code is about the account, the template or the number.
LATER = {"isv.BUSINESS_LIMIT_CONTROL", "isp.SYSTEM_ERROR", "isp.RAM_PERMISSION_DENY", "Throttling.User"}


@dataclass(frozen=True, slots=True)
class Aliyun:
    """One account: key, sign name, and the numbers of its approved texts."""

    account: Channel
    key_id: str
    key_secret: str
    code: str

    def send(self, letter: Letter, hand: Callable[[], None]) -> str:
        """Ask for one SMS with our own number (OutId), by which it is found again. Answers Aliyun's BizId."""
        models, client = self._sdk()
        _, number, values = templates.filled(self.account, letter)
        request = models.SendSmsRequest(
            phone_numbers=letter.phone,
            sign_name=self.account.open.get("sign", ""),
            template_code=number,
            template_param=json.dumps(values, ensure_ascii=False),
            out_id=letter.key,
        )
        hand()
        body = _said(lambda: client.send_sms(request).body)
        if body.code != "OK":
            raise Refused(f"{body.code} {body.message}", is_final=body.code not in LATER)
        return body.biz_id or ""

    def was_taken(self, letter: Letter) -> bool | None:
        """Whether Aliyun knows an SMS of ours with this number; the days around the try, whatever our clock does."""
        models, client = self._sdk()
        tried = timezone.localtime(letter.handed_at or timezone.now())
        for days in (0, -1, 1):
            request = models.QuerySendDetailsRequest(
                phone_number=letter.phone,
                send_date=f"{tried + timedelta(days=days):%Y%m%d}",
                page_size=A_PAGE,
                current_page=1,
            )
            body = _said(lambda wanted=request: client.query_send_details(wanted).body)
            if body.code != "OK":
                raise Refused(f"{body.code} {body.message}")
            found = body.sms_send_detail_dtos
            if any(one.out_id == letter.key for one in (found.sms_send_detail_dto if found else None) or []):
                return True
        return False

    def _sdk(self) -> tuple[Any, Any]:
        """Aliyun's models and a client. The SDK takes most of a second to load, and not every copy has it."""
        try:
            from alibabacloud_dysmsapi20170525 import client, models
            from alibabacloud_tea_openapi.models import Config
        except ImportError as missing:
            raise Refused("没有装阿里云的程序包，请运行 ./run sms") from missing
        # An installation of one's own (Apsara Stack) has another address; "http://…" only in tests.
        protocol, _, host = self.account.open.get("address", "https://dysmsapi.aliyuncs.com").partition("://")
        config = Config(
            access_key_id=self.key_id,
            access_key_secret=self.key_secret,
            endpoint=host,
            protocol=protocol,
            connect_timeout=TIMEOUT,
            read_timeout=TIMEOUT,
        )
        return models, client.Client(config)


def _said(ask: Callable[[], Any]) -> Any:
    """Aliyun's answer; what it refuses with a status of 4xx or 5xx is a Refused, too."""
    try:
        return ask()
    except Exception as error:
        if never_connected(error):
            raise Refused(f"连不上：{error}") from error
        code, status = getattr(error, "code", None), getattr(error, "status_code", None)
        if code and status:
            words = getattr(error, "message", str(error))
            raise Refused(f"{code} {words}", is_final=status < 500 and code not in LATER) from error
        raise
