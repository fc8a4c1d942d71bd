"""`hotich copy`: a marked and signed copy that can stand in for the paper."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path

from hotich.settings import Settings, load_settings
from hotich.wiring.signing import copy_maker
from hotich.wiring.stores import actor, stores
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message


def run(arguments: Namespace) -> int:
    """Exit code 0. Writes a new copy, and says how far its signature reaches."""
    from storage.files import translated_os_errors
    from storage.office.store import OfficeStore
    from workers.finding import Seeker

    settings = load_settings(arguments.home)
    if settings.is_new:
        raise WrongUse(Message(f"{settings.home}: chưa có gì", "nothing is here yet"))
    check_new(arguments.out)
    who = actor(settings)
    with stores(settings) as (catalogue, objects):
        document = catalogue.named(arguments.document)
        if document is None:
            raise WrongUse(Message("không có giấy tờ này", "there is no such paper").about(arguments.document))
        maker = copy_maker(settings, catalogue, objects, OfficeStore(catalogue.database))
        seeker = Seeker(actor=who, office=settings.office, purpose=arguments.purpose or "hotich copy")
        issued = maker.issue(document, seeker, converter=arguments.converter or who, small=arguments.small)
        with translated_os_errors(Message("ghi bản sao", "writing the copy").about(str(arguments.out))):
            arguments.out.touch(mode=0o600, exist_ok=False)
            arguments.out.write_bytes(issued.pdf)
    copy = issued.copy
    if arguments.json:
        facts = {
            "copy_code": copy.copy_code, "holding_code": document.holding_code, "document_id": copy.document_id,
            "revision": copy.revision, "sha256": copy.object.sha256, "level": copy.level, "test": issued.trial,
            "bytes": len(issued.pdf), "others_covered": issued.covered,
        }  # fmt: skip
        print(json.dumps(facts, ensure_ascii=False, indent=2))
    print(f"{copy.copy_code}: {arguments.out} ({copy.level})", file=sys.stderr)
    if issued.covered:
        print(
            f"Đã che {issued.covered} việc của người khác trên các trang này; mở ra xem trước khi giao"
            f" / {issued.covered} other acts on these pages are covered; open it and look before you hand it out",
            file=sys.stderr,
        )
    if settings.public_url == Settings(home=settings.home).public_url:
        print(
            "Mã QR chỉ mở được trên máy này: đặt public_url / the QR code opens on this machine only: set public_url",
            file=sys.stderr,
        )
    if issued.trial:
        print(
            "Ký bằng chứng thư THỬ NGHIỆM, không có giá trị: đặt sign_pkcs12 hoặc sign_pkcs11_module"
            " / signed with a TEST certificate, not valid: set sign_pkcs12 or sign_pkcs11_module",
            file=sys.stderr,
        )
    return 0


def check_new(path: Path) -> None:
    """Raises WrongUse where something is there already."""
    if path.exists():
        raise WrongUse(Message("tệp đã có", "the file is there already").about(str(path)))
