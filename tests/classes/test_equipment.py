"""要的设备: a class is only where there is what it needs, whoever puts it there."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from classes import actions as classes
from classes.actions import moving, opening, pattern, regrouping, reshaping, rooms
from classes.actions import series as series_actions
from classes.actions.changing import LacksEquipment
from classes.models import Room, Series, Session
from people.workbooks.equipment import beyond_kinds, read_equipment
from tests import make

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-07", "10:00")
SATURDAY = date(2026, 9, 12)


@pytest.fixture
def bare():
    """A room in which nothing stands."""
    return make.room("阅览室")


@pytest.fixture
def series():
    """A class that needs a projector, in a room that has one."""
    return make.series(room=make.room(equipment="投影 WiFi", has=["投影", "无线网"]), needs=["投影"])


def facts(**fields) -> rooms.RoomFacts:
    usual = {"seats": 24, "floor": 1, "has_lift": None, "open_text": "", "open_windows": [], "gap_minutes": 0}
    return rooms.RoomFacts(**{"name": "智慧教室", "equipment": "投影", **usual, **fields})


def move(session, room):
    edit = moving.Edit(changes_room=True, room=room)
    return moving.move_sessions(session=session, scope="one", edit=edit, reason="", now=NOW, actor=None)


class TestReading:
    @pytest.mark.parametrize(
        ("said", "found"),
        [
            ("投影 WiFi", ["投影", "无线网"]),
            ("有投影仪1台、Wi-Fi、插座若干", ["投影", "无线网", "插座"]),
            ("没有投影，电视", ["大屏"]),
            ("无投影；无线网", ["无线网"]),
            ("投影坏了、白板", ["白板"]),
            ("无线话筒", ["音响"]),
            ("无障碍厕所、无尘黑板", ["白板", "同层厕所"]),
            ("不带投影、电脑不能用", []),
            ("缝纫机、厕所同层", ["同层厕所", "缝纫机"]),
            ("", []),
        ],
    )
    def test_as_people_write_it(self, said, found):
        assert read_equipment(said) == found

    def test_what_is_no_known_thing_stays_as_written(self):
        assert beyond_kinds("投影 WiFi 缝纫机 音响坏了") == "缝纫机、音响坏了"


class TestActions:
    def test_no_session_moves_where_it_is_missing(self, series, bare):
        session = make.session(of=series)

        with pytest.raises(LacksEquipment, match="阅览室没有投影"):
            move(session, bare)

    def test_no_class_moves_there_with_or_without_sessions(self, series, bare):
        shape = replace(reshaping.shape_of(series), room=bare)
        pattern_there = replace(reshaping.said(series, shape), needs=("投影",))

        with pytest.raises(LacksEquipment):
            series_actions.change_series(series=series, pattern=pattern_there, now=NOW, actor=None)
        with pytest.raises(LacksEquipment):
            pattern.write_series(series.pk, {"room_id": bare.pk})
        make.session(of=series)
        with pytest.raises(LacksEquipment):
            reshaping.reshape_series(series=series, shape=shape, since=None, reason="", now=NOW, actor=None)

    def test_a_new_class_is_not_made_there(self, bare):
        series = make.series()
        wanted = replace(reshaping.said(series, reshaping.shape_of(series)), name="另一班", room_name="阅览室")

        with pytest.raises(LacksEquipment):
            series_actions.create_series(
                term=series.term,
                community=series.community,
                programme=series.programme,
                pattern=replace(wanted, needs=("投影",)),
                now=NOW,
                actor=None,
            )

    def test_a_need_is_refused_while_sessions_are_elsewhere(self, series, bare):
        session = make.session(of=make.series("手工", room=bare))

        with pytest.raises(series_actions.StillWithout, match=r"手工.*等 1 场的教室没有空调"):
            series_actions.set_needs(series=session.series, needs=["空调"], now=NOW, actor=None)
        series_actions.set_needs(series=session.series, needs=[], now=NOW, actor=None)

    def test_a_need_is_refused_while_its_learners_go_to_another_class_without_it(self, bare):
        away, into = make.session(of=make.series("手工")), make.session(of=make.series("剪纸", room=bare))
        regrouping.merge_sessions(away=away, into=into, reason="", now=NOW, actor=None)

        with pytest.raises(series_actions.StillWithout, match=r"剪纸 周六 9月12日.*等 1 场的教室没有投影"):
            series_actions.set_needs(series=away.series, needs=["投影"], now=NOW, actor=None)
        series_actions.set_needs(series=away.series, needs=["投影"], now=into.starts_at, actor=None)

        assert Series.objects.get(pk=away.series_id).needs == ["投影"]

    def test_a_room_keeps_what_is_needed_until_it_is_over(self, series):
        session = make.session(of=series)
        Series.objects.filter(pk=series.pk).update(room=None)

        with pytest.raises(rooms.StillNeeded, match="菜鸟学堂·启蒙有 1 场要上，要用投影"):
            rooms.change_room(room=series.room, facts=facts(equipment="WiFi"), now=NOW, actor=None)
        rooms.change_room(room=series.room, facts=facts(equipment="WiFi"), now=session.ends_at, actor=None)
        assert Room.objects.get().has == ["无线网"]

    def test_a_class_without_sessions_keeps_it_too(self, series):
        with pytest.raises(rooms.StillNeeded, match="菜鸟学堂·启蒙要用投影"):
            rooms.change_room(room=series.room, facts=facts(equipment=""), now=NOW, actor=None)

    def test_a_room_that_lost_it_is_left_out_of_the_next_term(self, series):
        Room.objects.update(has=[])

        made = opening.copy_classes(
            series.term, make.term("2027春", date(2027, 3, 1), date(2027, 7, 1)), series.community
        )

        assert [(one.room, one.needs) for one in made] == [(None, ["投影"])]


class TestDatabase:
    def test_a_session_is_kept_out(self, series, bare):
        session = make.session(of=series)

        with pytest.raises(IntegrityError, match="room_lacks_what_the_class_needs"), transaction.atomic():
            Session.objects.filter(pk=session.pk).update(room=bare)
        Session.objects.filter(pk=session.pk).update(status="cancelled", room=bare)
        with pytest.raises(IntegrityError, match="room_lacks_what_the_class_needs"), transaction.atomic():
            Session.objects.filter(pk=session.pk).update(status="planned")
        with pytest.raises(IntegrityError, match="room_lacks_what_the_class_needs"), transaction.atomic():
            make.session("2026-09-19", of=series, room=bare)

    def test_a_class_is_kept_out(self, series, bare):
        for wrong in ({"room": bare}, {"needs": ["投影", "空调"]}):
            with pytest.raises(IntegrityError, match="room_lacks_what_the_class_needs"), transaction.atomic():
                Series.objects.filter(pk=series.pk).update(**wrong)
        Series.objects.filter(pk=series.pk).update(room=None, needs=["空调"])

    @pytest.mark.django_db(transaction=True)
    def test_a_need_and_a_loss_at_one_moment(self, together):
        """The class begins to need what the room loses: one of the two is refused, every time."""
        for turn in range(5):
            room = make.room(f"教室{turn}", equipment="投影", has=["投影"])
            series = make.series(f"班{turn}", room=room)
            make.session(of=series)

            def press(number, room=room, series=series):
                if number:
                    return series_actions.set_needs(series=series, needs=["投影"], now=NOW, actor=None)
                return rooms.change_room(room=room, facts=facts(name=room.name, equipment=""), now=NOW, actor=None)

            results = together(2, press)

            room.refresh_from_db()
            series.refresh_from_db()
            assert (room.has, series.needs) in ((["投影"], ["投影"]), ([], [])), results

    @pytest.mark.django_db(transaction=True)
    def test_a_session_comes_while_the_room_loses_it(self, together):
        for turn in range(5):
            room = make.room(f"教室{turn}", equipment="投影", has=["投影"])
            session = make.session(of=make.series(f"班{turn}", needs=["投影"]))

            def press(number, room=room, session=session):
                if number:
                    return move(session, room)
                return rooms.change_room(room=room, facts=facts(name=room.name, equipment=""), now=NOW, actor=None)

            results = together(2, press)

            room.refresh_from_db()
            session.refresh_from_db()
            assert session.room is None or room.has == ["投影"], results


class TestPages:
    def test_a_room_says_what_it_has(self, client, bare):
        client.force_login(make.user())
        form = {"name": "阅览室", "equipment": ["投影", "插座"], "more_equipment": "缝纫机", "gap_minutes": "0"}

        client.post(reverse("desk:room", args=[bare.pk]), form)

        bare.refresh_from_db()
        assert (bare.equipment, bare.has) == ("投影、插座、缝纫机", ["投影", "插座", "缝纫机"])
        page = client.get(reverse("desk:room", args=[bare.pk])).content.decode()
        assert page.count(" checked") == 2 and 'value="缝纫机"' in page
        assert "投影、插座、缝纫机" in client.get(reverse("desk:rooms")).content.decode()

    def test_why_a_room_keeps_it_stands_at_the_field(self, client, series):
        client.force_login(make.user())
        form = {"name": "智慧教室", "seats": "24", "floor": "1", "gap_minutes": "0"}

        page = client.post(reverse("desk:room", args=[series.room_id]), form)

        assert (page.status_code, "要用投影：先给这些班换教室" in page.content.decode()) == (409, True)

    def test_a_class_says_what_it_needs(self, client, series):
        client.force_login(make.user())
        said = {"name": series.name, "weekdays": "5", "time": "9:30-11:00", "capacity": "12", "room_name": "智慧教室"}
        address = reverse("desk:series-edit", args=[series.pk])

        client.post(address, {**said, "needs": ["投影", "无线网"]})
        assert Series.objects.get().needs == ["投影", "无线网"]
        assert "要投影、无线网" in client.get(reverse("desk:series", args=[series.pk])).content.decode()

        refused = client.post(address, {**said, "needs": ["空调"]})
        assert (refused.status_code, "智慧教室没有空调" in refused.content.decode()) == (409, True)

    def test_the_api_reads_what_people_write(self, client, series):
        client.force_login(make.user())

        def patch(address, body):
            return client.patch(f"/api/v1{address}", body, content_type="application/json")

        answer = patch(f"/rooms/{series.room_id}", {"equipment": "投影仪 Wi-Fi 缝纫机"}).json()
        assert (answer["equipment"], answer["has"]) == ("投影、无线网、缝纫机", ["投影", "无线网", "缝纫机"])
        assert patch(f"/rooms/{series.room_id}", {"equipment": ""}).status_code == 409
        assert patch(f"/series/{series.pk}", {"needs": ["缝纫机"]}).json()["needs"] == ["缝纫机"]
        assert patch(f"/series/{series.pk}", {"needs": ["空调"]}).status_code == 409
        assert patch(f"/series/{series.pk}", {"needs": ["火箭"]}).status_code == 422


def test_the_term_is_made_where_it_is(series):
    done = classes.generate_term(term=series.term, now=NOW)

    assert done.created and not Session.objects.exclude(room=series.room).exists()
