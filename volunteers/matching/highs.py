"""`engines.highs`, by the name it has here."""

from engines.highs import TOLERANCE, Bounds, Outcome, Relaxation, Relaxed, Vertex, Watch, minimise

__all__ = ["TOLERANCE", "Bounds", "Outcome", "Relaxation", "Relaxed", "Vertex", "Watch", "minimise"]
