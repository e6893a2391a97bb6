"""从这里开始: five steps read off what is there."""

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from classes.models import Community
from people.models import User
from tests import make
from volunteers.forms.start import PlaceForm
from volunteers.models import Offer
from volunteers.queries import start as queries

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-07", "10:00")


def done() -> list[bool]:
    return [step.is_done for step in queries.steps(community=Community.objects.first(), now=NOW)]


def test_each_step_is_done_when_what_it_makes_is_there():
    assert done() == [False] * 5
    make.room()
    assert done() == [True, False, False, False, False]
    make.volunteer(), make.learner()
    assert done() == [True, True, False, False, False]
    shift = make.shift(make.session("2026-09-12"))
    assert done() == [True, True, True, False, False]
    placed = make.assignment(shift, make.volunteer("高翔"), status="draft", source="proposal")
    assert done() == [True, True, True, True, False]
    Offer.objects.create(assignment=placed, made_at=NOW, expires_at=make.at("2026-09-08"))
    assert done() == [True] * 5


def test_the_week_to_fill_is_the_next_one_and_the_week_to_publish_that_of_the_drafts():
    here = make.community()
    assert queries.next_monday(here, NOW) == "2026-09-07"
    this = make.shift(make.session("2026-09-12"))
    assert queries.next_monday(here, NOW) == "2026-09-07"
    make.session("2026-09-26")
    assert (queries.next_monday(here, NOW), queries.drafted_monday(here, NOW)) == ("2026-09-21", "2026-09-21")

    make.assignment(this, make.volunteer(), status="draft")

    assert queries.drafted_monday(here, NOW) == "2026-09-07"


def test_what_a_pasted_list_says_is_no_roster():
    make.assignment(make.shift(make.session("2026-09-12")), make.volunteer(), source="import")

    assert done()[3] is False


@pytest.mark.parametrize(
    ("line", "room"),
    [
        ("智慧教室 24", ("智慧教室", 24)),
        ("活动室", ("活动室", None)),
        ("二楼多功能厅，60座", ("二楼多功能厅", 60)),
        ("教室2", ("教室2", None)),
    ],
)
def test_rooms_are_read_line_by_line(line, room):
    form = PlaceForm({"name": "海棠社区", "rooms": line})

    assert form.is_valid()
    assert form.cleaned_data["rooms"] == [room]


def test_a_known_community_is_said_and_nothing_typed_is_lost(client):
    client.force_login(make.user())
    make.community("海棠社区")

    answer = client.post(reverse("desk:start"), {"name": "海棠社区", "rooms": "活动室 20"})

    assert answer.status_code == 422
    assert "已经有这个社区了" in answer.content.decode()
    assert "活动室 20" in answer.content.decode()


def test_the_first_account_comes_from_a_command(client, capsys):
    call_command("add_staff", "zhan", "詹站长")

    password = capsys.readouterr().out.split("：")[1].split("（")[0]
    assert client.login(username="zhan", password=password)
    assert User.objects.get().may_set_up
    with pytest.raises(CommandError):
        call_command("add_staff", "zhan", "另一位")
