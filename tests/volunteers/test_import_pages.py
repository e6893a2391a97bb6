"""导入: the pages from choosing files to undo."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from classes.models import Community, Term
from tests import make
from tests.volunteers.imports import NOW, bring, preview, state, table
from volunteers import intake
from volunteers.forms.intake import LARGEST, LONGEST_TEXT, PASTED
from volunteers.models import ImportBatch, ImportRow, Volunteer

pytestmark = pytest.mark.django_db
HEADINGS = "姓名,手机号,出生年月,单位,有空的时间,愿意参加"
GOOD = "周远,16000001111,1990-5,青帆社,周六上午,菜鸟学堂"
BAD = "何晓琳,1600000222,1995-5,青帆社,周日下午,菜鸟学堂"
TIMETABLE = ("课程,星期,时间,教室,人数,讲师,助教", "菜鸟学堂·启蒙,周六,9:30-11:00,智慧教室,12,1,4")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(client):
    """An organiser who is logged in."""
    client.force_login(make.user())
    return client


def upload(*lines: str, name: str = "志愿者.csv") -> SimpleUploadedFile:
    """A CSV file as a browser sends it."""
    return SimpleUploadedFile(name, table(HEADINGS, *lines)[1])


def send(client, *files, **fields):
    """The form of the first page."""
    data = {"text": "", "new_community": "新桥社区", "term": "2026秋", "files": list(files), **fields}
    return client.post(reverse("desk:import"), data)


def address(name: str, batch: ImportBatch, *more: int) -> str:
    """Of an import."""
    return reverse(f"desk:{name}", args=[batch.pk, *more])


class TestStart:
    def test_offers_the_usual_place_and_the_samples(self, desk):
        make.community()
        make.term()

        page = desk.get(reverse("desk:import"))

        text = page.content.decode()
        assert page.status_code == 200
        assert 'value="梧桐社区" selected' in text
        assert len(re.findall(r"/desk/import/samples/", text)) == 6

    @pytest.mark.parametrize(("kind", "name"), [("senior", "王秀英"), ("child", "李沐辰")])
    def test_what_the_box_shows_as_an_example_can_be_read(self, desk, kind, name):
        make.community("新桥社区")
        page = desk.get(reverse("desk:import"), {"paste": kind})
        form = page.context["form"]
        assert "autofocus" in f"{form['text']}" and PASTED[kind].split("\t")[0] in page.content.decode()

        send(desk, text=PASTED[kind])

        row = ImportRow.objects.get()
        assert (row.kind, row.verdict) == ({"senior": "seniors", "child": "children"}[kind], "new")
        assert name in f"{row.fields}"

    def test_an_unknown_kind_of_paste_is_the_usual_page(self, desk):
        page = desk.get(reverse("desk:import"), {"paste": "<b>"})

        assert page.status_code == 200
        assert "autofocus" not in f"{page.context['form']['text']}"

    def test_reads_several_files_and_text_at_once(self, desk):
        answer = send(
            desk,
            upload(GOOD),
            upload(BAD, name="第二个.csv"),
            text="姓名\t手机号\t有空的时间\n单雄信\t16000003333\t周六",
        )

        batch = ImportBatch.objects.get()
        assert answer.status_code == 302
        assert answer["Location"].startswith(address("import-batch", batch))
        assert set(batch.rows.values_list("file", flat=True)) == {"志愿者.csv", "第二个.csv", "粘贴的内容"}
        assert not Volunteer.objects.exists()

    def test_reads_the_samples(self, desk):
        send(desk, samples="1", new_community="梧桐社区")

        page = desk.get(address("import-batch", ImportBatch.objects.get()))

        text = page.content.decode()
        assert "导入 213 行" in text
        assert "手机号只有 7 位" in text
        assert "卢淑某" in text

    @pytest.mark.parametrize(
        ("fields", "status", "sentence"),
        [
            ({}, 400, "还没有选文件"),
            ({"text": "今天天气不错"}, 400, "没看到表格"),
            ({"text": "x" * (LONGEST_TEXT + 1)}, 413, "太长"),
            ({"text": "#接龙\n1. 周远", "new_community": ""}, 400, "请写导入到哪个社区"),
            ({"text": "#接龙\n1. 周远", "term": "下学期"}, 400, "2026秋"),
        ],
    )
    def test_refuses_with_a_sentence_and_keeps_what_was_typed(self, desk, fields, status, sentence):
        before = state()

        page = send(desk, **fields)

        text = page.content.decode()
        assert page.status_code == status
        assert sentence in text
        assert fields.get("text", "")[:20] in text
        assert state() == before

    def test_refuses_more_than_ten_files_and_files_that_are_too_large(self, desk):
        many = send(desk, *[upload(GOOD, name=f"{n}.csv") for n in range(11)])
        large = send(desk, SimpleUploadedFile("大.csv", b"x" * (LARGEST + 1)))

        assert (many.status_code, large.status_code) == (413, 413)
        assert "一次最多 10 个文件" in many.content.decode()
        assert "大.csv超过 10 MB" in large.content.decode()
        assert not ImportBatch.objects.exists()

    def test_a_broken_file_is_refused_alone_and_shown_beside_others(self, desk):
        broken = SimpleUploadedFile("照片.xlsx", b"PK\x03\x04broken")
        alone = send(desk, broken)
        broken.seek(0)
        send(desk, broken, upload(GOOD))

        page = desk.get(address("import-batch", ImportBatch.objects.get()))

        assert alone.status_code == 400
        assert "照片.xlsx" in page.content.decode()

    def test_a_single_file_that_is_no_table_is_named(self, desk):
        picture = send(desk, SimpleUploadedFile("pic.png", "今天天气不错".encode()))
        broken = send(desk, SimpleUploadedFile("名单.xlsx", b"PK\x03\x04broken"))

        assert "pic.png 不是表格" in picture.content.decode()
        assert "名单.xlsx：这个文件不是能读的表格" in broken.content.decode()

    def test_serves_samples_and_nothing_else(self, desk):
        good = desk.get(reverse("desk:import-sample", args=["接龙.txt"]))
        other = desk.get("/desk/import/samples/..%2Fapps.py")

        assert good.status_code == 200
        assert "接龙".encode() in good.content
        assert other.status_code == 404

    def test_is_for_organisers(self, client):
        batch = preview(table(HEADINGS, GOOD))
        pages = [reverse("desk:import"), address("import-batch", batch)]

        strangers = [client.get(page).status_code for page in pages]
        client.force_login(make.user("kan", role="viewer"))
        viewers = [client.get(page).status_code for page in pages] + [
            client.post(address("import-take", batch)).status_code
        ]

        assert strangers == [302, 302]
        assert viewers == [403, 403, 403]
        assert not Volunteer.objects.exists()


class TestPreview:
    def test_rows_that_want_attention_are_open_and_good_ones_are_folded(self, desk):
        batch = preview(table(HEADINGS, GOOD, BAD))

        text = desk.get(address("import-batch", batch)).content.decode()

        asked, folded = text.index("何晓琳"), text.index("没问题的 1 行")
        assert asked < folded < text.index("周远")
        assert 'name="cell:手机号" value="1600000222"' in text
        assert "16000001111" not in text

    def test_says_how_the_sheet_was_read(self, desk):
        batch = preview(table(HEADINGS + ",微信昵称", GOOD + ",小远", "合计 1 人", name="志愿者.csv"))

        text = desk.get(address("import-batch", batch)).content.decode()

        assert "看懂 6 列" in text
        assert "微信昵称" in text
        assert "合计行" in text

    def test_a_filter_shows_one_kind_of_rows(self, desk):
        batch = preview(table(HEADINGS, GOOD, BAD))

        text = desk.get(address("import-batch", batch) + "?show=new").content.decode()

        assert "周远" in text
        assert "何晓琳" not in text

    def test_a_row_is_put_right_and_brought_in_without_javascript(self, desk):
        batch = preview(table(HEADINGS, GOOD, BAD))
        row = batch.rows.get(number=3)

        fixed = desk.post(address("import-row", batch, row.pk), {"cell:手机号": "16000002222"})
        taken = desk.post(address("import-take", batch))

        assert fixed["Location"] == f"{address('import-batch', batch)}#row-{row.pk}"
        assert taken.status_code == 302
        assert sorted(str(who) for who in Volunteer.objects.all()) == ["何晓琳", "周远"]

    def test_htmx_swaps_the_row_and_the_numbers(self, desk):
        batch = preview(table(HEADINGS, GOOD, BAD))
        row = batch.rows.get(number=3)

        text = desk.post(
            address("import-row", batch, row.pk), {"cell:手机号": "16000002222"}, headers=HTMX
        ).content.decode()

        assert f'id="row-{row.pk}"' in text
        assert 'id="tally"' in text and "导入 2 行" in text
        assert "<html" not in text

    def test_htmx_brings_rows_along_that_changed_with_it(self, desk):
        chain = "#接龙\n本周六(9月12日)上午9:30 菜鸟学堂·启蒙 助教报名\n1. 何晓琳"
        batch = preview(table(HEADINGS, GOOD, BAD), table(*TIMETABLE, name="课表.csv"), text=chain)
        first, other = batch.rows.get(kind="volunteers", number=3), batch.rows.get(kind="jielong")

        text = desk.post(
            address("import-row", batch, first.pk), {"cell:手机号": "16000002222"}, headers=HTMX
        ).content.decode()

        other.refresh_from_db()
        assert other.verdict == "new"
        assert f'id="row-{other.pk}" hx-swap-oob="true"' in text

    def test_a_row_put_right_does_not_knock_out_one_that_was_fine(self, desk):
        batch = preview(table(HEADINGS, BAD, "何晓林,16000002222,1995-5,青帆社,周日,菜鸟学堂"))
        fixed, fine = batch.rows.get(number=2), batch.rows.get(number=3)

        desk.post(address("import-row", batch, fixed.pk), {"cell:手机号": "16000002222"})

        assert batch.rows.get(pk=fine.pk).verdict == "new"
        assert batch.rows.get(pk=fixed.pk).verdict == "probably"

    def test_a_good_row_can_be_opened_for_change(self, desk):
        batch = preview(table(HEADINGS, GOOD))
        row = batch.rows.get()

        whole = desk.get(address("import-batch", batch) + f"?edit={row.pk}").content.decode()
        part = desk.get(address("import-row", batch, row.pk), headers=HTMX).content.decode()

        for text in (whole, part):
            assert 'name="cell:姓名" value="周远"' in text

    def test_a_row_can_be_left_out_and_wanted_again(self, desk):
        batch = preview(table(HEADINGS, BAD))
        row = batch.rows.get()

        desk.post(address("import-row", batch, row.pk), {"as": "skip", "cell:手机号": "1"})
        left = desk.get(address("import-batch", batch)).content.decode()
        desk.post(address("import-row", batch, row.pk), {"as": ""})
        back = desk.get(address("import-batch", batch)).content.decode()

        assert "要回来" in left and "您不要的" in left
        assert "改好这一行" in back
        row.refresh_from_db()
        assert row.raw["手机号"] == "1600000222"

    def test_two_people_of_one_phone_are_decided_with_a_button(self, desk):
        make.volunteer("卢淑珍", phone="16000001111")
        batch = preview(table(HEADINGS, "卢淑某,16000001111,1960-5,青帆社,周六上午,菜鸟学堂"))

        text = desk.get(address("import-batch", batch)).content.decode()
        desk.post(address("import-row", batch, batch.rows.get().pk), {"as": "same"})

        assert "合并，是同一人" in text and "当新人" in text
        assert batch.rows.get().verdict == "same"

    def test_a_line_without_a_full_name_is_settled_by_choosing_somebody(self, desk):
        make.volunteer("许志强", phone="16000001111")
        chain = "#接龙\n9月12日 9:30 菜鸟学堂·启蒙 助教报名\n1. 许同学 晚到10分钟"
        batch = preview(table(*TIMETABLE, name="课表.csv"), text=chain)
        row = batch.rows.get(kind="jielong")

        page = desk.get(address("import-batch", batch)).content.decode()
        desk.post(address("import-row", batch, row.pk), {"person": "许志强 16000001111", "cell:内容": row.raw["内容"]})

        row.refresh_from_db()
        assert '<option value="许志强 16000001111">许志强，尾号 1111</option>' in page
        assert (row.verdict, row.raw["内容"]) == ("new", "许志强 16000001111 晚到10分钟")

    def test_throwing_away_is_asked_once_and_says_what_is_lost(self, desk):
        batch = preview(table(HEADINGS, GOOD, BAD))
        desk.post(address("import-row", batch, batch.rows.get(number=3).pk), {"as": "skip"})

        page = desk.get(address("import-discard", batch)).content.decode()

        assert "您改过或定过的 <b>1</b> 行要重新来" in page and "先留着" in page
        assert ImportBatch.objects.exists()

    def test_a_preview_takes_the_place_it_made_along(self, desk):
        send(desk, upload(GOOD), new_community="新桥小区")
        send(desk, upload(BAD), new_community="新桥小区")
        first, second = ImportBatch.objects.order_by("pk")

        desk.post(address("import-discard", first))
        still = Community.objects.filter(name="新桥小区").exists()
        desk.post(address("import-discard", second))

        assert still
        assert not Community.objects.exists() and not Term.objects.exists()

    def test_a_preview_leaves_a_place_that_was_there_or_is_used_by_now(self, desk):
        make.community()
        send(desk, upload(GOOD), new_community="梧桐社区")
        send(desk, upload(GOOD), new_community="新桥小区")
        make.volunteer("何晓琳", home=Community.objects.get(name="新桥小区"))

        for batch in ImportBatch.objects.all():
            desk.post(address("import-discard", batch))

        assert list(Community.objects.values_list("name", flat=True)) == ["梧桐社区", "新桥小区"]

    def test_an_empty_community_is_neither_the_first_choice_nor_a_filter(self, desk):
        send(desk, upload(GOOD), new_community="新桥小区")
        make.series()

        asked = desk.get(
            address("import-batch", ImportBatch.objects.get())
            + f"?community={Community.objects.get(name='新桥小区').pk}"
        )
        later = desk.get(reverse("desk:today"))
        public = desk.get(reverse("public:list"))

        assert asked.context["community"].name == "新桥小区"
        assert later.context["community"].name == "梧桐社区"
        assert "新桥小区" not in public.content.decode()

    def test_a_preview_can_be_thrown_away(self, desk):
        batch = preview(table(HEADINGS, GOOD))

        answer = desk.post(address("import-discard", batch), follow=True)

        assert "什么都没有写" in answer.content.decode()
        assert not ImportBatch.objects.exists()

    @pytest.mark.parametrize("n", [1, 3, 500])
    def test_costs_the_same_however_long_it_is(self, desk, n, django_assert_num_queries):
        lines = [
            f"周远{'一二三四五六七八九十'[i % 10]},1600000{i:04d},1990-5,青帆社,周六上午,菜鸟学堂" for i in range(n)
        ]
        batch = ImportBatch.objects.create(
            community=make.community(), term=make.term(), created_at=NOW, files=preview(table(HEADINGS, GOOD)).files
        )
        one = ImportBatch.objects.exclude(pk=batch.pk).get().rows.get()
        batch.rows.bulk_create(
            type(one)(
                batch=batch,
                file=one.file,
                sheet=one.sheet,
                number=i + 2,
                kind=one.kind,
                fields=one.fields,
                raw=dict(zip(HEADINGS.split(","), line.split(","), strict=True)),
                verdict="attention" if i % 5 == 0 else "new",
                why="请补全。",
                wrong_fields=["phone"],
            )
            for i, line in enumerate(lines)
        )
        desk.get(address("import-batch", batch))

        with django_assert_num_queries(5):
            page = desk.get(address("import-batch", batch))

        elements = len(re.findall(r"<[a-z]", page.content.decode()))
        assert elements < 300 + 30 * n


class TestAfterwards:
    def test_says_what_happened_and_undoes_it(self, desk):
        batch = preview(table(HEADINGS, GOOD, BAD))
        desk.post(address("import-take", batch))

        done = desk.get(address("import-batch", batch)).content.decode()
        desk.post(address("import-undo", batch))
        undone = desk.get(address("import-batch", batch)).content.decode()

        assert "写进去了 <b>1</b> 行" in done
        assert "撤销这次导入" in done and "生成这学期" in done
        assert "改好这一行" not in done
        assert "都拿走了" in undone and "撤销这次导入" not in undone
        assert not Volunteer.objects.exists()

    def test_what_undo_kept_is_on_the_page(self, desk):
        batch = preview(table(HEADINGS, GOOD))
        desk.post(address("import-take", batch))
        make.assignment(make.shift(), Volunteer.objects.get())

        desk.post(address("import-undo", batch))

        assert "周远已经排了班" in desk.get(address("import-batch", batch)).content.decode()

    def test_undo_says_first_what_goes_and_what_stays_and_changes_nothing(self, desk):
        batch = preview(table(HEADINGS, GOOD, BAD.replace("1600000222", "16000002222")))
        desk.post(address("import-take", batch))
        make.assignment(make.shift(), Volunteer.objects.get(person__name="周远"))
        before = state()

        text = desk.get(address("import-undo", batch)).content.decode()

        assert "会拿走 <b>1 位志愿者</b>" in text and "周远已经排了班" in text
        assert "撤销，拿走这些" in text and "先不撤" in text
        assert state() == before
        assert ImportBatch.objects.get().status == "done"

    def test_a_file_of_people_in_the_list_says_that_nobody_is_doubled(self, desk):
        first = preview(table(HEADINGS, GOOD))
        new = desk.get(address("import-batch", first)).content.decode()
        desk.post(address("import-take", first))
        second = preview(table(HEADINGS, GOOD))

        known = desk.get(address("import-batch", second)).content.decode()
        desk.post(address("import-take", second))
        undo = desk.get(address("import-undo", second)).content.decode()

        assert "导入 1 行" in new and "不会重复" not in new
        assert "只补空格，不会重复" in known and "只补这 1 人的空格" in known
        assert "撤销，还原填上的空格" in undo and "拿走这些" not in undo
        assert Volunteer.objects.count() == 1

    def test_undo_never_says_that_all_is_gone_when_something_stayed(self, desk):
        batch = preview(table(HEADINGS, GOOD))
        desk.post(address("import-take", batch))
        make.assignment(make.shift(), Volunteer.objects.get())

        desk.post(address("import-undo", batch))

        assert "都拿走了" not in desk.get(address("import-batch", batch)).content.decode()

    def test_rows_left_out_are_on_the_page_of_today_until_somebody_has_seen_them(self, desk):
        batch = preview(table(HEADINGS, GOOD, BAD))
        desk.post(address("import-take", batch))

        before = desk.get(reverse("desk:today")).content.decode()
        desk.post(address("import-seen", batch))
        after = desk.get(reverse("desk:today")).content.decode()

        assert f'href="{address("import-batch", batch)}">看这 1 行' in before
        assert "要您看一眼" not in after

    def test_a_second_press_is_told_what_happened(self, desk):
        batch = preview(table(HEADINGS, GOOD))
        row = batch.rows.get()
        desk.post(address("import-take", batch))

        answers = [
            desk.post(address("import-take", batch)),
            desk.post(address("import-discard", batch)),
            desk.post(address("import-row", batch, row.pk), {"cell:姓名": "何晓琳"}),
        ]

        assert [answer.status_code for answer in answers] == [409, 409, 409]
        assert Volunteer.objects.count() == 1

    def test_after_a_day_there_is_no_button_and_no_way(self, desk):
        batch = bring(table(HEADINGS, GOOD))  # long before the clock of the machine

        page = desk.get(address("import-batch", batch)).content.decode()
        answer = desk.post(address("import-undo", batch))

        assert "撤销这次导入" not in page
        assert answer.status_code == 409
        assert "24 小时" in answer.content.decode()

    @pytest.mark.parametrize("n", [1, 3])
    def test_the_list_of_imports_costs_the_same(self, desk, n, django_assert_num_queries):
        for i in range(n):
            bring(table(HEADINGS, f"周远,1600000{i:04d},1990-5,青帆社,周六上午,菜鸟学堂"))
        desk.get(reverse("desk:import"))

        with django_assert_num_queries(7):
            page = desk.get(reverse("desk:import"))

        assert page.content.decode().count("已导入") == n


def test_the_files_of_a_batch_name_every_sheet_once():
    batch = intake.receive(
        files=[table(HEADINGS, GOOD), table(HEADINGS, BAD)], text="", community="新桥社区", term="2026秋", now=NOW
    )

    keys = [(one["file"], one["sheet"], one["kind"]) for one in batch.files]

    assert len(keys) == len(set(keys)) == 2
