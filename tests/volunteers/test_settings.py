"""设置: decisions, floors nobody loosens, accounts, retention, the copy of everything, the log."""

import csv
import io
import re
import zipfile
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from classes.models import Programme, Request
from people import exporting, outbox, queries, settling
from people.models import AuditEntry, Export, Message, SettingChange, User
from people.tasks import make_exports
from tests import make
from volunteers.actions import forgetting, setting_up
from volunteers.models import CheckIn, RollMark, Shift

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-07", "10:00")


def manager(username: str = "zhan") -> User:
    return make.user(username, role="manager")


class TestDecisions:
    def test_quiet_hours_follow_the_decision(self):
        evening = make.at("2026-09-07", "20:30")
        assert outbox.after_quiet_hours(evening) == evening

        settling.decide(key="quiet", value={"from_hour": 20}, label="安静时间", now=NOW, actor=None)

        assert outbox.after_quiet_hours(evening) == make.at("2026-09-08", "08:00")

    def test_undo_brings_back_what_was_unless_it_was_changed_since(self):
        for hour in (20, 19):
            settling.decide(key="quiet", value={"from_hour": hour}, label="安静时间", now=NOW, actor=None)
        second, first = SettingChange.objects.all()

        with pytest.raises(settling.ChangedSince):
            setting_up.undo(change=first, now=NOW, actor=None)
        setting_up.undo(change=second, now=NOW, actor=None)
        with pytest.raises(settling.ChangedSince):
            setting_up.undo(change=second, now=NOW, actor=None)

        assert queries.setting("quiet")["from_hour"] == 20

    def test_nothing_changed_leaves_no_line(self):
        settling.decide(key="quiet", value=queries.setting("quiet"), label="安静时间", now=NOW, actor=None)

        assert not SettingChange.objects.exists()


class TestFloors:
    def test_a_ratio_changes_the_need_of_sessions_to_come(self):
        series = make.series(kind="senior", weekdays=(5,))
        session = make.session("2026-09-12", series)
        for name in ("王秀英", "赵建国", "李玉兰"):
            learner = make.learner(name)
            series.enrolments.create(learner=learner, status="confirmed", created_at=NOW)

        setting_up.change_programme(programme=series.programme, default_ratio=1, now=NOW, actor=None)

        assert Shift.objects.get(session=session, role__code="helper").needed == 3

    @pytest.mark.parametrize(
        "values", [{"minimum_adults": 1}, {"default_ratio": 11}, {"young_ratio": 11}, {"default_ratio": 0}]
    )
    def test_what_protects_children_is_not_loosened(self, values):
        programme = make.programme("child")

        with pytest.raises(setting_up.Refused) as refusal:
            setting_up.change_programme(programme=programme, now=NOW, actor=None, **values)

        assert str(refusal.value) in setting_up.FLOORS.values()
        with pytest.raises(IntegrityError), transaction.atomic():
            Programme.objects.filter(pk=programme.pk).update(**values)

    @pytest.mark.parametrize(("code", "age"), [("tutor", 17), ("helper", 13)])
    def test_nobody_is_too_young_for_a_role(self, code, age):
        with pytest.raises(setting_up.Refused):
            setting_up.change_role(role=make.role(code), minimum_age=age, now=NOW, actor=None)


class TestStaff:
    def test_a_first_password_opens_the_door_and_is_kept_nowhere(self, client):
        _, password = settling.add_staff(username="lin", name="林社工", role="organiser", now=NOW, actor=None)

        assert client.login(username="lin", password=password)
        assert password not in str(list(AuditEntry.objects.values()))
        with pytest.raises(settling.NameTaken):
            settling.add_staff(username="lin", name="另一位", role="viewer", now=NOW, actor=None)

    def test_a_new_password_ends_the_old_one(self, client):
        user = make.user("lin", password="the-old-one-2026")

        settling.renew_password(user=user, now=NOW, actor=None)

        assert not client.login(username="lin", password="the-old-one-2026")

    def test_the_last_manager_stays(self):
        boss = manager()

        for change in ({"role": "viewer", "is_active": True}, {"role": "manager", "is_active": False}):
            with pytest.raises(settling.LastManager):
                settling.set_rights(user=boss, now=NOW, actor=boss, **change)


@pytest.mark.django_db(transaction=True)
def test_two_managers_who_take_each_others_rights_leave_one(together):
    both = [manager("zhan"), manager("qian")]

    said = together(
        2, lambda n: settling.set_rights(user=both[n], role="viewer", is_active=True, now=NOW, actor=both[1 - n])
    )

    assert [type(one) for one in said].count(settling.LastManager) == 1
    assert User.objects.filter(role="manager", is_active=True).count() == 1


class TestForgetting:
    def test_takes_out_what_is_over_and_says_so_before(self):
        old = NOW - timedelta(days=31)
        request = Request.objects.create(
            community=make.community(),
            name="王淑芬",
            phone="16000012345",
            wish="挂号",
            channel="phone",
            status="done",
            asked_at=old,
            consent_at=old,
            closed_at=old,
        )
        fresh = Message.objects.create(
            person=make.person(), kind="x", about="y", body="z", created_at=NOW, not_before=NOW, subject="s"
        )

        assert [one.count for one in forgetting.due(now=NOW)] == [1, 0, 0, 0, 0]
        assert forgetting.forget(now=NOW) == 1
        assert forgetting.forget(now=NOW) == 0

        request.refresh_from_db()
        assert (request.name, request.phone, request.wish) == ("", "", "挂号")
        assert Message.objects.get() == fresh

    def test_taps_go_and_who_came_stays(self):
        session, who = make.session("2026-09-12"), make.volunteer()
        CheckIn.objects.create(volunteer=who, series=session.series, session=session, on_date=session.on_date)
        for age in (29, 31):
            at = NOW - timedelta(days=age)
            RollMark.objects.create(
                key=uuid4(), session=session, volunteer=who, said="came", said_at=at, received_at=at, outcome="taken"
            )

        assert forgetting.forget(now=NOW) == 1

        assert RollMark.objects.get().said_at == NOW - timedelta(days=29)
        assert who.checkins.count() == 1


class TestExport:
    def test_the_copy_holds_the_tables_without_secrets(self, settings, tmp_path):
        settings.LINKE_DATA = tmp_path
        boss = manager()
        volunteer = make.volunteer("=周远")
        exporting.ask(now=NOW, actor=boss)

        assert make_exports.call() == 1

        export = Export.objects.get()
        with zipfile.ZipFile(export.path_in(exporting.folder(), "zip")) as archive:
            every = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
        assert volunteer.token not in "".join(every.values())
        assert boss.password not in "".join(every.values())
        rows = list(csv.DictReader(io.StringIO(every["people.person.csv"])))
        assert rows[0]["name"] == "'=周远"

    def test_the_workbook_holds_the_same_as_sheets(self, settings, tmp_path):
        settings.LINKE_DATA = tmp_path
        boss = manager()
        volunteer = make.volunteer("=周远")
        exporting.ask(now=NOW, actor=boss)
        make_exports.call()

        book = CalamineWorkbook.from_path(Export.objects.get().path_in(exporting.folder(), "xlsx"))

        assert len(set(book.sheet_names)) == len(exporting.tables())
        heads, *rows = book.get_sheet_by_name("p.person").to_python()
        assert heads[:2] == ["id", "name 姓名"]
        assert [row[:2] for row in rows] == [[float(volunteer.person_id), "=周远"]]
        everything = str([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])
        assert volunteer.token not in everything
        assert boss.password not in everything

    def test_a_download_is_for_a_day_and_written_down(self, client, settings, tmp_path):
        settings.LINKE_DATA = tmp_path
        client.force_login(manager())
        client.post(reverse("desk:settings-export"))
        make_exports.call()
        export = Export.objects.get()
        address = reverse("desk:settings-download", args=[export.key])

        assert client.get(address).status_code == 200
        workbook = client.get(f"{address}?as=xlsx")
        assert (workbook.status_code, workbook["Content-Disposition"]) == (
            200,
            'attachment; filename="linke-export.xlsx"',
        )
        assert AuditEntry.objects.filter(verb="下载了全部数据").exists()
        Export.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert client.get(address).status_code == 404
        assert exporting.tidy(now=timezone.now()) == 1
        assert list(exporting.folder().iterdir()) == []

    def test_asked_twice_it_is_made_once(self):
        boss = manager()

        assert exporting.ask(now=NOW, actor=boss) == exporting.ask(now=NOW, actor=boss)


class TestPages:
    def test_only_the_manager_opens_settings(self, client):
        client.force_login(make.user())

        for name in ("settings", "settings-log"):
            assert client.get(reverse(f"desk:{name}")).status_code == 403

    def test_a_block_that_is_wrong_keeps_what_was_typed(self, client):
        client.force_login(manager())

        answer = client.post(
            reverse("desk:settings-decide", args=["quiet"]), {"quiet-from_hour": 15, "quiet-until_hour": 7}
        )

        assert answer.status_code == 422
        assert 'value="15"' in answer.content.decode()
        assert queries.setting("quiet")["until_hour"] == 8

    def test_blocks_are_saved_and_listed_for_undo(self, client):
        client.force_login(manager())
        child = make.programme("child")
        said = {
            f"programme-{child.pk}-{name}": value
            for name, value in {
                "minimum_adults": 3,
                "default_ratio": 6,
                "young_ratio": 5,
                "on_holiday": "skip",
                "on_makeup": "run",
                "on_half_day": "run",
                "risk_note": "x",
            }.items()
        }

        client.post(reverse("desk:settings-programme", args=[child.pk]), said)
        child.refresh_from_db()
        assert child.minimum_adults == 3
        client.post(reverse("desk:settings-undo", args=[SettingChange.objects.get().pk]))
        child.refresh_from_db()
        assert child.minimum_adults == 2

        loose = client.post(
            reverse("desk:settings-programme", args=[child.pk]), {**said, f"programme-{child.pk}-minimum_adults": 1}
        )
        assert loose.status_code == 422
        assert "不能再少" in loose.content.decode()

    @pytest.mark.parametrize("communities", [0, 1])
    def test_the_head_leads_to_every_block_that_is_there(self, client, communities):
        for _ in range(communities):
            make.community()
        client.force_login(manager())

        page = client.get(reverse("desk:settings")).content.decode()

        head = page[page.index('<nav class="jumps"') :]
        asked = re.findall(r'href="#([a-z]+)"', head[: head.index("</nav>")])
        assert ("poster" in asked) == bool(communities)
        assert set(asked) == set(re.findall(r'class="panel(?: form)?" id="([a-z]+)"', page)) - {"changes"}

    def test_an_account_is_opened_on_the_page_and_its_password_shown_once(self, client):
        client.force_login(manager())
        said = {"staff-name": "林社工", "staff-username": "lin", "staff-role": "organiser"}

        first = client.post(reverse("desk:settings-staff-add"), said)
        again = client.post(reverse("desk:settings-staff-add"), said)

        assert "只显示这一次" in first.content.decode()
        assert again.status_code == 422

    def test_ones_own_password(self, client):
        boss = manager()
        client.force_login(boss)
        said = {"old_password": "lin-ke-2026", "new_password1": "quite-long-9", "new_password2": "quite-long-9"}

        assert client.post(reverse("desk:password"), said).status_code == 302
        assert client.get(reverse("desk:settings")).status_code == 200

    def test_the_log_is_narrowed(self, client):
        boss = manager()
        client.force_login(boss)
        AuditEntry.objects.create(at=NOW, actor=boss, verb="看了电话", thing="volunteer:1", summary="甲")
        AuditEntry.objects.create(at=NOW, actor=None, verb="改了班", thing="series:1", summary="乙")

        page = client.get(reverse("desk:settings-log"), {"opened": "1", "about": "volunteer"}).content.decode()

        assert "甲" in page and "乙" not in page


class TestPosterCode:
    def test_is_set_renewed_and_dropped_from_the_settings(self, client):
        place = make.community()
        client.force_login(manager())

        client.post("/desk/poster/code/", {"code": "wt26", "back": "settings"})
        assert "要写 <b>WT26</b>" in client.get("/desk/settings/").content.decode()
        there = client.post("/desk/poster/code/", {"new": "1", "back": "settings"})
        place.refresh_from_db()

        assert there["Location"] == "/desk/settings/#poster"
        assert len(place.poster_code) == 4
        assert not set(place.poster_code) & set("IO01")
        assert place.poster_code != "WT26"
        client.post("/desk/poster/code/", {"code": "", "back": "settings"})
        place.refresh_from_db()
        assert place.poster_code == ""
