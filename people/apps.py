"""The lowest app: who people are, what they consented to, what was done and what they are told."""

from importlib import import_module

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """People, consent, audit trail and messages."""

    name = "people"
    verbose_name = "人员"

    def ready(self) -> None:
        """Let every form speak the product's words."""
        import_module("people.sentences").speak_plainly()  # its forms need the models, which are ready only now
