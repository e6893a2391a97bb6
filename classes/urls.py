"""Addresses of the classes app: `desk` (staff, under /desk/) and `public` (at the root)."""

desk: list = []
public: list = []
