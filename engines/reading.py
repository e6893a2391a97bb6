"""Reads JSON files nobody vouches for, and names the path of whatever is wrong in them.

Limits hold before anything is parsed, so that a file made to do harm is refused within a second.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

MEGABYTES = 64
OBJECTS = 300_000
VALUES = 5_000_000
"""What a file may hold: unpacked size, opening braces, commas. A street has 2 MB and 100,000 values."""

MOST = 1_000_000
"""The largest count, limit, cost or number of minutes; nothing real comes near it."""

FARTHEST = 10_000.0
YEARS = range(2000, 2200)
SHOWN = 60
"""A wrong value is quoted up to so many characters."""


class BadDocument(ValueError):
    """A document that is not what its format says; `path` names the wrong value."""

    def __init__(self, path: str, complaint: str) -> None:
        super().__init__(f"{path}: {complaint}")
        self.path = path
        self.complaint = complaint

    def __reduce__(self) -> tuple[type[BadDocument], tuple[str, str]]:
        return BadDocument, (self.path, self.complaint)  # so that it comes back from another process


def read_document[T](path: str | Path, read: Callable[[Any], T], times: int = 1) -> T:
    """What `read` makes of the JSON in a file; a BadDocument says which file.

    The file may be so many times as large as the limit. Raises OSError where it cannot be read.
    """
    try:
        return read(read_json(path, times))
    except BadDocument as error:
        raise BadDocument(error.path, f"{error.complaint} ({Path(path).name})") from error


def read_json(path: str | Path, times: int = 1) -> Any:
    """The JSON value in a file, plain or packed with gzip; raises BadDocument.

    The file may have so many times the usual size and values, but no more objects. Raises OSError
    where it cannot be read.
    """
    most = times * MEGABYTES
    with open(path, "rb") as file:
        content = file.read(most * 1_000_000 + 1)
    if content.startswith(b"\x1f\x8b"):
        content = _unpacked(content, most * 1_000_000)
    if len(content) > most * 1_000_000:
        raise BadDocument("$", f"is larger than {most} MB, the limit for one problem; plan fewer streets at once")
    if not content.strip():
        raise BadDocument("$", "is an empty file")
    for sign, limit, what in ((b"{", OBJECTS, "objects"), (b",", times * VALUES, "values")):
        if (count := content.count(sign)) > limit:
            raise BadDocument("$", f"holds about {count:,} {what}, the limit is {limit:,}; plan fewer streets at once")
    return _parsed(content)


def _unpacked(content: bytes, most: int) -> bytes:
    """What is packed with gzip, up to one byte past the limit: a small file can hold gigabytes."""
    unpacked = bytearray()
    try:
        while content and len(unpacked) <= most:
            member = zlib.decompressobj(wbits=31)
            unpacked += member.decompress(content, most + 1 - len(unpacked))
            if not member.eof and not member.unconsumed_tail:
                raise BadDocument("$", "is packed with gzip, but the end is missing")
            content = member.unused_data
    except zlib.error as error:
        raise BadDocument("$", f"is packed with gzip, but damaged: {error}") from error
    return bytes(unpacked)


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except UnicodeDecodeError as error:
        raise BadDocument("$", f"is not text in UTF-8: byte {error.start} is wrong") from error
    except json.JSONDecodeError as error:
        raise BadDocument("$", f"is not JSON: {error}") from error
    except RecursionError:
        raise BadDocument("$", "is nested too deeply") from None
    except ValueError as error:
        raise BadDocument("$", "holds a number with too many digits") from error


class Node:
    """One value of a JSON document together with its path, such as $.sessions[3].minimum."""

    __slots__ = ("path", "value")

    def __init__(self, value: Any, path: str = "$") -> None:
        self.value = value
        self.path = path

    def refuse(self, complaint: str) -> BadDocument:
        """The error to raise about this value."""
        return BadDocument(self.path, complaint)

    def expected(self, words: str) -> BadDocument:
        """The error to raise where something else was expected."""
        return self.refuse(f"expected {words}, found {_quoted(self.value)}")

    def at(self, key: str) -> Node:
        """The member `key`, which must be there."""
        self._check(dict, "an object")
        if key not in self.value:
            raise BadDocument(self._member(key), "is missing")
        return Node(self.value[key], self._member(key))

    def maybe(self, key: str) -> Node | None:
        """The member `key`, or None where it is absent or null."""
        self._check(dict, "an object")
        if self.value.get(key) is None:
            return None
        return Node(self.value[key], self._member(key))

    def items(self, length: int | None = None, *, most: int | None = None) -> list[Node]:
        """The elements of a list: exactly so many, or at most."""
        self._check(list, "a list")
        count = len(self.value)
        if length is not None and count != length:
            raise self.refuse(f"expected {length} values, found {count}")
        if most is not None and count > most:
            raise self.refuse(f"holds {count:,} entries, the limit is {most:,}; plan fewer streets at once")
        return [Node(item, f"{self.path}[{place}]") for place, item in enumerate(self.value)]

    def members(self) -> Iterator[tuple[str, Node]]:
        """The members of an object, key by key."""
        self._check(dict, "an object")
        for key in self.value:
            yield key, self.at(key)

    def whole(self, low: int | None = 0) -> int:
        """A whole number from `low` to a million; without `low` an id, which may be any of 64 bits."""
        number = self.value
        if isinstance(number, bool) or not isinstance(number, int):
            raise self.expected("a whole number")
        if low is not None and number < low:
            raise self.expected(f"{low} or more")
        if low is not None and number > MOST:
            raise self.expected(f"{MOST} or less")
        if low is None and not -(2**63) <= number < 2**63:
            raise self.expected("an id of 64 bits")
        return number

    def number(self, low: float = -FARTHEST, high: float = FARTHEST) -> float:
        """A number from `low` to `high`, which is ten thousand kilometres or minutes if nothing is said."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self.expected("a number")
        if not low <= self.value <= high:
            raise self.expected(f"a number from {low:,.0f} to {high:,.0f}")
        return self.value

    def flag(self) -> bool:
        """True or false."""
        self._check(bool, "true or false")
        return bool(self.value)

    def text(self) -> str:
        """A string that can be written again: half of a surrogate pair cannot."""
        self._check(str, "a string")
        if not self.value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in self.value):
            raise self.expected("letters only")
        return str(self.value)

    def choice(self, allowed: Sequence[str]) -> str:
        """One of the allowed words."""
        if self.value not in allowed:
            raise self.expected(f"one of {', '.join(allowed)}")
        return str(self.value)

    def known(self, ids: dict[int, Any], what: str) -> int:
        """A whole number that is the id of something in this document."""
        number = self.whole(low=None)
        if number not in ids:
            raise self.refuse(f"there is no {what} with id {number}")
        return number

    def moment(self) -> datetime:
        """A local time without an offset, of this century or the next."""
        try:
            found = datetime.fromisoformat(self.text())
        except ValueError:
            raise self.expected("a local time like 2026-09-07T14:45") from None
        if found.tzinfo is not None or found.second or found.microsecond or found.year not in YEARS:
            raise self.expected("a local time like 2026-09-07T14:45")
        return found

    def day(self) -> date:
        """A date."""
        try:
            return date.fromisoformat(self.text())
        except ValueError:
            raise self.expected("a date like 2026-09-07") from None

    def _check(self, kind: type, words: str) -> None:
        if not isinstance(self.value, kind):
            raise self.expected(words)

    def _member(self, key: str) -> str:
        return f"{self.path}.{key}" if key.isidentifier() else f"{self.path}[{_quoted(key)}]"


def read_once(node: Node, read: Callable[[Node], Any], *, most: int) -> dict[int, Any]:
    """The entries of a list by their id, which no two share; `most` of them at most."""
    found: dict[int, Any] = {}
    for item in node.items(most=most):
        one = read(item)
        if one.id in found:
            raise item.at("id").refuse(f"the id {one.id} is used twice")
        found[one.id] = one
    return found


def _quoted(value: Any) -> str:
    """A value as it can be written in one line, cut where it is long; a list or an object by its size."""
    if isinstance(value, dict | list):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value):,}"
    if isinstance(value, int) and abs(value) > 10**SHOWN:
        return "a very large number"
    written = repr(value) if isinstance(value, str) else json.dumps(value, default=repr)
    return written if len(written) <= SHOWN else f"{written[:SHOWN]}..."
