"""What can be typed to keep the archive whole: rebuild, replicate, repair."""

from __future__ import annotations

from pathlib import Path

from hotich.arguments import Commands, command, existing


def add_rebuild(commands: Commands) -> None:  # type: ignore[valid-type]
    text = "lập lại danh mục chỉ từ kho, khi danh mục đã mất / make a lost catalogue anew from the store alone"
    parser = command(commands, "rebuild", ("rebuild", "run"), text)
    parser.add_argument(
        "--forward",
        action="store_true",
        help="danh mục là bản sao lưu cũ: làm tiếp đến chỗ kho đã tới"
        " / the catalogue is an older one from a backup: bring it on to where the store is",
    )
    parser.add_argument(
        "--tell",
        action="store_true",
        help="ghi vào nhật ký của kho những gì đã lưu từ trước khi có nhật ký ấy"
        " / tell the store's log what was stored before there was one",
    )


def add_replicate(commands: Commands) -> None:  # type: ignore[valid-type]
    text = "chép những gì mới sang kho thứ hai, thứ ba / copy what is new to the second and third store"
    parser = command(commands, "replicate", ("replicate", "run"), text)
    parser.add_argument(
        "--all", dest="everything", action="store_true", help="xem lại từ đầu / look for everything from the beginning"
    )


def add_repair(commands: Commands) -> None:  # type: ignore[valid-type]
    text = "so các kho và chữa kho này bằng kho kia / compare the stores and heal them from each other"
    parser = command(commands, "repair", ("repair", "run"), text)
    parser.add_argument(
        "files", nargs="*", type=existing, metavar="FILE",
        help="tệp còn tốt: bản quét gốc, bản chép PDF / good files: scans, delivered copies",
    )  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help="chỉ so, không ghi gì / compare only, write nothing")
    parser.add_argument(
        "--orphans", type=float, metavar="DAYS",
        help="bỏ những gì không hồ sơ nào nêu và cũ hơn ngần này ngày"
        " / take out what nothing names and is older than this",
    )  # fmt: skip


def add_encryption(commands: Commands) -> None:  # type: ignore[valid-type]
    text = "khóa mã hóa giấy tờ trong kho / keys of what is encrypted in the store"
    parser = commands.add_parser("encryption", help=text, description=text)  # type: ignore[attr-defined]
    actions = parser.add_subparsers(title="lệnh / commands", metavar="LỆNH", required=True)
    key = command(actions, "key", ("encryption", "make_key"), "tạo tệp khóa mới / make a new key file")
    key.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="tệp mới, ngoài thư mục kho / a new file, outside home"
    )
    text = "bao nhiêu đối tượng theo khóa nào / how many objects lie under which key"
    command(actions, "list", ("encryption", "show"), text)
    text = "đổi sang khóa đầu tiên của encryption_keys / change to the first of encryption_keys"
    command(actions, "rotate", ("encryption", "rotate"), text)
    text = "mã hóa những gì đã lưu từ trước / encrypt what was stored before"
    command(actions, "apply", ("encryption", "apply"), text)
