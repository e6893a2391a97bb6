"""Walks a JSON document and names the path of whatever is wrong in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any


class BadDocument(ValueError):
    """A document that is not what its format says; `path` names the wrong value."""

    def __init__(self, path: str, complaint: str) -> None:
        super().__init__(f"{path}: {complaint}")
        self.path = path
        self.complaint = complaint


class Node:
    """One value of a JSON document together with its path, such as $.sessions[3].minimum."""

    __slots__ = ("path", "value")

    def __init__(self, value: Any, path: str = "$") -> None:
        self.value = value
        self.path = path

    def refuse(self, complaint: str) -> BadDocument:
        """The error to raise about this value."""
        return BadDocument(self.path, complaint)

    def at(self, key: str) -> Node:
        """The member `key`, which must be there."""
        self._check(dict, "an object")
        if key not in self.value:
            raise BadDocument(f"{self.path}.{key}", "is missing")
        return Node(self.value[key], f"{self.path}.{key}")

    def maybe(self, key: str) -> Node | None:
        """The member `key`, or None where it is absent or null."""
        self._check(dict, "an object")
        if self.value.get(key) is None:
            return None
        return Node(self.value[key], f"{self.path}.{key}")

    def items(self, length: int | None = None) -> list[Node]:
        """The elements of a list."""
        self._check(list, "a list")
        if length is not None and len(self.value) != length:
            raise self.refuse(f"expected {length} values, found {len(self.value)}")
        return [Node(item, f"{self.path}[{place}]") for place, item in enumerate(self.value)]

    def members(self) -> Iterator[tuple[str, Node]]:
        """The members of an object, key by key."""
        self._check(dict, "an object")
        for key in self.value:
            yield key, self.at(key)

    def whole(self, low: int | None = 0) -> int:
        """A whole number, not below `low`."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise self.refuse(f"expected a whole number, found {self.value!r}")
        if low is not None and self.value < low:
            raise self.refuse(f"expected {low} or more, found {self.value}")
        return self.value

    def number(self) -> float:
        """A number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self.refuse(f"expected a number, found {self.value!r}")
        if self.value != self.value or abs(self.value) == float("inf"):
            raise self.refuse(f"expected a finite number, found {self.value!r}")
        return self.value

    def flag(self) -> bool:
        """True or false."""
        self._check(bool, "true or false")
        return bool(self.value)

    def text(self) -> str:
        """A string."""
        self._check(str, "a string")
        return str(self.value)

    def choice(self, allowed: Sequence[str]) -> str:
        """One of the allowed words."""
        if self.value not in allowed:
            raise self.refuse(f"expected one of {', '.join(allowed)}, found {self.value!r}")
        return str(self.value)

    def known(self, ids: dict[int, Any], what: str) -> int:
        """A whole number that is the id of something in this document."""
        number = self.whole(low=None)
        if number not in ids:
            raise self.refuse(f"there is no {what} with id {number}")
        return number

    def moment(self) -> datetime:
        """A local time without an offset."""
        try:
            found = datetime.fromisoformat(self.text())
        except ValueError:
            found = None
        if found is None or found.tzinfo is not None or found.second or found.microsecond:
            raise self.refuse(f"expected a local time like 2026-09-07T14:45, found {self.value!r}")
        return found

    def day(self) -> date:
        """A date."""
        try:
            return date.fromisoformat(self.text())
        except ValueError:
            raise self.refuse(f"expected a date like 2026-09-07, found {self.value!r}") from None

    def _check(self, kind: type, words: str) -> None:
        if not isinstance(self.value, kind):
            raise self.refuse(f"expected {words}, found {self.value!r:.60}")
