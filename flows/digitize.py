"""The Prefect flows of the main job: one task per batch of files.

Tasks carry nothing but an order's number and a batch's number: Prefect stores and shows parameters, and
the names of files are often the names of people. What is done once and what again is the ledger's
affair, so a task that runs twice does nothing twice, and Prefect's own caching stays off.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from pipeline.domain.errors import ResourceError
from pipeline.domain.message import Message
from workers.batch.batches import Order
from workers.batch.results import totals

OrderMaker = Callable[[bool], AbstractContextManager[Order]]
"""Opens the order for what lies in the inbox now; told whether to read again what was set aside."""

_ORDERS: dict[str, Order] = {}
_makers: list[OrderMaker] = []


def register_order(order: Order) -> str:
    """Makes an order of this process known to the flow; gives its number."""
    number = uuid.uuid4().hex
    _ORDERS[number] = order
    return number


def provide_inbox(make: OrderMaker) -> None:
    """Says how an inbox's order is opened: the wiring calls it where deployed flows are loaded."""
    _makers[:] = [make]


@task(name="digitize-batch", task_run_name="batch-{batch}", cache_policy=NO_CACHE, persist_result=False)
def digitize_batch(order: str, batch: int) -> dict[str, float]:
    """Does one batch; gives counts, no names."""
    return totals(_ORDERS[order].run(batch))


@flow(name="digitize", flow_run_name="order-{order}", persist_result=False, validate_parameters=False)
def digitize(order: str, batches: int) -> dict[str, float]:
    """Does every batch of an order in turn."""
    return _sums([digitize_batch(order, batch) for batch in range(batches)])


@flow(name="digitize-inbox", persist_result=False, retries=2, retry_delay_seconds=30)
def digitize_inbox(retry_set_aside: bool = False) -> dict[str, float]:
    """Does what lies in the office's inbox and is not done yet. Safe to run at any time, also twice at once."""
    if not _makers:
        raise ResourceError(Message.same("deployed without its wiring"), code="resource.not_wired")
    with _makers[0](retry_set_aside) as order:
        number = register_order(order)
        try:
            return _sums([digitize_batch(number, batch) for batch in range(len(order))])
        finally:
            del _ORDERS[number]


def _sums(counts: list[dict[str, float]]) -> dict[str, float]:
    return {name: sum(count[name] for count in counts) for name in (counts[0] if counts else {})}
