"""Forms of the classes pages: they read what was typed; the rules live in the actions."""
