"""`engines.arrays`, by the name it has here."""

from engines.arrays import INFINITE, Mask, Numbers, Programme

__all__ = ["INFINITE", "Mask", "Numbers", "Programme"]
