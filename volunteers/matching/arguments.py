"""`engines.arguments`, by the name it has here."""

from engines.arguments import count, seconds, seed

__all__ = ["count", "seconds", "seed"]
