"""What can be typed to look into the archive: find, book, verify, explain."""

from __future__ import annotations

import argparse
from pathlib import Path

from hotich.arguments import Commands, command, existing


def add_find(commands: Commands) -> None:  # type: ignore[valid-type]
    text = "tìm giấy tờ đã lưu; xuất ra bảng / find stored papers; export them as a table"
    parser = command(commands, "find", ("find", "run"), text)
    add_selection(parser)
    parser.add_argument(
        "--most", type=int, default=20, metavar="N", help="in nhiều nhất N giấy tờ / show at most N (20)"
    )
    parser.add_argument("--skip", type=int, default=0, metavar="N", help="bỏ qua N giấy tờ đầu / leave out the first N")
    parser.add_argument(
        "--export", type=Path, metavar="FILE",
        help="ghi mọi giấy tờ tìm được vào tệp .csv, .xlsx hoặc .jsonl / everything found goes to this file",
    )  # fmt: skip
    parser.add_argument(
        "--copies", type=Path, metavar="DIR",
        help="chép bản quét, PDF và hồ sơ của giấy tờ đã in ra vào đây / scans, PDFs and records of what is shown",
    )  # fmt: skip
    parser.add_argument(
        "--rebuild-index", action="store_true", help="lập lại chỉ mục tìm kiếm từ kho / make the search index anew"
    )


def add_selection(parser: argparse.ArgumentParser) -> None:
    """What is looked for."""
    parser.add_argument(
        "words", nargs="*", metavar="WORD",
        help="chữ, số, ngày ở bất cứ đâu trên giấy tờ / words, numbers, dates anywhere on the paper",
    )  # fmt: skip
    parser.add_argument(
        "--name", metavar="NAME", help="họ tên, có hoặc không có dấu / a person's name, with or without marks"
    )
    parser.add_argument("--number", metavar="N", help="số giấy tờ, số định danh, mã lưu giữ / any number or code")
    parser.add_argument(
        "--date", metavar="DATE", help="ngày bất kỳ: 15/3/1990, 3/1990, 1990, 1980-1985 / any date on the paper"
    )
    parser.add_argument("--born", metavar="DATE", help="ngày sinh, cùng cách viết / a date of birth")
    parser.add_argument("--place", metavar="PLACE", help="địa danh / a place")
    parser.add_argument("--book", metavar="ID", help="sổ / the book")
    parser.add_argument("--type", metavar="TYPE", help="loại giấy tờ, ví dụ birth_certificate / type of paper")
    parser.add_argument("--status", metavar="STATUS", help="accepted | review | rejected")
    parser.add_argument("--near", action="store_true", help="cả tên sai khác một chữ cái / a letter off too")
    parser.add_argument("--office", metavar="OFFICE", help="chỉ của cơ quan này / of this office only")
    parser.add_argument("--purpose", metavar="TEXT", help="tìm để làm gì, ghi vào nhật ký xem / why; noted in the log")


def add_package(commands: Commands) -> None:  # type: ignore[valid-type]
    text = "bàn giao: đóng gói giấy tờ tìm được / hand papers on: everything found as a package"
    parser = command(commands, "package", ("package", "run"), text)
    parser.add_argument(
        "kind",
        choices=("ministry", "cv7197", "archive", "alto", "jsonl"),
        metavar="KIND",
        help="ministry: sổ hộ tịch theo mẫu của Bộ | cv7197 | archive: gói lưu trữ TT 05/2025 (METS, EAD, PREMIS)"
        " | alto: METS/ALTO | jsonl / registers for the ministry, dispatch 7197, archive package, words with places",
    )
    add_selection(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="thư mục mới / a folder not yet there")
    parser.add_argument(
        "--unconfirmed", action="store_true", help="ministry: cả việc còn chờ xem / acts too that are still open"
    )
    parser.add_argument("--first", type=int, default=1, metavar="N", help="cv7197: số thứ tự đầu / first serial (1)")


def add_book(commands: Commands) -> None:  # type: ignore[valid-type]
    text = "các sổ của cơ quan / the office's books"
    parser = commands.add_parser("book", help=text, description=text)  # type: ignore[attr-defined]
    actions = parser.add_subparsers(title="lệnh / commands", metavar="LỆNH", required=True)
    text = "nạp bảng kê các sổ / load a manifest of books"
    load = command(actions, "load", ("book", "load"), text)
    load.add_argument("file", type=existing, metavar="FILE.csv", help="book, folder, number, years, office, pages")
    command(actions, "list", ("book", "show"), "liệt kê, đủ thiếu của từng sổ / list them with what is held of each")
    text = "kiểm một sổ: số thiếu, số trùng, số trang; ký xác nhận / a book's findings, to be signed"
    check = command(actions, "check", ("book", "check"), text)
    check.add_argument("book", metavar="BOOK", help="mã sổ / the book's id")
    check.add_argument(
        "--sign",
        metavar="DIGEST",
        help="ký kết quả có mã này, như đã in / sign the findings of this digest",
    )
    check.add_argument("--note", default="", metavar="TEXT", help="đã xử lý thế nào / what was done about them")


def add_copy(commands: Commands) -> None:  # type: ignore[valid-type]
    text = "bản số hóa có dấu và chữ ký số, dùng thay giấy tờ / a marked and signed copy that stands in for the paper"
    parser = command(commands, "copy", ("copy", "run"), text)
    parser.add_argument("document", metavar="DOCUMENT", help="mã lưu giữ hoặc mã giấy tờ / holding code or document id")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.pdf", help="tệp mới / a new file")
    parser.add_argument(
        "--converter", metavar="NAME",
        help="người chuyển đổi, ghi trên bản sao (actor) / who converts it, as the copy says (actor)",
    )  # fmt: skip
    parser.add_argument(
        "--small", action="store_true", help="bản nhẹ để gửi, khoảng 100 kB một trang A4 / light, some 100 kB an A4"
    )
    parser.add_argument("--purpose", metavar="TEXT", help="để làm gì, ghi vào nhật ký xem / why; noted in the log")


def add_proof(commands: Commands) -> None:  # type: ignore[valid-type]
    text = "bằng chứng về một mục, người ngoài tự kiểm được / a proof of one field that a third party can check"
    parser = command(commands, "proof", ("proof", "run"), text)
    parser.add_argument("document", metavar="DOCUMENT", help="mã lưu giữ hoặc mã giấy tờ / holding code or document id")
    parser.add_argument("field", metavar="FIELD", help="tên mục, ví dụ full_name / the field's name")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.zip", help="tệp mới / a new file")
    parser.add_argument(
        "--key", type=Path, metavar="FILE",
        help="khóa điểm mốc: ký thêm một điểm mốc trên bằng chứng / the checkpoint key, to anchor the proof itself"
        " (checkpoint_key)",
    )  # fmt: skip
    parser.add_argument("--purpose", metavar="TEXT", help="để làm gì, ghi vào nhật ký xem / why; noted in the log")


def add_trash(commands: Commands) -> None:  # type: ignore[valid-type]
    text = "giấy tờ rút khỏi kho, bỏ một lượt nhập / papers taken out of use, and whole imports"
    parser = commands.add_parser("trash", help=text, description=text)  # type: ignore[attr-defined]
    actions = parser.add_subparsers(title="lệnh / commands", metavar="LỆNH", required=True)
    command(actions, "list", ("trash", "show"), "liệt kê giấy tờ đã rút / list what is withdrawn")
    command(actions, "imports", ("trash", "imports"), "liệt kê các lượt nhập / list the newest imports")
    named = "mã giấy tờ hoặc mã lưu giữ / document ids or holding codes"
    put = command(actions, "put", ("trash", "put"), "rút giấy tờ khỏi kho / withdraw papers")
    put.add_argument("papers", nargs="+", metavar="PAPER", help=named)
    put.add_argument("--reason", required=True, metavar="TEXT", help="vì sao, ghi vào nhật ký / why; noted in the log")
    undo = command(actions, "undo", ("trash", "undo"), "bỏ một lượt nhập / withdraw all that an import brought")
    undo.add_argument("import_id", metavar="IMPORT", help="mã lượt nhập: hotich trash imports / the import's id")
    undo.add_argument("--reason", metavar="TEXT", help="vì sao, ghi vào nhật ký / why; noted in the log")
    back = command(actions, "restore", ("trash", "bring_back"), "khôi phục / bring papers back")
    back.add_argument("papers", nargs="+", metavar="PAPER", help=f"{named}, IMPORT")
    text = "xóa hẳn giấy tờ đã hết hạn giữ / remove for good what its term is over for"
    empty = command(actions, "empty", ("trash", "empty"), text)
    empty.add_argument(
        "--decision", required=True, metavar="TEXT",
        help="số quyết định tiêu hủy của cơ quan, ghi vào nhật ký / the office's decision; noted in the log",
    )  # fmt: skip


def add_hold(commands: Commands) -> None:  # type: ignore[valid-type]
    text = "giấy tờ giữ theo yêu cầu pháp lý / papers on legal hold"
    parser = commands.add_parser("hold", help=text, description=text)  # type: ignore[attr-defined]
    actions = parser.add_subparsers(title="lệnh / commands", metavar="LỆNH", required=True)
    command(actions, "list", ("hold", "show"), "liệt kê giấy tờ đang giữ / list what is on hold")
    named = "mã giấy tờ hoặc mã lưu giữ / document ids or holding codes"
    why = "vì sao, số văn bản yêu cầu, ghi vào nhật ký / why, which request; noted in the log"
    for name, run, text in (
        ("set", "put_on", "giữ: không gì xóa được cho đến khi thôi giữ / hold papers: nothing removes them"),
        ("lift", "lift_off", "thôi giữ / lift the hold"),
    ):
        action = command(actions, name, ("hold", run), text)
        action.add_argument("papers", nargs="+", metavar="PAPER", help=named)
        action.add_argument("--reason", required=True, metavar="TEXT", help=why)


def add_verify(commands: Commands) -> None:  # type: ignore[valid-type]
    text = "kiểm tra toàn vẹn kho và các nhật ký / check every stored object and the chains of the logs"
    parser = command(commands, "verify", ("verify", "run"), text)
    parser.add_argument(
        "--head", metavar="HASH", help="đầu chuỗi của một nhật ký đã ghi lại / a head of any of the logs noted earlier"
    )
    parser.add_argument(
        "--checkpoints", type=Path, metavar="DIR",
        help="thêm một nơi giữ điểm mốc, ví dụ ổ USB / one more place of checkpoints, such as a stick",
    )  # fmt: skip
    parser.add_argument("--resume", action="store_true", help="làm tiếp lần kiểm bị dừng / go on where one was stopped")
    parser.add_argument(
        "--keep",
        action="store_true",
        help="giữ kết quả trong checks/ / keep what it finds in checks/ under home",
    )
    parser.add_argument("--history", action="store_true", help="các lần kiểm trước / what earlier checks found")
    parser.add_argument(
        "--replicas", action="store_true", help="so cả kho thứ hai, thứ ba / compare the second and third store too"
    )
    parser.add_argument(
        "--public",
        metavar="KEY",
        help="khóa công khai của điểm mốc / public key of checkpoints (checkpoint_public)",
    )


def add_checkpoint(commands: Commands) -> None:  # type: ignore[valid-type]
    text = "ký điểm mốc của các nhật ký / sign how far the logs have come"
    parser = command(commands, "checkpoint", ("checkpoint", "run"), text)
    parser.add_argument(
        "--key", type=Path, metavar="FILE", help="tệp khóa, ở ngoài kho / the key's file, outside home (checkpoint_key)"
    )
    parser.add_argument(
        "--page", type=Path, metavar="FILE.pdf",
        help="ghi thêm một trang có mã QR để in và cất vào tủ / a page with a QR code, to be printed for the safe",
    )  # fmt: skip
    parser.add_argument(
        "--to", type=Path, metavar="DIR", help="chép thêm ra đây / a second place for copies (checkpoint_copies)"
    )


def add_explain(commands: Commands) -> None:  # type: ignore[valid-type]
    text = "mỗi nét mực được hiểu là gì / what each piece of ink was taken for"
    parser = command(commands, "explain", ("explain", "run"), text)
    parser.add_argument(
        "record",
        metavar="RECORD",
        help="tệp hồ sơ JSON, mã hồ sơ hoặc mã lưu giữ / a record's JSON file, document id or holding code",
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="nơi ghi ảnh và danh sách / folder of pictures and listing"
    )
    parser.add_argument(
        "--scan", type=existing, metavar="FILE", help="tệp gốc, nếu không lấy từ kho / the original, if not the store's"
    )
