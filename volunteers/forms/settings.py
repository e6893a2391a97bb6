"""Forms of the page 设置, one a block. What no place may loosen is said by the database as well."""

from django import forms

from classes.models import Programme
from people.models import User
from volunteers.models import Role


class OrganisationForm(forms.Form):
    """Who runs this."""

    title = "单位"
    name = forms.CharField(label="单位名称", max_length=40, required=False, help_text="印在海报和报表上")
    contact = forms.CharField(label="联系人", max_length=20, required=False)
    phone = forms.CharField(label="电话", max_length=30, required=False)


class QuietForm(forms.Form):
    """When nothing is sent."""

    title = "安静时间"
    from_hour = forms.IntegerField(label="晚上几点起不发", min_value=18, max_value=24, help_text="18 到 24 点")
    until_hour = forms.IntegerField(label="早上几点起再发", min_value=5, max_value=10, help_text="5 到 10 点")


class RetentionForm(forms.Form):
    """How long what is kept."""

    title = "留多久"
    requests = forms.IntegerField(label="办完的点单，几天后清掉姓名电话", min_value=7, max_value=365)
    messages = forms.IntegerField(label="发过的通知，几天后删掉", min_value=30, max_value=1095)
    imports = forms.IntegerField(label="导入的原始表格行，几天后清掉", min_value=2, max_value=365)


class ProgrammeForm(forms.ModelForm):
    """A rule pack. The check and the two adults of children's programmes are not here: nobody may drop them."""

    class Meta:
        model = Programme
        fields = [
            "minimum_adults",
            "default_ratio",
            "young_ratio",
            "on_holiday",
            "on_makeup",
            "on_half_day",
            "risk_note",
        ]

    def _post_clean(self):
        """The action asks the database; the instance stays as it is."""

    def clean(self) -> dict:
        """The floors as sentences at their fields."""
        data = super().clean()
        if self.instance.kind == Programme.Kind.CHILD:
            if data.get("minimum_adults", 2) < 2:
                self.add_error("minimum_adults", "孩子的项目至少两位成年人，不能再少。")
            for name in ("default_ratio", "young_ratio"):
                if data.get(name, 1) > 10:
                    self.add_error(name, "一位成年人最多带 10 个孩子，不能再多。")
        for name in ("minimum_adults", "default_ratio", "young_ratio"):
            if data.get(name) == 0:
                self.add_error(name, "至少写 1。")
        return data


class RoleForm(forms.ModelForm):
    """What a role asks of people."""

    class Meta:
        model = Role
        fields = ["minimum_age", "what"]

    def _post_clean(self):
        """The action asks the database."""

    def clean_minimum_age(self) -> int:
        """The floor as a sentence."""
        age, least = self.cleaned_data["minimum_age"], 18 if self.instance.needs_clearance else 14
        if age < least:
            raise forms.ValidationError(f"这个岗位最小 {least} 岁，不能再小。")
        if age > 80:
            raise forms.ValidationError("最大写 80。")
        return age


class StaffForm(forms.Form):
    """A new account."""

    title = "加一位工作人员"
    name = forms.CharField(label="姓名", max_length=30, error_messages={"required": "请写姓名。"})
    username = forms.SlugField(
        label="用户名",
        max_length=30,
        help_text="小写字母和数字，登录用",
        error_messages={"required": "请写用户名。", "invalid": "用户名只能用字母、数字、- 和 _。"},
    )
    role = forms.ChoiceField(label="角色", choices=User.Role.choices, initial=User.Role.ORGANISER)


class RightsForm(forms.Form):
    """What an account may."""

    role = forms.ChoiceField(label="角色", choices=User.Role.choices)
    is_active = forms.BooleanField(label="能登录", required=False)
