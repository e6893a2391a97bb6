"""What a tier is: its meaning, the same for the solver, and the same for one more person."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from volunteers.matching.model import Model
from volunteers.matching.problem import Placement, Problem, Session, Volunteer
from volunteers.matching.standing import Standing

UNKNOWN = -1_000_000
"""No person is worth more than that."""


class Preference(ABC):
    """One tier. `label` names it on screen, `sentence` says what it asks for."""

    code: ClassVar[str]
    label: ClassVar[str]
    sentence: ClassVar[str]

    @abstractmethod
    def cost(self, problem: Problem, placements: Sequence[Placement]) -> int:
        """What the plan costs in this tier: the meaning."""

    @abstractmethod
    def post(self, model: Model) -> None:
        """Add this tier's columns, rows and prices to the model."""

    def alone(self, problem: Problem) -> bool:
        """Whether what a person adds to a session depends on nobody else there."""
        return False

    def least(self, standing: Standing, session: Session, role: str) -> int:
        """A lower bound of `joining` for everybody; only for speed, so a tier need not know one."""
        return UNKNOWN

    @abstractmethod
    def joining(self, standing: Standing, volunteer: Volunteer, session: Session, role: str) -> int:
        """What it adds to the tier if the volunteer joins the session as things stand."""
