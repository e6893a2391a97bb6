"""The form of the page 社区资料."""

from django import forms


class CommunityForm(forms.Form):
    """Reads what was typed; whether the number is one is the action's word."""

    street = forms.CharField(label="街道", max_length=40, required=False)
    help_name = forms.CharField(label="联系人", max_length=20, required=False, help_text="例如 陈站长")
    help_phone = forms.CharField(
        label="联系电话",
        max_length=20,
        help_text="印在海报和报名页上，居民打这个电话问",
        error_messages={"required": "请写社区的电话，手机号或带区号的座机号。"},
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}),
    )
    help_hours = forms.CharField(label="接听时间", max_length=60, required=False, help_text="例如 工作日 9:00–17:30")
    group_text = forms.CharField(
        label="志愿者群怎么进",
        max_length=120,
        required=False,
        help_text="报上名的人看得到，例如 加微信 wutong-sq，备注“志愿者”，拉您进群",
    )
