"""What a form says of a wrong entry, in the product's own words.

Django's translations tell what a machine wants (确保该值小于或等于200); a form of ours may still say something better
of a field of its own.
"""

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core import validators
from django.utils.translation import ngettext_lazy

OF_FIELDS: dict[type[forms.Field], dict[str, str]] = {
    forms.Field: {"required": "这一项要填。"},
    forms.CharField: {"required": "这一项要填。"},
    forms.IntegerField: {"invalid": "这里写一个整数，例如 12。"},
    forms.DecimalField: {"invalid": "这里写一个数，例如 1.5。"},
    forms.DateField: {"invalid": "日期写成 2026-09-13 这样。"},
    forms.TimeField: {"invalid": "时间写成 16:30 这样。"},
    forms.ChoiceField: {"invalid_choice": "没有“%(value)s”这一项，请从列出的里面选。"},
    forms.ModelChoiceField: {"invalid_choice": "选的这一项已经不在了，请重新选。"},
}


def speak_plainly() -> None:
    """Set the sentences of Django's fields, validators and login form. Called once, when the apps are ready."""
    for field, sentences in OF_FIELDS.items():
        field.default_error_messages = {**field.default_error_messages, **sentences}
    validators.MaxValueValidator.message = "太大了，最多 %(limit_value)s。"
    validators.MinValueValidator.message = "太小了，至少 %(limit_value)s。"
    longest = "太长了，最多 %(limit_value)d 个字，现在 %(show_value)d 个。"
    validators.MaxLengthValidator.message = ngettext_lazy(longest, longest, "limit_value")
    AuthenticationForm.error_messages = AuthenticationForm.error_messages | {
        "invalid_login": "用户名或密码不对。大小写要一样；忘了就请站长重设。",
    }
