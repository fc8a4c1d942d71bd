"""`hotich schema`: the JSON Schema of a record."""

from __future__ import annotations

import json
from argparse import Namespace

from pipeline.records.contract import record_schema


def run(_: Namespace) -> int:
    print(json.dumps(record_schema(), ensure_ascii=False, indent=2))
    return 0
