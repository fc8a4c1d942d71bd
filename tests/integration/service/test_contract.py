"""The OpenAPI document is the contract: whole, and kept to."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator

from tests.integration.service.conftest import Desk, picture


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [ref for value in node.values() for ref in references(value)]
    return [ref for value in node for ref in references(value)] if isinstance(node, list) else []


def schema(document: dict[str, Any], name: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": document["components"]})


def test_every_reference_of_the_contract_leads_somewhere(desk: Desk) -> None:
    document = desk.http.get("/openapi.json").json()
    there = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(references(document)) <= there


def test_answers_are_as_the_contract_says(desk: Desk) -> None:
    document = desk.http.get("/openapi.json").json()
    answer = desk.submit(picture("front"))
    schema(document, "SubmissionModel").validate(answer.json())


def test_errors_are_problems_as_the_contract_says(desk: Desk) -> None:
    document = desk.http.get("/openapi.json").json()
    for answer in (desk.http.get("/nothing"), desk.http.get("/submissions/x"), desk.submit(b"GIF89a")):
        assert answer.headers["content-type"] == "application/problem+json"
        schema(document, "Problem").validate(answer.json())


def test_every_operation_names_its_errors(desk: Desk) -> None:
    document = desk.http.get("/openapi.json").json()
    for path, operations in document["paths"].items():
        for verb, operation in operations.items():
            assert operation.get("summary"), (verb, path)
            for status, answer in operation["responses"].items():
                if status.startswith(("4", "5")):
                    assert "Problem" in json.dumps(answer), (verb, path, status)
