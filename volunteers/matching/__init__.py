"""The roster engine: who comes when, and why. Plain Python: no Django, no database, no clock."""
