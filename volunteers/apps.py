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
        import_module("people.models.guards").keep(self, import_module("volunteers.models.truths").TRIGGERS)
