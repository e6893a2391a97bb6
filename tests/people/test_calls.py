"""Who is to be called, and what becomes of the note after each call."""

from datetime import timedelta

import pytest

from people import calls, outbox
from people.models import AuditEntry, Call, Message
from tests.make import at, person, user

pytestmark = pytest.mark.django_db

NOON = at("2026-09-10", "12:00")
Status = Message.Status


def to_call(status: str = "call", **fields) -> Message:
    message = outbox.write(
        person=fields.pop("person", None) or person("王秀英", reach="call"),
        kind="offer",
        about=fields.pop("about", "assignment:1"),
        subject="3 场排班等您回",
        body="您好。",
        link="/me/abc/",
        now=NOON,
        **fields,
    )
    Message.objects.filter(pk=message.pk).update(status=status)
    message.refresh_from_db()
    return message


def listed() -> list[Message]:
    return list(calls.open_calls(now=NOON))


def record(message: Message, result: str, minutes: int = 1) -> Call:
    return calls.record(message=message, result=result, now=NOON + timedelta(minutes=minutes), actor=None)


@pytest.mark.parametrize(
    ("status", "is_listed"), [("call", 1), ("unsure", 1), ("failed", 1), ("waiting", 0), ("stale", 0)]
)
def test_who_is_on_the_list(status, is_listed):
    to_call(status)

    assert len(listed()) == is_listed


def test_what_is_past_its_use_is_not_called_about():
    to_call(useless_after=NOON - timedelta(minutes=1))

    assert listed() == []


def test_staff_and_groups_are_not_called():
    message = outbox.write(user=user(), kind="digest", about="w", subject="", body="", link="/", now=NOON)
    Message.objects.filter(pk=message.pk).update(status="failed")

    assert listed() == []


def test_the_soonest_comes_first():
    later = to_call(happens_at=NOON + timedelta(days=2))
    sooner = to_call(about="b", happens_at=NOON + timedelta(days=1))

    assert listed() == [sooner, later]


def test_reached_settles_it():
    message = to_call("unsure")

    record(message, "reached")

    message.refresh_from_db()
    assert (message.status, message.via, message.handed_on_at) == (Status.SENT, "call", message.sent_at)
    assert listed() == []
    assert AuditEntry.objects.get().verb == "打电话"


def test_nobody_answers_three_times_and_it_is_given_up():
    message = to_call()
    for minutes in range(2):
        record(message, "no_answer", minutes)
    assert listed() == [message]

    record(message, "no_answer", 3)

    message.refresh_from_db()
    assert (message.status, message.last_error, listed()) == (Status.FAILED, "没人接", [])


def test_a_wrong_number_is_given_up_at_once():
    message = to_call()

    record(message, "wrong")

    message.refresh_from_db()
    assert (message.status, message.last_error, listed()) == (Status.FAILED, "号码错", [])


def test_a_failed_note_that_nobody_answered_about_stays_on_the_list():
    message = to_call("failed")

    record(message, "no_answer")

    assert listed() == [message]


def test_a_call_that_was_the_wrong_line_is_taken_back():
    message = to_call()
    call = record(message, "reached")

    calls.take_back(call=call, now=NOON, actor=None)

    assert (listed(), Call.objects.count()) == ([message], 0)


def test_only_the_last_call_is_taken_back():
    message = to_call()
    first = record(message, "no_answer")
    record(message, "no_answer", 2)

    with pytest.raises(calls.AlreadySettled):
        calls.take_back(call=first, now=NOON, actor=None)


@pytest.mark.django_db(transaction=True)
def test_two_people_who_reach_the_same_person_are_told(together):
    message = to_call()

    results = together(4, lambda number: record(message, "reached", number))

    assert len([one for one in results if isinstance(one, Call)]) == 1
    assert len([one for one in results if isinstance(one, calls.AlreadySettled)]) == 3
