"""docs/settings.md names every variable that the product reads."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
READ = re.compile(r"""(?:environ\.get\(|environ\[|flag\(|words\(|number\()\s*"([A-Z_]+)""")
NOT_SETTINGS = {"DJANGO_SETTINGS_MODULE"}


def test_every_variable_is_explained():
    read = {name for path in (ROOT / "config").glob("*.py") for name in READ.findall(path.read_text("utf-8"))}
    explained = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs/settings.md").read_text("utf-8")))

    assert "LINKE_DATA" in read
    assert read - NOT_SETTINGS <= explained
