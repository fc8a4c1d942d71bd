"""`hotich register load FILE.csv`."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from dataclasses import asdict

from hotich.settings import load_settings
from hotich.wiring.stores import load_population
from storage.register import LoadReport

_SHOWN = 20


def load(arguments: Namespace) -> int:
    report = load_population(load_settings(arguments.home), arguments.file)
    if arguments.json:
        print(json.dumps(asdict(report), ensure_ascii=False, indent=2))
    for bad in report.bad[:_SHOWN]:
        print(f"  dòng / line {bad.line}: {bad.message} [{bad.code}]", file=sys.stderr)
    if report.bad_count > _SHOWN:
        print(f"  … {report.bad_count - _SHOWN} dòng nữa / more lines", file=sys.stderr)
    print(_line(report), file=sys.stderr)
    return 0


def _line(report: LoadReport) -> str:
    return (
        f"CSDL dân cư: thêm {report.added}, sửa {report.updated}, giữ nguyên {report.unchanged}, "
        f"bỏ {report.bad_count} dòng lỗi; tổng {report.people} người / "
        f"Register: {report.added} added, {report.updated} updated, {report.unchanged} unchanged, "
        f"{report.bad_count} bad lines left out; {report.people} people"
    )
