"""One stylesheet and one script a page: the files of a face, put together when they are served.

Each request of a cheap phone costs 150 ms, so a page asks for one sheet: its face's, with what the page adds. Nothing
is built or kept as a file. The name in an address says what is in it and the digest which state of it, so browsers
keep it for a year and a changed file is a new address.
"""

import gzip
import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

import brotli
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse

TOKENS = ("people/tokens.css", "people/base.css")
FACES: dict[str, dict[str, tuple[str, ...]]] = {
    "css": {"public": (*TOKENS, "people/public.css"), "desk": (*TOKENS, "people/desk.css")},
    "js": {"public": ("people/linke.js",), "desk": ("django_htmx/htmx-2.min.js", "people/linke.js")},
}
TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
# What a page adds to its face: "volunteers-week" is volunteers/week.css.
ADDED = re.compile(r"(people|classes|volunteers)-([a-z0-9_]+)")
# Anybody may ask for any name, and compressing takes time: a page of ours adds three files at most, each once.
MOST = 3
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Bundle:
    """What travels, in the three ways a browser may ask for it; `digest` changes with any byte."""

    plain: bytes
    gzip: bytes
    br: bytes
    digest: str


def name_of(face: str, *added: str) -> str:
    """The name of a face and what a page adds: ("desk", "volunteers/week.css") → "desk+volunteers-week"."""
    return "+".join([face, *(path.rpartition(".")[0].replace("/", "-") for path in added)])


def address(kind: str, face: str, *added: str) -> str:
    """Where the bundle of a face and a page is, in its present state."""
    name = name_of(face, *added)
    return reverse("bundle", args=[name, bundle(name, kind).digest, kind])


def bundle(name: str, kind: str) -> Bundle:
    """The bundle of a name; `kind` is css or js. Raises LookupError for a name that means no files of ours."""
    return _read(name, kind) if settings.DEBUG else _kept(name, kind)


@lru_cache(64)
def _kept(name: str, kind: str) -> Bundle:
    return _read(name, kind)


def _read(name: str, kind: str) -> Bundle:
    texts = [Path(path).read_text("utf-8") for path in _files(name, kind)]
    if kind == "css":
        texts = [COMMENT.sub("", text) for text in texts]
    plain = "\n".join(texts).encode()
    return Bundle(
        plain, gzip.compress(plain, mtime=0), brotli.compress(plain), blake2b(plain, digest_size=6).hexdigest()
    )


def _files(name: str, kind: str) -> list[str]:
    face, *added = name.split("+")
    if len(set(added)) < len(added) or len(added) > MOST:
        raise LookupError(name)
    paths = list(FACES[kind][face])
    for one in added:
        if not (match := ADDED.fullmatch(one)):
            raise LookupError(name)
        paths.append(f"{match[1]}/{match[2]}.{kind}")
    found = [finders.find(path) for path in paths]
    if not all(found):
        raise LookupError(name)
    return [str(path) for path in found]
