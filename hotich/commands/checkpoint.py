"""`hotich checkpoint`: what stands in the logs today cannot be taken back tomorrow."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from hotich.settings import load_settings
from hotich.wiring.keeping import key_file, take_signed
from hotich.wiring.stores import checkpoint_places, open_catalogue, open_objects
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message

if TYPE_CHECKING:
    from storage.checkpoints import SignedCheckpoint


def run(arguments: Namespace) -> int:
    """Exit code 0. Signs the heads of the three logs, and says with which public key."""
    from storage.checkpoint_places import as_place
    from storage.errors import CatalogueMissing

    settings = load_settings(arguments.home)
    if settings.is_new:
        raise CatalogueMissing(Message(f"{settings.home}: chưa có gì", "nothing is here yet"))
    if arguments.page is not None and arguments.page.exists():
        raise WrongUse(Message("tệp đã có", "the file is there already").about(str(arguments.page)))
    key = key_file(settings, arguments.key)
    catalogue = open_catalogue(settings)
    try:
        places = checkpoint_places(settings, open_objects(settings, for_writing=True), arguments.to)
        taken = take_signed(settings, catalogue, key, places)
    finally:
        catalogue.close()
    signed = taken.signed
    if arguments.page is not None:
        _write_page(arguments.page, signed)
    names = [as_place(place).name for place in places]
    number, logs, public = signed.checkpoint.number, signed.checkpoint.logs, signed.checkpoint.public
    counted = {name: None if log is None else log.entries for name, log in logs.items()}
    if arguments.json:
        facts = {"number": number, "entries": counted, "public": public, "places": names, "stamped": taken.stamped}
        print(json.dumps(facts, ensure_ascii=False, indent=2))
    print(f"điểm mốc / checkpoint {number}: {', '.join(names)}\nkhóa / key: {public}", file=sys.stderr)
    if taken.why_not is not None:
        print(f"{taken.why_not.message} [{taken.why_not.code}]", file=sys.stderr)
    if len(places) == 2:  # under home, and in the store
        print(
            "Chưa có nơi giữ thứ hai: ai sửa được kho cũng xóa được điểm mốc; thêm --to hoặc checkpoint_copies"
            " / there is no second place: who can change the store can take the checkpoint away; give --to",
            file=sys.stderr,
        )
    return 0


def _write_page(path: Path, signed: SignedCheckpoint) -> None:
    """The checkpoint on paper: its file whole in a QR code, and what a person may compare. Raises WrongUse."""
    from pipeline.records.safe_page import write_safe_page

    told = signed.checkpoint
    heads = [f"{name}: {log.entries}, {log.head}" for name, log in told.logs.items() if log is not None]
    lines = [f"{told.at}", f"SHA-256: {signed.digest.removeprefix('sha256:')}", f"Khóa / key: {told.public}", *heads]
    title = f"ĐIỂM MỐC / CHECKPOINT {told.number}"
    try:
        with path.open("xb") as out:
            write_safe_page(out, title=title, text=signed.file().decode().rstrip(), lines=lines)
    except OSError as error:
        raise WrongUse(
            Message("không ghi được tệp này", f"cannot be written ({error.strerror})").about(str(path))
        ) from error
