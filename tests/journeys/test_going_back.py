"""After a wrong number and a right one, the phone's own way back shows a page and no error."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import make
from volunteers.models import Assignment

pytestmark = pytest.mark.journey


def test_back_after_an_error_and_success_shows_the_form(live_server, new_page):
    day = timezone.localdate() + timedelta(days=3)
    session = make.session(f"{day}", of=make.series(weekdays=[day.weekday()]))
    make.shift(session)
    phone = new_page(width=390, height=844)
    phone.goto(f"{live_server.url}/")
    phone.get_by_role("link", name="我来").click()
    phone.get_by_label("您叫什么").fill("程小满")
    number = phone.get_by_label("手机号", exact=False).first
    number.fill("1600003900")
    phone.get_by_label("同意社区用我的名字").check()

    with phone.expect_response(lambda answer: answer.request.method == "POST") as refused:
        phone.get_by_role("button", name="报名").click()
    assert refused.value.status == 400
    expect(phone.get_by_text("少了 1 位")).to_be_visible()
    expect(number).to_be_focused()
    expect(phone.get_by_label("您叫什么")).to_have_value("程小满")

    number.fill("16000039001")
    phone.get_by_role("button", name="报名").click()
    expect(phone.get_by_role("heading", name="名额留好了")).to_be_visible()
    assert Assignment.objects.get().session == session

    phone.go_back()
    expect(phone.get_by_role("heading", name="报名这一场")).to_be_visible()
    phone.go_back()
    expect(phone.get_by_role("link", name="我来").or_(phone.get_by_text("这周"))).not_to_have_count(0)
