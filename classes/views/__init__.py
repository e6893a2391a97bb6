"""Pages of the classes app, all for staff."""
