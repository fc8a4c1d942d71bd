"""METS with ALTO: each document's copy, and each of its pages' words in a file of their own."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from pathlib import Path

from storage.objects import ObjectStore
from workers.packages.alto import alto_faults, page_alto, words_of
from workers.packages.archive.mets import Kept, new_id
from workers.packages.archive.xml import METS, XLINK, add, as_bytes
from workers.packages.report import PackageReport, sha256_of
from workers.packages.selected import Selected


def write_mets_alto(selected: Iterable[Selected], objects: ObjectStore, folder: Path) -> PackageReport:
    """A folder for each document, named by its code: `mets.xml`, the copy, `alto/0001.xml` and so on."""
    report = PackageReport(kind="alto")
    for one in selected:
        pdf = one.pdf(objects)
        if pdf is None:
            report.leave_out(one.code, "document", "kho không có bản PDF / the archive has no copy")
            continue
        place = folder / one.code
        (place / "alto").mkdir(parents=True)
        copy = place / f"{one.code}.pdf"
        copy.write_bytes(pdf)
        pages = []
        reports = {page.number: page for page in one.record.pages}
        for at, number in enumerate(one.pages, start=1):
            page = reports[number]
            if not page.width or not page.height:
                report.leave_out(one.code, f"ALTO {number}", "không rõ cỡ trang / the page's size was not noted")
                continue
            data = page_alto(one, page, words_of(pdf, at, (page.width, page.height)))
            report.faults += [f"{one.code}, page {number}: {fault}" for fault in alto_faults(data)]
            path = place / "alto" / f"{number:04d}.xml"
            path.write_bytes(data)
            pages.append(Kept(path=path, href=f"alto/{path.name}"))
        (place / "mets.xml").write_bytes(_mets(one, Kept(path=copy, href=copy.name), pages))
        report.documents += 1
    return report


def _mets(one: Selected, copy: Kept, pages: Sequence[Kept]) -> bytes:
    root = ET.Element(f"{{{METS}}}mets", {"OBJID": one.code, "LABEL": one.title, "TYPE": "Document"})
    head = add(root, METS, "metsHdr", CREATEDATE=one.found.committed_at[:19] + "Z")
    agent = add(head, METS, "agent", ROLE="CREATOR", TYPE="OTHER", OTHERTYPE="SOFTWARE")
    add(agent, METS, "name", one.record.provenance.software)
    files = add(root, METS, "fileSec")
    ids = {}
    for use, kept in (("Copy", [copy]), ("Fulltext", pages)):
        group = add(files, METS, "fileGrp", USE=use)
        for file in kept:
            ids[file.href] = new_id(one.code, file.href)
            made = add(group, METS, "file", ID=ids[file.href], MIMETYPE=file.media_type,
                       SIZE=str(file.path.stat().st_size), CHECKSUM=sha256_of(file.path),
                       CHECKSUMTYPE="SHA-256")  # fmt: skip
            place = add(made, METS, "FLocat", LOCTYPE="URL")
            place.set(f"{{{XLINK}}}type", "simple")
            place.set(f"{{{XLINK}}}href", file.href)
    top = add(add(root, METS, "structMap", TYPE="PHYSICAL"), METS, "div", TYPE="document")
    add(top, METS, "fptr", FILEID=ids[copy.href])
    for order, page in enumerate(pages, start=1):
        div = add(top, METS, "div", TYPE="page", ORDER=str(order), ORDERLABEL=str(int(page.path.stem)))
        add(div, METS, "fptr", FILEID=ids[page.href])
    return as_bytes(root)
