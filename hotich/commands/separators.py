"""`hotich separators`: a PDF of separator sheets to be printed and put between papers before they are scanned."""

from __future__ import annotations

import json
from argparse import Namespace

from pipeline.codes import Separator, separator_text
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message

_MOST = 1000  # sheets of one file


def run(arguments: Namespace) -> int:
    """Exit code 0. Raises WrongUse where the book's name or the number of sheets cannot be, or the file is there."""
    from pipeline.records.separator_sheets import write_separator_sheets
    from storage.catalogue import checked_book

    if not 1 <= arguments.count <= _MOST:
        raise WrongUse(Message(f"--count: từ 1 đến {_MOST}", f"--count: 1 to {_MOST}"))
    separator = Separator(book=checked_book(arguments.book) if arguments.book is not None else "")
    try:
        with arguments.out.open("xb") as out:
            write_separator_sheets(out, separator, count=arguments.count)
    except OSError as error:
        raise WrongUse(
            Message("không ghi được tệp này", f"cannot be written ({error.strerror})").about(str(arguments.out))
        ) from error
    if arguments.json:
        report = {"file": str(arguments.out), "sheets": arguments.count, "text": separator_text(separator)}
        print(json.dumps(report, ensure_ascii=False))
    else:
        print(f"{arguments.count} tờ ngăn / separator sheets: {arguments.out}")
    return 0
