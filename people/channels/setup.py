"""From a stored channel to the carrier that speaks its provider's language."""

from people import sealing
from people.channels.aliyun import Aliyun
from people.channels.bots import Bot
from people.channels.carriers import Carrier
from people.channels.tencent import Tencent
from people.models import Channel


def carrier_of(channel: Channel) -> Carrier:
    """The carrier of a stored channel, with its secrets. Raises `sealing.Unreadable`."""
    secrets = sealing.opened(channel.sealed)
    code = f"{channel.kind}:{channel.pk}"
    if channel.is_bot:
        return Bot(channel.kind, code, secrets["address"], secrets.get("secret", ""))
    provider: type[Aliyun] | type[Tencent] = Aliyun if channel.kind == Channel.Kind.ALIYUN else Tencent
    return provider(channel, secrets["key_id"], secrets["key_secret"], code)
