"""What a Prefect worker imports: the flows, wired by this machine's settings."""

from __future__ import annotations

from flows.adapt_books import adapt_due, provide_learner
from flows.digitize import digitize_inbox, provide_inbox
from flows.keep_archive import keep_archive, provide_keeping
from flows.reread import provide_reread, reread_archive
from hotich.wiring.batch import inbox_batches, reread_chosen
from hotich.wiring.books import adapt_due_books
from hotich.wiring.keeping import keep

provide_inbox(inbox_batches)
provide_learner(adapt_due_books)
provide_keeping(keep)
provide_reread(reread_chosen)

__all__ = ["adapt_due", "digitize_inbox", "keep_archive", "reread_archive"]
