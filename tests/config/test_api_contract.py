"""Everything that the description of the API allows, and some of what it does not: never a 500, never undescribed."""

import pytest
import schemathesis
from django.core import signals
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from config.api import api
from config.wsgi import application
from people import tokens
from tests import make

pytestmark = pytest.mark.django_db
SCHEMA = schemathesis.openapi.from_dict(dict(api.get_openapi_schema()))
SCHEMA.app = application
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}
CHECKS = (not_a_server_error, status_code_conformance, response_schema_conformance)


@pytest.fixture(autouse=True)
def _open_database():
    """A request of its own ends without closing the database of the test."""
    for moment in (signals.request_started, signals.request_finished):
        moment.disconnect(close_old_connections)
    yield
    for moment in (signals.request_started, signals.request_finished):
        moment.connect(close_old_connections)


@pytest.fixture
def headers() -> dict[str, str]:
    """The key of an organiser, in a community with a class, a session and somebody who helps."""
    make.assignment(make.shift(make.session()), make.volunteer())
    make.room()
    _, secret = tokens.issue(user=make.user(), name="试", now=make.at("2026-09-01"))
    return {"Authorization": f"Bearer {secret}"}


def test_the_description_is_openapi():
    SCHEMA.validate()
    assert SCHEMA.raw_schema["openapi"].startswith("3.1")
    assert {label.split()[1] for label in OPERATIONS} == set(SCHEMA.raw_schema["paths"])


@pytest.mark.parametrize("label", OPERATIONS)
def test_answers_as_it_is_described(headers, label):
    @seed(4)
    @settings(
        max_examples=12,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=OPERATIONS[label].as_strategy())
    def answers(case):
        response = case.call(headers=headers | {"Accept-Encoding": "identity"})  # its WSGI client unpacks nothing
        case.validate_response(response, checks=CHECKS)

    answers()
