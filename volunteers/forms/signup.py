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


def wrong(text: str) -> str:
    """少了 1 位: the shortest sentence that helps, for numbers of the wrong length."""
    digits = sum(letter.isdigit() for letter in text)
    if 7 <= digits < 11:
        return f"少了 {11 - digits} 位，手机号要 11 位。"
    if 11 < digits <= 15:
        return f"多了 {digits - 11} 位，手机号要 11 位。"
    return ""
