"""SMS by Tencent Cloud, through its own SDK (an optional extra: ./run sms)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from people.channels import templates
from people.channels.carriers import Letter, Refused, never_connected
from people.models import Channel

TIMEOUT = 10  # seconds
LATER = ("InternalError", "LimitExceeded", "RequestLimitExceeded")


@dataclass(frozen=True, slots=True)
class Tencent:
    """One account: key, app id, sign name, and the numbers of its approved texts."""

    account: Channel
    key_id: str
    key_secret: str
    code: str

    def send(self, letter: Letter, hand: Callable[[], None]) -> str:
        """Ask for one SMS; our own number travels along as SessionContext. Answers Tencent's SerialNo."""
        models, client = self._sdk()
        template, number, values = templates.filled(self.account, letter)
        request = models.SendSmsRequest()
        request.PhoneNumberSet = [f"+86{letter.phone}"]
        request.SmsSdkAppId = self.account.open.get("app", "")
        request.SignName = self.account.open.get("sign", "")
        request.TemplateId = number
        request.TemplateParamSet = [values[name] for name in template.variables]
        request.SessionContext = letter.key
        hand()
        (status,) = _said(lambda: client.SendSms(request)).SendStatusSet
        if status.Code != "Ok":
            raise Refused(f"{status.Code} {status.Message}", is_final=not status.Code.startswith(LATER))
        return status.SerialNo or ""

    def was_taken(self, letter: Letter) -> bool | None:
        """True when Tencent reports an SMS with our number. It reports only what a phone has answered, and
        repeats our number only for accounts for which that was switched on: so silence says nothing.
        """
        models, client = self._sdk()
        request = models.PullSmsSendStatusByPhoneNumberRequest()
        began = int((letter.handed_at or timezone.now()).timestamp())
        request.BeginTime, request.EndTime = began - 60, began + 3600
        request.Offset, request.Limit = 0, 100
        request.PhoneNumber = f"+86{letter.phone}"
        request.SmsSdkAppId = self.account.open.get("app", "")
        found = _said(lambda: client.PullSmsSendStatusByPhoneNumber(request)).PullSmsSendStatusSet or []
        return True if any(one.SessionContext == letter.key for one in found) else None

    def _sdk(self) -> tuple[Any, Any]:
        """Tencent's models and a client; not every copy of the product has the SDK."""
        try:
            from tencentcloud.common import credential
            from tencentcloud.common.profile import client_profile, http_profile
            from tencentcloud.sms.v20210111 import models, sms_client
        except ImportError as missing:
            raise Refused("没有装腾讯云的程序包，请运行 ./run sms") from missing
        protocol, _, host = self.account.open.get("address", "https://sms.tencentcloudapi.com").partition("://")
        profile = client_profile.ClientProfile(
            httpProfile=http_profile.HttpProfile(protocol=protocol, endpoint=host, reqTimeout=TIMEOUT)
        )
        profile.disable_region_breaker = True
        keys = credential.Credential(self.key_id, self.key_secret)
        return models, sms_client.SmsClient(keys, self.account.open.get("region", "ap-guangzhou"), profile)


def _said(ask: Callable[[], Any]) -> Any:
    """Tencent's answer; an error in its own words (it has a request id) is a Refused."""
    try:
        return ask()
    except Exception as error:
        if never_connected(error):
            raise Refused(f"连不上：{error}") from error
        code, request = getattr(error, "code", ""), getattr(error, "requestId", None)
        if code and request:
            words = getattr(error, "message", str(error))
            raise Refused(f"{code} {words}", is_final=not code.startswith(LATER)) from error
        raise
