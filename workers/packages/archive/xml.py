"""XML with the namespaces of the archive packages."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from typing import Final

METS: Final = "http://www.loc.gov/METS/"
XLINK: Final = "http://www.w3.org/1999/xlink"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
CSIP: Final = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"
PREMIS: Final = "http://www.loc.gov/premis/v3"
EAD3: Final = "http://ead3.archivists.org/schema/"

for _prefix, _namespace in {
    "mets": METS,
    "xlink": XLINK,
    "xsi": XSI,
    "csip": CSIP,
    "premis": PREMIS,
    "ead": EAD3,
}.items():
    ET.register_namespace(_prefix, _namespace)


def add(parent: ET.Element, namespace: str, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    """A child element; attributes without a namespace."""
    made = ET.SubElement(parent, f"{{{namespace}}}{name}" if namespace else name, attributes)
    made.text = text
    return made


def as_bytes(root: ET.Element) -> bytes:
    ET.indent(root)
    out = io.BytesIO()
    ET.ElementTree(root).write(out, encoding="UTF-8", xml_declaration=True)
    return out.getvalue() + b"\n"
