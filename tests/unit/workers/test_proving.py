"""Proof bundles, checked by the script that a third party runs: each part counts, and nobody else is seen."""

from __future__ import annotations

import ast
import base64
import io
import sys
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

import scripts.verify_proof as script
from pipeline.domain.errors import WrongUse
from pipeline.intake.limits import IntakeLimits
from pipeline.judging.review.policy import default_policy
from pipeline.records.persons import person_in
from storage.checkpoints import CheckpointKey, Checkpoints, read_checkpoints
from storage.inclusion import NotAnchored
from storage.office.store import OfficeStore
from storage.review import ReviewStore
from storage.review.trail import Trail, trail_of
from storage.signing import PdfSigning, SigningKey, trial_key
from storage.taking_checkpoint import take_checkpoint
from storage.times import utc_now
from tests.making.desk_home import CERTIFICATE, DeskHome, truths
from workers.draw_view import Viewer
from workers.finding import Seeker
from workers.proving import Proof, ProofMaker
from workers.view_jobs import Shown, ShowProof

LAN = Seeker(actor="lan", office="", purpose="theo yêu cầu của tòa án")
FIELD = "mother_full_name"
SCRIPT = Path(script.__file__)


class InThisProcess:
    """Draws as the bounded process does, here."""

    def __init__(self) -> None:
        self._viewer = Viewer(IntakeLimits())

    def proof(self, job: ShowProof) -> Future[Shown]:
        done: Future[Shown] = Future()
        done.set_result(self._viewer(job, self))  # type: ignore[arg-type]
        return done

    def page(self, number: int) -> None:
        """Nobody counts."""

    def source(self, path: str) -> Any:
        return Path(path)


class Archive:
    """One paper in an archive whose logs were signed once, and what makes proofs of it."""

    def __init__(self, folder: Path) -> None:
        self.home = DeskHome.open(folder / "home")
        self.paper = self.home.add(doubt=[FIELD])
        self.office = OfficeStore(self.home.catalogue.database)
        ReviewStore(self.home.catalogue.database, policy=default_policy(), draw=lambda *_: 1.0)
        self.key: SigningKey = trial_key(folder / "trial", at=utc_now())
        self.checkpoint_key = CheckpointKey.at(folder / "office.key")
        self.place = folder / "checkpoints"
        self.roots = folder / "roots.pem"
        self.roots.write_bytes(x509.load_pem_x509_certificates(self.key.certificates)[1].public_bytes(Encoding.PEM))
        with self.home.catalogue.unit() as unit:
            details = {"choice": "alternative", "value": "Cao Hải Uyên"}
            for field in (FIELD, "full_name"):
                Trail(unit.connection, unit.clock).append(
                    actor="hoa", action="decided", document_id=self.paper.document_id, field=field, details=details
                )
            unit.commit()

    def anchor(self) -> Checkpoints:
        take_checkpoint(self.home.catalogue, self.checkpoint_key, [self.place], actor="lan")
        return self.known()

    def known(self) -> Checkpoints:
        return read_checkpoints([self.place])

    def maker(self, *, anchored: bool = False) -> ProofMaker:
        return ProofMaker(
            catalogue=self.home.catalogue,
            objects=self.home.objects,
            office=self.office,
            trail=self.trail,
            signing=lambda: nullcontext(PdfSigning(key=self.key)),
            renderer=InThisProcess(),
            checkpoints=self.known(),
            anchor=self.anchor if anchored else None,
            office_name="UBND phường Mẫu",
        )

    def trail(self, document_id: str) -> list[Any]:
        with self.home.catalogue.database.read() as connection:
            return trail_of(connection, document_id)

    def check(self, bundle: bytes, folder: Path, *, trusted: bool = True) -> int:
        path = folder / "proof.zip"
        path.write_bytes(bundle)
        trust = ["--roots", str(self.roots), "--public", self.checkpoint_key.public] if trusted else []
        return script.main([str(path), *trust])


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    made = Archive(tmp_path_factory.mktemp("proving"))
    made.anchor()
    yield made
    made.home.close()


@pytest.fixture(scope="module")
def proof(archive: Archive) -> Proof:
    return archive.maker(anchored=True).make(archive.paper, FIELD, LAN)


def files_of(bundle: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, data in files.items():
            made.writestr(name, data)
    return out.getvalue()


def broken(archive: Archive, files: dict[str, bytes]) -> list[str]:
    roots = x509.load_pem_x509_certificates(archive.roots.read_bytes())
    return script.verify(files, roots, archive.checkpoint_key.public).broken


def test_a_proof_holds_for_somebody_who_trusts_the_office_alone(
    archive: Archive, proof: Proof, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert archive.check(proof.bundle, tmp_path) == 0
    said = capsys.readouterr().out
    assert "BROKEN" not in said
    assert "not checked" not in said
    for words in ("UBND phường Mẫu", archive.paper.holding_code, FIELD, "TEST, NOT VALID"):
        assert words in said


def test_without_what_you_trust_it_is_only_checked_against_itself(
    archive: Archive, proof: Proof, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert archive.check(proof.bundle, tmp_path, trusted=False) == 3
    assert archive.checkpoint_key.public in capsys.readouterr().out


def test_a_proof_that_is_not_anchored_itself_holds_too(archive: Archive, tmp_path: Path) -> None:
    plain = archive.maker().make(archive.paper, "full_name", LAN)
    assert not plain.anchored
    assert archive.check(plain.bundle, tmp_path) == 0


NAMES = (
    "README.txt", "certificates.pem", "chain.jsonl", "checkpoint.json", "crop.png", "decision.json",
    "made-checkpoint.json", "made.jsonl", "page.png", "reading.json", "statement.json", "statement.sig",
)  # fmt: skip


def test_the_bundle_has_these_files_and_no_other(proof: Proof) -> None:
    assert tuple(sorted(files_of(proof.bundle))) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_any_byte_that_is_changed_is_found_and_its_file_named(archive: Archive, proof: Proof, name: str) -> None:
    files = files_of(proof.bundle)
    data = files[name]
    step = max(1, len(data) // 24)
    unseen = []
    for at in [*range(0, len(data), step), len(data) - 1]:
        changed = bytearray(data)
        changed[at] ^= 0x04
        found = broken(archive, files | {name: bytes(changed)})
        wanted = "statement" if name.startswith("statement") else name
        if not any(what.startswith((wanted, "certificates.pem")) for what in found):
            unseen.append(at)
    assert unseen == []


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith(("made", "README"))])
def test_a_file_that_is_taken_out_is_missed(archive: Archive, proof: Proof, name: str) -> None:
    files = files_of(proof.bundle)
    del files[name]
    assert any(what.startswith(name) for what in broken(archive, files))


def test_a_file_that_is_put_in_is_seen(archive: Archive, proof: Proof) -> None:
    assert any(what.startswith("x.png") for what in broken(archive, files_of(proof.bundle) | {"x.png": b"x"}))


def of_other_log(files: dict[str, bytes], archive: Archive) -> dict[str, bytes]:
    return files | {"made.jsonl": files["chain.jsonl"], "made-checkpoint.json": files["checkpoint.json"]}


def without_first(files: dict[str, bytes], archive: Archive) -> dict[str, bytes]:
    return files | {"chain.jsonl": files["chain.jsonl"].split(b"\n", 1)[1]}


def of_other_key(files: dict[str, bytes], archive: Archive) -> dict[str, bytes]:
    other = CheckpointKey(b"x" * 32)
    newest = archive.known().newest
    assert newest is not None
    return files | {"made-checkpoint.json": other.sign(replace(newest.checkpoint, public=other.public)).file()}


def signed_by_another(files: dict[str, bytes], archive: Archive) -> dict[str, bytes]:
    other = trial_key(archive.place.parent / "another", at=utc_now())
    return files | {"statement.sig": other.sign(files["statement.json"]), "certificates.pem": other.certificates}


@pytest.mark.parametrize(
    ("change", "named"),
    [(of_other_log, "made.jsonl"), (without_first, "chain.jsonl"), (of_other_key, "made-checkpoint.json"),
     (signed_by_another, "certificates.pem")],
)  # fmt: skip
def test_what_is_whole_in_itself_and_of_somebody_else_is_found(
    archive: Archive, proof: Proof, change: Callable[[dict[str, bytes], Archive], dict[str, bytes]], named: str
) -> None:
    assert any(what.startswith(named) for what in broken(archive, change(files_of(proof.bundle), archive)))


def test_only_this_persons_ink_is_seen(archive: Archive, proof: Proof) -> None:
    files = files_of(proof.bundle)
    page = cv2.imdecode(np.frombuffer(files["page.png"], np.uint8), cv2.IMREAD_COLOR)
    fields = truths()[CERTIFICATE].fields
    scan = cv2.imread(str(Path("samples") / CERTIFICATE))
    assert page is not None and scan is not None
    scale = page.shape[0] / scan.shape[0]
    shown = {
        name
        for name, (_, _, _, box) in fields.items()
        if (page[round((box[0][1] + box[2][1]) / 2 * scale), round((box[0][0] + box[2][0]) / 2 * scale)] != 208).any()
    }
    assert shown == {name for name in fields if person_in(name) == "mother_"}
    assert (page == 208).all(axis=2).mean() > 0.9


def test_nothing_of_other_fields_is_said(archive: Archive, proof: Proof) -> None:
    files = files_of(proof.bundle)
    told = b"".join(files[name] for name in files if not name.endswith(".png")).decode("utf-8", "replace")
    others = [value for name, (value, *_) in truths()[CERTIFICATE].fields.items() if person_in(name) != "mother_"]
    assert [value for value in others if value and len(value) > 6 and value in told] == []


def test_what_was_read_and_what_people_decided_is_in_it(proof: Proof) -> None:
    files = files_of(proof.bundle)
    assert b'"read"' in files["reading.json"]
    assert files["decision.json"].count(b'"action": "decided"') == 1
    assert b"Cao H" in files["decision.json"]


def test_who_had_a_proof_made_is_noted(archive: Archive, proof: Proof) -> None:
    with archive.office.read() as tables:
        reads = tables.reads.entries(subject=archive.paper.holding_code)
    assert [one.action for one in reads][:1] == ["archive.proved"]
    made = [one for one in archive.home.catalogue.audit_entries() if one.action == f"proof.made:{FIELD}"]
    assert made and made[0].digest is not None


def test_a_field_that_is_not_there_gives_no_proof(archive: Archive) -> None:
    with pytest.raises(WrongUse):
        archive.maker().make(archive.paper, "nothing", LAN)


def test_without_a_checkpoint_there_is_no_proof(tmp_path: Path) -> None:
    fresh = Archive(tmp_path)
    try:
        with pytest.raises(NotAnchored):
            fresh.maker().make(fresh.paper, FIELD, LAN)
    finally:
        fresh.home.close()


def test_the_script_needs_nothing_of_the_archives_software() -> None:
    imported = set()
    for node in ast.walk(ast.parse(SCRIPT.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(str(node.module).partition(".")[0])
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}


def test_what_is_no_bundle_is_wrong_use(archive: Archive, tmp_path: Path) -> None:
    assert archive.check(b"no zip", tmp_path) == 2
    assert base64.b64decode(archive.checkpoint_key.public)
