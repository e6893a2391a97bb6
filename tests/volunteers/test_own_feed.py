"""加到手机日历: a volunteer's places in a calendar program that has nothing to do with us."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from classes import actions as classes
from tests import make
from tests.classes.test_feeds import TestKhal as Khal
from volunteers.actions import answers, own_feed
from volunteers.models import Assignment, OwnFeed, Volunteer
from volunteers.queries.own_feed import own_feed_text

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-07", "10:00")


def place(who: Volunteer, day: str, name: str, **fields) -> Assignment:
    return make.assignment(make.shift(make.session(day, of=make.series(name))), who, now=NOW, **fields)


def events(who: Volunteer) -> dict[str, tuple[str, int, str]]:
    """Status, sequence and title of each place by its day."""
    text = own_feed_text(volunteer=who, now=NOW, host="linke.example")
    found = Calendar.from_ical(text).walk("VEVENT")
    return {f"{e['DTSTART'].dt:%m-%d}": (str(e["STATUS"]), int(e["SEQUENCE"]), str(e["SUMMARY"])) for e in found}


class TestTheFeed:
    def test_has_what_they_said_and_were_asked_and_no_drafts(self):
        who = make.volunteer()
        place(who, "2026-09-12", "启蒙")
        place(who, "2026-09-13", "进阶", status="offered")
        place(who, "2026-09-14", "门诊", status="draft")
        place(who, "2026-09-15", "摄影", status="released")
        place(make.volunteer("别人"), "2026-09-16", "别班")

        assert {day: (status, title) for day, (status, _, title) in events(who).items()} == {
            "09-12": ("CONFIRMED", "启蒙（助教）"),
            "09-13": ("TENTATIVE", "还没回：进阶（助教）"),
        }

    def test_cancellations_appear_with_a_higher_sequence(self):
        who = make.volunteer()
        mine, off = (
            place(who, "2026-09-12", "启蒙", source="sign_up"),
            place(who, "2026-09-13", "进阶", source="sign_up"),
        )
        before = events(who)

        answers.withdraw(assignment=mine, now=NOW + timedelta(minutes=5))
        classes.cancel_session(session=off.session, reason="暴雨", now=NOW + timedelta(minutes=5))

        after = events(who)
        assert {status for status, _, _ in after.values()} == {"CANCELLED"}
        assert all(after[day][1] > before[day][1] for day in before)
        answers.come_back(assignment=mine, now=NOW + timedelta(minutes=9))
        again = events(who)["09-12"]
        assert (again[0], again[1] > after["09-12"][1]) == ("CONFIRMED", True)

    def test_a_calendar_program_shows_it(self, tmp_path):
        who = make.volunteer()
        place(who, "2026-09-12", "启蒙")
        off = place(who, "2026-09-13", "进阶", source="sign_up")
        answers.withdraw(assignment=off, now=NOW + timedelta(minutes=5))
        text = own_feed_text(volunteer=who, now=NOW, host="linke.example").decode()

        shown = Khal().shows(tmp_path, text)

        assert [line[:16] for line in shown] == ["2026-09-12 09:30", "2026-09-13 09:30"]
        assert "不用来了" in shown[1]

    @pytest.mark.parametrize("times", [1, 3])
    def test_costs_one_query_for_any_number(self, times, django_assert_num_queries):
        who = make.volunteer()
        for number in range(times):
            place(who, f"2026-09-{12 + number}", f"班{number}")

        with django_assert_num_queries(1):
            own_feed_text(volunteer=who, now=NOW, host="linke.example")


class TestTheAddress:
    def test_is_opened_by_the_volunteer_and_taken_back_for_good(self, client):
        who = make.volunteer()
        page = f"/me/{who.token}/calendar/"
        assert client.post(page).status_code == 403
        make.known_phone(client, who)
        assert "在浏览器打开" in client.get(page).content.decode()

        client.post(page)

        address = f"/service/{OwnFeed.objects.get().token}.ics"
        shown = client.get(page).content.decode()
        assert ("webcal://" in shown, address in shown) == (True, True)
        answer = client.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
        client.cookies.clear()
        assert address not in client.get(page).content.decode()
        make.known_phone(client, who)
        client.post(page, {"close": "1"})
        assert client.get(address).status_code == 404
        assert own_feed.open_own_feed(volunteer=who, now=NOW).token not in address

    def test_one_place_is_a_file_of_its_own(self, client):
        who = make.volunteer()
        mine, other = place(who, "2026-09-12", "启蒙"), place(make.volunteer("别人"), "2026-09-13", "进阶")

        text = client.get(f"/me/{who.token}/{mine.pk}/shift.ics").content.decode()

        assert (text.count("BEGIN:VEVENT"), "UID:place-" in text) == (1, True)
        assert client.get(f"/me/{who.token}/{other.pk}/shift.ics").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_taps_give_one_address(together):
    who = make.volunteer()

    made = together(4, lambda _: own_feed.open_own_feed(volunteer=who, now=NOW).token)

    assert len(set(made)) == OwnFeed.objects.count() == 1
