"""import_workbook and undo_import: the contract that others call."""

import json

import pytest
from django.core.management import CommandError, call_command

from classes.models import Community, Term
from tests.volunteers.imports import state, table
from volunteers.models import ImportBatch, Volunteer

pytestmark = pytest.mark.django_db
HEADINGS = "姓名,手机号,有空的时间"


@pytest.fixture
def write(tmp_path):
    """Write a file and answer its path."""

    def written(*lines: str, name: str = "志愿者.csv") -> str:
        path = tmp_path / name
        path.write_bytes(table(*lines)[1])
        return str(path)

    return written


def run(capsys, *arguments: str) -> tuple[dict | None, str]:
    """The object on standard output and the words on standard error."""
    call_command(*arguments)
    out, err = capsys.readouterr()
    return (json.loads(out) if out else None), err


def test_json_is_one_object_and_words_go_to_standard_error(capsys, write):
    path = write(HEADINGS, "周远,16000001111,周六上午", "何晓琳,160000,周日下午", "周远,16000001111,周六上午")

    said, words = run(capsys, "import_workbook", path, "--community=新桥社区", "--term=2027春", "--json")

    assert said == {
        "rows": 3,
        "created": 1,
        "merged": 1,
        "needs_attention": [{"file": "志愿者.csv", "row": 3, "reason": "手机号只有 6 位，手机号要 11 位，请补全。"}],
        "import": ImportBatch.objects.get().pk,
    }
    assert "志愿者.csv 第 3 行：手机号只有 6 位" in words
    assert Community.objects.get().name == "新桥社区"
    assert Term.objects.get().ends_on.isoformat() == "2027-07-09"


def test_a_dry_run_writes_nothing(capsys, write):
    before = state()

    said, _words = run(
        capsys, "import_workbook", write(HEADINGS, "周远,16000001111,周六上午"), "--community=新桥社区", "--term=2026秋",
        "--dry-run", "--json",
    )  # fmt: skip

    assert (said["rows"], said["created"], said["import"]) == (1, 1, None)
    assert state() == before
    assert not ImportBatch.objects.exists()


def test_a_missing_file_is_refused_before_anything(write):
    with pytest.raises(CommandError, match="没有这个文件"):
        call_command(
            "import_workbook", write(HEADINGS, "周远,16000001111,周六上午"), "/没有/名单.xlsx",
            "--community=新桥社区", "--term=2026秋",
        )  # fmt: skip

    assert not Volunteer.objects.exists()
    assert not Community.objects.exists()


def test_an_unreadable_file_is_told_and_the_others_go_in(capsys, write, tmp_path):
    broken = tmp_path / "坏了.xlsx"
    broken.write_bytes(b"PK\x03\x04broken")
    good = write(HEADINGS, "周远,16000001111,周六上午")

    said, words = run(capsys, "import_workbook", str(broken), good, "--community=新桥社区", "--term=2026秋", "--json")

    assert said["created"] == 1
    assert "坏了.xlsx" in words

    with pytest.raises(CommandError, match="。"):
        call_command("import_workbook", str(broken), "--community=新桥社区", "--term=2026秋")


def test_a_term_that_says_nothing_is_refused(write):
    with pytest.raises(CommandError, match="2026秋"):
        call_command(
            "import_workbook", write(HEADINGS, "周远,16000001111,周六上午"), "--community=新桥社区", "--term=下学期"
        )


def test_undo_takes_it_back_once(capsys, write):
    said, _words = run(
        capsys, "import_workbook", write(HEADINGS, "周远,16000001111,周六上午"), "--community=新桥社区", "--term=2026秋",
        "--json",
    )  # fmt: skip

    undone, _words = run(capsys, "undo_import", str(said["import"]), "--json")

    assert undone == {"import": said["import"], "kept": []}
    assert not Volunteer.objects.exists()
    with pytest.raises(CommandError, match="撤销"):
        call_command("undo_import", str(said["import"]))
    with pytest.raises(CommandError, match="没有编号"):
        call_command("undo_import", "999")
