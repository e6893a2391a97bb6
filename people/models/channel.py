"""A way out that somebody of the staff has set up: a group's bot or an SMS account."""

from django.db import models


class Channel(models.Model):
    """A bot of a work group, or an account with an SMS provider. Files and mail need no row (settings).

    `sealed` holds what must stay secret, encrypted (`people.sealing`); `open` what may be shown:
    sign name, app id, region, the provider's template ids by kind. `scope` says whom it speaks for:
    "" everybody, or "community:7". The last test leaves its moment and its error.
    """

    class Kind(models.TextChoices):
        WECOM = "wecom", "企业微信群机器人"
        DINGTALK = "dingtalk", "钉钉群机器人"
        FEISHU = "feishu", "飞书群机器人"
        ALIYUN = "aliyun", "阿里云短信"
        TENCENT = "tencent", "腾讯云短信"

    BOTS = (Kind.WECOM, Kind.DINGTALK, Kind.FEISHU)
    SMS = (Kind.ALIYUN, Kind.TENCENT)

    kind = models.CharField("种类", max_length=10, choices=Kind)
    name = models.CharField("名称", max_length=40)
    scope = models.CharField("哪个社区", max_length=40, blank=True)
    is_on = models.BooleanField("在用", default=True)
    open = models.JSONField("公开的设置", default=dict, blank=True)
    sealed = models.TextField("加密的设置", blank=True)
    tested_at = models.DateTimeField("试发", null=True, blank=True)
    test_error = models.CharField("试发时出的错", max_length=500, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["wecom", "dingtalk", "feishu", "aliyun", "tencent"]),
                name="channel_kind_is_known",
            ),
            # Two accounts would make it a matter of chance which one a text goes through, and asked for, later.
            models.UniqueConstraint(
                fields=["is_on"],
                condition=models.Q(kind__in=["aliyun", "tencent"], is_on=True),
                name="one_sms_account_in_use",
                violation_error_message="短信通道一次只用一个，请先停用另一个。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_bot(self) -> bool:
        """True for a group's bot: everybody in the group reads it, so nothing personal goes there."""
        return self.kind in self.BOTS
