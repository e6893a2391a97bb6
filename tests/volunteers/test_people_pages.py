"""志愿者: who is found, who sees what, and what is written down."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from people import outbox
from people.models import AuditEntry, Call, Message
from tests import make
from volunteers.actions import company
from volunteers.actions import people as actions
from volunteers.models import Clearance, Training, Volunteer
from volunteers.queries import people
from volunteers.rules import persons

pytestmark = pytest.mark.django_db
NOW = make.at("2026-11-24", "10:00")


def found(**filters) -> list[str]:
    """The names the list shows."""
    rows = people.listed(community=make.community(), filters=people.Filters(**filters), now=NOW)
    return [str(row) for row in rows]


class TestSearch:
    @pytest.mark.parametrize(
        ("name", "typed"),
        [
            ("单雄信", "shan"),
            ("解珍", "xie"),
            ("曾国荃", "zeng"),
            ("曾国荃", "zgq"),
            ("吕洞宾", "lv"),
            ("吕洞宾", "lu"),
        ],
    )
    def test_surnames_are_found_by_how_they_are_read(self, name, typed):
        make.volunteer(name)
        make.volunteer("周远")

        assert found(q=typed) == [name]

    def test_finds_characters_in_the_middle_and_the_end_of_a_phone(self):
        make.volunteer("王秀英", phone="16000004321")
        make.volunteer("周远", phone="16000001234")

        assert found(q="秀英") == ["王秀英"]
        assert found(q="4321") == ["王秀英"]
        assert found(q="16000001234") == ["周远"]

    def test_pinyin_counts_from_the_start_of_a_word(self):
        make.volunteer("陈思远")

        assert found(q="chensi") == ["陈思远"]
        assert found(q="hensi") == []

    def test_is_sorted_by_pinyin(self):
        for name in ("周远", "解珍", "单雄信", "白梦琪"):
            make.volunteer(name)

        assert found() == ["白梦琪", "单雄信", "解珍", "周远"]


class TestFilters:
    def test_programme(self):
        make.volunteer("周远", programmes=["child"])
        make.volunteer("何晓琳", programmes=["senior"])

        assert found(programme="child") == ["周远"]

    def test_a_clearance_expires_and_a_pending_renewal_changes_nothing(self):
        for name, until in (("甲一", date(2027, 6, 30)), ("乙一", date(2026, 12, 15)), ("丙一", date(2026, 10, 1))):
            make.cleared(make.volunteer(name), until)
        Clearance.objects.create(volunteer=Volunteer.objects.get(person__name="甲一"), result="pending")

        assert found(clearance="yes") == ["甲一", "乙一"]
        assert found(clearance="expiring") == ["乙一"]
        assert found(clearance="no") == ["丙一"]

    def test_not_clear_ends_an_earlier_clearance(self):
        who = make.volunteer("甲一")
        make.cleared(who)
        Clearance.objects.create(volunteer=who, result="not_clear")

        assert found(clearance="yes") == []

    def test_lead_paused_and_gone(self):
        make.volunteer("甲一", may_lead=True)
        make.volunteer("乙一", status="paused")
        make.volunteer("丙一", status="left")

        assert found(lead="1") == ["甲一"]
        assert found(status="paused") == ["乙一"]
        assert found() == ["甲一", "乙一"]

    def test_volunteers_of_another_community_are_on_its_own_list(self):
        make.volunteer("甲一", home=make.community("向阳社区"))

        assert found() == []


@pytest.mark.parametrize("n", [1, 3, 60])
def test_the_list_costs_the_same_however_long_it_is(client, n, django_assert_num_queries):
    client.force_login(make.user())
    for _ in range(n):
        who = make.volunteer("周远")
        make.cleared(who)
        make.assignment(make.shift(make.session("2026-12-01", make.series(f"班{who.pk}"))), who)
        Training.objects.create(volunteer=who, what="陪学", on_date=date(2026, 9, 1))
    client.get(reverse("desk:volunteers"))

    with django_assert_num_queries(7):
        page = client.get(reverse("desk:volunteers"))

    assert page.content.decode().count("/desk/volunteers/") >= min(n, 50)


def test_the_list_says_which_training_somebody_has_and_when_it_runs_out(client):
    client.force_login(make.user())
    who = make.volunteer("周远", skills=["微信支付"])
    today = timezone.localdate()
    for what, days in (("陪学", None), ("急救", -1), ("儿童安全", 20), ("防诈骗", 200)):
        ends = None if days is None else today + timedelta(days=days)
        Training.objects.create(volunteer=who, what=what, on_date=today - timedelta(days=365), valid_until=ends)

    cell = re.search(r'data-label="会">(.*?)</td>', client.get(reverse("desk:volunteers")).content.decode()).group(1)
    said = re.sub(r"<[^>]+>", "", cell).split()

    passed, soon = today - timedelta(days=1), today + timedelta(days=20)
    assert said[0] == "微信支付"
    assert sorted(said[1:]) == sorted(
        ["陪学", "防诈骗", f"急救，{passed.month}月{passed.day}日过期", f"儿童安全，{soon.month}月{soon.day}日到期"]
    )


class TestAvailability:
    def test_a_window_is_painted_where_it_lies(self):
        who = make.volunteer()
        make.free(who, 2, "16:00", "21:00")
        make.free(who, 5, "08:00", "12:00", weeks="even")
        make.free(who, 6, "13:00", "16:00")

        grid = people.availability_grid(list(who.availability.all()), today=date(2026, 11, 24))

        assert [[cell.state for cell in row.cells] for row in grid] == [
            ["none"] * 3,
            ["none"] * 3,
            ["none", "none", "all"],
            ["none"] * 3,
            ["none"] * 3,
            ["part", "none", "none"],
            ["none", "part", "none"],
        ]
        assert grid[5].cells[0].words == "双周"
        assert grid[6].cells[1].words == "13:00 起"

    def test_impossible_wins_over_possible(self):
        who = make.volunteer()
        make.free(who, 2)
        make.free(who, 2, "08:00", "12:00", kind="impossible")

        wednesday = people.availability_grid(list(who.availability.all()), today=date(2026, 11, 24))[2]

        assert [cell.state for cell in wednesday.cells] == ["no", "all", "all"]

    def test_is_said_in_words(self):
        who = make.volunteer()
        row = make.free(who, 5, "08:00", "12:00", weeks="even", from_on=date(2026, 11, 1))

        assert people.availability_words(row) == "双周周六 08:00–12:00（11月1日起）"


class TestActions:
    def test_a_check_counts_for_twelve_months_at_most(self):
        who = make.volunteer()

        with pytest.raises(actions.ClearanceTooLong):
            actions.record_clearance(
                volunteer=who,
                result="clear",
                checked_on=date(2026, 11, 20),
                valid_until=date(2028, 1, 1),
                now=NOW,
                actor=None,
            )

        assert not who.clearances.exists()

    def test_only_the_result_is_kept_and_who_recorded_it(self):
        who = make.volunteer()

        kept = actions.record_clearance(
            volunteer=who,
            result="not_clear",
            checked_on=date(2026, 11, 20),
            valid_until=date(2027, 11, 20),
            now=NOW,
            actor=make.user(),
        )

        assert (kept.result, kept.valid_until, kept.recorded_by, kept.source) == (
            "not_clear",
            None,
            "chen",
            "2026-11-20 查询",
        )

    def test_nobody_leads_the_first_time_and_no_minor_leads(self):
        newcomer = make.volunteer("甲一", experienced=False)
        minor = make.volunteer("乙一", born=(2010, 1, 1))

        for who in (newcomer, minor):
            with pytest.raises(actions.NotALead):
                actions.let_lead(volunteer=who, now=NOW, actor=None)

        assert not Volunteer.objects.filter(may_lead=True).exists()

    def test_renewing_a_link_ends_the_old_one(self):
        who = make.volunteer()
        old = who.token

        new = actions.renew_link(volunteer=who, now=NOW, actor=None)

        assert new != old
        assert not Volunteer.objects.filter(token=old).exists()

    def test_every_change_leaves_a_line(self):
        who, chen = make.volunteer("单雄信"), make.user()
        actions.mark_seen(volunteer=who, now=NOW, actor=chen)
        actions.mark_seen(volunteer=who, now=NOW, actor=chen)
        actions.pause(volunteer=who, now=NOW, actor=chen)
        actions.resume(volunteer=who, now=NOW, actor=chen)

        lines = AuditEntry.objects.filter(thing=f"volunteer:{who.pk}", actor=chen)

        assert [line.verb for line in lines.order_by("id")] == ["seen", "pause", "resume"]


class TestPersonPage:
    def test_the_phone_is_masked_until_somebody_asks_and_that_is_written_down(self, client):
        who, chen = make.volunteer("解珍", phone="16000004321"), make.user()
        client.force_login(chen)

        before = client.get(reverse("desk:volunteer", args=[who.pk])).content.decode()
        after = client.post(reverse("desk:volunteer-reveal", args=[who.pk])).content.decode()

        assert "16000004321" not in before
        assert "16000004321" in after
        assert AuditEntry.objects.get(verb="reveal-phone").actor == chen

    def test_a_viewer_reads_and_changes_nothing(self, client):
        who = make.volunteer("解珍", phone="16000004321")
        client.force_login(make.user("kan", role="viewer"))

        page = client.get(reverse("desk:volunteer", args=[who.pk]))
        tries = [
            client.post(reverse("desk:volunteer-reveal", args=[who.pk])),
            client.post(reverse("desk:volunteer-pause", args=[who.pk])),
            client.post(reverse("desk:volunteer-clearance", args=[who.pk])),
            client.post(reverse("desk:volunteer-renew", args=[who.pk])),
            client.get(reverse("desk:volunteer-add")),
        ]

        assert page.status_code == 200
        assert who.token not in page.content.decode()
        assert [answer.status_code for answer in tries] == [403] * 5
        assert not AuditEntry.objects.exists()

    def test_a_stranger_is_sent_to_the_login(self, client):
        who = make.volunteer()

        answer = client.get(reverse("desk:volunteer", args=[who.pk]))

        assert answer.status_code == 302
        assert reverse("desk:login") in answer["Location"]

    def test_a_wrong_form_keeps_what_was_typed(self, client):
        make.community()
        client.force_login(make.user())

        page = client.post(reverse("desk:volunteer-add"), {"name": "单雄信", "mobile": "1600000"})

        assert page.status_code == 422
        text = page.content.decode()
        assert "单雄信" in text
        assert "手机号要 11 位" in text

    def test_a_number_in_use_names_the_other_person(self, client):
        make.volunteer("解珍", phone="16000004321")
        client.force_login(make.user())

        page = client.post(reverse("desk:volunteer-add"), {"name": "解真", "mobile": "160 0000 4321"})

        assert page.status_code == 422
        assert "像是同一个人" in page.content.decode()
        assert Volunteer.objects.count() == 1

    def test_somebody_new_is_entered_and_changed(self, client):
        make.community()
        client.force_login(make.user())

        client.post(
            reverse("desk:volunteer-add"),
            {"name": "单雄信", "mobile": "160-0000-4321", "programmes": ["child"], "organisation": "退休教师协会"},
        )
        who = Volunteer.objects.get()
        client.post(
            reverse("desk:volunteer-edit", args=[who.pk]),
            {"name": "单雄信", "mobile": "16000004321", "programmes": ["child"], "max_per_week": "2"},
        )

        who.refresh_from_db()
        assert (who.mobile, who.programmes, who.max_per_week, who.organisation) == ("16000004321", ["child"], 2, None)
        assert found(q="shan") == ["单雄信"]

    def test_a_check_is_recorded_from_the_page(self, client):
        who = make.volunteer()
        client.force_login(make.user())
        today = timezone.localdate()

        client.post(
            reverse("desk:volunteer-clearance", args=[who.pk]),
            {"result": "clear", "checked_on": today.isoformat()},
        )
        refused = client.post(
            reverse("desk:volunteer-clearance", args=[who.pk]),
            {
                "result": "clear",
                "checked_on": today.isoformat(),
                "valid_until": (today + timedelta(days=800)).isoformat(),
            },
        )

        assert who.clearances.get().valid_until == today + timedelta(days=365)
        assert refused.status_code == 422
        assert "12 个月" in refused.content.decode()


def test_the_list_and_the_rules_agree_on_clearances():
    """One meaning, said in SQL for the list and in Python for the gate."""
    histories = [
        [],
        [("clear", date(2027, 6, 30))],
        [("clear", date(2027, 6, 30)), ("clear", date(2027, 1, 1))],
        [("clear", date(2027, 6, 30)), ("not_clear", None)],
        [("not_clear", None), ("clear", date(2027, 6, 30))],
        [("clear", date(2027, 6, 30)), ("pending", None)],
    ]
    for history in histories:
        who = make.volunteer()
        for result, until in history:
            Clearance.objects.create(volunteer=who, result=result, valid_until=until)

    rows = people.listed(community=make.community(), filters=people.Filters(), now=NOW)
    listed = {row.pk: row.cleared_until for row in rows if row.cleared_until}

    assert len(listed) == 4
    assert listed == persons.cleared_until(row.pk for row in rows)


class TestPausesTrainingsAndCalls:
    def test_a_pause_until_a_day_ends_by_itself(self, client):
        client.force_login(make.user())
        volunteer = make.volunteer()
        day = timezone.localdate() + timedelta(days=5)

        client.post(reverse("desk:volunteer-pause", args=[volunteer.pk]), {"until": day.isoformat()})
        volunteer.refresh_from_db()
        assert (volunteer.status, volunteer.paused_until) == ("paused", day)

        assert actions.resume_due(now=timezone.now()) == 0
        assert actions.resume_due(now=timezone.now() + timedelta(days=5)) == 1
        volunteer.refresh_from_db()
        assert (volunteer.status, volunteer.paused_until) == ("active", None)

    def test_a_day_that_is_over_pauses_nobody(self, client):
        client.force_login(make.user())
        volunteer = make.volunteer()

        client.post(reverse("desk:volunteer-pause", args=[volunteer.pk]), {"until": "2020-01-01"})

        volunteer.refresh_from_db()
        assert volunteer.status == "active"

    def test_a_training_is_kept_once_and_its_end_comes_later(self, client):
        client.force_login(make.user())
        address = reverse("desk:volunteer-training", args=[make.volunteer().pk])
        said = {"what": "急救", "on_date": "2026-09-01", "valid_until": "2027-09-01"}

        client.post(address, said), client.post(address, said)
        wrong = client.post(address, {**said, "valid_until": "2026-08-01"})

        assert Training.objects.count() == 1
        assert wrong.status_code == 422

    def test_three_calls_that_nobody_answered_ask_for_a_pause(self, client):
        client.force_login(make.user())
        volunteer, now = make.volunteer(), timezone.now()
        fields = {"kind": "x", "about": "y", "subject": "s", "body": "b", "created_at": now, "not_before": now}
        message = Message.objects.create(person=volunteer.person, **fields)
        for _ in range(3):
            message.calls.create(result="no_answer", at=now)

        assert "要不要先暂停排班" in client.get(reverse("desk:volunteer", args=[volunteer.pk])).content.decode()
        message.calls.create(result="reached", at=now)
        assert "要不要先暂停排班" not in client.get(reverse("desk:volunteer", args=[volunteer.pk])).content.decode()

    def test_says_what_the_person_may_see_and_do(self, client):
        client.force_login(make.user())
        volunteer = make.volunteer()
        address = reverse("desk:volunteer", args=[volunteer.pk])

        assert "不能陪孩子：没有有效的背景查询" in client.get(address).content.decode()
        make.cleared(volunteer, timezone.localdate() + timedelta(days=200))
        assert "可以陪孩子。" in client.get(address).content.decode()


class TestWhatStaffSay:
    def test_a_name_that_two_have_is_settled_by_hand(self, client):
        client.force_login(make.user())
        who, first, second = make.volunteer("周远"), make.volunteer("林淑芬"), make.volunteer("林淑芬")
        wish = company.wish(volunteer=who, name="林淑芬", kind="together", now=timezone.now())
        assert wish.other is None
        page = reverse("desk:volunteer", args=[who.pk])
        assert "林淑芬是哪一位" in client.get(page).content.decode()

        client.post(reverse("desk:volunteer-wish", args=[who.pk, wish.pk]), {"other": second.pk})

        wish.refresh_from_db()
        assert wish.other == second
        stranger = make.volunteer("赵建国")  # not of that name
        client.post(reverse("desk:volunteer-wish", args=[who.pk, wish.pk]), {"other": stranger.pk})
        wish.refresh_from_db()
        assert wish.other is None and first.pk != second.pk

    def test_whoever_only_looks_sees_no_wish(self, client):
        client.force_login(make.user(role="viewer"))
        who = make.volunteer("周远")
        company.wish(volunteer=who, name="林淑芬", kind="apart", now=timezone.now())

        assert "林淑芬" not in client.get(reverse("desk:volunteer", args=[who.pk])).content.decode()

    def test_a_guardian_s_paper_lets_the_young_take_places(self, client):
        client.force_login(make.user())
        young = make.volunteer("程小满", born=(timezone.localdate().year - 15, 1, 1), source="sign_up")
        page, address = (reverse(f"desk:{name}", args=[young.pk]) for name in ("volunteer", "volunteer-guardian"))
        assert "监护人还没同意" in client.get(page).content.decode()

        wrong = client.post(address, {"name": "程先生", "relation": "爸爸", "phone": "1600"})
        assert wrong.status_code == 400
        assert 'value="程先生"' in wrong.content.decode()
        client.post(address, {"name": "程先生", "relation": "爸爸", "phone": "16000000010"})

        kept = young.guardian_consents.get()
        assert (kept.how, kept.recorded_by != "") == ("paper", True)
        assert "监护人还没同意" not in client.get(page).content.decode()


@pytest.mark.parametrize(("results", "asks"), [(["no_answer"] * 3, True), (["no_answer"] * 2, False)])
def test_after_three_calls_nobody_answered_one_click_pauses(client, results, asks):
    client.force_login(make.user("ruan"))
    who = make.volunteer()
    note = outbox.write(person=who.person, kind="offer", about="1", subject="", body="", link="/", now=NOW)
    Call.objects.bulk_create(Call(message=note, result=result, at=NOW) for result in results)

    said = client.get(reverse("desk:volunteer", args=[who.pk])).content.decode()

    assert ("先暂停，已排好的不动" in said) == asks
    client.post(reverse("desk:volunteer-pause", args=[who.pk]))
    who.refresh_from_db()
    assert (who.status, who.paused_until) == ("paused", None)
