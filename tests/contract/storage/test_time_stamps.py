"""Checkpoints countersigned by a real time-stamp authority, kept in the store and on paper."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from pipeline.records.safe_page import write_safe_page
from storage.checkpoint_places import StorePlace
from storage.checkpoints import CheckpointFault, Checkpoints, is_checkpoint, read_checkpoints
from storage.replicas import Store
from storage.taking_checkpoint import Taken, take_checkpoint
from storage.time_stamps import NoStamp, Roots, TimeStampAuthority, stamped_at
from storage.verify import VerifyReport, verify
from tests.contract.storage.test_checkpoints import Anchored
from tests.contract.storage.test_tampering import filled
from tests.making.clock import Clock
from tests.making.time_stamping import Authority, make_authority, running_authority


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    folder = tmp_path_factory.mktemp("authority")
    make_authority(folder)
    with running_authority(folder) as running:
        yield running


class Stamped(Anchored):
    """An archive that keeps its checkpoints in the store too."""

    @property
    def every_place(self) -> list[Path | StorePlace]:
        return [*self.places, StorePlace(Store("store", self.objects))]

    def take(self, authority: Authority | None = None) -> Taken:
        asked = None if authority is None else TimeStampAuthority(url=authority.url, roots=Roots.at(authority.roots))
        catalogue = self.catalogue()
        try:
            return take_checkpoint(
                catalogue, self.key, self.every_place, actor="an", authority=asked, clock=self.clock
            )  # fmt: skip
        finally:
            catalogue.close()

    def found(self, authority: Authority | None = None) -> Checkpoints:
        return read_checkpoints(self.every_place, roots=None if authority is None else Roots.at(authority.roots))

    def checked_with(self, authority: Authority) -> VerifyReport:
        with contextlib.closing(self.catalogue()) as catalogue:
            return verify(self.objects, catalogue, checkpoints=self.found(authority))


@pytest.fixture
def archive(tmp_path: Path, clock: Clock, authority: Authority) -> Stamped:
    authority.answer = None
    (tmp_path / "home").mkdir()
    made = Stamped(tmp_path / "home", clock)
    filled(made)
    return made


def test_a_checkpoint_is_countersigned_and_lies_in_every_place(archive: Stamped, authority: Authority) -> None:
    taken = archive.take(authority)
    assert taken.stamped
    names = {f"0000000{n}.{kind}" for n in (1,) for kind in ("json", "tsr")}
    assert all({name for name, _ in place.read()} == names for place in archive.every_place[2:])  # type: ignore[union-attr]
    assert all({path.name for path in place.iterdir()} == names for place in archive.places)
    stamp = (archive.places[1] / "00000001.tsr").read_bytes()
    assert stamped_at(stamp, taken.signed.file(), Roots.at(authority.roots)).year >= 2026
    report = archive.checked_with(authority)
    assert report.ok, report
    assert (report.checkpoints, report.stamps) == (1, 1)


def test_what_is_taken_away_under_home_and_in_the_second_place_is_missed_by_the_store(archive: Stamped) -> None:
    archive.take()
    for place in archive.places:
        for path in place.iterdir():
            path.unlink()
    assert {fault.what for fault in archive.found().faults} == {"missing"}
    assert len(archive.found()) == 1


def test_a_stamp_with_any_byte_changed_gone_or_of_another_checkpoint_is_found(
    archive: Stamped, authority: Authority
) -> None:
    archive.take(authority)
    archive.take(authority)
    paths = [place / "00000002.tsr" for place in (*archive.places, archive.objects.folder / "checkpoints")]
    sound = paths[0].read_bytes()
    for path in paths:
        path.chmod(0o644)
    for at in range(0, len(sound), 40):
        for path in paths:
            path.write_bytes(sound[:at] + bytes([sound[at] ^ 4]) + sound[at + 1 :])
        assert not archive.checked_with(authority).ok, at
    for path in paths:
        path.write_bytes((archive.places[0] / "00000001.tsr").read_bytes())
    faults = archive.found(authority).faults
    assert CheckpointFault(number=2, what="stamp_wrong") in faults
    for path in paths:
        path.unlink()
    assert [fault.what for fault in archive.checked_with(authority).checkpoint_faults] == ["not_as_noted"]


def test_a_stamp_of_an_authority_that_nobody_trusts_counts_nothing(
    archive: Stamped, authority: Authority, tmp_path: Path
) -> None:
    archive.take(authority)
    (tmp_path / "others").mkdir()
    make_authority(tmp_path / "others", "Stranger")
    others = Authority("", tmp_path / "others" / "root.pem")
    assert CheckpointFault(number=1, what="stamp_wrong") in archive.found(others).faults


@pytest.mark.parametrize("answer", [b"", b"<html>", b"0\x03\x02\x01\x02"])
def test_without_a_valid_answer_the_checkpoint_stands_and_the_next_one_is_stamped(
    archive: Stamped, authority: Authority, answer: bytes
) -> None:
    authority.answer = answer
    taken = archive.take(authority)
    assert (taken.stamped, type(taken.why_not)) == (False, NoStamp)
    authority.answer = None
    assert archive.take(authority).stamped
    assert archive.checked_with(authority).ok


def test_an_authority_that_is_not_there_is_told(archive: Stamped, authority: Authority) -> None:
    nobody = TimeStampAuthority(url="http://127.0.0.1:9/", roots=Roots.at(authority.roots))
    with pytest.raises(NoStamp):
        nobody.stamp(b"data")


def test_the_page_for_the_safe_gives_the_checkpoint_back(archive: Stamped, tmp_path: Path) -> None:
    signed = archive.take().signed
    page = tmp_path / "page.pdf"
    text = signed.file().decode().rstrip()
    with page.open("wb") as out:
        write_safe_page(out, title="ĐIỂM MỐC 1", text=text, lines=[signed.checkpoint.at, signed.digest])
    with contextlib.closing(pypdfium2.PdfDocument(page)) as pdf:
        picture = pdf[0].render(scale=200 / 72).to_pil()
    (code,) = zxingcpp.read_barcodes(picture)
    assert is_checkpoint(signed.name, code.text.encode() + b"\n")
