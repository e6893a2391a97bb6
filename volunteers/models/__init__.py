"""Models of who helps, what is needed, what was agreed, and what was brought in."""

from .certificate import Certificate
from .changes import AssignmentChange
from .clubs import Hold, HoldName
from .company import Company
from .exchanges import Exchange, ExchangeRule
from .intake import ImportBatch, ImportRow
from .minors import GuardianConsent
from .offers import Offer, Placement, Proposal
from .own_feed import OwnFeed
from .pairing import Pairing
from .recovery import LinkCode
from .roll import RollMark
from .service import CheckIn, NoShow, ServiceRecord
from .shifts import Assignment, Role, Shift
from .substitutes import FloorAlarm, SubstituteAsk, SubstitutePlan, SubstituteSearch
from .tiers import TierOrder, TierRank
from .timetables import TimetableProposal
from .tradeoff import Tradeoff
from .volunteer import Absence, Availability, Clearance, Organisation, Training, Volunteer
from .waiting import Wait
from .wechat import WeChatLink

__all__ = [
    "Absence",
    "Assignment",
    "AssignmentChange",
    "Availability",
    "Certificate",
    "CheckIn",
    "Clearance",
    "Company",
    "Exchange",
    "ExchangeRule",
    "FloorAlarm",
    "GuardianConsent",
    "Hold",
    "HoldName",
    "ImportBatch",
    "ImportRow",
    "LinkCode",
    "NoShow",
    "Offer",
    "Organisation",
    "OwnFeed",
    "Pairing",
    "Placement",
    "Proposal",
    "Role",
    "RollMark",
    "ServiceRecord",
    "Shift",
    "SubstituteAsk",
    "SubstitutePlan",
    "SubstituteSearch",
    "TierOrder",
    "TierRank",
    "TimetableProposal",
    "Tradeoff",
    "Training",
    "Volunteer",
    "Wait",
    "WeChatLink",
]
