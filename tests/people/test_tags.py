"""Words, pictures, frames: what every page is made of."""

import re
from datetime import date, datetime, time
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.http import HttpResponse
from django.template import engines
from django.test import RequestFactory

from people import context, styleguide
from people.templatetags import linke

ROOT = Path(__file__).resolve().parent.parent.parent
SHANGHAI = ZoneInfo("Asia/Shanghai")
UTC = ZoneInfo("UTC")
SPRITE = (ROOT / "people/templates/linke/_sprite.html").read_text("utf-8")


def render(source: str, **values) -> str:
    request = values.pop("request", None) or RequestFactory().get("/")
    return engines["django"].from_string("{% load linke %}" + source).render(values, request)


def source(one: styleguide.Specimen) -> str:
    """What a block is written as."""
    return (ROOT / "people/templates" / one.template).read_text("utf-8")


class TestDaysAndTimes:
    def test_a_day_with_its_weekday(self):
        assert linke.zh_day(date(2026, 9, 16)) == "周三 9月16日"

    def test_a_long_day(self):
        assert linke.zh_long(date(2026, 12, 5)) == "2026年12月5日 星期六"

    def test_weekdays_begin_with_monday(self):
        assert linke.weekday_short(date(2026, 9, 14)) == "一"
        assert linke.weekday(date(2026, 9, 20)) == "周日"

    def test_a_moment_is_said_in_shanghai(self):
        late = datetime(2026, 9, 15, 17, 30, tzinfo=UTC)

        assert linke.hm(late) == "01:30"
        assert linke.zh_day(late) == "周三 9月16日"

    def test_the_period_of_a_session(self):
        session = SimpleNamespace(
            starts_at=datetime(2026, 9, 16, 9, 30, tzinfo=SHANGHAI),
            ends_at=datetime(2026, 9, 16, 11, 0, tzinfo=SHANGHAI),
        )

        assert linke.period(session) == "09:30–11:00"
        assert linke.public_period(session) == "9:30–11:00"

    def test_the_period_of_a_series(self):
        assert linke.period(SimpleNamespace(starts=time(16, 30), ends=time(18, 30))) == "16:30–18:30"

    @pytest.mark.parametrize(
        ("clock", "words"),
        [
            (time(0, 5), "上午 0:05"),
            (time(9, 30), "上午 9:30"),
            (time(12, 10), "中午 12:10"),
            (time(13, 0), "下午 1:00"),
            (time(18, 0), "晚上 6:00"),
        ],
    )
    def test_the_clock_of_public_pages(self, clock, words):
        assert linke.ampm(clock) == words


class TestPeople:
    @pytest.mark.parametrize(
        ("phone", "shown"),
        [
            ("16000001234", "160****1234"),
            ("029-88554321", "029-****4321"),
            ("88554321", "885****4321"),
            ("4321", "****4321"),
            ("", ""),
            (None, ""),
        ],
    )
    def test_a_phone_keeps_its_last_four_digits(self, phone, shown):
        assert linke.mask_phone(phone) == shown

    def test_a_name_keeps_its_surname(self):
        assert linke.mask_name("何晓琳") == "何**"

    def test_hours_are_rounded_down(self):
        assert [linke.hours(minutes) for minutes in (90, 60, 119, 5)] == ["1.5", "1", "1.9", "0"]


class TestPictures:
    def test_a_bar_is_a_share_of_the_longest(self):
        picture = linke.bar(8, 32, "8 人没空")

        assert 'width="25.0%"' in picture
        assert 'aria-label="8 人没空"' in picture

    def test_a_bar_of_nothing_is_empty(self):
        assert 'width="0%"' in linke.bar(0, 0)

    def test_the_week_is_said_in_words(self):
        assert "54 个名额：41 已定，6 待回，7 缺人" in linke.segments(41, 6, 7)

    def test_the_parts_of_the_week_follow_each_other(self):
        starts = re.findall(r'<svg x="([\d.]+)%" width="([\d.]+)%"', linke.segments(2, 1, 1))

        assert starts == [("0.0", "50.0"), ("50.0", "25.0"), ("75.0", "25.0")]

    def test_new_times_are_striped(self):
        assert 'fill="url(#p-new)"' in linke.load_bar(1, 2, limit=4, most=6)
        assert 'fill="url(#p-new)"' not in linke.load_bar(2, 2, limit=4, most=6)

    def test_a_load_is_said_in_words(self):
        assert "1 次，采纳后 2 次，本人上限 4 次，人均 2.3 次" in linke.load_bar(1, 2, limit=4, most=6, mean=2.3)

    def test_a_funnel_that_ran_dry_is_marked(self):
        assert "zero" in linke.funnel_bar(0, 48)
        assert "zero" not in linke.funnel_bar(1, 48)

    def test_one_mark_per_place(self):
        picture = linke.pips(4, 1, 2)

        assert [picture.count(f'class="{mark}"') for mark in ("full", "half", "none")] == [4, 1, 2]
        assert 'aria-label="4 人已定，1 人待回，缺 2 人"' in picture

    def test_the_trend_names_every_week(self):
        picture = linke.trend(
            [
                {"label": "9/7", "seniors": 31, "children": 92},
                {"label": "9/14", "seniors": 33, "children": 96, "plan": True},
            ]
        )

        assert 'aria-label="9/7 123 人次；9/14 129 人次"' in picture
        assert picture.count("plan") == 2

    def test_what_people_typed_is_escaped(self):
        assert "<script>" not in linke.bar(1, 2, "<script>")

    def test_no_picture_has_a_style_attribute(self):
        pictures = [
            linke.bar(1, 2),
            linke.segments(1, 1, 1, 1),
            linke.load_bar(1, 2, 3, 4, mean=1),
            linke.pips(1, 1, 1),
        ]

        assert "style=" not in "".join(pictures)


class TestIcons:
    def test_every_icon_in_a_template_is_in_the_sprite(self):
        known = set(re.findall(r'id="i-([a-z]+)"', SPRITE))
        used = {
            name
            for app in ("people", "classes", "volunteers")
            for path in (ROOT / app / "templates").rglob("*.html")
            for name in re.findall(r'{% icon "([^"]+)"', path.read_text("utf-8"))
        } | {entry[1] for entry in linke.RAIL}

        assert used - known == set()

    def test_glyph_of_a_programme(self):
        assert [linke.glyph(kind) for kind in ("senior", "child", "desk")] == ["bird", "clock", "bird"]


class TestCatalogue:
    @pytest.mark.parametrize("one", styleguide.SPECIMENS, ids=lambda one: one.slug)
    def test_a_block_renders_without_style_of_its_own(self, one):
        page = render(source(one), **styleguide.shown(one.face))

        assert "style=" not in page
        assert "{%" not in page

    def test_the_page_is_for_staff(self, client):
        assert client.get("/styleguide/").status_code == 302

    def test_every_class_of_the_catalogue_has_a_style(self):
        sheets = "".join(path.read_text("utf-8") for path in (ROOT / "people/static/people").glob("*.css"))
        styled = set(re.findall(r"\.([a-z][\w-]*)", sheets))
        used = {
            name
            for one in styleguide.SPECIMENS
            for names in re.findall(r'class="([^"{]*)"', source(one))
            for name in names.split()
        }

        assert used - styled <= {"ok", "wait", "idle", "cands", "body"}  # states and hooks that look like nothing


class TestTextSize:
    def test_the_address_wins_over_the_cookie(self, rf):
        request = rf.get("/", {"size": "large"})
        request.COOKIES["text_size"] = "xlarge"

        assert context.text_size(request) == {
            "text_size": "large",
            "text_size_word": "大",
            "next_text_size": "xlarge",
        }

    def test_a_size_nobody_knows_is_standard(self, rf):
        assert context.text_size(rf.get("/", {"size": "<b>"}))["text_size"] == ""

    def test_the_asked_size_is_remembered(self, rf):
        respond = context.remember_size(lambda request: HttpResponse())

        assert respond(rf.get("/", {"size": "large"})).cookies["text_size"].value == "large"
        assert "text_size" not in respond(rf.get("/", {"size": "huge"})).cookies


class TestFrames:
    def test_the_rail_shows_where_one_is(self, rf):
        request = rf.get("/desk/")
        request.resolver_match = SimpleNamespace(url_name="volunteer-edit")

        current = [entry["word"] for entry in linke.rail_entries({"request": request}) if entry["is_current"]]

        assert current == ["志愿者", "更多"]  # the second is what a phone shows instead

    def test_a_wide_window_has_the_last_entry_too_and_a_viewer_no_settings(self):
        viewer = SimpleNamespace(may_set_up=False)

        shown = linke.rail_entries({"cur": "notes"})
        seen = [entry["word"] for entry in linke.rail_entries({"cur": "week", "user": viewer})]

        assert [(e["word"], e["cls"]) for e in shown if e["is_current"]] == [("更多", "more"), ("更多", "phone")]
        assert "设置" in [entry["word"] for entry in shown]
        assert "设置" not in seen

    def test_the_context_may_name_the_entry(self):
        assert [e["word"] for e in linke.rail_entries({"cur": "week"}) if e["is_current"]] == ["周排班"]

    @pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
    def test_an_error_page_needs_no_context_and_offers_a_way(self, name):
        page = engines["django"].get_template(f"{name}.html").render({}, None)

        assert "<h1>" in page
        assert 'class="btn main big wide"' in page

    def test_a_refusal_says_its_reason(self):
        page = engines["django"].get_template("403.html").render({"exception": "您的账号只能看，不能改。"}, None)

        assert "您的账号只能看，不能改。" in page

    def test_the_pager_keeps_the_filters(self, rf):
        page = SimpleNamespace(
            has_other_pages=True,
            has_previous=False,
            has_next=True,
            number=1,
            next_page_number=2,
            paginator=SimpleNamespace(num_pages=6),
        )

        shown = render('{% include "linke/_pager.html" %}', page=page, request=rf.get("/", {"q": "lin"}))

        assert 'href="?q=lin&amp;page=2"' in shown
