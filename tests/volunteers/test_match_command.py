"""manage.py match and publish: the contract that other programs call."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from classes.models import CalendarDay
from people.models import Message
from tests import make
from tests.volunteers.test_proposals import coming_saturday, gap, helper
from volunteers.models import Assignment, Proposal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def official(db):
    """The notice of the year is in."""
    make.official(coming_saturday().year)


def run(name, *arguments) -> tuple[dict, str]:
    """The one JSON object on standard output, and the words on standard error."""
    out, err = StringIO(), StringIO()
    call_command(name, *arguments, "--json", stdout=out, stderr=err)
    return json.loads(out.getvalue()), err.getvalue()


def match(*more) -> tuple[dict, str]:
    day = coming_saturday()
    return run("match", "--from", f"{day}", "--to", f"{day + timedelta(days=6)}", *more)


class TestMatch:
    def test_prints_the_answer_with_database_ids(self):
        shift = gap(needed=2)
        volunteer = helper("周远")

        answer, words = match()

        assert answer["format"] == "linke-roster-answer/1"
        (placement,) = answer["placements"]
        assert placement["volunteer"] == volunteer.pk
        assert placement["session"] == shift.session_id
        assert placement["role"] == "helper"
        assert placement["reasons"]
        assert answer["proposal"] == Proposal.objects.get().pk
        assert "补上 1 人" in words

    def test_every_empty_place_has_its_counts_by_reason(self):
        shift = gap(needed=2)
        helper("周远")
        make.volunteer("钱薇")

        answer, _ = match()

        (empty,) = answer["unfilled"]
        assert (empty["session"], empty["role"], empty["missing"]) == (shift.session_id, "helper", 1)
        assert empty["because"] == {"here": 1, "free": 1}

    def test_tells_nobody(self):
        gap()
        helper("周远")

        match()

        assert Assignment.objects.count() == 0
        assert Message.objects.count() == 0

    def test_knows_the_community_by_name(self):
        gap()
        helper("周远")

        assert match("--community", "梧桐社区")[0]["placements"]
        with pytest.raises(CommandError, match="没有叫“别处”的社区。现在有：梧桐社区"):
            match("--community", "别处")

    def test_an_empty_database_has_an_empty_answer(self):
        answer, words = match()

        assert (answer["placements"], answer["unfilled"]) == ([], [])
        assert "缺 0 人" in words

    def test_says_what_is_wrong_with_the_dates(self):
        with pytest.raises(CommandError, match="不是日期"):
            call_command("match", "--from", "1.12.2026", "--to", "2026-12-07")
        with pytest.raises(CommandError, match="不能早于"):
            call_command("match", "--from", "2026-12-08", "--to", "2026-12-07")

    def test_the_same_question_has_the_same_answer(self):
        gap(needed=2)
        for name in ("周远", "钱薇", "高翔"):
            helper(name)

        assert match()[0]["placements"] == match()[0]["placements"]


class TestPublish:
    def test_accepts_everything_and_invites(self):
        gap()
        helper("周远")
        answer, _ = match()

        done, words = run("publish", str(answer["proposal"]))

        assert done == {"proposal": answer["proposal"], "accepted": 1, "stale": 0, "people": 1}
        assert [a.status for a in Assignment.objects.all()] == ["offered"]
        assert Message.objects.count() == 1
        assert "邀请 1 人" in words

    def test_a_second_time_tells_nobody_twice(self):
        gap()
        helper("周远")
        answer, _ = match()
        run("publish", str(answer["proposal"]))

        run("publish", str(answer["proposal"]))

        assert Message.objects.count() == 1

    def test_on_a_guessed_day_it_asks_to_say_so(self):
        CalendarDay.objects.update(status="predicted")
        gap()
        helper("周远")
        answer, _ = match()

        with pytest.raises(CommandError, match="放假安排还是预测的。要发布，加上 --guess-seen"):
            run("publish", str(answer["proposal"]))
        assert not Message.objects.exists()
        run("publish", str(answer["proposal"]), "--guess-seen")
        assert Message.objects.count() == 1

    def test_says_what_is_wrong_with_the_number(self):
        with pytest.raises(CommandError, match="没有编号 7 的建议"):
            call_command("publish", "7")
