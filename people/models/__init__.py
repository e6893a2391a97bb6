"""Models of the lowest app, one module per subject."""

from .audit import AuditEntry, Heartbeat
from .channel import Channel
from .merging import Merge
from .message import Call, Message
from .person import Consent, Person, PersonNote, PersonWord
from .setting import Export, Setting, SettingChange
from .token import ApiToken
from .user import User

__all__ = [
    "ApiToken",
    "AuditEntry",
    "Call",
    "Channel",
    "Consent",
    "Export",
    "Heartbeat",
    "Merge",
    "Message",
    "Person",
    "PersonNote",
    "PersonWord",
    "Setting",
    "SettingChange",
    "User",
]
