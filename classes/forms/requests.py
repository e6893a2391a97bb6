"""Forms of 点单: the public page and the desk ask the same four things."""

from django import forms

from classes.models import Lesson
from classes.models.requests import TIMES
from people.workbooks.phones import read_phone

WHEN = [(code, row[0]) for code, row in TIMES.items()]
# What seniors ask for most (domain section 3.2), as codes of the catalogue; the page shows those that are there.
USUAL = ("A02", "B02", "B03", "C01", "D02", "E01", "E02", "F01")


class AskForm(forms.Form):
    """谁, 想学什么, 何时方便, 电话. Lessons are named by their id; other words are welcome too."""

    name = forms.CharField(
        label="您叫什么",
        min_length=2,
        max_length=20,
        error_messages={
            "required": "请写姓名。",
            "min_length": "请写全名。",
            "max_length": "姓名太长了，20 个字以内。",
        },
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    lesson = forms.ModelChoiceField(
        Lesson.objects.none(), label="想学什么", required=False, widget=forms.RadioSelect, empty_label=None
    )
    wish = forms.CharField(
        label="或者用自己的话说",
        max_length=80,
        required=False,
        error_messages={"max_length": "太长了，80 个字以内。"},
        widget=forms.TextInput(attrs={"list": "lessons"}),
    )
    times = forms.MultipleChoiceField(
        label="什么时候方便", choices=WHEN, required=False, widget=forms.CheckboxSelectMultiple
    )
    phone = forms.CharField(
        label="电话",
        max_length=30,
        help_text="手机、座机、家里人的都行",
        error_messages={"required": "请写电话，好告诉您哪天来。"},
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel-national"}),
    )
    consent = forms.BooleanField(error_messages={"required": "请勾选同意，我们才能记下姓名和电话。"})

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        lessons = self.fields["lesson"]
        lessons.queryset = Lesson.objects.order_by("code")
        usual = list(lessons.queryset.filter(code__in=USUAL)) or list(lessons.queryset[:8])
        lessons.choices = [(one.pk, one.short_title) for one in usual]

    def clean_phone(self) -> str:
        """In one form; what is wrong with it as a sentence."""
        read = read_phone(self.cleaned_data["phone"])
        if read.kind == "none":
            raise forms.ValidationError(read.reason or "这不像电话号码，请再看看。")
        return read.number

    def clean(self) -> dict:
        """Something has to be wished."""
        data = super().clean()
        if "wish" in data and not data["wish"].strip() and not data.get("lesson") and "lesson" not in self.errors:
            self.add_error("wish", "请选一样，或者写一句想学什么。")
        return data


class MoveForm(forms.Form):
    """A step with a word about it."""

    to = forms.CharField(max_length=12)
    note = forms.CharField(max_length=200, required=False)
