"""The command line: what can be typed, and which command module answers. Imports nothing heavy."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from hotich import __version__, archive_arguments, keeping_arguments, people_arguments, rights_arguments
from hotich.arguments import Commands, command, existing
from hotich.help_language import help_language, speak
from hotich.home import FREE, MAKES, NEEDS, NONE, check_home

DONE, SOME_SET_ASIDE, WRONG_USE, COULD_NOT_RUN = 0, 1, 2, 3
EXIT_CODES = {
    DONE: "xong / done",
    SOME_SET_ASIDE: "với `--strict`: có tệp, giấy tờ hay trang chưa thành hồ sơ; `desk seed`: có dòng không dùng được;"
    " `desk move`: còn việc không ai thấy / with `--strict`: an input was set aside, or a paper or page of it did not"
    " become a record; `desk seed`: a line could not be used; `desk move`: something still waits for nobody",
    WRONG_USE: "dùng sai: tham số, đường dẫn hay thiết lập không hợp lý"
    " / wrong use: an argument, a path or a setting makes no sense",
    COULD_NOT_RUN: "không chạy được, hoặc bị dừng; `digitize`: có tệp tốt mà chưa lưu được (đầy đĩa, kho ngoài tầm"
    " với), chạy lại; `verify`: có thứ không còn nguyên vẹn; `doctor`: còn thiếu / could not run, or was stopped;"
    " `digitize`: a file that may be good could not be stored here (full disk, store out of reach), run again;"
    " `verify`: something is not whole; `doctor`: something is missing",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; gives 0 done, 1 inputs set aside (--strict), 2 wrong use, 3 could not run."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # File names may hold bytes that are no UTF-8, and a terminal may know no Vietnamese.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    parsed = speak(_parser(), help_language()).parse_args(arguments)
    parsed.typed = tuple(sys.argv[1:] if arguments is None else arguments)
    module, name = parsed.run
    from pipeline.domain.errors import HotichError, WrongUse

    try:
        _set_voice(parsed)
        check_home(parsed, NONE if getattr(parsed, "dry_run", False) else _USE_OF_HOME.get(module, NEEDS))
        code: int = getattr(importlib.import_module(f"hotich.commands.{module}"), name)(parsed)
        return code
    except WrongUse as error:
        print(f"hotich: {error.message}", file=sys.stderr)
        return WRONG_USE
    except HotichError as error:
        print(f"hotich: {error.message} [{error.code}]", file=sys.stderr)
        return COULD_NOT_RUN
    except KeyboardInterrupt:
        print(
            "\nhotich: đã dừng; chạy lại cùng lệnh để làm tiếp / stopped; run the same command to go on",
            file=sys.stderr,
        )
        return COULD_NOT_RUN
    except BrokenPipeError:
        sys.stderr.close()
        return COULD_NOT_RUN


def _set_voice(parsed: argparse.Namespace) -> None:
    """`-v`: what happens inside is told on standard error, events without values; `-q`: results and errors only."""
    if getattr(parsed, "quiet", False):
        from hotich import progress

        progress.be_quiet()
    if getattr(parsed, "verbose", False):
        import logging

        logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(name)s %(message)s", level=logging.WARNING)
        for room in ("hotich", "flows", "service", "workers", "storage", "pipeline", "ocr_models"):
            logging.getLogger(room).setLevel(logging.DEBUG)


# What a command does with a home folder, by its module; any other needs one that is there.
_USE_OF_HOME = {
    "digitize": MAKES,
    "register": MAKES,
    "serve": MAKES,
    "client": MAKES,
    "user": MAKES,
    "office": MAKES,
    "production": MAKES,
    "adapt": MAKES,
    "doctor": NONE,
    "settings": NONE,
    "schema": NONE,
    "separators": NONE,
    "read": NONE,
    "form": NONE,
    "evaluate": NONE,
    "explain": NONE,
    "completion": NONE,
    "init": FREE,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hotich",
        description="Số hóa giấy tờ hộ tịch thành dữ liệu dùng được. / "
        "Digitizes civil-registry papers into records an office can act on.",
    )
    parser.add_argument("--version", action="version", version=f"hotich {__version__}")
    commands = parser.add_subparsers(title="lệnh / commands", metavar="LỆNH", required=True)
    _add_digitize(commands)
    _add_separators(commands)
    _add_read(commands)
    _add_adapt(commands)
    _add_ink(commands)
    _add_register(commands)
    archive_arguments.add_find(commands)
    archive_arguments.add_package(commands)
    archive_arguments.add_book(commands)
    archive_arguments.add_copy(commands)
    archive_arguments.add_proof(commands)
    archive_arguments.add_trash(commands)
    archive_arguments.add_hold(commands)
    archive_arguments.add_verify(commands)
    archive_arguments.add_checkpoint(commands)
    keeping_arguments.add_rebuild(commands)
    keeping_arguments.add_replicate(commands)
    keeping_arguments.add_repair(commands)
    keeping_arguments.add_encryption(commands)
    rights_arguments.add_person(commands)
    rights_arguments.add_retention(commands)
    archive_arguments.add_explain(commands)
    _add_form(commands)
    _add_serve(commands)
    people_arguments.add_client(commands)
    people_arguments.add_user(commands)
    people_arguments.add_office(commands)
    people_arguments.add_session(commands)
    _add_desk(commands)
    _add_evaluate(commands)
    _add_information(commands)
    _add_production(commands)
    _add_shell(commands)
    return parser


def _add_digitize(commands: Commands) -> None:  # type: ignore[valid-type]
    parser = command(
        commands,
        "digitize",
        ("digitize", "run"),
        "đọc tệp quét hoặc thư mục / read scans or folders of scans",
    )
    parser.add_argument("paths", nargs="*", type=existing, metavar="PATH")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="chép hồ sơ và PDF vào đây / copies of records and PDFs go here",
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="mã kết thúc 1 nếu có tệp, giấy tờ hay trang chưa thành hồ sơ"
        " / exit 1 if an input, a paper or a page did not become a record",
    )
    parser.add_argument("--workers", type=int, metavar="N", help="số tiến trình đọc / reading processes")
    parser.add_argument(
        "--dry-run", action="store_true", help="chỉ nói sẽ đọc gì, không đọc, không ghi gì / tell what would be read"
    )
    parser.add_argument(
        "--watch",
        action="store_true",
        help="đọc mọi thứ được đặt vào thư mục, cho đến khi dừng / read what comes into the folder",
    )
    parser.add_argument(
        "--retry", action="store_true", help="đọc lại tệp chưa xử lý được / read again what was set aside before"
    )
    parser.add_argument(
        "--book", metavar="ID", help="đọc bằng mô hình riêng của sổ này / read with this book's own model"
    )
    again = parser.add_argument_group("đọc lại kho / reading the archive again")
    again.add_argument(
        "--reread",
        action="store_true",
        help="đọc lại những gì phần mềm cũ đã đọc: tệp nêu tên, hoặc cả kho"
        " / read again what older software read: the files named, or the whole store",
    )
    again.add_argument(
        "--form", metavar="TYPE[/FORM]", help="chỉ loại và mẫu giấy tờ này / only this type and form of paper"
    )
    again.add_argument(
        "--read-before", metavar="YYYY-MM-DD", help="chỉ những gì đọc trước ngày này / only what was read before"
    )
    again.add_argument(
        "--software", metavar="TEXT", help="chỉ những gì phần mềm này đọc / only what this software read"
    )
    again.add_argument("--yes", action="store_true", help="không hỏi lại / do not ask")


def _add_separators(commands: Commands) -> None:  # type: ignore[valid-type]
    text = "in tờ ngăn đặt giữa các giấy tờ trước khi quét / separator sheets to put between papers before scanning"
    parser = command(commands, "separators", ("separators", "run"), text)
    parser.add_argument(
        "--out", type=Path, default=Path("separators.pdf"), metavar="FILE.pdf",
        help="ghi vào đây, không đè tệp đã có / written here, never over a file (separators.pdf)",
    )  # fmt: skip
    parser.add_argument("--book", metavar="ID", help="giấy tờ sau tờ này thuộc sổ nào / the book of what follows")
    parser.add_argument("--count", type=int, default=1, metavar="N", help="số tờ / how many sheets (1)")


def _add_adapt(commands: Commands) -> None:  # type: ignore[valid-type]
    text = "học nét chữ viết của một sổ từ các dòng đã sửa / learn a book's hand from corrected lines"
    parser = command(commands, "adapt", ("adapt", "run"), text)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--book", metavar="ID", help="sổ nào / which book")
    which.add_argument("--due", action="store_true", help="mọi sổ có đủ dòng mới / every book with new lines enough")
    parser.add_argument(
        "--lines",
        type=existing,
        metavar="PATH",
        help="thêm dòng đã sửa: thư mục hoặc zip có ảnh và lines.tsv (tệp<TAB>chữ)"
        " / add corrected lines: a folder or zip with images and lines.tsv (file<TAB>text)",
    )
    parser.add_argument(
        "--from-register",
        action="store_true",
        help="học từ cơ sở dữ liệu dân cư, không cần dòng đã sửa: chỉ những dòng mà nét chữ viết khớp"
        " / learn from the population register, no corrected line needed: from lines whose ink agrees",
    )
    parser.add_argument("--dry-run", action="store_true", help="chỉ thử, không giữ gì / try it, keep nothing")
    parser.add_argument("--history", action="store_true", help="các phiên bản của sổ / the book's versions")


def _add_ink(commands: Commands) -> None:  # type: ignore[valid-type]
    text = "gói nét chữ viết: dòng đã duyệt dùng chung giữa các cơ quan / ink packs: decided lines between offices"
    parser = commands.add_parser("ink", help=text, description=text)  # type: ignore[attr-defined]
    actions = parser.add_subparsers(title="lệnh / commands", metavar="LỆNH", required=True)
    command(actions, "key", ("ink", "key"), "khóa công khai của cơ quan / this office's public key")
    text = "ghi gói: mỗi giấy tờ nhiều nhất một mẩu / write a pack: of each paper at most one piece"
    export = command(actions, "export", ("ink", "export"), text)
    export.add_argument("--out", type=Path, required=True, metavar="FILE.zip", help="tệp mới / a new file")
    text = "kiểm chữ ký rồi gộp các gói / verify packs and bring them together"
    merge = command(actions, "merge", ("ink", "merge"), text)
    merge.add_argument("packs", nargs="+", type=Path, metavar="PACK.zip")
    merge.add_argument("--out", type=Path, required=True, metavar="DIR", help="thư mục mới / a new folder")
    merge.add_argument(
        "--keys", type=Path, metavar="FILE",
        help="khóa các cơ quan, mỗi dòng TÊN KHÓA / offices' keys, lines NAME KEY (ink-keys.txt, HOME)",
    )  # fmt: skip
    text = "học từ các gói đã gộp: mô hình chung của cơ quan / learn the office's base reader from merged packs"
    learn = command(actions, "learn", ("ink", "learn"), text)
    learn.add_argument("folder", type=Path, metavar="DIR", help="thư mục của ink merge / a folder of ink merge")
    learn.add_argument("--out", type=Path, required=True, metavar="DIR", help="mô hình mới / the new model")


def _add_read(commands: Commands) -> None:  # type: ignore[valid-type]
    text = "đọc ảnh từng dòng chữ / read images of single text lines"
    parser = command(commands, "read", ("read", "run"), text)
    parser.add_argument(
        "paths",
        nargs="+",
        type=existing,
        metavar="PATH",
        help="ảnh, thư mục hoặc tệp zip / images, folders or zip files",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE.tsv",
        help="ghi bảng tệp, chữ, độ chắc chắn vào đây / the table of file, text, confidence goes here (stdout)",
    )
    parser.add_argument(
        "--engine",
        choices=("ours", "tesseract"),
        default="ours",
        help="bộ nhận dạng / the reader (ours)",
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="mã kết thúc 1 nếu có ảnh chưa xử lý được / exit 1 if images were set aside",
    )


def _add_register(commands: Commands) -> None:  # type: ignore[valid-type]
    text = "cơ sở dữ liệu dân cư / the population register"
    parser = commands.add_parser("register", help=text, description=text)  # type: ignore[attr-defined]
    actions = parser.add_subparsers(title="lệnh / commands", metavar="LỆNH", required=True)
    load = command(actions, "load", ("register", "load"), "nạp tệp CSV / load a CSV file")
    load.add_argument("file", type=existing, metavar="FILE.csv")


def _add_form(commands: Commands) -> None:  # type: ignore[valid-type]
    text = "mẫu giấy tờ riêng của cơ quan / forms that an office adds"
    parser = commands.add_parser("form", help=text, description=text)  # type: ignore[attr-defined]
    actions = parser.add_subparsers(title="lệnh / commands", metavar="LỆNH", required=True)
    text = "đề xuất định nghĩa từ một bản quét / propose a definition from one specimen"
    new = command(actions, "new", ("form", "new"), text)
    new.add_argument("scan", type=existing, metavar="SCAN")
    new.add_argument("--id", dest="form_id", metavar="ID", help="tên mẫu, a-z 0-9 - _ / the form's id")
    new.add_argument(
        "--out", type=Path, metavar="FILE.toml", help="ghi vào đây (in ra màn hình) / write it here (standard output)"
    )


def _add_serve(commands: Commands) -> None:  # type: ignore[valid-type]
    text = "dịch vụ tiếp nhận qua mạng / the submission service"
    parser = command(commands, "serve", ("serve", "run"), text)
    parser.add_argument("--host", default="127.0.0.1", metavar="H", help="địa chỉ / address (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, metavar="P", help="cổng / port (8000)")
    parser.add_argument("--workers", type=int, metavar="N", help="số tiến trình đọc / reading processes")


def _add_desk(commands: Commands) -> None:  # type: ignore[valid-type]
    text = "bàn duyệt: tổng kết ngày, nhật ký, mục kiểm tra / the review desk: the day, the trail, seeded items"
    parser = commands.add_parser("desk", help=text, description=text)  # type: ignore[attr-defined]
    actions = parser.add_subparsers(title="lệnh / commands", metavar="LỆNH", required=True)
    day = command(actions, "summary", ("desk", "summary"), "tổng kết một ngày / the report of a day")
    day.add_argument("--office", metavar="OFFICE", help="chỉ cơ quan này / of this office only")
    day.add_argument("--day", metavar="YYYY-MM-DD", help="ngày nào (hôm nay) / which day (today)")
    day.add_argument("--mail", metavar="ADDRESS", help="gửi thư đến đây / send it there too (smtp_host)")
    export = command(actions, "export", ("desk", "export"), "xuất nhật ký mọi giá trị / take the trail away")
    export.add_argument("--trail", action="store_true", help="chuỗi băm, mỗi dòng một JSON / hash-chained JSON lines")
    export.add_argument("--out", type=Path, required=True, metavar="FILE.jsonl")
    text = "đưa vào các mục có sẵn đáp án / items of known truth that measure reviewers"
    seed = command(actions, "seed", ("desk", "seed"), text)
    seed.add_argument("file", type=existing, metavar="FILE.csv", help="document_id, field, value")
    text = "chuyển việc không ai thấy sang một cơ quan / give what is in nobody's queue to an office"
    move = command(actions, "move", ("desk", "move"), text)
    move.add_argument("--to", required=True, metavar="OFFICE", help="sang cơ quan này / to this office")
    move.add_argument(
        "--from",
        dest="from_office",
        metavar="OFFICE",
        help="mọi việc đang mở của cơ quan này; “” là không thuộc cơ quan nào"
        " / all that is open of this office; '' for what belongs to none",
    )


def _add_evaluate(commands: Commands) -> None:  # type: ignore[valid-type]
    text = "đo trên thư mục có truth.jsonl / measure against a labelled folder"
    parser = command(commands, "evaluate", ("evaluate", "run"), text)
    parser.add_argument("folder", type=existing, metavar="DIR")
    parser.add_argument("--report", type=Path, metavar="FILE", help="ghi báo cáo JSON / write the report as JSON")
    parser.add_argument("--workers", type=int, metavar="N", help="số tiến trình đọc / reading processes")


def _add_information(commands: Commands) -> None:  # type: ignore[valid-type]
    command(commands, "schema", ("schema", "run"), "lược đồ JSON của hồ sơ / JSON Schema of a record")
    text = "máy này có gì, thiếu gì, sửa thế nào / what this machine has and lacks"
    command(commands, "doctor", ("doctor", "run"), text)
    text = "mọi thiết lập: giá trị, từ đâu, nghĩa là gì / every setting: value, whence, meaning"
    command(commands, "settings", ("settings", "run"), text)


def _add_shell(commands: Commands) -> None:  # type: ignore[valid-type]
    text = "lập kho mới / begin a new store"
    command(commands, "init", ("init", "run"), text)
    text = "tự điền lệnh trong shell / completion for a shell"
    parser = command(commands, "completion", ("completion", "run"), text)
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), metavar="SHELL", help="bash | zsh | fish")


def _add_production(commands: Commands) -> None:  # type: ignore[valid-type]
    text = "chạy việc của Prefect server trên máy này / work for a Prefect server"
    worker = command(commands, "worker", ("production", "worker"), text)
    text = "đăng ký luồng với Prefect server / register the flow with a Prefect server"
    deploy = command(commands, "deploy", ("production", "deploy"), text)
    text = "đưa bản quét vào hàng chờ của nhiều máy / put scans into the queue that machines share"
    dispatch = command(commands, "dispatch", ("production", "dispatch"), text)
    dispatch.add_argument("paths", nargs="*", type=Path, metavar="DIR", help="thư mục; không nêu: nơi nhận / the inbox")
    dispatch.add_argument("--manifest", type=Path, metavar="FILE.csv", help="bảng kê: file, office, class / a list")
    dispatch.add_argument("--office", metavar="NAME", help="của cơ quan nào / whose scans they are")
    dispatch.add_argument("--urgent", action="store_true", help="có người chờ: đọc trước / somebody waits: read first")
    text = "bao nhiêu đang chờ, của ai, từ bao giờ / how much waits, whose, and since when"
    command(commands, "queue", ("production", "queue"), text)
    text = "số liệu hàng chờ cho Prometheus / the queue's figures for Prometheus"
    metrics = command(commands, "metrics", ("metrics", "run"), text)
    metrics.add_argument("--host", default="127.0.0.1", metavar="H", help="địa chỉ nghe / address (127.0.0.1)")
    metrics.add_argument("--port", type=int, default=9464, metavar="P", help="cổng / port (9464)")
    metrics.add_argument("--once", action="store_true", help="in ra rồi thôi / print them, then end")
    for parser in (worker, deploy):
        parser.add_argument("--pool", default="hotich", metavar="NAME", help="work pool (hotich)")
    worker.add_argument("--once", action="store_true", help="chỉ một lượt / take what waits, then end")
    worker.add_argument(
        "--health-port", type=int, metavar="P", help="/health ở cổng này / says whether it asks for work"
    )
    deploy.add_argument(
        "--every", type=int, metavar="SECONDS", help="tự chạy theo chu kỳ / run the inbox on a schedule"
    )
