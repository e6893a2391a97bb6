"""What was worked out a moment ago, kept in this process: many who ask for the same at once wait for one of them."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock


@dataclass
class _Kept[Value]:
    """A value and when it was made. Whoever holds the lock works; the others wait for that."""

    lock: Lock = field(default_factory=Lock)
    made_at: float = float("-inf")
    values: list[Value] = field(default_factory=list)

    @property
    def age(self) -> float:
        """Seconds since the value was begun; endless while there is none."""
        return time.monotonic() - self.made_at


class Moments[Key: Hashable, Value]:
    """Values by key, the `most` last asked for. Threads may share it; nothing is kept while making it fails."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._kept: OrderedDict[Key, _Kept[Value]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key, seconds: float, make: Callable[[], Value]) -> Value:
        """The value of a key, made again when it is older than `seconds`; 0 or less keeps nothing.

        While one makes it again the others get the old value, as long as that is younger than twice `seconds`.
        """
        if seconds <= 0:
            return make()
        kept = self._at(key)
        is_made_elsewhere = kept.lock.locked() and kept.age < 2 * seconds
        if kept.age < seconds or is_made_elsewhere:
            return kept.values[0]
        with kept.lock:
            if kept.age >= seconds:
                moment = time.monotonic()
                kept.values = [make()]
                kept.made_at = moment
            return kept.values[0]

    def forget(self) -> None:
        """Everything is made anew."""
        with self._lock:
            self._kept.clear()

    def _at(self, key: Key) -> _Kept[Value]:
        with self._lock:
            kept = self._kept.setdefault(key, _Kept())
            self._kept.move_to_end(key)
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)
        return kept
