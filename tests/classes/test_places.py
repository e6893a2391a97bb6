"""社区资料: who answers which phone, for everybody who opens the public pages."""

import pytest

from people.models import AuditEntry
from tests import make

pytestmark = pytest.mark.django_db
GOOD = {
    "street": "测试街道",
    "help_name": "陈站长",
    "help_phone": "029 8000 0083",
    "help_hours": "工作日 9:00–17:30",
    "group_text": "加微信 wutong-sq",
}


@pytest.fixture
def organiser(client):
    make.community()
    client.force_login(make.user())
    return client


def text(response) -> str:
    return response.content.decode()


def test_the_number_is_kept_in_one_form_and_the_act_is_written_down(organiser):
    response = organiser.post("/desk/community/", GOOD)

    here = make.community()
    assert response.status_code == 302
    assert (here.street, here.help_name, here.help_phone) == ("测试街道", "陈站长", "029-80000083")
    assert here.group_text == "加微信 wutong-sq"
    assert AuditEntry.objects.get().thing == f"community:{here.pk}"
    assert "029-80000083" in text(organiser.get("/desk/more/"))


@pytest.mark.parametrize("wrong", ["", "160000", "找陈站长"])
def test_what_is_no_number_is_refused_and_stays_on_screen(organiser, wrong):
    response = organiser.post("/desk/community/", GOOD | {"help_phone": wrong})

    assert response.status_code == 422
    assert f'value="{wrong}"' in text(response) or not wrong
    assert make.community().help_phone == ""


def test_today_asks_for_it_until_it_is_there(organiser):
    assert "还没有填电话" in text(organiser.get("/desk/"))
    organiser.post("/desk/community/", GOOD)

    assert "还没有填电话" not in text(organiser.get("/desk/"))


def test_viewers_do_not_change_it(client):
    make.community()
    client.force_login(make.user("kan", role="viewer"))

    assert client.post("/desk/community/", GOOD).status_code == 403
    assert "社区资料" not in text(client.get("/desk/more/"))
