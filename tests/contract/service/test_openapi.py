"""Whatever a caller sends, the service answers as its OpenAPI document says, and never with a fault of its own.

Requests are made by schemathesis from the document itself, right ones and wrong ones; half of them name things that
are there. A plan of so many a route is enough for every commit; `--slow` makes ten times as many.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.contract.service.conftest import Running

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
FEW = 5
Operation = schemathesis.APIOperation[Any, Any, Any, Any]
Case = schemathesis.Case[Any]

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")


def troubles(
    running: Running, mode: GenerationMode, headers: dict[str, str], examples: int, *, only: str = "/"
) -> list[str]:
    """What went against the document, by route, every route tried that begins so."""
    schema = schemathesis.openapi.from_url(f"{running.address}/openapi.json")
    faults: list[str] = []
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()
        if not operation.path.startswith(only):
            continue
        try:
            _try(operation, running, mode, headers, examples)()
        except FailureGroup as group:
            faults += dict.fromkeys(f"{operation.label}: {error}" for error in group.exceptions)
        except hypothesis.errors.Unsatisfiable:
            continue  # nothing wrong can be sent to a route without parameters
        except Exception as error:  # a plain report of all of them says more than the first one
            faults.append(f"{operation.label}: {type(error).__name__}: {error}")
    return faults


def _try(
    operation: Operation, running: Running, mode: GenerationMode, headers: dict[str, str], examples: int
) -> Callable[[], None]:
    @settings(
        max_examples=examples, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck),
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode), there=st.booleans())
    def check_case(case: Case, there: bool) -> None:
        if there:
            case.path_parameters.update(_that_are_there(case, running))
        case.call_and_validate(headers=headers, checks=CHECKS, timeout=30)

    return check_case


def _that_are_there(case: Case, running: Running) -> dict[str, str]:
    code = running.known["submission" if "/submissions/" in case.path else "holding"]
    return {name: {**running.known, "code": code}[name] for name in case.path_parameters if name != "name"}


@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
def test_the_service_answers_a_client_as_its_contract_says(running: Running, mode: GenerationMode) -> None:
    assert troubles(running, mode, {"Authorization": f"Bearer {running.key}"}, FEW) == []


@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
def test_the_service_answers_anybody_as_its_contract_says(running: Running, mode: GenerationMode) -> None:
    assert troubles(running, mode, {}, FEW) == []


@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
def test_the_desk_answers_a_clerk_as_its_contract_says(running: Running, mode: GenerationMode) -> None:
    assert troubles(running, mode, running.clerk(), FEW, only="/desk/") == []


@pytest.mark.slow
@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
def test_the_service_answers_ten_times_as_many_requests_as_its_contract_says(
    running: Running, mode: GenerationMode
) -> None:
    assert troubles(running, mode, {"Authorization": f"Bearer {running.key}"}, 10 * FEW) == []
