"""A class is added by hand: the form says before it is kept who has the room, and which rooms are free."""

from datetime import date, time

import pytest
from django.urls import reverse

from classes.actions.generating import generate_term
from classes.models import CalendarDay, Room, RoomBooking, Series
from classes.queries import clashes
from tests import make

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-01", "08:00")
SATURDAY = {"name": "手机摄影班", "weekdays": ["5"], "time": "9:30-11:00", "room_name": "智慧教室", "capacity": "12"}


@pytest.fixture
def desk(client):
    client.force_login(make.user())
    return client


@pytest.fixture
def full(desk):
    """智慧教室 on Saturday mornings belongs to 启蒙; 多功能厅 is free, 小会议室 too small."""
    make.room("多功能厅", seats=40)
    make.room("小会议室", seats=6)
    programme = make.programme(code="novices")
    series = make.series("启蒙", programme=programme, room=make.room(), term=make.term(ends_on=date(2026, 9, 26)))
    generate_term(term=series.term, now=NOW)
    return series


def address(series) -> str:
    return reverse("desk:series-add", args=[series.term_id, series.programme_id])


def text(answer) -> str:
    return answer.content.decode()


class TestBeforeItIsKept:
    def test_a_taken_room_is_said_with_the_sessions_and_the_rooms_that_are_free(self, desk, full):
        answer = desk.post(address(full), SATURDAY)

        page = text(answer)
        assert answer.status_code == 422
        assert Series.objects.count() == 1
        assert "智慧教室那时有人：这个班 4 场都排不上。" in page
        assert "启蒙占 4 场，最早 周六 9月5日" in page
        assert "换多功能厅，加这个班" in page
        assert "换小会议室" not in page
        assert 'value="手机摄影班"' in page and 'value="9:30-11:00"' in page
        assert reverse("desk:timetable") in page

    def test_a_free_room_is_taken_with_one_click(self, desk, full):
        desk.post(address(full), {**SATURDAY, "room_name": ["智慧教室", "多功能厅"]})

        assert Series.objects.get(name="手机摄影班").room.name == "多功能厅"

    def test_adding_it_all_the_same_leads_to_another_time(self, desk, full):
        looked = desk.post(address(full), SATURDAY).context["looked"]

        answer = desk.post(address(full), {**SATURDAY, "anyway": looked.key}, follow=True)

        assert Series.objects.filter(name="手机摄影班").exists()
        assert answer.redirect_chain[0][0].startswith(reverse("desk:timetable"))
        assert "智慧教室有 4 场被占" in text(answer)

    def test_what_was_agreed_to_holds_for_no_other_room(self, desk, full):
        make.series("书画", room=make.room("多功能厅"))
        looked = desk.post(address(full), SATURDAY).context["looked"]

        desk.post(address(full), {**SATURDAY, "room_name": "多功能厅", "anyway": looked.key})

        assert not Series.objects.filter(name="手机摄影班").exists()

    def test_looking_keeps_nothing(self, desk, full):
        answer = desk.post(address(full), {**SATURDAY, "room_name": "多功能厅", "look": "1"})

        assert answer.status_code == 200
        assert "多功能厅那时空着，这学期 4 场都排得上。" in text(answer)
        assert Series.objects.count() == 1

    def test_the_script_gets_only_the_room_while_the_rest_is_not_filled_in(self, desk, full):
        half = {name: SATURDAY[name] for name in ("weekdays", "time", "room_name")}

        answer = desk.post(address(full), half, headers={"hx-request": "true"})

        assert text(answer).lstrip().startswith('<div class="banner warn">')
        assert "4 场都排不上" in text(answer)

    def test_the_free_rooms_stand_there_from_the_beginning(self, desk, full):
        page = text(desk.get(address(full)))

        assert "那时一直空着、坐得下的教室：多功能厅（40 座）。" in page
        assert "<title>加一个班" in page

    def test_a_room_without_what_the_class_needs_is_said_and_not_offered(self, desk, full):
        make.room("放映厅", seats=60, has=["投影"])
        said = {**SATURDAY, "time": "14:30-16:00", "needs": ["投影"]}

        page = text(desk.post(address(full), said, headers={"hx-request": "true"}))

        assert "智慧教室没有投影。" in page and "都排得上" not in page
        assert "那时一直空着、坐得下、设备也够的教室：放映厅（60 座）。" in page

    def test_a_name_that_is_there_already_gets_a_number(self, desk, full):
        usual = desk.get(address(full)).context["form"].initial["name"]
        make.series(usual)

        assert desk.get(address(full)).context["form"].initial["name"] == f"{usual} 2"


class TestLook:
    def wanted(self, full, **fields):
        room = fields.pop("room", make.room())
        said = {"starts": time(9, 30), "ends": time(11), "capacity": 12, **fields}
        return Series(programme=full.programme, term=full.term, community=full.community, room=room, **said)

    def test_sessions_that_only_touch_are_not_in_the_way(self, full):
        assert clashes.look(self.wanted(full, starts=time(11), ends=time(12)), [5]).taken == 0

    def test_days_on_which_it_does_not_meet_do_not_count(self, full):
        CalendarDay.objects.create(
            date=date(2026, 9, 12), community=full.community, day_type="closed", name="停电", status="official"
        )

        found = clashes.look(self.wanted(full), [5])

        assert (found.sessions, found.taken) == (3, 3)

    def test_others_who_booked_the_room_count(self, full):
        hall = make.room("多功能厅")
        period = {"starts_at": make.at("2026-09-12", "08:00"), "ends_at": make.at("2026-09-13", "18:00")}
        RoomBooking.objects.create(room=hall, who="选举", **period, created_at=NOW)

        found = clashes.look(self.wanted(full, room=hall), [5])

        assert [(one.who, one.number, one.first) for one in found.met] == [("选举", 1, date(2026, 9, 12))]
        assert not found.is_all

    def test_classes_without_sessions_count_too(self, full):
        make.series("书画", room=make.room("多功能厅"))

        found = clashes.look(self.wanted(full), [5])

        assert found.free == []

    @pytest.mark.parametrize(
        ("fields", "is_free"),
        [({}, True), ({"gap_minutes": 15}, False), ({"open_windows": [[5, "13:00", "17:00"]]}, False)],
    )
    def test_a_room_is_free_with_its_pause_and_in_its_hours(self, full, fields, is_free):
        make.series("书画", room=make.room("多功能厅"), starts=time(11), ends=time(12))
        Room.objects.filter(name="多功能厅").update(**fields)

        assert bool(clashes.look(self.wanted(full), [5]).free) == is_free

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_same_queries_for_any_number_of_classes(self, full, number, django_assert_num_queries):
        for one in range(number):
            make.series(f"班{one}", room=make.room(f"教室{one}"))
        wanted = self.wanted(full)

        with django_assert_num_queries(7):
            clashes.look(wanted, [5])


class TestMaking:
    def test_a_class_that_has_no_room_is_named_once_with_where_to_go(self, desk, full):
        make.series("手机摄影班", room=make.room())

        page = text(desk.post(reverse("desk:term-generate", args=[full.term_id]), follow=True))

        assert "手机摄影班 4 场都没排上，最早 9月5日：智慧教室这个时间被“09:30 启蒙”占用" in page
        assert "没有要补的" not in page
        assert f"{reverse('desk:timetable')}?new=1" in page

    def test_the_number_that_is_there_is_the_one_above(self, desk, full):
        full.sessions.filter(on_date="2026-09-12").update(status="cancelled")

        page = text(desk.post(reverse("desk:term-generate", args=[full.term_id]), follow=True))

        assert "没有要补的，3 场都在。" in page
        assert "，3 场</span>" in page
