"""Who helps: organisations, roles, availability, shifts, offers and service."""

from django.apps import AppConfig


class VolunteersConfig(AppConfig):
    """Volunteers and the roster."""

    name = "volunteers"
    verbose_name = "志愿者"
