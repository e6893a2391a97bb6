"""The two fields of signing up, one optional, and the consent."""

from django import forms

from people.workbooks.phones import read_phone
from volunteers.models import Volunteer

OCCUPATIONS = [("student", "学生"), ("working", "上班"), ("retired", "退休"), ("other", "其他")]


class SignUpForm(forms.Form):
    """Checks what can be checked without the database; the rules live in the action."""

    name = forms.CharField(
        label="您叫什么",
        max_length=20,
        help_text="写真名，以后开服务证明要用",
        error_messages={"required": "请写您的名字。", "max_length": "名字太长了，20 个字以内。"},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label="手机号",
        max_length=40,
        help_text="只有社区工作人员看得到，不发短信验证码",
        error_messages={"required": "请写您的手机号，11 位。", "max_length": "号码太长了，手机号要 11 位。"},
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel-national"}),
    )
    occupation = forms.ChoiceField(label="您是", choices=OCCUPATIONS, required=False, widget=forms.RadioSelect)
    consent = forms.BooleanField(error_messages={"required": "请勾选同意，我们才能记下您的名字和手机号。"})

    def clean_phone(self) -> str:
        """The number in one form; what is wrong with it as a sentence."""
        read = read_phone(self.cleaned_data["phone"])
        if read.kind == "landline":
            raise forms.ValidationError("这是座机号，请写手机号，11 位。")
        if read.kind != "mobile":
            raise forms.ValidationError(wrong(self.cleaned_data["phone"]) or read.reason)
        return read.number

    def clean_occupation(self) -> str:
        """One of the model's own values."""
        value = self.cleaned_data["occupation"]
        return value if value in Volunteer.Occupation.values else ""


class SessionForm(SignUpForm):
    """Signing up for one session: what a community or children ask beside, and the way for those under 18."""

    adult = forms.BooleanField(required=False)
    poster_code = forms.CharField(label="海报上的码", max_length=8, required=False, help_text="四个字，印在二维码下面")
    birth_year = forms.IntegerField(required=False, min_value=1900, max_value=2100)
    birth_month = forms.IntegerField(required=False, min_value=1, max_value=12)

    def __init__(self, *args, asks_adult: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.asks_adult = asks_adult

    def clean(self) -> dict:
        """With children one says to be of age; a birth is whole or none."""
        cleaned = super().clean() or {}
        if self.asks_adult and not cleaned.get("adult"):
            self.add_error("adult", "陪孩子要满 18 岁，请看过安全须知再勾选。")
        if bool(cleaned.get("birth_year")) != bool(cleaned.get("birth_month")):
            self.add_error("birth_year", "出生年和月都要写；满 18 岁的不用写。")
        return cleaned

    @property
    def basics(self) -> dict:
        """What the actions of signing up take."""
        return {name: self.cleaned_data[name] for name in ("name", "phone", "occupation", "consent")}

    @property
    def birth(self) -> dict | None:
        """Year and month, when they were said."""
        said = {"year": self.cleaned_data["birth_year"], "month": self.cleaned_data["birth_month"]}
        return said if all(said.values()) else None


def wrong(text: str) -> str:
    """少了 1 位: the shortest sentence that helps, for numbers of the wrong length."""
    digits = sum(letter.isdigit() for letter in text)
    if 7 <= digits < 11:
        return f"少了 {11 - digits} 位，手机号要 11 位。"
    if 11 < digits <= 15:
        return f"多了 {digits - 11} 位，手机号要 11 位。"
    return ""
