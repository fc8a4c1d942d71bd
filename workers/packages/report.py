"""What a package says of itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

LISTING: Final = "package.json"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """`code`: the document's holding code, or empty for the package as a whole; `what`: the document, a field, a file;
    never a value."""

    code: str
    what: str
    why: str


@dataclass(kw_only=True)
class PackageReport:
    """`faults`: what the package's own check found; a package with one is not handed out."""

    kind: str
    documents: int = 0
    left_out: list[LeftOut] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def leave_out(self, code: str, what: str, why: str) -> None:
        self.left_out.append(LeftOut(code=code, what=what, why=why))

    def facts(self) -> dict[str, Any]:
        left_out = [{"code": one.code, "what": one.what, "why": one.why} for one in self.left_out]
        return {"kind": self.kind, "documents": self.documents, "left_out": left_out, **self.notes}

    def write(self, folder: Path) -> None:
        """Lists the package's files with their digests, in `package.json` beside them."""
        told = {**self.facts(), "files": dict(digests(folder))}
        text = json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True)
        (folder / LISTING).write_text(text + "\n", encoding="utf-8")


def digests(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file below the folder but the listing, by its name in it, with its SHA-256."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != LISTING:
            yield path.relative_to(folder).as_posix(), sha256_of(path)


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()
