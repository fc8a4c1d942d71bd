"""Prefect's own watch over runs: one whose heartbeat stops is crashed, also where no reconciliation runs.

The ledger needs none of it: work of a machine that is gone waits again when its lease ends.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from prefect.automations import Automation
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification

NAME = "hotich: runs that are not heard of any more"
_SILENT = timedelta(seconds=90)  # three heartbeats


def crash_silent_runs() -> None:
    """Registers the watch. Idempotent."""
    wanted = Automation(
        name=NAME,
        description="Crashes runs that send no heartbeat for 90 seconds",
        trigger=EventTrigger(
            after={"prefect.flow-run.heartbeat"},
            expect={
                "prefect.flow-run.heartbeat",
                "prefect.flow-run.Completed",
                "prefect.flow-run.Failed",
                "prefect.flow-run.Cancelled",
                "prefect.flow-run.Crashed",
            },
            match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=_SILENT,
        ),
        actions=[
            ChangeFlowRunState(name=None, state=StateType.CRASHED, message="no heartbeat for 90 seconds", force=False)
        ],
    )
    asyncio.run(_register(wanted))


async def _register(wanted: Automation) -> None:
    try:
        await Automation.aread(name=NAME)
    except ValueError:
        await wanted.acreate()
