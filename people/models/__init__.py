"""Models of the lowest app, one module per subject."""

from .audit import AuditEntry, Heartbeat
from .message import Message
from .person import Consent, Person, PersonNote
from .user import User

__all__ = ["AuditEntry", "Consent", "Heartbeat", "Message", "Person", "PersonNote", "User"]
