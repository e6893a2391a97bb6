"""`engines.arrays`, by the name it has here."""

from engines.arrays import INFINITE, Mask, Name, Numbers, Programme

__all__ = ["INFINITE", "Mask", "Name", "Numbers", "Programme"]
