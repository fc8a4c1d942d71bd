"""The API's page and its examples: one for every operation, each of a form that the service takes."""

from __future__ import annotations

import re
from dataclasses import replace

import jsonschema
import pytest

from service.pages.api_page import GROUPS, sample
from service.wire.examples import EXAMPLES
from tests.integration.service.conftest import Desk, picture
from tests.integration.service.page_desk import get, visible_text
from tests.integration.service.people_desk import someone

_WRONG_FORM = {"request.invalid", "request.malformed", "method.not_allowed"}


def test_every_operation_has_an_example_and_no_other(desk: Desk) -> None:
    document = desk.http.get("/openapi.json").json()
    operations = {(method.upper(), path) for path, found in document["paths"].items() for method in found}
    assert set(EXAMPLES) == operations
    assert {tag for found in document["paths"].values() for one in found.values() for tag in one["tags"]} <= set(GROUPS)


def test_every_example_is_a_request_that_the_service_takes(desk: Desk) -> None:
    desk.context.limits = replace(desk.context.limits, answer_s=0.05)  # what is answered later is not looked at here
    clerk = someone(desk, "lan", "reviewer", "auditor", "archivist", "submitter")
    csrf = {"Hotich-Csrf": clerk.csrf}
    for (method, path), example in EXAMPLES.items():
        if path.startswith("/auth/oidc") or path == "/auth/logout":
            continue  # no provider is set; and the session is needed on
        address = path.format(**example.path)
        answer = clerk.http.request(
            method,
            address,
            params=example.query,
            headers={"Accept": "application/json", **example.headers, **csrf},
            json=example.body,
            data=example.form or None,
            files=[("files", (name, picture("card"), "image/jpeg")) for name in example.files] or None,
            content=b"x" if example.raw else None,
        )
        told = method != "HEAD" and answer.headers.get("content-type", "").endswith("problem+json")
        code = answer.json()["code"] if told else ""
        assert answer.status_code < 500, (method, path)
        assert code not in _WRONG_FORM, (method, path, answer.text)


def test_what_is_shown_of_an_answer_is_of_its_form(desk: Desk) -> None:
    document = desk.http.get("/openapi.json").json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for code, answer in operation["responses"].items():
                schema = answer.get("content", {}).get("application/json", {}).get("schema")
                if code.startswith("2") and schema is not None:
                    whole = {**schema, "components": document["components"]}
                    jsonschema.validate(sample(schema, document), whole), (method, path)


def test_the_page_shows_every_operation_and_loads_nothing_from_elsewhere(desk: Desk) -> None:
    text = get(desk, "/docs").text
    assert text.count('<details class="tips operation"') == len(EXAMPLES)
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', text)
    assert "hk_" not in text


@pytest.mark.parametrize("path", ["/", "/tra-cuu", "/xac-nhan"])
def test_a_citizen_finds_from_every_page_what_they_may_ask(desk: Desk, path: str) -> None:
    assert 'href="/quyen-cua-ban"' in get(desk, path).text


def test_the_page_of_what_a_citizen_may_ask_names_the_office_that_is_listed(desk: Desk) -> None:
    assert "bộ phận một cửa" in visible_text(get(desk, "/quyen-cua-ban"))
