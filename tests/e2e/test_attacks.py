"""A real `hotich serve` that is pushed: what honest callers meet meanwhile, and what it costs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.attacks import run
from tests.bench.service_server import serving

MOST_MB, MOST_S = 200.0, 1.0


@pytest.mark.slow
def test_a_thousand_half_open_connections_and_two_hundred_sign_ins_keep_nobody_out(tmp_path: Path) -> None:
    with serving(tmp_path, workers=1) as server:
        told = run(server, connections=1_000, parallel=200, held_s=15.0)
    print(told)
    for attack in ("half_open", "slow_bodies", "logins", "both"):
        met = told[attack]
        assert set(met["honest"]) == {"200"}, (attack, met)  # type: ignore[call-overload]
        assert float(str(met["health_max_s"])) <= MOST_S, (attack, met)
        assert float(str(met["memory_mb"])) <= MOST_MB, (attack, met)
