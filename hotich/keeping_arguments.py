"""What can be typed to keep the archive whole: rebuild, replicate, repair."""

from __future__ import annotations

from hotich.arguments import Commands, command


def add_rebuild(commands: Commands) -> None:  # type: ignore[valid-type]
    text = "lập lại danh mục chỉ từ kho, khi danh mục đã mất / make a lost catalogue anew from the store alone"
    parser = command(commands, "rebuild", ("rebuild", "run"), text)
    parser.add_argument(
        "--tell",
        action="store_true",
        help="ghi vào nhật ký của kho những gì đã lưu từ trước khi có nhật ký ấy"
        " / tell the store's log what was stored before there was one",
    )
