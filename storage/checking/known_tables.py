"""Every table of every database: by what `hotich verify` checks it, or why it does not.

A test holds this list against the tables that the migrations make, and takes a row out of each that is checked: a table
that is in neither list, and one of which nobody would miss a row, fails it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_LOG = "the audit log"
_TOLD = "what transactions told the store's log"

CHECKED: Final[Mapping[str, str]] = {
    "audit": "its chain of hashes, the store's log, checkpoints",
    "audit_head": "the chain",
    "blocked_documents": f"{_LOG}; {_TOLD}",
    "book_choices": _TOLD,
    "book_facts": _TOLD,
    "book_lines": f"{_LOG}, in both directions",
    "book_models": f"{_LOG}, in both directions",
    "book_sign_offs": _TOLD,
    "document_books": "the page ledgers",
    "documents": f"{_LOG}, their records, the other documents of their file",
    "fields": "the records",
    "holding_uses": "the log of reads, in both directions",
    "import_works": _TOLD,
    "imports": _TOLD,
    "ink_given": _TOLD,
    "issued_copies": f"{_LOG}; {_TOLD}",
    "legal_holds": f"{_LOG}; {_TOLD}",
    "open_pages": "the page ledgers",
    "page_ledgers": _LOG,
    "person_requests": f"{_LOG}, in both directions",
    "record_reads": "its chain of hashes, checkpoints",
    "record_reads_head": "the chain",
    "review_decisions": "the trail, in both directions",
    "review_head": "the trail's chain",
    "review_trail": "its chain of hashes, checkpoints",
    "source_books": _TOLD,
    "source_names": _TOLD,
    "source_places": _TOLD,
    "sources": "the records",
    "submission_limits": f"{_LOG}, in both directions; of what was erased nothing may be back",
    "submission_rulings": f"{_LOG}, in both directions; the submission's state",
    "submissions": f"{_LOG}, as far as people decided of them",
    "told_apart": f"{_LOG}, in both directions",
    "trail_details": "the trail's commitments; what went, with what was removed",
    "withdrawn_documents": f"{_LOG}, in both directions",
    "work": f"{_LOG}, in both directions",
}
"""By what. All of it also by the database's own means (`storage.checking.database_sound`)."""

_MADE = "made from records, and can be made anew (hotich rebuild, hotich find --rebuild-index)"
_MACHINES = "what the machine answered stands in no log; papers that were kept of it are checked as documents"
_SIGN_IN = "says who may sign in now; what somebody did is in the three logs, changes of accounts in the log of reads"
_UNDER_WAY = "work under way: what came of it is checked as work and documents"
_REGISTER = "a mirror of the population register, loaded anew from it; what it answered stands in the records"
_VERSION = "which migrations were run: a database of another version is not opened"

NOT_CHECKED: Final[Mapping[str, str]] = {
    "act_keys": _MADE,
    "act_secret": "of which the keys of acts are made: with another one papers are not known again, and none is lost",
    "apart_pending": "what waits for the store's log; that it got there is checked, as behind or differing",
    "log_pending": "what waits for the store's log; that it got there is checked, as behind or differing",
    "log_state": "how far the store's log is; the log itself is compared",
    "catalogue_version": _VERSION,
    "review_version": _VERSION,
    "service_version": _VERSION,
    "register_version": _VERSION,
    "client_keys": _SIGN_IN,
    "clients": _SIGN_IN,
    "offices": _SIGN_IN,
    "recovery_codes": _SIGN_IN,
    "sessions": _SIGN_IN,
    "users": _SIGN_IN,
    "ended_visits": "visits of citizens that ended, until they would have anyway",
    "preferences": "how somebody wants pages to look",
    "copy_checks": "counts wrong tries for a quarter of an hour; each look itself is in the log of reads",
    "given_lanes": "who is asked first; who decided what is checked as decisions",
    "held_documents": _MADE,
    "held_persons": _MADE,
    "holdings_head": _MADE,
    "known_inputs": _UNDER_WAY,
    "queue_totals": _UNDER_WAY,
    "queued": _UNDER_WAY,
    "queued_batches": _UNDER_WAY,
    "outbox": "notices that are to be sent; the answer that they tell of stands in the submission",
    "outputs": "where copies were written to, outside the archive",
    "name_counts": _REGISTER,
    "people": _REGISTER,
    "register_state": _REGISTER,
    "review_documents": "made from records, decisions and the trail; papers joined to others are checked with the log",
    "review_items": "made from records and decisions: what is missing is asked anew",
    "search_documents": _MADE,
    "search_head": _MADE,
    "search_pages": _MADE,
    "search_spellings": _MADE,
    "search_words": _MADE,
    "submission_claims": "who has a submission on the screen just now",
    "submission_documents": f"{_MACHINES}; of each row that is there the paper is",
    "submission_files": _MACHINES,
}
"""Why not."""
