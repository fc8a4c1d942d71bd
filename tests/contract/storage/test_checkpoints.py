"""With a signed checkpoint in a second place, cutting off, sealing anew and exchanging the catalogue are found."""

from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.domain.errors import WrongUse
from pipeline.judging.review.policy import default_policy
from storage.checkpoints import (
    CheckpointFault,
    CheckpointKey,
    Checkpoints,
    SignedCheckpoint,
    read_checkpoints,
)
from storage.office.store import OfficeStore
from storage.review import ReviewStore
from storage.sealed_log import START, seal
from storage.taking_checkpoint import CheckpointRefused, take_checkpoint
from storage.verify import VerifyReport, verify
from tests.contract.storage.test_tampering import Archive, filled
from tests.making.clock import Clock


class Anchored(Archive):
    """An archive with entries in all three logs, its checkpoints and the office's key apart from both."""

    @property
    def places(self) -> list[Path]:
        return [self.folder / "checkpoints", self.folder.parent / "second"]

    @property
    def key(self) -> CheckpointKey:
        return CheckpointKey.at(self.folder.parent / "office.key")

    def sign(self, key: CheckpointKey | None = None) -> SignedCheckpoint:
        catalogue = self.catalogue()
        try:
            return take_checkpoint(catalogue, key or self.key, self.places, actor="an", clock=self.clock).signed
        finally:
            catalogue.close()

    def checkpoints(self, public: str = "") -> Checkpoints:
        return read_checkpoints(self.places, public=public)

    def checked(self, *, head: str | None = None, public: str = "") -> VerifyReport:
        catalogue = self.catalogue()
        try:
            return verify(self.objects, catalogue, known_head=head, checkpoints=self.checkpoints(public))
        finally:
            catalogue.close()

    def read_and_decide(self) -> None:
        catalogue = self.catalogue()
        with OfficeStore(catalogue.database, clock=self.clock).write() as tables:
            for code in ("A", "B"):
                tables.reads.append(actor="client:x", office="1", action="document.read", subject=code, purpose="why")
        desk = ReviewStore(catalogue.database, policy=default_policy(), draw=lambda _: 1.0)
        with desk.write() as review:
            for name in ("full_name", "sex"):
                review.trail.append(actor="lan", action="decided", document_id="d1", field=name)
        catalogue.close()


@pytest.fixture
def archive(tmp_path: Path, clock: Clock) -> Anchored:
    (tmp_path / "home").mkdir()
    made = Anchored(tmp_path / "home", clock)
    filled(made)
    made.read_and_decide()
    return made


def sealed_anew(archive: Anchored, table: str, names: str, head: str) -> None:
    """All of a log written anew with other actors, every hash of it right again, as its owner can."""
    connection = sqlite3.connect(archive.database)
    columns = names.split()
    before = START
    for row in connection.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY seq").fetchall():
        values = [*row[: columns.index("actor")], "another", *row[columns.index("actor") + 1 :]]
        hashed = seal(json.dumps([*values, before], ensure_ascii=False, separators=(",", ":"), sort_keys=True))
        change = f"UPDATE {table} SET actor = 'another', prev_hash = ?, hash = ? WHERE seq = ?"
        connection.execute(change, (before, hashed, row[0]))
        before = hashed
    connection.execute(head, (before,))
    connection.commit()
    connection.close()


def reseal_audit(archive: Anchored) -> None:
    archive.sql("UPDATE documents SET actor = 'another'", "UPDATE book_lines SET actor = 'another'")
    sealed_anew(archive, "audit", "seq at actor action subject digest", "UPDATE audit_head SET hash = ?")


def reseal_reads(archive: Anchored) -> None:
    archive.sql()
    names = "seq at actor office action subject purpose"
    sealed_anew(archive, "record_reads", names, "UPDATE record_reads_head SET hash = ?")


def reseal_trail(archive: Anchored) -> None:
    archive.sql()
    names = "seq at actor action document_id field commitment"
    sealed_anew(archive, "review_trail", names, "UPDATE review_head SET trail_hash = ?")


_OF_SECOND = "work_id IN (SELECT work_id FROM documents WHERE document_id = 'd3')"


def cut_off(archive: Anchored) -> None:
    """The second file, the one set aside and the book as if they never were: entries, rows and objects."""
    connection = sqlite3.connect(archive.database)
    rows = connection.execute(
        "SELECT original, archival, record FROM documents WHERE document_id = 'd3'"
        f" UNION SELECT object, NULL, NULL FROM page_ledgers WHERE {_OF_SECOND}"
        " UNION SELECT image, correction, NULL FROM book_lines"
    ).fetchall()
    connection.close()
    archive.sql(
        "DELETE FROM fields WHERE document_id = 'd3'",
        f"DELETE FROM page_ledgers WHERE {_OF_SECOND}",
        f"DELETE FROM work WHERE {_OF_SECOND} OR state = 'set_aside'",
        "DELETE FROM documents WHERE document_id = 'd3'",
        "DELETE FROM book_lines",
        "DELETE FROM audit WHERE seq > 6",
        "UPDATE audit_head SET (seq, hash) = (SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1)",
    )
    for name in {name for row in rows for name in row if name}:
        (archive.objects.folder / name).unlink()


def reads_cut_off(archive: Anchored) -> None:
    archive.sql(
        "DELETE FROM record_reads WHERE seq > 1",
        "UPDATE record_reads_head SET (seq, hash) = (SELECT seq, hash FROM record_reads)",
    )


def trail_cut_off(archive: Anchored) -> None:
    archive.sql(
        "DELETE FROM trail_details WHERE seq > 1",
        "DELETE FROM review_trail WHERE seq > 1",
        "UPDATE review_head SET (trail_seq, trail_hash) = (SELECT seq, hash FROM review_trail)",
    )


def logs_removed(archive: Anchored) -> None:
    connection = sqlite3.connect(archive.database)
    connection.executescript("DROP TABLE record_reads; DROP TABLE trail_details; DROP TABLE review_trail")
    connection.close()


def replaced(archive: Anchored) -> None:
    """Another archive in the place of this one, whole by itself."""
    for path in archive.folder.glob("catalogue.db*"):
        path.unlink()
    shutil.rmtree(archive.objects.folder)
    archive.catalogue().close()


TAMPERINGS = {
    "the last entries with their objects cut off": cut_off,
    "the log of reads cut off": reads_cut_off,
    "the trail cut off": trail_cut_off,
    "the whole audit log sealed anew": reseal_audit,
    "the whole log of reads sealed anew": reseal_reads,
    "the whole trail sealed anew": reseal_trail,
    "reads and trail removed": logs_removed,
    "the catalogue exchanged for an empty one": replaced,
}


@pytest.mark.parametrize("done", TAMPERINGS)
def test_what_hash_chains_do_not_show_a_checkpoint_does(archive: Anchored, done: str) -> None:
    archive.sign()
    assert archive.checked().ok, archive.checked()
    TAMPERINGS[done](archive)
    assert archive.verified().ok, archive.verified()  # without a checkpoint nothing is seen
    report = archive.checked()
    assert not report.ok
    logs = [log for log in (report.chain, report.reads, report.trail) if log is not None]
    assert any(log.rewritten_at is not None for log in logs)


def test_what_comes_after_a_checkpoint_changes_nothing_about_it(archive: Anchored) -> None:
    archive.sign()
    archive.read_and_decide()
    archive.sign()
    report = archive.checked(public=archive.key.public)
    assert (report.ok, report.checkpoints, report.checkpoint_key) == (True, 2, archive.key.public), report


def test_a_head_of_any_of_the_three_logs_is_known(archive: Anchored) -> None:
    archive.sign()
    report = archive.checked()
    assert report.reads is not None and report.trail is not None
    for log in (report.chain, report.reads, report.trail):
        assert archive.checked(head=log.head).ok
    unknown = archive.checked(head="sha256:" + "1" * 64)
    assert (unknown.ok, unknown.head_found) == (False, False)


def test_a_checkpoint_taken_away_in_one_place_is_missed(archive: Anchored) -> None:
    signed = archive.sign()
    (archive.places[0] / signed.name).unlink()
    assert archive.checked().checkpoint_faults == (
        CheckpointFault(number=1, what="missing", place=str(archive.places[0])),
    )


def test_a_checkpoint_taken_away_everywhere_is_missed_by_the_audit_log(archive: Anchored) -> None:
    archive.sign()
    for place in archive.places:
        shutil.rmtree(place)
        place.mkdir()
    assert archive.checked().checkpoint_faults == (CheckpointFault(number=1, what="not_as_noted"),)


def test_checkpoints_signed_with_a_key_of_somebody_else_s_are_told(archive: Anchored, tmp_path: Path) -> None:
    archive.sign(CheckpointKey.at(tmp_path / "other.key"))
    report = archive.checked(public=archive.key.public)
    assert [fault.what for fault in report.checkpoint_faults] == ["other_key"]


def test_two_histories_with_the_same_number_are_told(archive: Anchored) -> None:
    first, away = archive.sign(), archive.folder / "away"
    for place in archive.places:
        shutil.move(place, away / place.name)
    archive.clock.advance(timedelta(days=1))
    archive.sign()
    shutil.copy(away / "second" / first.name, archive.places[1] / first.name)
    whats = {fault.what for fault in archive.checked().checkpoint_faults}
    assert "altered" in whats


def test_every_byte_of_a_checkpoint_counts(archive: Anchored) -> None:
    path = archive.places[0] / archive.sign().name
    whole = path.read_bytes()
    path.chmod(0o644)
    for position, byte in enumerate(whole):
        path.write_bytes(whole[:position] + bytes([byte ^ (1 << position % 8)]) + whole[position + 1 :])
        assert archive.checkpoints().faults, position


def test_a_log_that_was_rewritten_is_not_signed(archive: Anchored) -> None:
    archive.sign()
    reseal_audit(archive)
    with pytest.raises(CheckpointRefused):
        archive.sign()


def test_a_second_place_that_lacks_earlier_checkpoints_gets_them(archive: Anchored) -> None:
    archive.sign()
    shutil.rmtree(archive.places[1])
    archive.sign()
    assert archive.checked().ok
    assert len(list(archive.places[1].iterdir())) == 2


def test_a_key_file_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"short")
    with pytest.raises(WrongUse):
        CheckpointKey.at(tmp_path / "key")


def test_a_signature_is_over_what_the_file_says(archive: Anchored) -> None:
    signed = archive.sign()
    assert signed.is_signed()
    forged = replace(signed, checkpoint=replace(signed.checkpoint, at="2020-01-01T00:00:00.000000Z"))
    assert not forged.is_signed()


def test_a_place_that_cannot_be_read_is_told(archive: Anchored) -> None:
    archive.sign()
    shutil.rmtree(archive.places[1])
    assert CheckpointFault(number=0, what="unreadable", place=str(archive.places[1])) in archive.checkpoints().faults
