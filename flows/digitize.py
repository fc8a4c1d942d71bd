"""The Prefect flow of the main job: one task per batch of files.

Tasks only carry an order's number and a batch's number: Prefect stores and shows parameters, and the names
of files are often the names of people. What is done once and what again is the ledger's affair, so
a task that runs twice does nothing twice, and Prefect's own caching stays off.
"""

from __future__ import annotations

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.order import Order
from flows.results import totals

_ORDERS: dict[str, Order] = {}


def register_order(number: str, order: Order) -> None:
    """Makes an order of this process known to the flow by its number."""
    _ORDERS[number] = order


@task(name="digitize-batch", task_run_name="batch-{batch}", cache_policy=NO_CACHE, persist_result=False)
def digitize_batch(order: str, batch: int) -> dict[str, float]:
    """Does one batch; gives counts, no names."""
    return totals(_ORDERS[order].run(batch))


@flow(name="digitize", flow_run_name="order-{order}", persist_result=False, validate_parameters=False)
def digitize(order: str, batches: int) -> dict[str, float]:
    """Does every batch of an order in turn."""
    done: dict[str, float] = {}
    for batch in range(batches):
        for name, count in digitize_batch(order, batch).items():
            done[name] = done.get(name, 0) + count
    return done
