"""What the office signs with, by the settings; without any, a test PKI that says what it is."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from hotich.settings import Settings
from hotich.wiring.processes import preparing_process
from hotich.wiring.stores import time_stamp_authority
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message

if TYPE_CHECKING:
    from storage.catalogue import Catalogue
    from storage.objects import ObjectStore
    from storage.office.store import OfficeStore
    from storage.signing import PdfSigning, Revocation, SigningKey
    from workers.copies import CopyMaker
    from workers.prepare_copy import Places

FETCH = "fetch"


@contextlib.contextmanager
def signing_key(settings: Settings) -> Iterator[SigningKey]:
    """The key for one use: of a device, of a file, or the test PKI's. Raises NoSigningKey."""
    from storage.signing import trial_key
    from storage.signing.key import of_pkcs11, of_pkcs12
    from storage.times import utc_now

    if settings.sign_pkcs11_module:
        with of_pkcs11(
            settings.sign_pkcs11_module,
            token=settings.sign_pkcs11_token,
            certificate=settings.sign_pkcs11_certificate,
            pin=settings.sign_password,
        ) as key:
            yield key
    elif settings.sign_pkcs12:
        yield of_pkcs12(Path(settings.sign_pkcs12).expanduser(), settings.sign_password)
    else:
        yield trial_key(settings.home / "trial-signing", at=utc_now())


@contextlib.contextmanager
def pdf_signing(settings: Settings) -> Iterator[PdfSigning]:
    """How copies are signed. Raises WrongUse, NoSigningKey."""
    from storage.signing import PdfSigning

    authority = time_stamp_authority(settings)
    with signing_key(settings) as key:
        yield PdfSigning(key=key, authority=authority, revocation=_revocation(settings))


def copy_maker(settings: Settings, catalogue: Catalogue, objects: ObjectStore, office: OfficeStore) -> CopyMaker:
    """Makes signed copies; the key is opened when one is made."""
    from workers.copies import CopyMaker

    return CopyMaker(
        catalogue=catalogue,
        objects=objects,
        office=office,
        signing=lambda: pdf_signing(settings),
        public_url=settings.public_url,
        office_name=settings.sign_office,
        prepare=lambda data, places: _prepared(settings, data, places),
    )


def _prepared(settings: Settings, data: bytes, places: Places | None) -> bytes:
    """See `PrepareCopy`; in a process of its own. Raises what a process that ends badly raises."""
    from storage.files import translated_os_errors
    from workers.prepare_copy import PrepareCopy
    from workers.spool import working_folder

    with (
        translated_os_errors(Message("làm bản sao", "making the copy")),
        working_folder(settings.home / "spool") as folder,
        preparing_process(settings) as pool,
    ):
        source, target = folder / "copy.pdf", folder / "made.pdf"
        source.write_bytes(data)
        pool.submit(PrepareCopy(path=str(source), target=str(target), places=places)).result()
        return target.read_bytes()


def _revocation(settings: Settings) -> Revocation | None:
    """Where it is known from whether certificates were revoked; None where that is not set. Raises WrongUse."""
    from storage.signing import Revocation
    from storage.signing.key import certificates_at

    if not settings.sign_revocation:
        return None
    if not (settings.sign_roots and settings.time_stamp_url):
        raise WrongUse(
            Message(
                "sign_revocation cần sign_roots, time_stamp_url và time_stamp_roots",
                "sign_revocation needs sign_roots, time_stamp_url and time_stamp_roots",
            )
        )
    files = [Path(name).expanduser() for name in (settings.sign_roots, settings.time_stamp_roots)]
    roots = tuple(certificate for file in files for certificate in certificates_at(file))
    if settings.sign_revocation == FETCH:
        return Revocation(roots=roots, fetch=True)
    folder = Path(settings.sign_revocation).expanduser()
    lists = tuple(sorted(folder.glob("*.crl")))
    if not lists:
        message = Message("sign_revocation: thư mục không có tệp .crl nào", "there is no .crl file in this folder")
        raise WrongUse(message.about(str(folder)))
    return Revocation(roots=roots, lists=lists)
