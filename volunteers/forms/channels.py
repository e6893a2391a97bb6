"""Forms of the page 通道. A secret that is stored already may stay empty, and is never shown."""

from urllib.parse import urlsplit

from django import forms
from django.conf import settings

from people.channels import templates
from people.models import Channel
from people.workbooks.phones import MOBILE

HOSTS = {
    "wecom": ("qyapi.weixin.qq.com",),
    "dingtalk": ("oapi.dingtalk.com",),
    "feishu": ("open.feishu.cn", "open.larksuite.com"),
}
STORED = "已经存好，不改就空着"


class SecretField(forms.CharField):
    """A secret: never written into the page, not even after a mistake elsewhere."""

    widget = forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"})


class ChannelForm(forms.Form):
    """What both sorts of channel have."""

    name = forms.CharField(label="叫它什么", max_length=40, error_messages={"required": "起个名字，比如“志愿者群”。"})

    secret_names: tuple[str, ...] = ()

    def __init__(self, *args, kind: str, stored: frozenset[str] = frozenset(), **kwargs):
        super().__init__(*args, **kwargs)
        self.kind = kind
        for name in self.secret_names:
            if name in stored:
                self.fields[name].required = False
                self.fields[name].help_text = STORED

    @property
    def secrets(self) -> dict[str, str]:
        """What is to be sealed."""
        return {name: self.cleaned_data[name].strip() for name in self.secret_names}

    @property
    def open_settings(self) -> dict:
        """What may be shown."""
        return {}


class BotForm(ChannelForm):
    """The bot of one group."""

    address = SecretField(
        label="机器人地址（Webhook）", max_length=300, error_messages={"required": "把群里机器人的地址整条贴过来。"}
    )
    secret = SecretField(label="签名密钥", max_length=100, required=False)
    scope = forms.ChoiceField(label="说哪个社区的事", required=False)

    secret_names = ("address", "secret")

    def __init__(self, *args, scopes: list[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["scope"].choices = [("", "所有社区"), *scopes]
        if self.kind == Channel.Kind.WECOM:
            del self.fields["secret"]
            self.secret_names = ("address",)
        elif not self.fields["secret"].help_text:
            self.fields["secret"].help_text = "安全设置里选了“加签”才有"

    def clean_address(self) -> str:
        """An address of the provider, so that nothing is ever sent anywhere else."""
        address = self.cleaned_data["address"].strip()
        if not address:
            return ""
        parts = urlsplit(address)
        is_own = parts.hostname in settings.LINKE_GATEWAY_HOSTS
        if not is_own and (parts.scheme != "https" or parts.hostname not in HOSTS[self.kind]):
            raise forms.ValidationError(f"地址要以 https://{HOSTS[self.kind][0]}/ 开头，请从群机器人那里整条复制。")
        return address


class SmsForm(ChannelForm):
    """An account with an SMS provider."""

    key_id = SecretField(label="AccessKey ID", max_length=100, error_messages={"required": "请填 AccessKey ID。"})
    key_secret = SecretField(label="AccessKey Secret", max_length=100, error_messages={"required": "请填密钥。"})
    sign = forms.CharField(
        label="短信签名", max_length=20, help_text="不带【】", error_messages={"required": "请填审核通过的签名。"}
    )
    app = forms.CharField(label="SdkAppId", max_length=20, error_messages={"required": "请填短信应用的 SdkAppId。"})

    secret_names = ("key_id", "key_secret")

    def __init__(self, *args, address: str, **kwargs):
        super().__init__(*args, **kwargs)
        if self.kind == Channel.Kind.ALIYUN:
            del self.fields["app"]
        else:
            self.fields["key_id"].label, self.fields["key_secret"].label = "SecretId", "SecretKey"
        for one in templates.ALL:
            self.fields[f"text_{one.kind}"] = forms.CharField(
                label=f"“{one.word}”的模板编号",
                max_length=40,
                required=False,
                help_text=f"{templates.wording(one, address)}（约 {len(templates.example(one, address))} 字，"
                f"算 {templates.charged_as(templates.example(one, address))} 条）",
            )

    def clean_sign(self) -> str:
        """The sign name without its brackets."""
        return self.cleaned_data["sign"].strip("【】 ")

    @property
    def open_settings(self) -> dict:
        """Sign name, app id, and the numbers of the approved texts."""
        numbers = {one.kind: self.cleaned_data[f"text_{one.kind}"].strip() for one in templates.ALL}
        found = {
            "sign": self.cleaned_data["sign"],
            "templates": {kind: number for kind, number in numbers.items() if number},
        }
        return found | ({"app": self.cleaned_data["app"].strip()} if "app" in self.fields else {})


class TestForm(forms.Form):
    """Where a test goes."""

    phone = forms.CharField(required=False, max_length=30)

    def clean_phone(self) -> str:
        """A mobile number, or nothing for a bot."""
        phone = self.cleaned_data["phone"].replace(" ", "")
        if phone and not MOBILE.fullmatch(phone):
            raise forms.ValidationError("试发要一个 11 位的手机号。")
        return phone
