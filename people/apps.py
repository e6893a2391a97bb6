"""The lowest app: who people are, what they consented to, what was done and what they are told."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """People, consent, audit trail and messages."""

    name = "people"
    verbose_name = "人员"
