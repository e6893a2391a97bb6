"""Who helps: organisations, roles, availability, shifts, offers and service."""

from importlib import import_module

from django.apps import AppConfig


class VolunteersConfig(AppConfig):
    """Volunteers and the roster."""

    name = "volunteers"
    verbose_name = "志愿者"

    def ready(self) -> None:
        """The need of a session follows its learners in every process, also in commands."""
        import_module("volunteers.actions.shifts")
        triggers = {
            name: body
            for of in ("truths", "ledger")
            for name, body in import_module(f"volunteers.models.{of}").TRIGGERS.items()
        }
        import_module("people.models.guards").keep(self, triggers)
