"""The API for people to read: every operation of the OpenAPI document with a request and an answer as examples."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from pipeline.domain.message import Message
from service.wire.examples import EXAMPLES, Example

GROUPS: Mapping[str, Message] = {
    "general": Message("Chung", "General"),
    "submissions": Message("Hồ sơ", "Submissions"),
    "uploads": Message("Gửi tệp từng phần", "Resumable uploads"),
    "holdings": Message("Giấy tờ đã lưu", "Stored papers"),
    "reviews": Message("Quyết định hồ sơ", "Deciding submissions"),
    "people": Message("Người dùng", "People"),
    "desk": Message("Bàn duyệt", "The review desk"),
}
_DEEPEST = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOperation:
    """`who`: what a caller needs. `request`: a line for a shell; `answer`: of what form it is, empty for none."""

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    who: Message
    parameters: list[Mapping[str, Any]]
    request: str
    answer: str
    answers: list[tuple[str, str]]


def shown_operations(document: Mapping[str, Any], public_url: str) -> list[tuple[Message, list[ShownOperation]]]:
    """The operations by their groups, in the document's order."""
    groups: dict[str, list[ShownOperation]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            group = (operation.get("tags") or ["general"])[0]
            groups.setdefault(group, []).append(_shown(document, method.upper(), path, operation, public_url))
    return [(GROUPS.get(group, Message(group, group)), found) for group, found in groups.items()]


def sample(schema: Mapping[str, Any], document: Mapping[str, Any], depth: int = 0) -> Any:
    """A value that the schema allows: its own example where it has one."""
    schema = _resolved(schema, document)
    for given in ("example", "default", "const"):
        if given in schema and schema[given] is not None:
            return schema[given]
    if schema.get("examples"):
        return schema["examples"][0]
    if schema.get("enum"):
        return schema["enum"][0]
    for choice in ("anyOf", "oneOf", "allOf"):
        if schema.get(choice):
            return sample(schema[choice][0], document, depth)
    return _of_type(schema, document, depth)


def _of_type(schema: Mapping[str, Any], document: Mapping[str, Any], depth: int) -> Any:
    match schema.get("type"):
        case "object":
            properties = schema.get("properties", {})
            return {name: sample(inner, document, depth + 1) for name, inner in properties.items()}
        case "array":
            count = schema.get("minItems", 1) if depth < _DEEPEST else schema.get("minItems", 0)
            return [sample(schema.get("items", {}), document, depth + 1)] * count
        case "integer":
            return max(1, int(schema.get("minimum", 1)))
        case "number":
            return float(schema.get("minimum", 0.5))
        case "boolean":
            return True
        case "string":
            return "…" if not schema.get("pattern") else "0123456789abcdef" * 2
    return None


def _shown(
    document: Mapping[str, Any], method: str, path: str, operation: Mapping[str, Any], public_url: str
) -> ShownOperation:
    answers = operation["responses"]
    content: Mapping[str, Any] = next(
        (inner.get("content", {}) for code, inner in answers.items() if code.startswith("2")), {}
    )
    return ShownOperation(
        anchor=operation["operationId"],
        method=method,
        path=path,
        summary=operation.get("summary", ""),
        description=operation.get("description", ""),
        who=_who(path, operation),
        parameters=operation.get("parameters", []),
        request=_request(method, path, operation, EXAMPLES.get((method, path), Example()), public_url),
        answer=_answer(content, document),
        answers=[(code, inner.get("description", "")) for code, inner in answers.items()],
    )


def _who(path: str, operation: Mapping[str, Any]) -> Message:
    if operation.get("security"):
        return Message("cần khóa API, hoặc phiên đăng nhập", "an API key, or a session")
    if path.startswith("/desk/") or path in ("/auth/me", "/auth/logout"):
        return Message("cần phiên đăng nhập (cookie)", "a session (cookie)")
    return Message("không cần khóa", "no key is needed")


def _request(method: str, path: str, operation: Mapping[str, Any], example: Example, public_url: str) -> str:
    address = path
    for name, value in example.path.items():
        address = address.replace("{" + name + "}", quote(value, safe=":"))
    address = public_url.rstrip("/") + address + (f"?{urlencode(example.query)}" if example.query else "")
    words = ["curl"]
    if method == "HEAD":
        words.append("--head")
    elif method != "GET":
        words += ["-X", method]
    line = [shlex.join([*words, address])]
    if operation.get("security"):
        line.append('-H "Authorization: Bearer $KEY"')
    elif _who(path, operation).en.startswith("a session"):
        line.append("-b cookies.txt")
    line += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in example.headers.items()]
    if example.body is not None:
        line.append("-H 'Content-Type: application/json'")
        line.append(f"-d {shlex.quote(json.dumps(dict(example.body), ensure_ascii=False))}")
    line += [f"-F {shlex.quote(f'{name}={value}')}" for name, value in example.form.items()]
    line += [f"-F {shlex.quote(f'files=@{name}')}" for name in example.files]
    if example.raw:
        line.append(f"--data-binary {shlex.quote('@' + example.raw)}")
    return " \\\n  ".join(line)


def _answer(content: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    schema = content.get("application/json", {}).get("schema")
    if schema is None:
        return ", ".join(content)
    return json.dumps(sample(schema, document), ensure_ascii=False, indent=2)


def _resolved(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        beside = {name: value for name, value in schema.items() if name != "$ref"}
        schema = {**document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], **beside}
    return schema
