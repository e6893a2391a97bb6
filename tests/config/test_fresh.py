"""Our commands on a database that nobody has prepared: the contracts hold on a fresh checkout."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def manage(tmp_path):
    """`manage.py ...` on a data folder of its own."""

    def run(*arguments: str) -> subprocess.CompletedProcess:
        environment = {**os.environ, "LINKE_DATA": str(tmp_path), "DATABASE_URL": "", "PYTHONUTF8": "1"}
        environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
        return subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
        )

    return run


@pytest.mark.journey
def test_the_first_command_ever_makes_the_tables_and_prints_one_object(manage, tmp_path):
    names = tmp_path / "名单.csv"
    names.write_text("姓名,手机号,哪天有空\n周远,16000000001,周六上午\n", encoding="utf-8")

    done = manage("import_workbook", str(names), "--community", "梧桐社区", "--term", "2026秋", "--json")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rows"] == 1
    assert "正在建表" in done.stderr


@pytest.mark.journey
def test_an_empty_database_is_answered_in_words(manage):
    unknown = manage("generate_term", "2026秋", "--json")
    nothing = manage("match", "--from", "2026-12-01", "--to", "2026-12-07", "--json")

    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "没有叫“2026秋”的学期" in unknown.stderr
    assert nothing.returncode == 0, nothing.stderr
    assert json.loads(nothing.stdout)["placements"] == []


@pytest.mark.journey
def test_a_database_of_an_older_version_is_left_alone(manage):
    assert manage("migrate", "volunteers", "0001", "--verbosity", "0").returncode == 0

    done = manage("publish", "1")

    assert done.returncode == 1
    assert "./run manage migrate" in done.stderr
    assert "Traceback" not in done.stderr
