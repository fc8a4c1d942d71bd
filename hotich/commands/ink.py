"""`hotich ink key|export|merge|learn`: decided lines shared between offices, and the base reader learnt from them."""

from __future__ import annotations

import json
import os
import sys
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotich.settings import Settings, load_settings
from hotich.wiring.stores import actor, make_home, stores
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message

if TYPE_CHECKING:
    from workers.ink.keys import OfficeKey

_VERDICTS = {
    "better": "đọc tốt hơn / it reads better",
    "not_better": "không hơn, không ghi / no better, not written",
    "forgets": "quên chữ in, không ghi / it forgets print, not written",
}


def key(arguments: Namespace) -> int:
    """Prints the public key as other offices list it."""
    settings = load_settings(arguments.home)
    public = _key(settings).public
    if arguments.json:
        print(json.dumps({"office": settings.office, "key": public}, ensure_ascii=False))
    else:
        print(f"{settings.office or 'office'} {public}")
    return 0


def export(arguments: Namespace) -> int:
    """Writes a pack to a new file, readable by this user alone."""
    from pipeline.judging.review.policy import load_policy
    from storage.files import translated_os_errors
    from workers.ink.export import export_ink

    settings = load_settings(arguments.home)
    consent = load_policy(settings.home / "review.toml").share_ink
    if arguments.out.exists():
        raise WrongUse(Message(f"{arguments.out}: đã có, cần tệp mới", "is there already; name a new file"))
    with stores(settings) as (catalogue, objects):
        made = export_ink(
            catalogue=catalogue, objects=objects, key=_key(settings), consent=consent, actor=actor(settings)
        )
    with translated_os_errors(Message("ghi gói", "writing the pack")):
        handle = os.open(arguments.out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(made.pack)
    facts = {"lines": made.lines, "of_no_act": made.of_no_act, "acts": made.acts, "pieces": made.pieces}
    _tell(
        arguments.json,
        facts | {"file": str(arguments.out)},
        f"{made.lines} dòng đã duyệt, {made.of_no_act} không rõ của giấy nào (ở lại); "
        f"{made.pieces} mẩu ra, mỗi giấy một / {made.lines} decided lines, {made.of_no_act} of no known paper "
        f"(they stay); {made.pieces} pieces leave, one of a paper",
    )
    return 0


def merge(arguments: Namespace) -> int:
    """Verifies packs and writes their lines to a new folder; nothing where one is refused."""
    from workers.ink.merge import merge as merge_packs

    settings = load_settings(arguments.home)
    merged = merge_packs(arguments.packs, _offices(settings, arguments.keys), arguments.out)
    facts = {
        "packs": [{"office": pack.office, "sha256": pack.sha256, "lines": len(pack.lines)} for pack in merged.packs],
        "lines": len(merged.lines),
        "doubles": merged.doubles,
        "contradicting": merged.contradicting,
    }
    _tell(
        arguments.json,
        facts,
        f"{len(merged.packs)} gói, {len(merged.lines)} mẩu; {merged.doubles} trùng, {merged.contradicting} mâu thuẫn "
        f"(bỏ) / {len(merged.packs)} packs, {len(merged.lines)} pieces; {merged.doubles} doubles, "
        f"{merged.contradicting} contradicting (left out)",
    )
    return 0


def learn(arguments: Namespace) -> int:
    """Exit code 0, whether or not the new model is better; it is written only where it is."""
    from hotich.commands.adapt import base_model
    from ocr_models.adaptation.lines import CorrectedLine, is_image
    from workers.books.corrections import read_corrections
    from workers.ink.merge import learn as learn_base

    if arguments.out.exists():
        raise WrongUse(Message(f"{arguments.out}: đã có, cần thư mục mới", "is there already; name a new folder"))
    read = read_corrections(arguments.folder, is_image)
    lines = [CorrectedLine(line.image, line.text) for line in read.corrections]
    made = learn_base(lines, arguments.out, base=base_model(load_settings(arguments.home)))
    held, printed = made.facts["held_out_cer"], made.facts["printed_cer"]
    _tell(
        arguments.json,
        {"verdict": made.verdict, "folder": str(arguments.out) if made.verdict == "better" else None, **made.facts},
        f"{made.facts['learnt']} mẩu học, {made.facts['held_out']} mẩu để kiểm / pieces learnt, held out\n"
        f"  sai / errors: {held['base']:.1f} → {held['new']:.1f} %; chữ in / print {printed['base']:.1f} → "
        f"{printed['new']:.1f} %\n  {_VERDICTS[made.verdict]}"
        + (f"; đặt / set reader = {str(arguments.out.absolute())!r}" if made.verdict == "better" else ""),
    )
    return 0


def _key(settings: Settings) -> OfficeKey:
    from workers.ink.keys import OfficeKey

    make_home(settings)
    return OfficeKey.at(settings.home / "ink.key")


def _offices(settings: Settings, listed: Path | None) -> Mapping[str, str]:
    """Names by public key: the listed offices, and this one."""
    from workers.ink.keys import listed_keys

    path = listed or settings.home / "ink-keys.txt"
    own = {_key(settings).public: settings.office or "office"}
    return own if listed is None and not path.exists() else {**listed_keys(path), **own}


def _tell(as_json: bool, facts: Mapping[str, Any], text: str) -> None:
    if as_json:
        print(json.dumps(facts, ensure_ascii=False, indent=2))
    else:
        print(text, file=sys.stderr)
