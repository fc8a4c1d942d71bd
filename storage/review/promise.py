"""What samples show of the promise (`TriageSettings.accept_at`): how often fields accepted unseen may be wrong."""

from __future__ import annotations

import sqlalchemy as sa

from pipeline.judging.review.asking import FieldGroup
from pipeline.judging.review.intervals import exact_interval
from pipeline.judging.review.policy import ReviewPolicy
from pipeline.settling.triage import TriageSettings
from storage.review.items import ItemState
from storage.review.statistics import decided_before
from storage.review.tables import IS_SAMPLE, review_items


def suspended(connection: sa.Connection, policy: ReviewPolicy) -> frozenset[FieldGroup]:
    """Groups whose samples prove (at 95 %) more errors than promised. Their fields are not accepted unseen until newer
    samples no longer prove it.
    """
    promise = 1.0 - TriageSettings().accept_at
    names = (review_items.c.document_type, review_items.c.form, review_items.c.field_class)
    wrong = sa.func.sum(sa.case((review_items.c.wrong, 1), else_=0))
    query = (
        sa.select(*names, sa.func.count(), wrong)
        .where(IS_SAMPLE, review_items.c.state == ItemState.DONE.value, ~decided_before())
        .group_by(*names)
        .having(sa.func.count() >= policy.sample_least)
    )
    return frozenset(
        (kind, form, field_class)
        for kind, form, field_class, count, errors in connection.execute(query)
        if exact_interval(errors, count).above(promise)
    )
