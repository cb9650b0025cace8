"""The schema holds: whatever is asked of an address, no answer fails inside and none is undocumented."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from api.access.roles import TABLE
from service import Service

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance]
EXAMPLES = 10
"""Requests of each address; a longer run is not for every test run."""


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), sorted(TABLE))
def test_no_request_fails_inside_or_is_answered_as_the_schema_does_not_say(
    service: Service, method: str, path: str
) -> None:
    schema = schemathesis.openapi.from_asgi("/openapi.json", service.app)
    headers = {"Authorization": service.as_role("administrator").headers["authorization"]}

    @given(case=schema[path][method.lower()].as_strategy())
    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def asked(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    asked()
