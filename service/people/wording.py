"""Words of the pages about people: roles, scopes, acts. Data and its look-up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.domain.message import Message
from storage.people import Role, Scope
from storage.people.security_log import SecurityEvent

ROLES: Final[Mapping[str, Message]] = {
    Role.REVIEWER: Message("Cán bộ duyệt", "Reviewer"),
    Role.ARCHIVIST: Message("Cán bộ lưu trữ", "Archivist"),
    Role.AUDITOR: Message("Người kiểm tra", "Auditor"),
    Role.SUBMITTER: Message("Người nộp hồ sơ", "Submitter"),
    Role.ADMIN: Message("Người quản trị", "Administrator"),
}
ROLE_HINTS: Final[Mapping[str, Message]] = {
    Role.REVIEWER: Message("duyệt mục và hồ sơ, hỏi được yêu cầu giấy không", "decides items and submissions, asks"),
    Role.ARCHIVIST: Message("tìm, xuất, dùng giấy tờ đã lưu", "finds, exports, uses stored papers"),
    Role.AUDITOR: Message("kiểm tra lần hai, xem ai đã xem gì", "second decisions, sees who read what"),
    Role.SUBMITTER: Message("gửi hồ sơ qua chương trình", "hands in by a program"),
    Role.ADMIN: Message("tài khoản, ứng dụng khách, phiên đăng nhập", "accounts, clients, sessions"),
}
SCOPES: Final[Mapping[str, Message]] = {
    Scope.SUBMIT: Message("gửi hồ sơ", "hand in"),
    Scope.STATUS: Message("xem hồ sơ mình gửi", "see what it handed in"),
    Scope.OFFICE: Message("xem mọi hồ sơ của cơ quan", "see the office's submissions"),
    Scope.REVIEW: Message("quyết định hồ sơ", "decide submissions"),
    Scope.HOLDINGS: Message("tìm giấy tờ đã lưu", "look up stored papers"),
    Scope.USE: Message("dùng giấy tờ đã lưu thay bản giấy", "have a stored paper stand in"),
    Scope.ASK: Message("hỏi được yêu cầu giấy không", "ask whether a paper may be asked for"),
    Scope.AUDIT: Message("xem ai đã xem gì", "see who read what"),
    Scope.ALL_OFFICES: Message("mọi cơ quan (chỉ dòng lệnh)", "all offices (command line only)"),
    Scope.ADMIN: Message("quản trị (chỉ dòng lệnh)", "administration (command line only)"),
}
EVENTS: Final[Mapping[SecurityEvent, Message]] = {
    SecurityEvent.USER_ADDED: Message("thêm tài khoản", "account added"),
    SecurityEvent.USER_CHANGED: Message("đổi tên, vai trò hoặc cơ quan", "name, roles or office changed"),
    SecurityEvent.USER_DISABLED: Message("khóa tài khoản", "account disabled"),
    SecurityEvent.USER_ENABLED: Message("mở lại tài khoản", "account enabled"),
    SecurityEvent.PASSWORD_GIVEN: Message("cấp mật khẩu tạm", "temporary password given"),
    SecurityEvent.FACTOR_RESET: Message("mất điện thoại: đặt lại mã xác thực", "lost phone: second factor reset"),
    SecurityEvent.SESSION_ENDED: Message("kết thúc phiên đăng nhập", "sessions ended"),
    SecurityEvent.CLIENT_ADDED: Message("thêm ứng dụng khách", "client added"),
    SecurityEvent.CLIENT_CHANGED: Message("đổi quyền ứng dụng khách", "client changed"),
    SecurityEvent.CLIENT_NEW_KEY: Message("cấp khóa API mới", "new API key"),
    SecurityEvent.CLIENT_DISABLED: Message("khóa ứng dụng khách", "client disabled"),
    SecurityEvent.CLIENT_ENABLED: Message("mở lại ứng dụng khách", "client enabled"),
    SecurityEvent.OFFICE_ADDED: Message("thêm cơ quan", "office added"),
    SecurityEvent.OFFICE_RENAMED: Message("đổi tên cơ quan", "office renamed"),
    SecurityEvent.OFFICE_CLOSED: Message("đóng cơ quan", "office closed"),
    SecurityEvent.OFFICE_OPENED: Message("mở lại cơ quan", "office opened"),
}
