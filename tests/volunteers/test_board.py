"""周排班: what the week shows, and placing, releasing and publishing from it."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from classes.models import CalendarDay, Change, DayQuestion, Request
from people import pages
from people.models import Message
from tests import make
from volunteers.models import Assignment, CheckIn
from volunteers.queries import board, following, kept, pictures, recruiting

pytestmark = pytest.mark.django_db
NOW = make.at("2026-11-24", "10:00")
MONDAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def official(db):
    """The notice of the year is in."""
    make.official()


def week(monday: date = MONDAY) -> board.Week:
    """The week of the usual community."""
    return board.week(community=make.community(), monday=monday, now=NOW)


def wednesday(**fields):
    """A children's session on a Wednesday with three places for tutors."""
    of = fields.pop("of", None) or make.series("四点半课堂", kind="child", weekdays=(2,))
    session = make.session("2026-11-25", of, **fields)
    return make.shift(session, "tutor", needed=3)


class TestCards:
    def test_one_row_per_place_people_first(self):
        shift = wednesday()
        make.assignment(shift, make.volunteer("单雄信"), "offered")
        make.assignment(shift, make.volunteer("解珍"), "accepted")

        (card,) = week().cards

        assert [(p.state, p.assignment and str(p.assignment.volunteer)) for p in card.places] == [
            ("wait", "单雄信"),
            ("ok", "解珍"),
            ("gap", None),
        ]
        assert card.gaps == 1

    def test_the_card_names_the_series_first_and_then_the_lesson(self):
        make.shift(make.session("2026-11-28", make.series("菜鸟学堂·启蒙")))

        (card,) = week().cards

        assert card.title == "启蒙"
        assert card.lesson == (card.session.lesson.short_title if card.session.lesson else "")

    def test_a_review_is_no_new_lesson(self):
        make.shift(make.session("2026-11-28", make.series(), is_review=True))

        assert week().cards[0].lesson == "复习"

    def test_leads_come_before_helpers(self):
        session = make.session("2026-11-28", make.series())
        make.shift(session, "helper", needed=1)
        make.shift(session, "lead", needed=1)

        (card,) = week().cards

        assert [place.shift.role.name for place in card.places] == ["讲师", "助教"]

    def test_a_place_that_stayed_empty_in_the_past_wants_nobody(self):
        make.shift(make.session("2026-11-23", make.series("四点半课堂", kind="child")), "tutor", needed=1)

        shown = week()

        assert [place.state for place in shown.cards[0].places] == ["gone"]
        assert shown.tally.gap == 0

    def test_a_cancelled_session_has_no_places(self):
        wednesday(status="cancelled", cancel_reason="停电")

        shown = week()

        assert shown.cards[0].is_cancelled
        assert shown.tally.total == 0

    def test_released_and_declined_people_are_not_shown(self):
        shift = wednesday()
        make.assignment(shift, make.volunteer(), "released")
        make.assignment(shift, make.volunteer(), "declined")

        assert week().tally == board.Tally(ok=0, wait=0, draft=0, gap=3)

    def test_a_room_that_is_too_small_is_said(self):
        room = make.room("阅览室", seats=16)
        wednesday(room=room, expected=18)

        shown = week()

        assert shown.cards[0].warnings == ["18 人入班，阅览室只有 16 个座位"]
        assert [(alert.lead, alert.text) for alert in shown.alerts] == [
            ("四点半课堂", "18 人入班，阅览室只有 16 个座位")
        ]

    def test_a_timetable_that_says_too_few_is_a_hint_until_everybody_is_there(self):
        of = make.series("四点半课堂", kind="child", weekdays=(2,), stated_helpers=2)
        shift = wednesday(of=of, expected=20)
        for name in ("单雄信", "解珍"):
            make.assignment(shift, make.volunteer(name), "accepted")

        assert week().cards[0].warnings == ["课表写 2 位辅导，按人数要 3 位：加 1 位，或者少收人、分两组"]
        make.assignment(shift, make.volunteer("柴进"), "accepted")

        assert week().cards[0].warnings == []
        assert week().alerts == []

    def test_another_community_has_its_own_board(self):
        wednesday(community=make.community("向阳社区"))

        assert week().cards == []


class TestDays:
    def test_a_day_is_full_once_everybody_said_yes(self):
        shift = wednesday()
        asked = [make.assignment(shift, make.volunteer(name), "offered") for name in ("甲一", "乙一", "丙一")]
        waiting = week().days[2]
        for placed in asked:
            placed.status = "accepted"
            placed.save()

        assert (waiting.filled, waiting.is_full, waiting.waits) == (3, False, True)
        assert (week().days[2].is_full, week().days[2].waits) == (True, False)

    def test_a_makeup_day_marks_people_who_work(self):
        CalendarDay.objects.create(date=date(2026, 11, 28), day_type="makeup_workday", status="official")
        session = make.session("2026-11-28", make.series(), day_type="makeup_workday")
        shift = make.shift(session, needed=3)
        make.assignment(shift, make.volunteer("甲一", occupation="working"))
        make.assignment(shift, make.volunteer("乙一", occupation="working"), source="sign_up")
        make.assignment(shift, make.volunteer("丙一", occupation="retired"))

        saturday = week().days[5]

        assert saturday.is_makeup
        assert [place.clash for place in saturday.cards[0].places] == ["要上班", "", ""]

    def test_a_holiday_has_its_name(self):
        CalendarDay.objects.create(date=date(2026, 11, 27), day_type="holiday", name="校庆", status="local")

        assert (week().days[4].is_off, week().days[4].name) == (True, "校庆")

    def test_an_open_question_is_an_alert_until_it_is_answered(self):
        question = DayQuestion.objects.create(series=make.series(), on_date=date(2026, 11, 28), why="调休")
        asked = week().alerts
        question.answer, question.answered_at = "run", NOW
        question.save()

        assert [(a.text, a.address) for a in asked] == [
            ("菜鸟学堂·启蒙开不开课还没定", reverse("desk:term") + "#questions")
        ]
        assert week().alerts == []

    def test_the_number_of_the_week_counts_from_the_first_monday(self):
        make.term()

        assert week(date(2026, 8, 31)).number == 1
        assert week().number == 13
        assert week(date(2026, 6, 1)).number is None


class TestPublishing:
    def test_drafts_of_the_future_are_told_person_by_person(self):
        who = make.volunteer("单雄信")
        make.assignment(wednesday(), who, "draft")
        saturday = make.shift(make.session("2026-11-28", make.series()), needed=2)
        make.assignment(saturday, who, "draft")
        make.assignment(saturday, make.volunteer("解珍"), "draft")
        past = make.shift(make.session("2026-11-23", make.series("四点半课堂二", kind="child")), "tutor")
        make.assignment(past, make.volunteer("曾国荃"), "draft")

        shown = week()

        assert (shown.drafts, shown.publish_tells) == (3, 2)


class TestPictures:
    def test_heat_says_filled_and_needed_by_part_of_day(self):
        shift = wednesday()
        make.assignment(shift, make.volunteer())

        heat = week().heat

        assert [row.name for row in heat] == ["上午", "下午", "放学后"]
        assert heat[2].cells[2] == pictures.Cell(filled=1, needed=3, gaps=2)
        assert heat[0].cells == [None] * 7

    def test_load_counts_the_month_against_the_own_limit(self):
        who = make.volunteer("单雄信", max_per_week=1)
        of = make.series("四点半课堂", kind="child")
        for day in ("2026-11-04", "2026-11-11", "2026-11-18", "2026-11-25", "2026-12-02"):
            make.assignment(make.shift(make.session(day, of), "tutor"), who)
        make.assignment(make.shift(make.session("2026-11-26", of), "tutor"), make.volunteer("解珍"))

        loads = week().loads

        assert [(row.name, row.times, row.limit) for row in loads.rows] == [("单雄信", 4, 4), ("解珍", 1, None)]
        assert loads.mean == 2.5
        assert loads.rows[0].is_over

    def test_trend_counts_who_came_and_then_who_is_planned(self):
        of = make.series("四点半课堂", kind="child")
        CheckIn.objects.create(volunteer=make.volunteer(), series=of, on_date=date(2026, 11, 18))
        make.assignment(wednesday(of=of), make.volunteer())

        points = week().trend

        assert [(p.monday, p.children, p.is_plan) for p in points[-2:]] == [
            (date(2026, 11, 16), 1, False),
            (date(2026, 11, 23), 1, True),
        ]


def test_recruiting_text_says_when_where_and_the_link():
    shift = wednesday()

    text = recruiting.for_shift(shift, gaps=2, address="http://linke.example")

    assert "还缺 2 位辅导" in text
    assert "11月25日（周三） 16:30–18:30" in text
    assert f"http://linke.example/s/{shift.session_id}/" in text


class TestNextGap:
    """The same role, the other roles of the session, the sessions that follow, the earlier ones."""

    def test_in_this_order(self):
        of = make.series("四点半课堂", kind="child", weekdays=(2,))
        monday, wednesday, friday = (make.session(f"2026-11-{day}", of) for day in ("24", "25", "27"))
        early = make.shift(monday, "tutor", needed=1)
        lead, helper = make.shift(wednesday, "lead", needed=1), make.shift(wednesday, "tutor", needed=2)
        late = make.shift(friday, "tutor", needed=1)

        seen, after = [], helper
        for who in ("单雄信", "解珍", "曾国荃", "周远", "高翔"):
            make.assignment(after, make.volunteer(who))
            found = following.next_gap(week().cards, after=after)
            seen.append(found)
            after = next((one for one in (early, lead, helper, late) if one.pk == found), after)

        assert seen == [helper.pk, lead.pk, late.pk, early.pk, None]


# --- through the browser's door -----------------------------------------------------------------

DAY = timezone.localdate() + timedelta(days=3)
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "side"}


@pytest.fixture
def gap():
    """A senior session three days from now with two places for helpers."""
    programme = make.programme("senior", risk_note="不碰钱和密码。")
    of = make.series("菜鸟学堂·启蒙", weekdays=(DAY.weekday(),), programme=programme)
    session = make.session(DAY.isoformat(), of, lesson=None, expected=4)
    make.shift(session, "lead", needed=0)
    return make.shift(session, "helper", needed=2)


def free_volunteer(name: str):
    """Somebody who is free on that day."""
    who = make.volunteer(name)
    make.free(who, DAY.weekday())
    return who


def post_place(client, gap, who, **extra):
    """Press 安排 beside a name."""
    return client.post(reverse("desk:place"), {"shift": gap.pk, "volunteer": who.pk}, **extra)


class TestSidePanel:
    def test_shows_who_fits_with_reasons_and_counts_the_others(self, client, gap):
        free_volunteer("单雄信")
        make.volunteer("解珍")
        client.force_login(make.user())

        page = client.get(reverse("desk:week"), {"gap": gap.pk})

        text = page.content.decode()
        assert "补这个空缺" in text
        assert [str(c.volunteer) for c in page.context["found"].candidates] == ["单雄信"]
        assert "另外 1 人为什么不行" in text
        assert "还缺 2 位助教" in text

    def test_one_of_the_gaps_of_a_role_is_marked(self, client, gap):
        client.force_login(make.user())

        text = client.get(reverse("desk:week"), {"gap": gap.pk}).content.decode()

        assert text.count('class="slot gap sel"') == 1
        assert text.count('class="slot gap"') == 1

    def test_htmx_gets_the_panel_alone(self, client, gap):
        client.force_login(make.user())

        panel = client.get(reverse("desk:week"), {"gap": gap.pk}, **HTMX).content.decode()

        assert panel.lstrip().startswith("<aside")

    def test_a_filled_place_says_how_it_stands(self, client, gap):
        placed = make.assignment(gap, make.volunteer("单雄信"), "offered")
        client.force_login(make.user())

        text = client.get(reverse("desk:week"), {"who": placed.pk}).content.decode()

        assert "通知了，等回复" in text
        assert "撤下单雄信" in text

    def test_a_viewer_sees_the_reasons_and_no_buttons(self, client, gap):
        free_volunteer("单雄信")
        client.force_login(make.user("kan", role="viewer"))

        text = client.get(reverse("desk:week"), {"gap": gap.pk}).content.decode()

        assert "单雄信" in text
        assert reverse("desk:place") not in text

    def test_a_shift_that_is_gone_is_not_found(self, client):
        make.community()
        client.force_login(make.user())

        assert client.get(reverse("desk:week"), {"gap": 999}).status_code == 404


class TestPlacing:
    def test_places_a_draft_with_its_reasons_and_offers_undo(self, client, gap):
        who = free_volunteer("单雄信")
        client.force_login(make.user())

        page = client.get(post_place(client, gap, who)["Location"].split("#")[0])

        placed = Assignment.objects.get()
        assert (placed.status, placed.volunteer, placed.source) == ("draft", who, "staff")
        assert placed.reasons
        assert "已放好" in page.content.decode()
        assert reverse("desk:step-undo", args=[Change.objects.get().pk]) in page.content.decode()

    def test_htmx_gets_the_card_the_summary_and_the_toast(self, client, gap):
        who = free_volunteer("单雄信")
        client.force_login(make.user())

        text = post_place(client, gap, who, HTTP_HX_REQUEST="true").content.decode()

        assert text.lstrip().startswith(f'<article class="ses bird" id="ses-{gap.session_id}"')
        for fragment in ("sum", "state", "acts", "strip", "toast", "side"):
            assert f'id="{fragment}"' in text
        assert "<html" not in text

    def test_the_panel_goes_on_to_the_next_gap_and_says_who_was_placed(self, client, gap):
        people = [free_volunteer(name) for name in ("单雄信", "解珍")]
        client.force_login(make.user())

        first, second = (post_place(client, gap, who, HTTP_HX_REQUEST="true") for who in people)

        assert f'data-shift="{gap.pk}"' in first.content.decode()
        assert "单雄信" in first.context["step"].summary and "已放好" in first.content.decode()
        assert first["HX-Replace-Url"].endswith(f"&gap={gap.pk}")
        assert "data-shift" not in second.content.decode() and "gap=" not in second["HX-Replace-Url"]

    def test_without_script_too(self, client, gap):
        who = free_volunteer("单雄信")
        client.force_login(make.user())

        address = post_place(client, gap, who)["Location"]

        assert f"&gap={gap.pk}&step=" in address and address.endswith("#side")
        page = client.get(address.split("#")[0]).content.decode()
        assert "补这个空缺" in page and "已放好" in page

    def test_taking_it_back_opens_the_gap_again_and_taking_somebody_off_does_not(self, client, gap):
        who = free_volunteer("单雄信")
        client.force_login(make.user())
        post_place(client, gap, who)
        step = Change.objects.get()

        back = client.post(reverse("desk:step-undo", args=[step.pk]), HTTP_HX_REQUEST="true").content.decode()
        post_place(client, gap, who)
        placed = Assignment.objects.get(status="draft")
        off = client.post(reverse("desk:release"), {"assignment": placed.pk}, HTTP_HX_REQUEST="true").content.decode()

        assert f'data-shift="{gap.pk}"' in back and "撤销了" in back
        assert "data-shift" not in off

    def test_a_place_filled_meanwhile_gives_the_card_back_and_says_who_and_when(self, client, gap):
        first, second, late = (free_volunteer(name) for name in ("单雄信", "解珍", "曾国荃"))
        client.force_login(make.user())
        post_place(client, gap, first)
        post_place(client, gap, second)

        answer = post_place(client, gap, late, HTTP_HX_REQUEST="true")
        page = post_place(client, gap, late)

        assert (answer.status_code, page.status_code) == (409, 409)
        assert "已经由解珍补上了" in answer.content.decode()
        assert f'id="ses-{gap.session_id}"' in answer.content.decode()
        assert "已经由解珍补上了" in page.content.decode()
        assert Assignment.objects.count() == 2

    def test_a_broken_rule_is_a_sentence(self, client, gap):
        busy = make.volunteer("单雄信")
        client.force_login(make.user())

        answer = post_place(client, gap, busy, HTTP_HX_REQUEST="true")

        assert answer.status_code == 409
        assert 'role="alert"' in answer.content.decode()
        assert not Assignment.objects.exists()

    def test_undo_gives_the_place_back(self, client, gap):
        who = free_volunteer("单雄信")
        client.force_login(make.user())
        post_place(client, gap, who)

        client.post(reverse("desk:release"), {"assignment": Assignment.objects.get().pk})
        again = client.post(
            reverse("desk:release"), {"assignment": Assignment.objects.get().pk}, HTTP_HX_REQUEST="true"
        )

        gap.refresh_from_db()
        assert (Assignment.objects.get().status, gap.taken) == ("released", 0)
        assert again.status_code == 409

    def test_a_viewer_may_not(self, client, gap):
        who = free_volunteer("单雄信")
        placed = make.assignment(gap, who, "draft")
        client.force_login(make.user("kan", role="viewer"))

        answers = [
            post_place(client, gap, who),
            client.post(reverse("desk:release"), {"assignment": placed.pk}),
            client.get(reverse("desk:publish")),
            client.post(reverse("desk:publish")),
        ]

        assert [answer.status_code for answer in answers] == [403] * 4
        placed.refresh_from_db()
        assert placed.status == "draft"


class TestPublishPage:
    def test_shows_exactly_who_gets_what_then_tells_them_once(self, client, gap):
        make.assignment(gap, free_volunteer("单雄信"), "draft")
        client.force_login(make.user())
        monday = board.monday_of(DAY)

        before = client.get(reverse("desk:publish"), {"w": monday}).content.decode()
        after = client.post(reverse("desk:publish"), {"w": monday}, follow=True).content.decode()
        again = client.post(reverse("desk:publish"), {"w": monday}, follow=True).content.decode()

        assert "发布，通知 1 人" in before
        assert "给 1 人的话已备好，请复制发到微信。" in after
        assert "已经发过了，没有再发一遍。" in again
        assert f'<a href="{reverse("desk:notes-next")}">一条一条转发</a>' in after
        assert "单雄信" in before
        placed = Assignment.objects.get()
        assert placed.status == "offered"
        assert placed.volunteer.person.messages.count() == 1

    def test_on_a_guessed_day_it_asks_for_a_tick_and_refuses_without(self, client, gap):
        CalendarDay.objects.update(status="predicted")
        make.assignment(gap, free_volunteer("单雄信"), "draft")
        client.force_login(make.user())
        monday = board.monday_of(DAY)

        page = client.get(reverse("desk:publish"), {"w": monday}).content.decode()
        refused = client.post(reverse("desk:publish"), {"w": monday})

        assert 'name="guess_seen"' in page
        assert (refused.status_code, Assignment.objects.get().status) == (409, "draft")
        assert "要发布，请先打勾" in refused.content.decode()
        client.post(reverse("desk:publish"), {"w": monday, "guess_seen": "1"})
        assert Assignment.objects.get().status == "offered"

    def test_without_a_risk_note_nobody_is_told_and_the_page_says_why(self, client, gap):
        gap.session.series.programme.risk_note = ""
        gap.session.series.programme.save()
        make.assignment(gap, free_volunteer("单雄信"), "draft")
        client.force_login(make.user())

        page = client.post(reverse("desk:publish"), {"w": board.monday_of(DAY)})

        assert page.status_code == 409
        assert "风险提示" in page.content.decode()
        assert Assignment.objects.get().status == "draft"


class TestPage:
    def test_a_week_with_nobody_has_nothing_sent(self, client, gap):
        client.force_login(make.user())

        empty = client.get(reverse("desk:week"), {"w": DAY}).content.decode()
        make.assignment(gap, make.volunteer("单雄信"), "offered")
        told = client.get(reverse("desk:week"), {"w": DAY}).content.decode()

        assert ("都已发出" in empty, "都已发出" in told) == (False, True)

    def test_a_viewer_is_refused_in_the_desk_and_shown_no_door_that_is_shut(self, client, gap):
        client.force_login(make.user("kan", role="viewer"))

        refused = client.get(reverse("desk:import"))
        more = client.get(reverse("desk:more")).content.decode()

        assert refused.status_code == 403
        assert 'class="rail"' in refused.content.decode()
        assert "您的账号只能看" in refused.content.decode()
        assert reverse("desk:import") not in more
        assert reverse("desk:notes") not in more
        assert reverse("desk:poster") in more

    def test_an_empty_week_points_to_the_timetable(self, client):
        make.community()
        client.force_login(make.user())

        text = client.get(reverse("desk:week")).content.decode()

        assert "这周还没课" in text
        assert reverse("desk:term") in text

    def test_without_any_community_it_points_to_the_import(self, client):
        client.force_login(make.user())

        assert reverse("desk:import") in client.get(reverse("desk:week")).content.decode()

    def test_the_community_is_remembered(self, client):
        make.community()
        other = make.community("向阳社区")
        client.force_login(make.user())
        client.get(reverse("desk:week"), {"community": other.pk})

        assert client.get(reverse("desk:week")).context["community"] == other

    @pytest.mark.parametrize("text", ["bald", "0001-01-01", "9999-12-31"])
    def test_a_week_that_is_no_date_of_this_age_is_this_week(self, client, gap, text):
        client.force_login(make.user())

        page = client.get(reverse("desk:week"), {"w": text})

        assert page.context["week"].monday == board.monday_of(timezone.localdate())

    def test_a_week_that_rests_on_a_guess_says_so(self, client):
        make.session(DAY.isoformat())
        client.force_login(make.user())
        assert "放假是预测的" not in client.get(reverse("desk:week"), {"w": DAY}).content.decode()

        CalendarDay.objects.update(status="predicted")

        page = client.get(reverse("desk:week"), {"w": DAY}).content.decode()
        assert f"{DAY.month}月{DAY.day}日的放假安排还没公布，以后可能要改" in page

    @pytest.mark.parametrize("n", [1, 3, 30])
    def test_costs_fifteen_queries_at_most_however_much_there_is(self, client, n, django_assert_num_queries):
        client.force_login(make.user())
        for number in range(n):
            shift = make.shift(make.session(DAY.isoformat(), make.series(f"班{number}")), needed=3)
            make.assignment(shift, make.volunteer(), "draft")
            make.assignment(shift, make.volunteer(), "offered")
        client.get(reverse("desk:week"), {"w": DAY})

        with django_assert_num_queries(13):
            client.get(reverse("desk:week"), {"w": DAY})

    @pytest.mark.parametrize("n", [1, 3])
    def test_costs_fifteen_queries_also_with_open_requests(self, client, n, settings, django_assert_num_queries):
        client.force_login(make.user())
        settings.LINKE_BOARD_KEPT = 60
        session = make.session(DAY.isoformat(), make.series("手机"))
        make.shift(session, needed=3)
        for number in range(n):
            Request.objects.create(
                community=session.community,
                name=f"居民{number}",
                phone=f"1600001000{number}",
                wish="学视频通话",
                channel=Request.Channel.values[0],
                asked_at=timezone.now(),
                consent_at=timezone.now(),
            )
        kept.boards.forget()
        pages.forget()

        with django_assert_num_queries(15):
            page = client.get(reverse("desk:week"), {"w": DAY}).content.decode()

        assert f"点单待排 {n}" in page


class TestThePreviewOfPublishing:
    def draft(self):
        day = timezone.localdate() + timedelta(days=7)
        make.official(day.year)
        shift = make.shift(make.session(f"{day}", make.series(weekdays=[day.weekday()])), needed=3)
        return make.assignment(shift, make.volunteer("林淑芬"), "draft")

    def test_the_preview_shows_the_very_words(self, client):
        placed = self.draft()
        client.force_login(make.user())

        page = client.get(reverse("desk:publish"), {"w": placed.session.on_date.isoformat()}).content.decode()
        client.post(reverse("desk:publish"), {"w": placed.session.on_date.isoformat(), "seen": placed.pk})

        (message,) = Message.objects.filter(kind="offer")
        assert message.body.replace("\n", "<br>") in page
        assert not Message.objects.exclude(pk=message.pk).exists()

    def test_what_came_since_one_looked_is_shown_first(self, client):
        placed = self.draft()
        client.force_login(make.user())
        later = make.assignment(placed.shift, make.volunteer("周远"), "draft")

        answer = client.post(reverse("desk:publish"), {"w": placed.session.on_date.isoformat(), "seen": placed.pk})

        assert answer.status_code == 409
        assert "草稿变了 1 处" in answer.content.decode()
        assert f'value="{placed.pk},{later.pk}"' in answer.content.decode()
        assert set(Assignment.objects.values_list("status", flat=True)) == {"draft"}


def test_a_make_up_day_leads_to_the_people_it_keeps_away(client):
    day = timezone.localdate() + timedelta(days=7)
    CalendarDay.objects.create(date=day, day_type="makeup_workday", status="official")
    session = make.session(f"{day}", make.series(weekdays=[day.weekday()]), day_type="makeup_workday")
    make.assignment(make.shift(session, needed=2), make.volunteer("甲一", occupation="working"))
    client.force_login(make.user())

    board_page = client.get(reverse("desk:week"), {"w": day.isoformat()})
    (alert,) = [alert for alert in board_page.context["week"].alerts if "可能来不了" in alert.text]
    page = client.get(alert.address).content.decode()

    assert "可能来不了的 1 位" in page
    assert "撤下甲一" in page
