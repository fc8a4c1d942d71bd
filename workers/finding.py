"""Finding documents and taking them away, for whoever may: every search and everything it showed is noted before it is
shown (decision 0015). What was asked is never noted, only of which kind it was, under a keyed digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple, dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.domain.message import Message
from pipeline.judging.review.wording import paper_label
from pipeline.records.archival.decided import with_decisions
from pipeline.records.contract import read_record
from pipeline.records.searching import Closeness, Question
from storage.catalogue import Catalogue, Finds, FoundDocument
from storage.files import translated_os_errors
from storage.objects import ObjectKey, ObjectStore
from storage.office.store import OfficeStore
from workers.exporting import ExportFormat, export

if TYPE_CHECKING:
    from workers.packages.make import PackageKind, PackageOptions
    from workers.packages.report import PackageReport

_NOTED_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeker:
    """Who looks, as the logs name them: `actor` a person or program, their `office`, and what for."""

    actor: str
    office: str
    purpose: str


class Finder:
    """Searches over one archive. `digest`: keyed, so that a log tells whether two searches asked the same, and nothing
    else. Every method raises only `HotichError`s."""

    def __init__(
        self, *, catalogue: Catalogue, office: OfficeStore, objects: ObjectStore, digest: Callable[[str], str]
    ) -> None:
        self._catalogue = catalogue
        self._office = office
        self._objects = objects
        self._digest = digest

    def find(self, question: Question, seeker: Seeker, *, most: int = 50, skip: int = 0) -> Finds:
        """See `storage.catalogue.search.Search.find`."""
        finds = self._catalogue.find(question, most=most, skip=skip)
        reads = [("archive.searched", self._asked(question))]
        reads += [("archive.found", found.holding_code) for found in finds.documents]
        self._note(reads, seeker)
        return finds

    def export(self, question: Question, seeker: Seeker, path: Path, kind: ExportFormat) -> int:
        """Writes everything that is found to `path`, for its owner's eyes only; returns how many documents.

        The file is there only once it is whole and noted: each document in the log of reads, the export with the file's
        digest in the audit log.
        """
        closeness = self._catalogue.find(question, most=1).closeness

        def found() -> Iterator[FoundDocument]:
            return self._catalogue.find_all(question, closeness)

        unfinished = path.with_name(f".{path.name}.unfinished")
        with translated_os_errors(Message("ghi tệp xuất", "writing the export")):
            unfinished.touch(mode=0o600)
        try:
            count = export(found, self._objects, unfinished, kind)
            self._note([("archive.exported", self._asked(question))], seeker)
            codes = (("archive.exported", one.holding_code) for one in found())
            while part := list(islice(codes, _NOTED_AT_ONCE)):
                self._note(part, seeker)
            subject = f"export:{_sha256(unfinished)}"
            self._catalogue.note(actor=seeker.actor, action=f"documents.exported:{kind.value}:{count}", subject=subject)
            with translated_os_errors(Message("ghi tệp xuất", "writing the export")):
                unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
        return count

    def package(
        self, question: Question, seeker: Seeker, folder: Path, kind: PackageKind, options: PackageOptions
    ) -> PackageReport:
        """Writes everything that is found as a package (`workers.packages.make.make_package`) and notes it as `export`
        does."""
        from workers.packages.make import make_package
        from workers.packages.report import LISTING

        closeness = self._catalogue.find(question, most=1).closeness

        def found() -> Iterator[FoundDocument]:
            return self._catalogue.find_all(question, closeness)

        self._note([("archive.exported", self._asked(question))], seeker)
        codes = (("archive.exported", one.holding_code) for one in found())
        while part := list(islice(codes, _NOTED_AT_ONCE)):
            self._note(part, seeker)
        report = make_package(kind, found, self._catalogue, self._objects, folder, options)
        subject = f"package:{_sha256(folder / LISTING)}"
        action = f"package.made:{kind.value}:{report.documents}"
        self._catalogue.note(actor=seeker.actor, action=action, subject=subject)
        return report

    def copies(self, found: Iterable[FoundDocument], seeker: Seeker, folder: Path) -> int:
        """Copies record, archival PDF and original of these documents to the folder, named by their holding codes;
        returns how many files it wrote. A file that is there already is left."""
        count = 0
        for one in found:
            self._note([("archive.copied", one.holding_code)], seeker)
            stored = self._catalogue.document(one.document_id, one.revision)
            assert stored is not None
            ending = Path(one.source_name).suffix.lower()
            for key, name in (
                (one.record, f"{one.holding_code}.json"),
                (one.archival, f"{one.holding_code}.pdf"),
                (stored.original, f"{one.holding_code}.scan{ending}"),
            ):
                path = folder / name
                if key is not None and not path.exists():
                    with translated_os_errors(Message("ghi bản sao", "writing a copy")):
                        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                        path.touch(mode=0o600)
                        path.write_bytes(self._copy(one, key))
                    count += 1
        return count

    def _copy(self, found: FoundDocument, key: ObjectKey) -> bytes:
        """The object; of the archival copy one whose text follows people's decisions."""
        data = self._objects.get(key)
        if key != found.archival:
            return data
        title = f"{paper_label(found.document_type, found.form)[0]} {found.holding_code}"
        return with_decisions(data, read_record(self._objects.get(found.record)), title=title)

    def _asked(self, question: Question) -> str:
        kinds = "+".join(question.asks) or "everything"
        return f"{kinds}#{self._digest(repr(astuple(question)))[:16]}"

    def _note(self, reads: list[tuple[str, str]], seeker: Seeker) -> None:
        with self._office.write() as tables:
            tables.reads.append_all(reads, actor=seeker.actor, office=seeker.office, purpose=seeker.purpose)


CLOSENESS: dict[Closeness, Message] = {
    Closeness.EXACT: Message("đúng như đã gõ", "as typed"),
    Closeness.MARKS: Message(
        "khác dấu: không có giấy tờ nào đúng dấu", "other marks: nothing has those that were typed"
    ),
    Closeness.NEAR: Message("gần giống: sai khác một chữ cái", "nearly so: a letter off"),
    Closeness.WORDS: Message("có đủ các chữ, không theo thứ tự", "all the words, in another order"),
}
"""What is said of finds that are not as they were typed."""


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
