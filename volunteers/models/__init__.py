"""Models of who helps, what is needed, what was agreed, and what was brought in."""

from .certificate import Certificate
from .changes import AssignmentChange
from .clubs import Hold, HoldName
from .intake import ImportBatch, ImportRow
from .offers import Offer, Placement, Proposal
from .pairing import Pairing
from .service import CheckIn, NoShow, ServiceRecord
from .shifts import Assignment, Role, Shift
from .substitutes import FloorAlarm, SubstituteAsk, SubstitutePlan, SubstituteSearch
from .tiers import TierOrder, TierRank
from .timetables import TimetableProposal
from .tradeoff import Tradeoff
from .volunteer import Absence, Availability, Clearance, Organisation, Volunteer
from .waiting import Wait

__all__ = [
    "Absence",
    "Assignment",
    "AssignmentChange",
    "Availability",
    "Certificate",
    "CheckIn",
    "Clearance",
    "FloorAlarm",
    "Hold",
    "HoldName",
    "ImportBatch",
    "ImportRow",
    "NoShow",
    "Offer",
    "Organisation",
    "Pairing",
    "Placement",
    "Proposal",
    "Role",
    "ServiceRecord",
    "Shift",
    "SubstituteAsk",
    "SubstitutePlan",
    "SubstituteSearch",
    "TierOrder",
    "TierRank",
    "TimetableProposal",
    "Tradeoff",
    "Volunteer",
    "Wait",
]
