"""Of one act at most one piece of ink ever leaves, whatever archives and however many packs."""

from __future__ import annotations

import re
import zipfile
from collections import defaultdict
from dataclasses import dataclass
from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st

from storage.ink import GivenPiece
from workers.ink.choosing import Candidate, chosen, now_given
from workers.ink.keys import OfficeKey
from workers.ink.pack import InkLine, packed

KEY = OfficeKey(b"k" * 32)
KINDS = ("name", "date", "number", "address")


@dataclass(frozen=True)
class Field:
    """A decided field of a scan of an act."""

    act: int
    scan: int
    kind: str
    parts: int


fields = st.builds(
    Field, act=st.integers(0, 5), scan=st.integers(0, 2), kind=st.sampled_from(KINDS), parts=st.integers(1, 3)
)


def candidates(archive: list[Field]) -> list[Candidate]:
    """What could leave; the scans of an act that are there are known to be of one act. Texts tell act and kind."""
    scans = defaultdict(set)
    for one in archive:
        scans[one.act].add(f"d{one.act}-{one.scan}")
    return [
        Candidate(
            piece=GivenPiece(f"sha-{one.act}-{one.scan}-{one.kind}", part),
            acts=frozenset(scans[one.act]),
            text=f"{one.act}:{one.kind}:{part}",
            ink=f"{one.act}{one.scan}{one.kind}{part}".encode(),
        )
        for one in dict.fromkeys(archive)
        for part in range(one.parts)
    ]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(fields, max_size=12), min_size=1, max_size=4))
def test_no_two_pieces_of_one_act_leave_in_any_number_of_packs(months: list[list[Field]]) -> None:
    archive: list[Field] = []
    before: dict[str, GivenPiece] = {}
    left: dict[str, set[str]] = defaultdict(set)
    for new in months:
        archive += new
        leaving = chosen(candidates(archive), key=KEY.drawing, given=before)
        before = now_given(leaving) | before
        with zipfile.ZipFile(BytesIO(packed([InkLine(ink=one.ink, text=one.text) for one in leaving], KEY))) as pack:
            for row in pack.read("lines.tsv").decode().splitlines():
                act, _, piece = row.split("\t")[1].partition(":")
                left[act].add(piece)
    assert all(len(pieces) == 1 for pieces in left.values())


@settings(max_examples=80, deadline=None)
@given(st.lists(fields, min_size=1, max_size=20))
def test_every_act_with_a_line_gives_one_piece_and_the_same_again(archive: list[Field]) -> None:
    first = chosen(candidates(archive), key=KEY.drawing, given={})
    assert {one.text.partition(":")[0] for one in first} == {str(one.act) for one in archive}
    again = chosen(candidates(archive[::-1]), key=KEY.drawing, given=now_given(first))
    assert [one.piece for one in again] == [one.piece for one in first]


@settings(max_examples=40, deadline=None)
@given(st.lists(fields, min_size=1, max_size=20))
def test_a_pack_says_nothing_of_documents_images_or_times(archive: list[Field]) -> None:
    leaving = chosen(candidates(archive), key=KEY.drawing, given={})
    data = packed([InkLine(ink=one.ink, text="x") for one in leaving], KEY)
    with zipfile.ZipFile(BytesIO(data)) as pack:
        names = pack.namelist()
        assert {entry.date_time for entry in pack.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        told = b"".join(pack.read(name) for name in names if not name.endswith(".png"))
    assert all(re.fullmatch(r"\d{5}\.png|lines\.tsv|pack\.(json|sig)", name) for name in names)
    assert not any(word.encode() in told for one in leaving for word in (*one.acts, one.piece.image))


def test_the_order_of_a_pack_is_the_keys_and_not_the_archives() -> None:
    archive = [Field(act=act, scan=0, kind="name", parts=1) for act in range(40)]
    acts = [int(one.text.partition(":")[0]) for one in chosen(candidates(archive), key=KEY.drawing, given={})]
    other = chosen(candidates(archive), key=OfficeKey(b"o" * 32).drawing, given={})
    assert sorted(acts) == list(range(40)) != acts
    assert [int(one.text.partition(":")[0]) for one in other] != acts


def test_an_act_whose_given_line_is_gone_gives_nothing_else() -> None:
    archive = [Field(act=1, scan=0, kind="date", parts=1)]
    assert chosen(candidates(archive), key=KEY.drawing, given={"d1-0": GivenPiece("sha-gone", 0)}) == []
