"""`hotich form new SCAN`: a definition proposed from one specimen, for a clerk to correct."""

from __future__ import annotations

import json
import re
import sys
from argparse import Namespace
from pathlib import Path

from hotich.settings import load_settings
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def new(arguments: Namespace) -> int:
    """Exit code 0. An existing file is never overwritten: a clerk may have corrected it."""
    from hotich.wiring.processes import proposing_process
    from workers.propose_form import ProposeForm

    settings = load_settings(arguments.home)
    form_id = arguments.form_id or (arguments.out.stem if arguments.out else "mau-moi")
    if not _ID.fullmatch(form_id):
        raise WrongUse(
            Message("tên mẫu chỉ gồm a-z, 0-9, - và _: dùng --id", "a form's id has a-z, 0-9, - and _: use --id").about(
                form_id
            )
        )
    if not arguments.scan.is_file():
        raise WrongUse(Message("không có tệp này", "no such file").about(str(arguments.scan)))
    with proposing_process(settings) as pool:
        text: str = pool.submit(ProposeForm(path=str(arguments.scan.absolute()), form_id=form_id)).result()
    if arguments.out:
        _write(arguments.out, text)
    if arguments.json:
        print(json.dumps({"form": form_id, "definition": text}, ensure_ascii=False))
    elif not arguments.out:
        print(text, end="")
    where = settings.home / "forms"
    print(
        f"Hãy sửa đề xuất rồi để vào {where} (tệp .toml) / correct the proposal, then put it into {where}",
        file=sys.stderr,
    )
    return 0


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as out:
            out.write(text)
    except OSError as error:
        raise WrongUse(Message(f"{path}: không ghi được", f"cannot be written ({error.strerror})")) from error
