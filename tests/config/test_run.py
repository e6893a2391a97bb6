"""The script `run`, from a copy of it elsewhere."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ["config", "people", "classes", "volunteers", "engines"]
COPIED = ["run", "manage.py", "requirements.lock", "requirements-dev.lock", "requirements-sms.lock", *APPS]


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A copy of the product with the packages that are installed already."""
    folder = tmp_path / "a checkout"
    folder.mkdir()
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return folder


def run(checkout: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """`run` with nothing in its environment but a PATH."""
    return subprocess.run(
        [checkout / "run", *arguments],
        cwd=checkout.parent,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
    )


def test_manage_works_from_another_folder_without_home_or_locale(checkout):
    done = run(checkout, "manage", "diffsettings", "--default", "config.settings")

    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert (checkout / "var" / "secret-key").exists()


def test_explains_itself(checkout):
    done = run(checkout, "help")

    assert done.returncode == 0
    assert "demo [--port N] [--host 0.0.0.0] [--data DIR] [--empty | --street]" in done.stderr


def test_unknown_command_fails(checkout):
    assert run(checkout, "dance").returncode == 2


def test_says_what_is_missing_without_python(checkout, tmp_path):
    (checkout / ".venv").unlink()
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ["sh", "dirname", "cat", "cksum", "tr", "sed", "cut", "id"]:
        (tools / name).symlink_to(shutil.which(name))

    done = run(checkout, "manage", "check", PATH=str(tools))

    assert done.returncode == 1
    assert "Python 3.12 or newer was not found" in done.stderr


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_lock_names_no_registry_and_hashes_everything(name):
    text = (ROOT / name).read_text()
    packages = [line for line in text.splitlines() if line and line[0] not in " #"]

    assert "://" not in text
    assert len(packages) > 20
    assert all(line.endswith("\\") for line in packages)
