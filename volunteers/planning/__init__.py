"""The only bridge between the engine and the models: load a problem, save a proposal, rank."""

from volunteers.planning.candidates import Candidate, Candidates, candidates, obstacle_to_swap
from volunteers.planning.load import Index, load_problem
from volunteers.planning.proposing import (
    SECONDS,
    TIER_ORDER,
    ProposalGone,
    answer_document,
    find_plan,
    save_proposal,
)
from volunteers.planning.words import stage

__all__ = [
    "SECONDS",
    "TIER_ORDER",
    "Candidate",
    "Candidates",
    "Index",
    "ProposalGone",
    "answer_document",
    "candidates",
    "find_plan",
    "load_problem",
    "obstacle_to_swap",
    "save_proposal",
    "stage",
]
