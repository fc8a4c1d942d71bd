"""PAdES signatures (ETSI EN 319 142-1) on copies, by pyHanko: B-B by the office's key alone, B-T with an authority's
time stamp, B-LTA with what shows that no certificate was revoked, and a time stamp over all of it.
"""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from asn1crypto import tsp
from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints, LayoutError
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, PdfTimeStamper
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, ValidationError

from pipeline.domain.message import Message
from storage.signing.key import NoSigningKey, SigningFailed, SigningKey
from storage.time_stamps import TimeStampAuthority

# It logs names of signers: logs hold none.
for _library in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_library).setLevel(logging.CRITICAL + 1)

_FIELD = "hotich"
_DIGEST = "sha256"
_IN_ONE_STEP = DSSContentSettings(include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE)
Box = tuple[float, float, float, float]


class Level(StrEnum):
    """How long a signature can be shown to be good: while its certificate is, or beyond."""

    B_B = "PAdES B-B"
    B_T = "PAdES B-T"
    B_LTA = "PAdES B-LTA"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """Where it is known from that certificates were not revoked: `lists`, files of revocation lists; `fetch`: asked for
    where the certificates say. `roots`: the certificates that the signer's and the time-stamp authority's go back to,
    as pyHanko has them."""

    roots: tuple[Any, ...]
    lists: tuple[Path, ...] = ()
    fetch: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedPdf:
    pdf: bytes
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfSigning:
    """How copies are signed. Without `authority` at B-B, without `revocation` at B-T."""

    key: SigningKey
    authority: TimeStampAuthority | None = None
    revocation: Revocation | None = field(default=None)

    @property
    def level(self) -> Level:
        if self.authority is None:
            return Level.B_B
        return Level.B_T if self.revocation is None else Level.B_LTA

    def sign(self, pdf: bytes, box: Box, *, office: str, reason: str) -> SignedPdf:
        """The PDF with a signature that covers all of it and allows no change. What was there stays byte for byte;
        the signature comes behind it. `box`: where a viewer shows that there is one, on the first page. Raises
        SigningFailed, NoStamp."""
        metadata = PdfSignatureMetadata(
            field_name=_FIELD,
            md_algorithm=_DIGEST,
            subfilter=SigSeedSubFilter.PADES,
            name=office,
            reason=reason,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
            dss_settings=_IN_ONE_STEP,
            **self._validated(),
        )
        stamper = None if self.authority is None else _Stamper(self.authority)
        signer = _ArchivalSigner(
            metadata,
            self.key.signer,
            timestamper=stamper,
            stamp_style=_nothing(box),
            new_field_spec=SigFieldSpec(_FIELD, on_page=0, box=_whole(box)),
        )
        try:
            out = signer.sign_pdf(_ArchivalWriter(io.BytesIO(pdf)), output=io.BytesIO())
            if stamper is not None and self.level is Level.B_LTA:
                out = PdfTimeStamper(stamper, field_name=f"{_FIELD}-time").timestamp_pdf(
                    _ArchivalWriter(io.BytesIO(out.getvalue())),
                    _DIGEST,
                    self._validated()["validation_context"],
                    dss_settings=_IN_ONE_STEP.get_settings_for_ts(),
                )
        except (SigningError, ValidationError, PathBuildingError, LayoutError, PdfError, ValueError, OSError) as error:
            raise SigningFailed(
                Message(
                    f"Không ký được bản sao ({type(error).__name__})",
                    f"The copy could not be signed ({type(error).__name__}: {str(error)[:200]})",
                )
            ) from error
        return SignedPdf(pdf=out.getvalue(), level=self.level)

    def _validated(self) -> dict[str, Any]:
        """What shows that the certificates were good, for a signature that lasts."""
        if self.level is not Level.B_LTA or self.revocation is None:
            return {}
        try:
            lists = [path.read_bytes() for path in self.revocation.lists]
        except OSError as error:
            raise NoSigningKey(
                Message("không đọc được danh sách thu hồi (sign_revocation)", "a revocation list cannot be read")
            ) from error
        context = ValidationContext(
            trust_roots=list(self.revocation.roots),
            other_certs=list(self.key.signer.cert_registry),
            crls=lists,
            allow_fetching=self.revocation.fetch,
            revocation_mode="hard-fail",  # what says nothing of revocation is not B-LTA
        )
        return {"validation_context": context, "embed_validation_info": True}


class _ArchivalWriter(IncrementalPdfFileWriter):
    """Leaves the document's metadata as they are: they say what the copy is of, and pyHanko's own way of writing them
    names two packets."""

    def _update_meta(self) -> None:
        """Nothing is noted of the signing program."""


class _ArchivalSigner(PdfSigner):
    """Asks for no later PDF than 1.7, of which PDF/A-2 is a part, whatever the key's curve."""

    def register_extensions(self, pdf_out: Any, *, md_algorithm: str) -> None:  # noqa: ARG002
        pdf_out.register_extension(ESIC_EXTENSION_1)


class _Stamper(TimeStamper):
    """The authority that checkpoints are stamped by, as pyHanko asks for stamps."""

    def __init__(self, authority: TimeStampAuthority) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._authority = authority

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        digest = bytes(req["message_imprint"]["hashed_message"].native)
        return tsp.TimeStampResp.load(self._authority.answer(req.dump(), digest))


def _whole(box: Box) -> tuple[int, int, int, int]:
    left, bottom, right, top = (round(side) for side in box)
    return left, bottom, max(right, left + 1), max(top, bottom + 1)


def _nothing(box: Box) -> StaticStampStyle:
    """An appearance that shows nothing: the mark, which is part of the page, stands there."""
    left, bottom, right, top = _whole(box)
    empty = RawContent(b"", box=BoxConstraints(width=right - left, height=top - bottom))
    return StaticStampStyle(background=empty, border_width=0, background_opacity=1)
