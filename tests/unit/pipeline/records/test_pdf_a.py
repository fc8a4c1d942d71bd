"""Our check of PDF/A-2b finds what breaks a clause: else that nothing is found would mean nothing."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from tests.making.pdf_a import broken_clauses
from tests.unit.pipeline.records.copies.test_mark import copy_of


def changed(change: Callable[[pikepdf.Pdf], object]) -> bytes:
    with pikepdf.open(io.BytesIO(copy_of(0))) as pdf:
        change(pdf)
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def metadata(old: bytes, new: bytes) -> Callable[[pikepdf.Pdf], object]:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.Metadata.write(bytes(pdf.Root.Metadata.read_bytes()).replace(old, new))

    return change


def with_annotation(**more: object) -> Callable[[pikepdf.Pdf], object]:
    def change(pdf: pikepdf.Pdf) -> None:
        given = {"Type": Name.Annot, "Subtype": Name.Link, "Rect": [0, 0, 9, 9], "F": 4} | more
        if "AP" not in given:
            given["AP"] = Dictionary(N=pdf.make_stream(b""))
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(Dictionary(**given))])

    return change


def put(where: Callable[[pikepdf.Pdf], Any], name: str, value: object) -> Callable[[pikepdf.Pdf], object]:
    return lambda pdf: where(pdf).__setitem__(name, value)


def root(pdf: pikepdf.Pdf) -> Any:
    return pdf.Root


def picture(pdf: pikepdf.Pdf) -> Any:
    return next(iter(pdf.pages[0].get_images().values()))


def descriptor(pdf: pikepdf.Pdf) -> Any:
    return pdf.pages[0].obj.Resources.Font.F.DescendantFonts[0]


def content(extra: bytes) -> Callable[[pikepdf.Pdf], object]:
    return lambda pdf: pdf.pages[0].contents_add(pdf.make_stream(extra), prepend=False)


BREAKS: dict[str, tuple[Callable[[pikepdf.Pdf], object], str]] = {
    "a script": (put(root, "/OpenAction", Dictionary(S=Name.JavaScript, JS="x")), "6.5.1"),
    "no output intent": (lambda pdf: pdf.Root.__delitem__("/OutputIntents"), "6.2.3"),
    "no metadata": (lambda pdf: pdf.Root.__delitem__("/Metadata"), "6.6.2.1"),
    "metadata of level A": (metadata(b">B<", b">A<"), "6.6.4"),
    "metadata of another part": (metadata(b">2<", b">1<"), "6.6.4"),
    "a schema of its own": (metadata(b"<dc:format>", b'<x:a xmlns:x="urn:x"/><dc:format>'), "6.6.2.3"),
    "a later version": (put(root, "/Version", Name("/2.0")), "6.1.2"),
    "a second permission": (put(root, "/Perms", Dictionary(Other=Dictionary())), "6.1.12"),
    "layers": (put(root, "/OCProperties", Dictionary()), "6.9"),
    "an interpolated picture": (put(picture, "/Interpolate", True), "6.2.8"),
    "a picture elsewhere": (put(picture, "/F", "x.jpg"), "6.1.7.1"),
    "another device's colour": (put(picture, "/ColorSpace", Name.DeviceCMYK), "6.2.4.3"),
    "an alternate picture": (put(picture, "/Alternates", Array()), "6.2.8"),
    "a font that is not embedded": (lambda pdf: descriptor(pdf).FontDescriptor.__delitem__("/FontFile2"), "6.2.11.4"),
    "wrong widths": (put(descriptor, "/DW", 700), "6.2.11.5"),
    "a hidden annotation": (with_annotation(F=6), "6.3.2"),
    "an annotation that is not printed": (with_annotation(F=0), "6.3.2"),
    "a film": (with_annotation(Subtype=Name.Movie), "6.3.1"),
    "an annotation without appearance": (with_annotation(AP=Dictionary()), "6.3.3"),
    "a form that is drawn by the viewer": (
        put(root, "/AcroForm", Dictionary(Fields=Array(), NeedAppearances=True)), "6.4"
    ),
    "an unknown operator": (content(b"1 2 XX\n"), "6.2.2"),
    "colour of another device in what is drawn": (content(b"0 0 0 1 k\n"), "6.2.4.3"),
    "a state left behind": (content(b"q\n"), "6.2.2"),
    "information beside the metadata": (lambda pdf: pdf.docinfo.__setitem__("/Title", "x"), "6.6.3"),
}  # fmt: skip


def test_a_copy_of_ours_breaks_nothing() -> None:
    assert broken_clauses(changed(lambda pdf: None)) == []


@pytest.mark.parametrize("what", BREAKS)
def test_what_breaks_a_clause_is_found(what: str) -> None:
    change, clause = BREAKS[what]
    assert any(clause in found for found in broken_clauses(changed(change)))


def test_bytes_behind_the_end_torn_metadata_and_another_header_are_found() -> None:
    assert "6.1.3 bytes after the end" in broken_clauses(copy_of(0) + b"x")
    torn = copy_of(0).replace(b"</x:xmpmeta>", b" " * 12, 1)
    assert "6.6.2.1 metadata not well formed" in broken_clauses(torn)
    assert "6.1.2 header" in broken_clauses(copy_of(0).replace(b"%\xe2\xe3\xcf\xd3", b"%abcd", 1))
