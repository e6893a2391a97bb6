"""The only bridge between the engine and the models: load a problem, save a proposal, rank."""

from volunteers.planning.advising import Advice, advise
from volunteers.planning.candidates import Candidate, Candidates, Swap, candidates, consider_swap
from volunteers.planning.forcing import Forced, force
from volunteers.planning.load import Index, load_problem
from volunteers.planning.pricing import price
from volunteers.planning.proposing import (
    SECONDS,
    ProposalGone,
    answer_document,
    find_plan,
    save_proposal,
)
from volunteers.planning.seating import Move, Row, Seating, Table, moves, seat
from volunteers.planning.so_far import plan_of, so_far
from volunteers.planning.substitutes import EVERYBODY, to_ask
from volunteers.planning.tiers import Order, WrongOrder, order_of
from volunteers.planning.times import load_times
from volunteers.planning.timetables import SECONDS as TIMETABLE_SECONDS
from volunteers.planning.timetables import as_document, find_timetables, other_times
from volunteers.planning.timetables import stage as timetable_stage
from volunteers.planning.words import FIRST_LOOK, bends_a_wish, stage

__all__ = [
    "EVERYBODY",
    "FIRST_LOOK",
    "SECONDS",
    "TIMETABLE_SECONDS",
    "Advice",
    "Candidate",
    "Candidates",
    "Forced",
    "Index",
    "Move",
    "Order",
    "ProposalGone",
    "Row",
    "Seating",
    "Swap",
    "Table",
    "WrongOrder",
    "advise",
    "answer_document",
    "as_document",
    "bends_a_wish",
    "candidates",
    "consider_swap",
    "find_plan",
    "find_timetables",
    "force",
    "load_problem",
    "load_times",
    "moves",
    "order_of",
    "other_times",
    "plan_of",
    "price",
    "save_proposal",
    "seat",
    "so_far",
    "stage",
    "timetable_stage",
    "to_ask",
]
