"""Machine-readable facts first: QR codes, barcodes and the machine-readable zone of chip cards.

*By trial* beside a threshold means: set by trial on the generator's development pages.
"""

from pipeline.codes.barcodes import read_codes, repair_mojibake
from pipeline.codes.citizen import parse_citizen_qr
from pipeline.codes.model import CitizenQr, Code, Mrz, Separator
from pipeline.codes.separator import parse_separator, separator_text
from pipeline.codes.td1 import (
    check_digit,
    checks_hold,
    compose_td1,
    name_is_plausible,
    name_line,
    names_agree,
    parse_td1,
)
from pipeline.codes.zone import find_mrz, read_mrz, upside_down

__all__ = [
    "CitizenQr",
    "Code",
    "Mrz",
    "Separator",
    "check_digit",
    "checks_hold",
    "compose_td1",
    "find_mrz",
    "name_is_plausible",
    "name_line",
    "names_agree",
    "parse_citizen_qr",
    "parse_separator",
    "parse_td1",
    "read_codes",
    "read_mrz",
    "repair_mojibake",
    "separator_text",
    "upside_down",
]
