"""Sizes that keep the product readable: functions, modules, templates."""

import ast
import gzip
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import mean

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ["config", "people", "classes", "volunteers", "engines"]


def modules() -> Iterator[Path]:
    """Every module of the product, without generated ones."""
    for app in APPS:
        yield from (path for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)


def templates() -> list[Path]:
    return [path for app in APPS for path in (ROOT / app).rglob("templates/**/*.html")]


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def functions() -> Iterator[tuple[str, int]]:
    """Each function's place and its length in lines, docstring included."""
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node.end_lineno - node.lineno + 1


def test_no_function_is_longer_than_60_lines():
    assert [place for place, length in functions() if length > 60] == []


def test_functions_are_12_lines_on_average():
    assert mean(length for _, length in functions()) <= 12


def test_no_module_is_longer_than_400_lines():
    assert [str(path.relative_to(ROOT)) for path in modules() if lines(path) > 400] == []


def test_no_template_is_longer_than_150_lines():
    assert [str(path.relative_to(ROOT)) for path in templates() if lines(path) > 150] == []


def test_no_template_carries_style_or_script_of_its_own():
    own = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", re.IGNORECASE)

    assert [str(path.relative_to(ROOT)) for path in templates() if own.search(path.read_text("utf-8"))] == []


# What one page loads in its frame: the public budget is the one for cheap phones, the desk's is a desktop's.
FRAMES = {"public": (["tokens.css", "base.css", "public.css"], 8), "desk": (["tokens.css", "base.css", "desk.css"], 14)}
PAGE_SHEET = 2.5  # kilobytes of a page's own styles on top of its frame
SCRIPTS = 25


def packed(paths: Iterable[Path]) -> float:
    """Kilobytes of files as they travel."""
    sizes = [len(gzip.compress(path.read_bytes())) for path in paths]
    assert sizes
    return sum(sizes) / 1024


@pytest.mark.parametrize("frame", FRAMES)
def test_a_frame_is_small(frame):
    names, kilobytes = FRAMES[frame]

    assert packed(ROOT / "people" / "static" / "people" / name for name in names) <= kilobytes


def test_a_page_adds_few_styles_of_its_own():
    framed = {name for names, _ in FRAMES.values() for name in names}
    own = [path for app in APPS for path in (ROOT / app).rglob("static/**/*.css") if path.name not in framed]

    assert own
    assert {path.name: packed([path]) for path in own if packed([path]) > PAGE_SHEET} == {}


def test_scripts_of_our_own_are_small():
    assert packed(path for app in APPS for path in (ROOT / app).rglob("static/**/*.js")) <= SCRIPTS
