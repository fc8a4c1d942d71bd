"""`hotich digitize --dry-run`: what would be read, told without reading or writing anything."""

from __future__ import annotations

import json
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator

from hotich.settings import Settings
from hotich.wiring.processes import provenance
from hotich.wiring.stores import open_catalogue
from pipeline.intake.fixity import sha256_of_file
from workers.batch.inputs import FoundInputs, InputFile

_WORDS = {
    "new": "sẽ đọc / would be read",
    "done": "đã có / done before",
    "set_aside": "chưa xử lý được: thêm --retry để đọc lại / set aside before: --retry reads it again",
    "retried": "sẽ đọc lại / would be read again",
    "unreadable": "không mở được / cannot be opened",
}


def tell(arguments: Namespace, settings: Settings, inputs: FoundInputs) -> int:
    """Prints a line for each file and how many there are of each kind; as JSON with `--json`. Raises HotichError."""
    fates = list(_fates(settings, inputs.files, retry=arguments.retry))
    passed = [{"file": other.name, "reason": str(other.reason)} for other in inputs.passed_over]
    if arguments.json:
        files = [{"file": file.name, "would": fate, "bytes": file.size} for file, fate in fates]
        print(json.dumps({"files": files, "passed_over": passed}, ensure_ascii=False, indent=2))
        return 0
    for file, fate in fates:
        print(f"{file.shown}: {_WORDS[fate]}")
    for other in inputs.passed_over:
        print(f"bỏ qua / passed over: {other.shown}: {other.reason}")
    counts = Counter(fate for _, fate in fates)
    print("; ".join(f"{count} {_WORDS[fate]}" for fate, count in counts.items()))
    return 0


def _fates(settings: Settings, files: tuple[InputFile, ...], *, retry: bool) -> Iterator[tuple[InputFile, str]]:
    from storage.catalogue import WorkKey, WorkState

    made_by = provenance(settings)
    catalogue = None if settings.is_new else open_catalogue(settings)
    try:
        for file in files:
            if file.trouble is not None:
                yield file, "unreadable"
                continue
            digest = sha256_of_file(file.path)
            known = None if catalogue is None else catalogue.item(WorkKey.of(digest, made_by))
            before = known or (None if catalogue is None else catalogue.done_before(digest))
            if known is not None and known.state is WorkState.SET_ASIDE:
                yield file, "retried" if retry else "set_aside"
            else:
                yield file, "done" if before is not None and before.state is WorkState.DONE else "new"
    finally:
        if catalogue is not None:
            catalogue.close()
