"""What a Prefect worker imports: the flows, wired by this machine's settings."""

from __future__ import annotations

from flows.adapt_books import adapt_due, provide_learner
from flows.keep_archive import keep_archive, provide_keeping
from flows.read_queue import provide_queue, read_batch, reconcile, take_in
from flows.reread import provide_reread, reread_archive
from hotich.wiring.batch import reread_chosen
from hotich.wiring.books import adapt_due_books
from hotich.wiring.keeping import keep
from hotich.wiring.queue import open_care, read_queued_batch

provide_learner(adapt_due_books)
provide_keeping(keep)
provide_queue(open_care, read_queued_batch)
provide_reread(reread_chosen)

__all__ = ["adapt_due", "keep_archive", "read_batch", "reconcile", "reread_archive", "take_in"]
