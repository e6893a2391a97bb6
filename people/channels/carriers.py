"""What every way out has in common: the letter, the moment of no return, and what may go wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Letter:
    """What leaves: one note, or several as one. `key` stays the same however often it is tried."""

    key: str
    kind: str
    subject: str
    text: str
    link: str = ""
    to: str = ""
    masked: str = ""
    phone: str = ""
    email: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    handed_at: datetime | None = None


class Refused(Exception):
    """The other side said no, so it certainly has not taken the letter. The words are its own.

    `is_final`: saying it again would change nothing (an unknown number, a wrong key).
    """

    def __init__(self, words: str, *, is_final: bool = False) -> None:
        super().__init__(words)
        self.is_final = is_final


# Names that urllib3 gives such errors; the SDKs wrap them in errors of their own, or in texts.
NEVER_CONNECTED = ("NewConnectionError", "ConnectTimeoutError", "NameResolutionError")


def never_connected(error: BaseException | None) -> bool:
    """Whether the cause of this error is that no connection came about: then nothing can have left."""
    while error is not None:
        said = f"{error!r} {getattr(error, 'inner_exception', '')!s}"
        if any(name in said for name in NEVER_CONNECTED):
            return True
        error = error.__cause__ or error.__context__
    return False


class LostClaim(Exception):
    """Somebody else has taken the note over meanwhile, so this worker must not let it leave."""


class Carrier(Protocol):
    """One way out.

    `send` prepares everything, calls `hand()` right before the step that cannot be undone, takes that
    step and answers the other side's receipt. `hand` raises LostClaim, and then nothing may leave. Any
    exception before `hand()` means not sent; Refused after it means not sent either; any other
    exception after it means that nobody knows. `was_taken` asks the other side afterwards: None when
    it cannot be asked.
    """

    @property
    def code(self) -> str:
        """What `Message.via` keeps: "file", "smtp", or kind and id of a stored channel."""

    def send(self, letter: Letter, hand: Callable[[], None]) -> str: ...

    def was_taken(self, letter: Letter) -> bool | None: ...
