"""What `hotich doctor` says of the certificate that copies are signed with, and of the lists by which signatures that
come in are judged."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from hotich.doctor_check import Check
from hotich.settings import Settings
from pipeline.domain.errors import HotichError

LISTS = "danh sách thu hồi chứng thư / lists of revoked certificates"
NAME = "chữ ký trên bản số hóa / signature on copies"
_SOON = timedelta(days=30)
_OWN = (
    "xin chứng thư số của cơ quan; đặt sign_pkcs12 và sign_password, hoặc sign_pkcs11_module; rồi cấp lại các bản đã ký"
    " thử (hotich copy) / get the office's certificate; set sign_pkcs12 and sign_password, or sign_pkcs11_module; then"
    " issue anew what was signed for a test"
)
_RENEW = "xin chứng thư mới trước ngày đó / get a new certificate before that day"


def signing_check(settings: Settings, *, now: datetime) -> Check:
    """The test PKI is warned of, also where a setting names its key; a certificate that has ended, or is not valid yet,
    is a fault. A device is not asked: wrong PINs lock it."""
    if settings.sign_pkcs11_module:
        told = f"thiết bị ký, không hỏi thử / a device, not asked here: {settings.sign_pkcs11_module}"
        return Check(name=NAME, ok=True, detail=told)
    if not settings.sign_pkcs12:
        return _trial()
    from storage.signing.key import of_pkcs12

    try:
        key = of_pkcs12(Path(settings.sign_pkcs12).expanduser(), settings.sign_password)
    except HotichError as error:
        return Check(name=NAME, ok=False, detail=f"[{error.code}]", mend=str(error.message))
    if key.is_of_trial:
        return _trial()
    begins, ends = key.validity
    told = f"{key.name}, {begins:%d/%m/%Y} – {ends:%d/%m/%Y}"
    if not begins <= now <= ends:
        return Check(name=NAME, ok=False, detail=f"ngoài thời hạn / not valid today: {told}", mend=_RENEW)
    if ends - now < _SOON:
        return Check(name=NAME, ok=True, warned=True, detail=f"sắp hết hạn / ends soon: {told}", mend=_RENEW)
    return Check(name=NAME, ok=True, detail=told)


def revocation_check(settings: Settings, *, now: datetime) -> Iterator[Check]:
    """Nothing where no folder is set. Lists that are over, or none at all, are warned of: signatures that come in are
    then told as not known to be revoked or not."""
    if not settings.incoming_revocation:
        return
    from cryptography import x509

    folder = Path(settings.incoming_revocation).expanduser()
    over = []
    files = sorted(folder.glob("*.crl"))
    for path in files:
        try:
            data = path.read_bytes()
            load = x509.load_pem_x509_crl if b"-----BEGIN" in data else x509.load_der_x509_crl
            ends = load(data).next_update_utc
        except (OSError, ValueError):
            over.append(f"{path.name}: không đọc được / cannot be read")
            continue
        if ends is not None and ends < now:
            over.append(f"{path.name}: hết hạn / over {ends:%d/%m/%Y}")
    told = "; ".join(over) or (f"{len(files)} tệp / files" if files else f"không có tệp .crl / no .crl file: {folder}")
    yield Check(
        name=LISTS, ok=True, warned=bool(over) or not files, detail=told,
        mend="tải danh sách mới từ nơi cấp chứng thư, khởi động lại hotich serve; docs/copies.md / fetch new ones"
        " from the authorities and restart hotich serve",
    )  # fmt: skip


def _trial() -> Check:
    told = (
        "CHỈ LÀ CHỮ KÝ THỬ NGHIỆM: chưa có chứng thư của cơ quan, bản số hóa không thay được giấy tờ / A TEST SIGNATURE"
        " ONLY: there is no certificate of the office, and copies can stand in for no paper"
    )
    return Check(name=NAME, ok=True, warned=True, detail=told, mend=_OWN)
