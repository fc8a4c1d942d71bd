"""`hotich checkpoint`: what stands in the logs today cannot be taken back tomorrow."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path

from hotich.settings import Settings, load_settings
from hotich.wiring.stores import actor, checkpoint_places, open_catalogue
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message


def run(arguments: Namespace) -> int:
    """Exit code 0. Signs the heads of the three logs, and says with which public key."""
    from storage.checkpoints import CheckpointKey
    from storage.errors import CatalogueMissing
    from storage.files import translated_os_errors
    from storage.taking_checkpoint import take_checkpoint

    settings = load_settings(arguments.home)
    if settings.is_new:
        raise CatalogueMissing(Message(f"{settings.home}: chưa có gì", "nothing is here yet"))
    key = CheckpointKey.at(_key_file(settings, arguments.key))
    places = checkpoint_places(settings, arguments.to)
    catalogue = open_catalogue(settings)
    try:
        with translated_os_errors(Message("ghi điểm mốc", "writing the checkpoint")):
            signed = take_checkpoint(catalogue, key, places, actor=actor(settings))
    finally:
        catalogue.close()
    number, logs = signed.checkpoint.number, signed.checkpoint.logs
    counted = {name: None if log is None else log.entries for name, log in logs.items()}
    if arguments.json:
        facts = {"number": number, "entries": counted, "public": key.public, "places": [str(p) for p in places]}
        print(json.dumps(facts, ensure_ascii=False, indent=2))
    print(f"điểm mốc / checkpoint {number}: {', '.join(map(str, places))}\nkhóa / key: {key.public}", file=sys.stderr)
    if len(places) == 1:
        print(
            "Chưa có nơi giữ thứ hai: ai sửa được kho cũng xóa được điểm mốc; thêm --to hoặc checkpoint_copies"
            " / there is no second place: who can change the store can take the checkpoint away; give --to",
            file=sys.stderr,
        )
    return 0


def _key_file(settings: Settings, named: Path | None) -> Path:
    path = named or (Path(settings.checkpoint_key) if settings.checkpoint_key else None)
    if path is None:
        raise WrongUse(
            Message(
                "Cần tệp khóa ở ngoài kho: --key FILE hoặc thiết lập checkpoint_key",
                "A key file outside the store is wanted: --key FILE or the setting checkpoint_key",
            )
        )
    path = path.expanduser().absolute()
    if path.resolve().is_relative_to(settings.home.resolve()):
        raise WrongUse(
            Message(
                f"{path}: khóa phải nằm ngoài kho",
                "the key must lie outside home: who changes the store must not have it",
            )
        )
    return path
