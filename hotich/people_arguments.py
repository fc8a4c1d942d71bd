"""What can be typed of administration: clients, people, offices, sessions."""

from __future__ import annotations

import argparse

from hotich.arguments import Commands, command

_SCOPES = "submit | status | office | review | holdings | use | ask | all_offices | audit; nhiều lần / repeatable"
_ROLES = "archivist | submitter | reviewer | auditor | admin; nhiều lần / repeatable"


def add_client(commands: Commands) -> None:  # type: ignore[valid-type]
    """`hotich client …`."""
    actions = group(commands, "client", "ứng dụng khách của dịch vụ và khóa / the service's clients and their keys")
    add = command(actions, "add", ("client", "add"), "thêm, in khóa / add one and print its key")
    text = "đổi tên, quyền, số yêu cầu mỗi phút / change name, scopes, rate"
    change = command(actions, "change", ("client", "change"), text)
    rotate = command(actions, "rotate", ("client", "rotate"), "khóa mới / a new key")
    disable = command(actions, "disable", ("client", "disable"), "không cho vào nữa / let it in no more")
    enable = command(actions, "enable", ("client", "enable"), "cho vào lại / let it in again")
    command(actions, "list", ("client", "show"), "liệt kê / list them")
    for action in (add, change, rotate, disable, enable):
        action.add_argument("client", metavar="CLIENT")
    for action in (add, change):
        action.add_argument("--name", metavar="TEXT", help="tên gọi / what people call it")
        action.add_argument(
            "--scope", dest="scopes", action="append", required=action is add, metavar="SCOPE", help=_SCOPES
        )
    add.add_argument("--office", required=True, metavar="OFFICE", help="mã cơ quan / code of its office")
    add.add_argument("--rate", type=int, default=600, metavar="N", help="số yêu cầu mỗi phút / requests a minute")
    change.add_argument("--rate", type=int, metavar="N", help="số yêu cầu mỗi phút / requests a minute")
    add.add_argument("--webhook", metavar="URL", help="nơi nhận thông báo / where notices go")
    rotate.add_argument(
        "--overlap", type=float, default=24.0, metavar="HOURS",
        help="khóa cũ còn dùng được / how long older keys stay good (24)",
    )  # fmt: skip


def add_user(commands: Commands) -> None:  # type: ignore[valid-type]
    """`hotich user …`."""
    actions = group(commands, "user", "người làm việc với dịch vụ / people who work with the service")
    add = command(actions, "add", ("user", "add"), "thêm tài khoản / add an account")
    change = command(actions, "change", ("user", "change"), "đổi tên, cơ quan, vai trò / change name, office, roles")
    text = "quên mật khẩu: mật khẩu tạm / forgotten: a temporary password"
    password = command(actions, "password", ("user", "password"), text)
    text = "mất điện thoại: đặt lại mã xác thực / lost phone: reset the second factor"
    lost = command(actions, "lost-phone", ("user", "lost_phone"), text)
    disable = command(actions, "disable", ("user", "disable"), "khóa tài khoản / disable an account")
    enable = command(actions, "enable", ("user", "enable"), "mở lại / enable it again")
    command(actions, "list", ("user", "show"), "liệt kê / list them")
    for action in (add, change, password, lost, disable, enable):
        action.add_argument("login", metavar="LOGIN")
    for action in (add, change):
        is_new = action is add
        action.add_argument("--name", metavar="TEXT", help="họ tên / full name")
        action.add_argument("--office", required=is_new, metavar="OFFICE", help="mã cơ quan / code of the office")
        action.add_argument("--role", dest="roles", action="append", required=is_new, metavar="ROLE", help=_ROLES)
    add.add_argument(
        "--oidc-subject", metavar="SUB", help="vào qua hệ thống định danh / comes by the identity provider, no password"
    )
    add.add_argument(
        "--generate", action="store_true", help="tạo mật khẩu tạm và in ra / make a temporary password and print it"
    )


def add_office(commands: Commands) -> None:  # type: ignore[valid-type]
    """`hotich office …`."""
    actions = group(commands, "office", "các cơ quan / offices")
    add = command(actions, "add", ("office", "add"), "thêm vào danh sách / put one on the list")
    rename = command(actions, "rename", ("office", "rename"), "đổi tên / change its name")
    close = command(actions, "close", ("office", "close"), "đóng: không nhận ai nữa / close it: nobody joins it")
    reopen = command(actions, "open", ("office", "reopen"), "mở lại / open it again")
    command(actions, "list", ("office", "show"), "liệt kê / list them")
    for action in (add, rename, close, reopen):
        action.add_argument("office", metavar="OFFICE")
    for action in (add, rename):
        action.add_argument("--name", required=True, metavar="TEXT", help="tên cơ quan / the office's name")


def add_session(commands: Commands) -> None:  # type: ignore[valid-type]
    """`hotich session …`."""
    actions = group(commands, "session", "phiên đăng nhập / sessions of people who are signed in")
    show = command(actions, "list", ("session", "show"), "liệt kê / list them")
    show.add_argument("--login", metavar="LOGIN", help="của người này / of this person")
    end = command(actions, "end", ("session", "end"), "kết thúc / end them")
    which = end.add_mutually_exclusive_group(required=True)
    which.add_argument("session", nargs="?", metavar="SESSION", help="mã phiên trong danh sách / its name in the list")
    which.add_argument("--login", metavar="LOGIN", help="mọi phiên của người này / all of this person")
    which.add_argument("--all", action="store_true", help="mọi phiên của mọi người / everybody's")


def group(commands: Commands, name: str, text: str) -> argparse._SubParsersAction[argparse.ArgumentParser]:  # type: ignore[valid-type]
    parser = commands.add_parser(name, help=text, description=text)  # type: ignore[attr-defined]
    found: argparse._SubParsersAction[argparse.ArgumentParser] = parser.add_subparsers(
        title="lệnh / commands", metavar="LỆNH", required=True
    )
    return found
