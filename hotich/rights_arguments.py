"""What can be typed of the rights of persons, and of terms."""

from __future__ import annotations

import argparse
from pathlib import Path

from hotich.arguments import Commands, command
from hotich.people_arguments import group

_PAPERS = "mã lưu giữ, mã giấy tờ, hoặc mã hồ sơ đã nộp / holding codes, document ids, or codes of submissions"


def add_person(commands: Commands) -> None:  # type: ignore[valid-type]
    """`hotich person …`."""
    text = "quyền của cá nhân đối với dữ liệu của mình / the rights of persons over their own data"
    actions = group(commands, "person", text)
    show = command(
        actions,
        "show",
        ("person", "show"),
        "giấy tờ, hồ sơ đã nộp về một người và ai đã xem / what is held of a person and who read it",
    )
    _asked(show)
    export = command(
        actions,
        "export",
        ("person", "export"),
        "bản sao mọi dữ liệu của một người, người khác được che / a copy of all of it, other people left out",
    )
    _asked(export)
    export.add_argument("--out", type=Path, required=True, metavar="FILE.zip", help="ghi vào đây / written here")
    export.add_argument("--no-scans", action="store_true", help="không kèm ảnh quét / without scans")
    correct = command(
        actions,
        "correct",
        ("person", "correct"),
        "hỏi lại một giá trị ở bàn duyệt / ask a value again at the review desk",
    )
    correct.add_argument("paper", metavar="PAPER", help=_PAPERS)
    correct.add_argument("field", metavar="FIELD", help="tên trường, ví dụ mother_full_name / the field's name")
    correct.add_argument("--reason", required=True, metavar="TEXT", help="vì sao; không ghi giá trị / why, no value")
    block = command(
        actions,
        "block",
        ("person", "block"),
        "ngừng dùng: không hiện khi tìm, không thay giấy tờ / not found, in place of no paper",
    )
    block.add_argument("papers", nargs="+", metavar="PAPER", help=_PAPERS)
    block.add_argument("--reason", required=True, metavar="TEXT", help="vì sao / why")
    unblock = command(actions, "unblock", ("person", "unblock"), "cho dùng lại / let papers go again")
    unblock.add_argument("papers", nargs="+", metavar="PAPER", help=_PAPERS)
    erase = command(
        actions,
        "erase",
        ("person", "erase"),
        "xóa những gì luật cho xóa; không có --decision: chỉ nói / erase what the law lets go; tell only without it",
    )
    _asked(erase)
    erase.add_argument(
        "--paper",
        action="append",
        default=[],
        metavar="PAPER",
        help="chỉ giấy tờ này, kể cả chưa chắc / only this one, an unsure one too",
    )
    erase.add_argument(
        "--decision",
        metavar="TEXT",
        help="số quyết định của cơ quan; có thì xóa thật / the office's decision: with it they go",
    )
    _requests(actions)


def _requests(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    take = command(actions, "take", ("person", "take"), "ghi nhận yêu cầu, tính hạn / note a request and its term")
    take.add_argument("kind", choices=("access", "export", "correct", "block", "erase"), metavar="KIND",
                      help="access | export | correct | block | erase")  # fmt: skip
    _asked(take)
    take.add_argument("--received", metavar="YYYY-MM-DD", help="ngày nhận; hôm nay nếu để trống / when it came (today)")
    take.add_argument("--note", default="", metavar="TEXT", help="ghi chú, không ghi giá trị / a note, no value")
    answer = command(actions, "answer", ("person", "answer"), "ghi đã trả lời gì / note what was answered")
    answer.add_argument("request", metavar="REQUEST")
    answer.add_argument("--answer", required=True, metavar="TEXT")
    requests = command(actions, "requests", ("person", "requests"), "các yêu cầu và hạn / requests and their terms")
    requests.add_argument("--all", dest="everything", action="store_true", help="cả đã trả lời / answered ones too")


def add_retention(commands: Commands) -> None:  # type: ignore[valid-type]
    text = "giấy tờ hết thời hạn lưu; chỉ liệt kê nếu không có --withdraw / papers whose term is over; lists them only"
    parser = command(commands, "retention", ("retention", "run"), text)
    parser.add_argument(
        "--withdraw",
        action="store_true",
        help="rút khỏi kho, sau đó theo hạn của thùng rác / withdraw them, to go by the trash's own term",
    )


def _asked(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--id", metavar="NUMBER", help="số định danh hoặc số CMND; - : đọc từ đầu vào / - reads it from standard input"
    )
    parser.add_argument("--name", metavar="NAME", help="họ tên, kèm --born / the name, with --born")
    parser.add_argument("--born", metavar="DATE", help="ngày sinh: 15/3/1990, 1990 / date of birth")
