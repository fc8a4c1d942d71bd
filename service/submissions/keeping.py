"""Which files of a submission are kept. What a procedure asks only to be shown is never archived
(Thông tư 01/2023/TT-VPCP Điều 8; Nghị định 118/2025/NĐ-CP Điều 17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.domain.message import Message
from pipeline.domain.model import DocumentType
from pipeline.judging.verdict import DocumentVerdict, Outcome, Procedure, Reason, Verdict

_MIXED = Message(
    "Tệp này có cả giấy tờ phải lưu và giấy tờ chỉ để xuất trình; hãy gửi giấy tờ chỉ để xuất trình thành tệp riêng",
    "This file holds both a paper that is kept and one that is only shown; send the one that is only "
    "shown as a file of its own",
)


def is_only_shown(wanted: Procedure, document: DocumentVerdict) -> bool:
    """Whether the procedure only looks at this document and does not keep it; the same for a second copy of such a
    document."""
    if document.role is not None:
        return not document.keep
    return any(document.document_type in paper.types for paper in wanted.papers if not paper.keep)


def is_to_be_kept(wanted: Procedure, documents: Sequence[DocumentVerdict]) -> bool:
    """Whether a file with these documents is archived: for a paper that is kept, or for one that a person must look at
    to know what it is; never with a paper that is only shown."""
    if any(is_only_shown(wanted, document) for document in documents):
        return False
    if any(document.keep for document in documents):
        return True
    return wanted.keep and any(document.document_type is DocumentType.UNKNOWN for document in documents)


def is_mixed(wanted: Procedure, documents: Sequence[DocumentVerdict]) -> bool:
    """Whether papers that are kept and papers that are only shown came in one file, which cannot be cut apart."""
    return any(document.keep for document in documents) and any(
        is_only_shown(wanted, document) for document in documents
    )


def with_mixed_files(verdict: Verdict, files: Sequence[str]) -> Verdict:
    """The verdict, asking for these files anew."""
    if not files:
        return verdict
    reasons = tuple(Reason(code="file.mixed", message=_MIXED, outcome=Outcome.RETAKE, file=file) for file in files)
    return replace(verdict, outcome=Outcome.RETAKE, reasons=(*reasons, *verdict.reasons))
