"""What forms and missing pages say."""

import pytest
from django import forms
from django.urls import reverse

from tests import make

pytestmark = pytest.mark.django_db


class Seats(forms.Form):
    seats = forms.IntegerField(min_value=1, max_value=200)
    on_date = forms.DateField()
    word = forms.CharField(max_length=3)
    kind = forms.ChoiceField(choices=[("a", "甲")])


@pytest.mark.parametrize(
    ("field", "written", "said"),
    [
        ("seats", "999999", "太大了，最多 200。"),
        ("seats", "0", "太小了，至少 1。"),
        ("seats", "二十", "这里写一个整数，例如 12。"),
        ("seats", "", "这一项要填。"),
        ("on_date", "明天", "日期写成 2026-09-13 这样。"),
        ("word", "一二三四", "太长了，最多 3 个字，现在 4 个。"),
        ("kind", "b", "没有“b”这一项，请从列出的里面选。"),
    ],
)
def test_a_wrong_entry_is_told_plainly(field, written, said):
    assert Seats({field: written}).errors[field] == [said]


def test_a_wrong_password_is_told_plainly(client):
    make.user("chen", password="lin-ke-2026")

    page = client.post(reverse("desk:login"), {"username": "chen", "password": "falsch"})

    assert "用户名或密码不对。大小写要一样；忘了就请站长重设。" in page.content.decode()


def test_a_wrong_address_leads_staff_back_to_the_desk_and_others_to_the_public_list(client):
    assert "打社区的电话" in client.get("/desk/nope/").content.decode()
    client.force_login(make.user("chen"))

    staff = client.get("/desk/nope/")
    public = client.get("/nope/")

    assert (staff.status_code, public.status_code) == (404, 404)
    assert f'href="{reverse("desk:today")}"' in staff.content.decode()
    assert "打社区的电话" not in staff.content.decode()
    assert "打社区的电话" in public.content.decode()
