"""The ways a note leaves: files, mail, bots of work groups, SMS. Which one takes it is said here, once."""

from people.channels.carriers import Carrier, Letter, LostClaim, Refused
from people.channels.choosing import carrier_for, carrier_named, sends
from people.channels.setup import carrier_of

__all__ = ["Carrier", "Letter", "LostClaim", "Refused", "carrier_for", "carrier_named", "carrier_of", "sends"]
