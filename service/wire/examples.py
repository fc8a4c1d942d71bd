"""An example of a request for every operation of the API: shown at `/docs`, and in the OpenAPI document.

Invented people only. A test sends each to the service, which finds nothing wrong with its form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

CODE, HOLDING, DIGEST = "7K3M-Q9XD-2FHW-B6TC", "HT-ABCDEFGH23456723", "sha256:" + "0f" * 32
_ID, _OTHER, _TAB = "0123456789abcdef" * 2, "fedcba9876543210" * 2, "ab" * 16
_TUS = {"Tus-Resumable": "1.0.0"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """`path`, `query`, `headers`: of the parameters. `body`: sent as JSON; `form`: as a form, with `files` of these
    names; `raw`: the bytes of this file."""

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    form: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    raw: str = ""


EXAMPLES: Final[Mapping[tuple[str, str], Example]] = {
    ("GET", "/health"): Example(),
    ("GET", "/procedures"): Example(),
    ("POST", "/submissions"): Example(
        headers={"Idempotency-Key": "dossier-2026-0001"},
        form={
            "procedure": "1.004222",
            "declared": '{"full_name": "Nguyễn Thị Mẫu", "personal_id": "001190123456", "date_of_birth": "15/01/1990"}',
        },
        files=("can-cuoc-mat-truoc.jpg", "can-cuoc-mat-sau.jpg"),
    ),
    ("GET", "/submissions"): Example(query={"limit": "20"}),
    ("GET", "/submissions/{code}"): Example(path={"code": CODE}, headers={"Hotich-Birth-Date": "15/01/1990"}),
    ("GET", "/submissions/{code}/events"): Example(path={"code": CODE}),
    ("POST", "/submissions/{code}/decision"): Example(
        path={"code": CODE},
        body={"decision": "refuse", "reasons": [{"vi": "Giấy chụp thiếu mặt sau", "en": "The back is missing"}]},
    ),
    ("OPTIONS", "/uploads"): Example(),
    ("POST", "/uploads"): Example(
        headers={**_TUS, "Upload-Length": "204800", "Upload-Metadata": "filename Y2FuLmpwZw=="}
    ),
    ("HEAD", "/uploads/{upload_id}"): Example(path={"upload_id": _ID}, headers=_TUS),
    ("PATCH", "/uploads/{upload_id}"): Example(
        path={"upload_id": _ID},
        headers={**_TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"},
        raw="can-cuoc.jpg",
    ),
    ("DELETE", "/uploads/{upload_id}"): Example(path={"upload_id": _ID}, headers=_TUS),
    ("GET", "/holdings"): Example(
        query={"personal_id": "001190123456", "document_type": "citizen_id_chip", "purpose": "Đăng ký tạm trú"}
    ),
    ("POST", "/holdings/{code}/use"): Example(
        path={"code": HOLDING},
        headers={"Idempotency-Key": "use-2026-0001"},
        body={"procedure": "1.004194", "purpose": "Đăng ký tạm trú", "officer": "cb.an"},
    ),
    ("GET", "/holdings/uses/{use_id}/copy"): Example(path={"use_id": _ID}),
    ("GET", "/confirm/{code}/{digest}"): Example(path={"code": HOLDING, "digest": DIGEST}),
    ("POST", "/may-ask"): Example(
        body={"procedure": "1.004222", "paper": "applicant_card", "person": "001190123456", "officer": "cb.an"}
    ),
    ("POST", "/auth/login"): Example(body={"login": "lan.pham", "password": "chó vàng ăn mây tím", "totp": "492039"}),
    ("POST", "/auth/logout"): Example(headers={"Hotich-Csrf": "…"}),
    ("GET", "/auth/me"): Example(),
    ("GET", "/reads"): Example(query={"subject": CODE}),
    ("GET", "/auth/oidc/login"): Example(),
    ("GET", "/auth/oidc/callback"): Example(query={"state": "af0ifjsldkj", "code": "SplxlOBeZQQYbYS6WxSbIA"}),
    ("POST", "/desk/claims"): Example(headers={"Hotich-Csrf": "…"}, body={"tab": _TAB, "count": 8}),
    ("POST", "/desk/claims/keep"): Example(headers={"Hotich-Csrf": "…"}, body={"tab": _TAB, "items": [_ID]}),
    ("POST", "/desk/claims/release"): Example(headers={"Hotich-Csrf": "…"}, body={"tab": _TAB, "items": [_ID]}),
    ("POST", "/desk/decisions"): Example(
        headers={"Hotich-Csrf": "…"},
        body={
            "decision_id": _OTHER,
            "item_id": _ID,
            "lease": _ID,
            "tab": _TAB,
            "choice": "correct",
            "text": "Nguyễn Thị Mẫu",
        },
    ),
    ("POST", "/desk/decisions/{decision_id}/undo"): Example(
        path={"decision_id": _OTHER}, headers={"Hotich-Csrf": "…"}, body={"tab": _TAB}
    ),
    ("GET", "/desk/items/{item_id}/line.jpg"): Example(path={"item_id": _ID}),
    ("GET", "/desk/items/{item_id}/page.jpg"): Example(path={"item_id": _ID}, query={"page": "1"}),
    ("GET", "/desk/items/{item_id}/view.json"): Example(path={"item_id": _ID}),
}


def put_examples(document: dict[str, Any]) -> None:
    """Puts each example into its operation: parameters, and the body where it is JSON."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            example = EXAMPLES.get((method.upper(), path))
            if example is None:
                continue
            given = {**example.path, **example.query, **example.headers}
            for parameter in operation.get("parameters", ()):
                if parameter["name"] in given:
                    parameter["example"] = _typed(given[parameter["name"]], parameter["schema"])
            content = operation.get("requestBody", {}).get("content", {})
            if example.body is not None and "application/json" in content:
                content["application/json"]["example"] = dict(example.body)


def _typed(value: str, schema: Mapping[str, Any]) -> str | int:
    return int(value) if schema.get("type") == "integer" else value
