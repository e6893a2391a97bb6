"""Forms of a club: how many places, whose names, who leads it."""

from django import forms

LONGEST_LIST = 200  # lines


class HoldForm(forms.Form):
    """So many places of one session."""

    shift = forms.IntegerField(widget=forms.HiddenInput)
    places = forms.IntegerField(
        label="留几个",
        min_value=1,
        max_value=200,
        error_messages={
            "required": "写上留几个。",
            "invalid": "留几个要写数字。",
            "min_value": "至少留 1 个。",
            "max_value": "一次最多留 200 个。",
        },
    )

    @property
    def first_error(self) -> str:
        """What is wrong, for a page with many of these forms."""
        return next(error for errors in self.errors.values() for error in errors)


class NamesForm(forms.Form):
    """A pasted list, and the leader's word that everybody on it agrees."""

    names = forms.CharField(
        label="名单",
        max_length=12_000,
        help_text="一行一位：名字 手机号。可以从群里整段粘贴。",
        error_messages={"required": "先写名单，一行一位。", "max_length": "一次太多了，分几次填。"},
        widget=forms.Textarea(attrs={"rows": 6, "placeholder": "周远 13800000000"}),
    )
    consent = forms.BooleanField(error_messages={"required": "请勾选：名单上的人都同意，才能把名字和手机号给社区。"})

    def clean_names(self) -> str:
        """Not more lines than one request can answer for."""
        text = self.cleaned_data["names"]
        if len(text.splitlines()) > LONGEST_LIST:
            raise forms.ValidationError(f"一次最多 {LONGEST_LIST} 行，分几次填。")
        return text


class LeaderForm(forms.Form):
    """Who gets the club's secret link."""

    name = forms.CharField(
        label="负责人",
        max_length=20,
        error_messages={"required": "写上负责人的名字。", "max_length": "名字太长了，20 个字以内。"},
    )
    phone = forms.CharField(
        label="负责人手机号",
        max_length=20,
        help_text="名额快到时间会提醒这位",
        error_messages={"required": "写上负责人的手机号，11 位。", "max_length": "号码太长了，手机号要 11 位。"},
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}),
    )


class ClubForm(forms.Form):
    """A club that is not on any list yet."""

    name = forms.CharField(
        label="组织名称",
        max_length=60,
        error_messages={"required": "写上组织名称。", "max_length": "名称太长了，60 个字以内。"},
    )
