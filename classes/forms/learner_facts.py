"""Forms of one learner's facts: what is known of a senior, of a child, and who fetches it."""

from django import forms

from classes.forms.learners import ChildForm, SeniorForm, phone_of
from classes.forms.term import WEEKDAYS
from classes.models import Learner
from people.workbooks.learners import BRANDS, NEEDS

MAKES = [("", "不清楚"), *((make, make) for make, _ in BRANDS), ("其他", "其他")]
PHOTOS = [("", "没说"), ("none", "不同意拍"), ("internal", "可以拍，只在内部用"), ("publish", "可以拍，可以公开")]
CLOCK = {"invalid": "时间写成 17:40 这样。"}


class SeniorFactsForm(SeniorForm):
    """What makes a good lesson: the phone, the dialect, the wish, and whom to ring."""

    phone_whose = forms.CharField(label="电话是谁的", max_length=20, required=False, help_text="本人的就空着")
    phone_brand = forms.ChoiceField(label="手机牌子", choices=MAKES, required=False)
    phone_model = forms.CharField(label="手机型号", max_length=30, required=False, help_text="例如 华为畅享 60")
    needs = forms.MultipleChoiceField(
        label="需要",
        choices=[(need, "说关中话" if need == "关中话" else need) for need, _ in NEEDS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    family_name = forms.CharField(label="家人姓名", max_length=20, required=False)
    family_relation = forms.CharField(label="家人是谁", max_length=10, required=False, help_text="例如 女儿")
    family_phone = forms.CharField(label="家人电话", max_length=30, required=False)
    address = forms.CharField(label="住址（楼栋）", max_length=60, required=False)
    field_order = (
        *("name", "phone", "phone_whose", "birth_year", "phone_brand", "phone_model", "level", "needs", "wishes"),
        *("family_name", "family_relation", "family_phone", "address"),
    )

    def clean_family_phone(self) -> str:
        """Normalised, or a sentence."""
        return phone_of(self.cleaned_data["family_phone"], required=False)

    @staticmethod
    def initial_of(learner: Learner) -> dict:
        """What is known now."""
        names = ("level", "wishes", "phone_brand", "phone_model", "needs", "family_name", "family_relation")
        person = {name: getattr(learner.person, name) for name in ("name", "phone", "birth_year", "phone_whose")}
        return person | {name: getattr(learner, name) for name in (*names, "family_phone", "address")}


class ChildFactsForm(forms.Form):
    """What has to be known before a child is left here."""

    name = ChildForm.base_fields["name"]
    birth_year = ChildForm.base_fields["birth_year"]
    school = forms.CharField(label="学校", max_length=40, required=False)
    grade = forms.IntegerField(label="年级", min_value=1, max_value=9, required=False)
    class_no = forms.IntegerField(label="班", min_value=1, max_value=40, required=False)
    release_time = forms.TimeField(label="几点放学", required=False, error_messages=CLOCK, help_text="例如 16:20")
    days_wanted = forms.TypedMultipleChoiceField(
        label="哪几天来", choices=WEEKDAYS[:5], coerce=int, widget=forms.CheckboxSelectMultiple, required=False
    )
    health_note = forms.CharField(
        label="过敏和健康", max_length=80, required=False, help_text="例如 花生过敏；没有就空着"
    )
    may_leave_alone = forms.TypedChoiceField(
        label="怎么回家",
        choices=[("", "要有人接"), ("yes", "可以自己回家")],
        coerce=bool,
        empty_value=False,
        required=False,
        help_text="9 月 1 日满 12 岁，才可以自己回家",
    )
    leave_alone_at = forms.TimeField(label="几点自己走", required=False, error_messages=CLOCK, help_text="例如 17:40")
    photo_consent = forms.ChoiceField(label="拍照", choices=PHOTOS, required=False)

    def clean_days_wanted(self) -> list[int] | None:
        """Nothing ticked means nobody has said."""
        return self.cleaned_data["days_wanted"] or None

    def clean(self) -> dict:
        """A time to go alone is for who may."""
        data = super().clean()
        if data.get("leave_alone_at") and not data.get("may_leave_alone"):
            self.add_error("leave_alone_at", "写了几点自己走，也要选“可以自己回家”。")
        return data

    @staticmethod
    def initial_of(learner: Learner) -> dict:
        """What is known now."""
        names = ("school", "grade", "class_no", "release_time", "days_wanted", "health_note")
        person = {"name": learner.person.name, "birth_year": learner.person.birth_year}
        person["may_leave_alone"] = "yes" if learner.may_leave_alone else ""
        return person | {name: getattr(learner, name) for name in (*names, "leave_alone_at", "photo_consent")}


class ContactForm(forms.Form):
    """Somebody who fetches a child, or answers for it."""

    name = forms.CharField(label="姓名", max_length=50, error_messages={"required": "请写姓名。"})
    relation = forms.CharField(label="是孩子的谁", max_length=10, error_messages={"required": "请写是孩子的谁。"})
    phone = forms.CharField(label="电话", max_length=30, required=False)

    def __init__(self, *args, needs_phone: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.needs_phone = needs_phone

    def clean_phone(self) -> str:
        """Normalised, or a sentence."""
        return phone_of(self.cleaned_data["phone"], required=self.needs_phone)
