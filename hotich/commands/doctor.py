"""`hotich doctor`: what this machine has and lacks, and how to mend it."""

from __future__ import annotations

import json
import os
import shutil
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata
from itertools import islice

from hotich import stranded
from hotich.doctor_check import Check
from hotich.doctor_signing import revocation_check, signing_check
from hotich.doctor_volumes import volumes_check
from hotich.settings import Settings, available_processors, load_settings
from pipeline.domain.errors import HotichError

_FREE_MB = 2048
_SAMPLE = 50  # of what is encrypted: names are digests, so that the first are as good as any


def run(arguments: Namespace) -> int:
    """Exit code 0 when everything that reading needs is there, else 3; what is only warned of (`!`) does not count."""
    settings = load_settings(arguments.home)
    checks = list(examine(settings))
    if arguments.json:
        print(json.dumps({"checks": [asdict(check) for check in checks]}, ensure_ascii=False, indent=2))
    else:
        for check in checks:
            sign = "!" if check.warned else "✓" if check.ok else "✗"
            print(f"{sign} {check.name}: {check.detail}")
            if not check.ok or check.warned:
                print(f"    → {check.mend}")
    return 0 if all(check.ok for check in checks) else 3


def examine(settings: Settings) -> Iterator[Check]:
    """Every check, in the order in which a missing part stops the work."""
    yield _python()
    yield from _programs()
    yield from _readers(settings)
    yield _tried("kho, danh mục / store, catalogue", lambda: _stores(settings))
    yield _encryption(settings)
    yield volumes_check(settings)
    yield signing_check(settings, now=datetime.now(UTC))
    yield from revocation_check(settings, now=datetime.now(UTC))
    yield from _queues(settings)
    yield from _left_behind(settings)
    yield _tried("dân cư / register", lambda: _register(settings))
    yield _provider(settings)
    yield _closed(settings)
    yield _disk(settings)
    yield _memory(settings)
    yield from _confinement()
    yield _prefect(settings)


def _python() -> Check:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Check(name="Python", ok=sys.version_info >= (3, 11), detail=version, mend="Python 3.11, 3.12")


def _programs() -> Iterator[Check]:
    for program, package in (("tesseract", "tesseract-ocr"),):
        path = shutil.which(program)
        yield Check(
            name=program,
            ok=path is not None,
            detail=path or "không có / missing",
            mend=f"apt-get install {package}",
        )


def _readers(settings: Settings) -> Iterator[Check]:
    from ocr_models.readers import load_readers

    def load() -> str:
        readers = load_readers(settings.tessdata or None)
        return ", ".join(f"{reader.identity.name} {reader.identity.sha256[:12]}" for reader in readers.all())

    yield _tried("bộ nhận dạng / readers", load)
    yield _tried("osd (chiều giấy / page direction)", lambda: _tessdata(settings, "osd"))


def _tessdata(settings: Settings, language: str) -> str:
    from ocr_models.tesseract import find_tessdata

    folder = find_tessdata(language, (settings.tessdata,)) if settings.tessdata else find_tessdata(language)
    return str(folder)


def _stores(settings: Settings) -> str:
    from hotich.wiring.stores import open_catalogue, open_objects

    next(iter(open_objects(settings).keys()), None)  # a bucket answers, and takes the keys
    catalogue = open_catalogue(settings)
    try:
        left = len(catalogue.unfinished())
    finally:
        catalogue.close()
    return f"{settings.home}" + (f", {left} việc dở dang / unfinished" if left else "")


def _encryption(settings: Settings) -> Check:
    """Whether the keys are here that new papers, and a sample of what is stored, are encrypted under."""
    from hotich.wiring.encryption import drawn_in_the_open, encrypted_store, keyring

    name = "mã hóa / encryption"
    try:
        keys, store = keyring(settings), encrypted_store(settings)
        current = keys.current if settings.encrypt else ""
        sample = [store.needs_key(key) for key in islice(store.encrypted_keys(), _SAMPLE)]
    except HotichError as error:
        return Check(name=name, ok=False, detail=f"[{error.code}]", mend=str(error.message))
    missing = sorted({key_id for key_id in sample if key_id})
    if missing or keys.absent or (settings.encrypt and not current):
        what = [*missing, *map(str, keys.absent)] or ["encryption_keys"]
        return Check(
            name=name,
            ok=False,
            detail=f"thiếu khóa / keys missing: {', '.join(what)}",
            mend="nối thiết bị có khóa, hoặc lấy bản sao trong tủ; docs/keeping.md"
            " / connect the medium with the key, or fetch the copy from the safe; docs/keeping.md",
        )
    if open_ones := [str(path) for path in keys.files if path.stat().st_mode & 0o077]:
        names = " ".join(open_ones)
        return Check(name=name, ok=False, detail=f"ai cũng đọc được / readable by others: {names}",
                     mend=f"chmod go-rwx {names}")  # fmt: skip
    told = f"{settings.encrypt}, khóa / key {current}" if settings.encrypt else "không bật / off"
    drawn = drawn_in_the_open(settings) if settings.encrypt else 0
    if drawn:
        told += f"; {drawn} ảnh trích nằm mở / pictures of fields in the open"
    return Check(name=name, ok=True, detail=told, warned=bool(drawn), mend="hotich encryption apply" if drawn else "")


def _queues(settings: Settings) -> Iterator[Check]:
    """Whether everything open is in somebody's queue; nothing where nothing was ever catalogued."""
    from hotich.wiring.stores import waiting_for_nobody

    name = "hàng đợi / queues"
    if settings.is_new:
        return
    try:
        found = waiting_for_nobody(settings)
    except HotichError as error:
        yield Check(name=name, ok=False, detail=f"[{error.code}]", mend=str(error.message))
        return
    detail = "; ".join(stranded.lines(found)) or "mọi việc đang mở đều có người thấy / all that is open is seen"
    yield Check(name=name, ok=not found, detail=detail, mend=stranded.WAY_OUT if found else "")


def _left_behind(settings: Settings) -> Iterator[Check]:
    """What was half sent or left by killed processes; warned of where nothing comes of it any more."""
    from hotich.leftovers import WAY_OUT, left_behind
    from hotich.wiring.stores import open_catalogue

    name = "tải dở, tệp bỏ lại / half sent, left behind"
    if settings.is_new:
        return
    try:
        catalogue = open_catalogue(settings)
        try:
            left = left_behind(settings, catalogue.database)
        finally:
            catalogue.close()
    except HotichError as error:
        yield Check(name=name, ok=False, detail=f"[{error.code}]", mend=str(error.message))
        return
    yield Check(name=name, ok=True, detail=str(left), warned=left.stays, mend=WAY_OUT if left.stays else "")


def _register(settings: Settings) -> str:
    from hotich.wiring.stores import open_register
    from pipeline.settling.register import Claims

    register = open_register(settings)
    try:
        outcome = register.look_up(Claims.of(personal_id="001000000000")).outcome
    finally:
        register.database.close()
    if outcome == "not_checked":
        return "chưa nạp; hồ sơ sẽ không được đối chiếu / empty; records will not be checked (hotich register load)"
    return "sẵn sàng / ready"


def _provider(settings: Settings) -> Check:
    """Whether signing in through an identity provider is set up, and the provider answers; nothing set is no fault."""
    from hotich.wiring.service import oidc_setup
    from service.people.oidc_setup import ask_provider

    name, setup = "hệ thống định danh / identity provider", oidc_setup(settings)
    if not setup.wanted:
        return Check(name=name, ok=True, detail="chưa đặt: chỉ tài khoản tại chỗ / not set: local accounts only")
    if setup.missing:
        missing = ", ".join(setup.missing)
        return Check(
            name=name, ok=False, detail=f"thiếu / missing: {missing}", mend="settings.toml; docs/reference.md#settings"
        )
    trouble = [*setup.faults(), ask_provider(setup)]
    told = next((str(one) for one in trouble if one is not None), "")
    return Check(
        name=name,
        ok=not told,
        detail=f"{setup.issuer}, redirect URI {setup.redirect_uri}",
        mend=told,
    )


def _closed(settings: Settings) -> Check:
    """What of the store other users of the machine may open."""
    places = [settings.home, settings.home / "service.key", *sorted(settings.home.glob("*.db*"))]
    open_ones = [place for place in places if place.exists() and place.stat().st_mode & 0o007]
    names = " ".join(str(place) for place in open_ones)
    return Check(
        name="chỉ chủ kho mở được / closed to other users",
        ok=not open_ones,
        detail=names or str(settings.home),
        mend=f"chmod o-rwx {names}",
    )


def _disk(settings: Settings) -> Check:
    place = settings.home
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free >> 20
    return Check(
        name="chỗ trống / free disk",
        ok=free >= _FREE_MB,
        detail=f"{free} MB",
        mend=f"cần ít nhất {_FREE_MB} MB / free at least {_FREE_MB} MB",
    )


def _memory(settings: Settings) -> Check:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    need = 700 * settings.worker_count + 500
    return Check(
        name="bộ nhớ / memory",
        ok=total >= need,
        detail=f"{total} MB, {settings.worker_count} tiến trình / workers, {available_processors()} CPU",
        mend=f"cần khoảng {need} MB; giảm --workers / about {need} MB are needed; use fewer --workers",
    )


def _confinement() -> Iterator[Check]:
    """What holds a decoder that a file has taken over; tried in a process of its own, as it cannot be undone."""
    import subprocess

    tried = subprocess.run([sys.executable, "-P", "-c", _TRIED], env=_with_code(), capture_output=True, check=False)
    calls, _, files = tried.stdout.decode().strip().partition(" ")
    yield Check(
        name="bộ giải mã không mạng, không chạy chương trình / decoders without network and programs",
        ok=True,
        detail="nhân hệ điều hành bảo đảm (seccomp) / enforced by the kernel (seccomp)"
        if calls == "True"
        else "KHÔNG: nhân không có seccomp, chỉ chặn ở mức Python "
        "/ NO: no seccomp here, Python's sockets alone are shut",
    )
    yield Check(
        name="bộ giải mã chỉ thấy tệp được giao / decoders see only their input",
        ok=True,
        detail=f"nhân hệ điều hành bảo đảm (Landlock {files}) / enforced by the kernel (Landlock {files})"
        if files not in ("", "0")
        else "KHÔNG: nhân không có Landlock; bộ giải mã đọc được tệp của người dùng này, hãy chạy bằng người dùng "
        "riêng / NO: no Landlock here; decoders can read this user's files: run hotich as a user of its own",
    )


_TRIED = "from workers.processes.confine import confine; c = confine(); print(c.calls, c.files)"


def _with_code() -> dict[str, str]:
    from pathlib import Path

    return {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}


def _prefect(settings: Settings) -> Check:
    if not settings.prefect_api_url:
        try:
            return Check(name="Prefect", ok=True, detail=f"{metadata.version('prefect')}, trong máy / embedded")
        except metadata.PackageNotFoundError:
            return Check(name="Prefect", ok=False, detail="không có / missing", mend="make setup")
    import urllib.request

    address = settings.prefect_api_url.rstrip("/") + "/health"
    try:
        if not address.startswith(("http://", "https://")):
            raise ValueError
        with urllib.request.urlopen(address, timeout=5):  # noqa: S310
            return Check(name="Prefect", ok=True, detail=settings.prefect_api_url)
    except (OSError, ValueError):
        return Check(
            name="Prefect",
            ok=False,
            detail=f"{settings.prefect_api_url} không trả lời / does not answer",
            mend="kiểm tra PREFECT_API_URL và máy chủ / check PREFECT_API_URL and the server",
        )


def _tried(name: str, attempt: Callable[[], str]) -> Check:
    try:
        return Check(name=name, ok=True, detail=attempt())
    except HotichError as error:
        return Check(name=name, ok=False, detail=f"[{error.code}]", mend=str(error.message))
    except (ImportError, OSError) as error:
        return Check(name=name, ok=False, detail=type(error).__name__, mend="make setup")
