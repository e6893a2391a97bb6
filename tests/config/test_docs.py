"""The documents say what is there: variables, commands, files."""

import re
from pathlib import Path

from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).resolve().parent.parent.parent
READ = re.compile(r"""(?:environ\.get\(|environ\[|flag\(|words\(|number\()\s*"([A-Z_]+)""")
NOT_SETTINGS = {"DJANGO_SETTINGS_MODULE"}
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_every_variable_is_explained():
    read = {name for path in (ROOT / "config").glob("*.py") for name in READ.findall(path.read_text("utf-8"))}
    explained = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs/settings.md").read_text("utf-8")))

    assert "LINKE_DATA" in read
    assert read - NOT_SETTINGS <= explained


def test_every_link_and_picture_is_there():
    missing = [
        f"{document.name}: {target}"
        for document in DOCUMENTS
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text("utf-8"))
        if not (document.parent / target).exists()
    ]

    assert missing == []


def test_every_command_that_is_shown_exists_with_its_options():
    known = get_commands()
    shown = [
        line.split("#")[0].split()
        for document in DOCUMENTS
        for line in re.findall(r"\./run manage ([a-z_]+[^`\n]*)", document.read_text("utf-8"))
    ]
    assert {"import_workbook", "undo_import", "generate_term", "match", "publish"} <= {words[0] for words in shown}

    for name, *words in shown:
        parser = load_command_class(known[name], name).create_parser("run", name)
        options = {word for word in words if word.startswith("--")}
        assert options <= set(parser._option_string_actions), (name, options)


def test_every_command_for_the_script_is_in_the_script():
    script = (ROOT / "run").read_text("utf-8")
    shown = {name for path in DOCUMENTS for name in re.findall(r"\./run ([a-z]+)", path.read_text("utf-8"))}

    assert {"demo", "test", "check", "manage"} <= shown
    assert [name for name in shown if f"    {name})" not in script] == []
