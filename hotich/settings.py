"""The settings, and the only reader of the environment.

In order of weight: the command line, the environment (`HOTICH_...`), `settings.toml` in the home folder, the
defaults here. Secrets can be given as the path of a file that holds them (`HOTICH_S3_SECRET_KEY_FILE`).
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message

_PREFIX = "HOTICH_"
SECRET = {
    "s3_secret_key",
    "s3_access_key",
    "replica_s3_secret_key",
    "replica_s3_access_key",
    "database_url",
    "register_url",
    "service_key",
    "smtp_password",
    "encryption_token",
    "oidc_client_secret",
    "sign_password",
}
ORCHESTRATIONS = ("auto", "always", "never")
LOCKS = ("", "governance", "compliance")
BLANK_PAGES = ("decide", "keep", "ask")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set. Names as in `settings.toml`; in the environment in capitals with `HOTICH_`.

    `workers` 0: one per processor. Empty `database_url` and `register_url`: SQLite files under `home`. Empty
    `s3_bucket`: objects in a folder under `home`. `orchestration`: see `flows.prefect_run`. `adapt_after`: corrected
    lines of a book after which its hand is learnt for the first time. `trash_days`: how long a withdrawn paper is kept
    at least. `answer_days`: working days in which a person is answered about their own papers; `holidays`: file of days
    off instead of the known ones. `retention`: terms of types of papers (`hotich retention`); empty: none ends.
    `agency_code`, `agency_name`, `fonds_code`: of the office, in what it hands on (`hotich package`); `ministry_names`:
    pattern of the ministry's file names.
    `reader`: folder of the office's own base reader (`hotich ink learn`); empty: the one that comes with the program.
    `inbox`, `inbox_s3`: where the deployed flows find scans; `office_folders`: the first folder below names the office.
    `batch_pages`: some so many pages are read by one run; `queue_bound`: so many inputs may wait. `lease_seconds`: a
    claim ends so long after whoever holds it was heard of; `store_patience_seconds`: so long a run waits for a store.
    `replica_folder`, `replica_s3_bucket`: a second and a third store on other media (`hotich replicate`).
    `encrypt`: which papers are encrypted before they are stored: `all`, or classes (`PaperClass`), separated by commas;
    `encryption_keys`: key files and keys of key servers, separated by commas: the first encrypts, all of them open;
    `encryption_token`, `encryption_ca_file`: for the key server. `s3_lock_years`: years by class
    (`identity=20, registers=70`) that a bucket with `s3_lock` (governance | compliance) locks papers for.
    `s3_ca_file`: certificates that the S3 server's own goes back to; `s3_encryption`: what the server is asked to
    encrypt with, `s3` or `kms:KEY-ID`.
    `blank_pages`: what becomes of blank pages: `decide` (listed, in no record), `keep` (with the paper they lie in),
    `ask` (a person looks at each).
    `office`: whose papers are that `hotich digitize` reads; empty: this installation is one archive.
    `checkpoint_key`: file of the key that signs checkpoints, `checkpoint_public` its public half, `checkpoint_copies`
    the folder that they are copied to (`hotich checkpoint`). `time_stamp_url`, `time_stamp_roots`: the authority that
    countersigns them (RFC 3161) and a PEM file of the certificates that its own go back to.
    `sign_pkcs12`, or `sign_pkcs11_module` with token and certificate by their labels: what copies are signed with,
    opened by `sign_password`; neither: a test PKI under home. `sign_office`: the office's name on copies.
    `sign_revocation`: `fetch`, or a folder of revocation lists (`.crl`), for signatures that last; with `sign_roots`, a
    PEM file. `incoming_revocation`: a folder of such lists for signatures that papers bring along.
    `service_key`: 64 hexadecimal digits; empty: a file under `home`. `trusted_proxies`: addresses, separated by commas,
    whose word about a caller's address is believed. `public_url`: where people reach the service. `webhook_networks`:
    networks (CIDR, separated by commas) that webhooks may go to besides public addresses. Empty `smtp_host`,
    `sms_folder`: no e-mail, no SMS. `smtp_tls`: starttls | tls | none.
    `session_idle_minutes`: a session ends so long after it was used last; `session_hours`: and so long after it began.
    `clamd`: path of its socket or host:port; empty: uploads are not scanned for malware. `citizen_page`: whether people
    may hand in by the page without an account; for the office `citizen_office` (empty: `office`), so many an hour from
    one address. `page_language`: both | vi | en, of pages in a browser that chose none.
    """

    home: Path
    workers: int = 0
    worker_memory_mb: int = 1536
    page_cpu_seconds: float = 60.0
    page_wall_seconds: float = 600.0
    max_pages: int = 2000
    orchestration: str = "auto"
    prefect_api_url: str = ""
    prefect_patience_seconds: float = 20.0
    database_url: str = ""
    register_url: str = ""
    s3_endpoint: str = ""
    s3_bucket: str = ""
    s3_access_key: str = ""
    s3_secret_key: str = ""
    s3_region: str = ""
    s3_secure: bool = True
    s3_ca_file: str = ""
    s3_encryption: str = ""
    s3_lock: str = ""
    replica_folder: str = ""
    replica_s3_endpoint: str = ""
    replica_s3_bucket: str = ""
    replica_s3_access_key: str = ""
    replica_s3_secret_key: str = ""
    replica_s3_region: str = ""
    replica_s3_secure: bool = True
    replica_s3_ca_file: str = ""
    replica_s3_encryption: str = ""
    replica_s3_lock: str = ""
    s3_lock_years: str = ""
    encrypt: str = ""
    encryption_keys: str = ""
    encryption_token: str = ""
    encryption_ca_file: str = ""
    tessdata: str = ""
    actor: str = ""
    inbox: str = ""
    inbox_s3: str = ""
    office_folders: bool = False
    outbox: str = ""
    batch_pages: int = 50
    queue_bound: int = 20_000
    lease_seconds: int = 120
    store_patience_seconds: int = 600
    adapt_after: int = 50
    trash_days: int = 30
    answer_days: int = 2
    holidays: str = ""
    retention: str = ""
    agency_code: str = ""
    agency_name: str = ""
    fonds_code: str = ""
    ministry_names: str = "{loai}.{nam}.{quyen}.{ngay}.{so}"
    reader: str = ""
    blank_pages: str = "decide"
    office: str = ""
    service_key: str = ""
    checkpoint_key: str = ""
    checkpoint_public: str = ""
    checkpoint_copies: str = ""
    time_stamp_url: str = ""
    time_stamp_roots: str = ""
    sign_office: str = ""
    sign_pkcs12: str = ""
    sign_password: str = ""
    sign_pkcs11_module: str = ""
    sign_pkcs11_token: str = ""
    sign_pkcs11_certificate: str = ""
    sign_roots: str = ""
    incoming_revocation: str = ""
    sign_revocation: str = ""
    trusted_proxies: str = ""
    public_url: str = "http://127.0.0.1:8000"
    webhook_networks: str = ""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_tls: str = "starttls"
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_from: str = ""
    sms_folder: str = ""
    clamd: str = ""
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    session_idle_minutes: int = 30
    session_hours: int = 8
    citizen_page: bool = True
    citizen_office: str = ""
    citizen_per_hour: int = 30
    page_language: str = "both"

    @property
    def worker_count(self) -> int:
        return self.workers or max(1, available_processors())

    @property
    def catalogue_url(self) -> str:
        return self.database_url or f"sqlite:///{self.home / 'catalogue.db'}"

    @property
    def population_url(self) -> str:
        return self.register_url or self.database_url or f"sqlite:///{self.home / 'register.db'}"

    @property
    def is_new(self) -> bool:
        """Whether nothing was ever catalogued here."""
        return not self.database_url and not (self.home / "catalogue.db").exists()

    @property
    def register_is_local(self) -> bool:
        return self.population_url.startswith("sqlite:")


def load_settings(home: Path | None = None, *, environment: Mapping[str, str] | None = None, **given: Any) -> Settings:
    """The settings in force. `given`: from the command line; None counts as not given.

    Raises WrongUse for a value that cannot be one, naming the setting but never showing a secret.
    """
    env = os.environ if environment is None else environment
    place = home or Path(env.get("HOTICH_HOME") or "hotich-data")
    settings = Settings(home=place.expanduser().absolute())
    known = {field.name for field in fields(Settings)} - {"home"}
    values: dict[str, Any] = {}
    for name, value in _file(settings.home / "settings.toml").items():
        if name not in known:
            raise WrongUse(
                Message(
                    f"settings.toml: không có mục “{name}”",
                    f"there is no setting “{name}”. Có / there are: {', '.join(sorted(known))}",
                )
            )
        values[name] = value
    for name in known:
        variable = _PREFIX + name.upper()
        if variable in env:
            values[name] = env[variable]
        elif name in SECRET and env.get(variable + "_FILE"):
            values[name] = _secret(Path(env[variable + "_FILE"]), variable)
    if "prefect_api_url" not in values and env.get("PREFECT_API_URL"):
        values["prefect_api_url"] = env["PREFECT_API_URL"]
    values |= {name: value for name, value in given.items() if value is not None}
    checked = {name: _checked(name, value, getattr(settings, name)) for name, value in values.items()}
    return _sensible(replace(settings, **checked))


def export_home(settings: Settings) -> None:
    """Makes processes started from here use the same home."""
    os.environ["HOTICH_HOME"] = str(settings.home)


def available_processors() -> int:
    """Processors this process may use, containers' limits by affinity included."""
    try:
        return len(os.sched_getaffinity(0))
    except (AttributeError, OSError):
        return os.cpu_count() or 1


def _file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongUse(Message(f"{path}: không đọc được", f"cannot be read ({error})")) from error


def _secret(path: Path, variable: str) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(Message(f"{variable}_FILE: không đọc được tệp", "the file cannot be read")) from error


def _checked(name: str, value: Any, default: Any) -> Any:
    kind = type(default)
    if kind is bool:
        text = str(value).strip().lower()
        if text in ("1", "true", "yes", "on"):
            return True
        if text in ("0", "false", "no", "off"):
            return False
        raise _bad(name, value, "true | false")
    if kind in (int, float):
        try:
            number = kind(str(value).strip())
        except ValueError:
            raise _bad(name, value, "một số / a number") from None
        if not 0 <= number < 1e9:
            raise _bad(name, value, "một số không âm / a number, not negative")
        return number
    return str(value)


def _sensible(settings: Settings) -> Settings:
    if settings.orchestration not in ORCHESTRATIONS:
        raise _bad("orchestration", settings.orchestration, " | ".join(ORCHESTRATIONS))
    if settings.workers > 256:
        raise _bad("workers", settings.workers, "0–256")
    if settings.worker_memory_mb < 400:
        raise _bad("worker_memory_mb", settings.worker_memory_mb, "≥ 400")
    if settings.lease_seconds < 5:
        raise _bad("lease_seconds", settings.lease_seconds, "≥ 5")
    if settings.smtp_tls not in ("starttls", "tls", "none"):
        raise _bad("smtp_tls", settings.smtp_tls, "starttls | tls | none")
    if settings.blank_pages not in BLANK_PAGES:
        raise _bad("blank_pages", settings.blank_pages, " | ".join(BLANK_PAGES))
    for name in ("s3_lock", "replica_s3_lock"):
        if getattr(settings, name) not in LOCKS:
            raise _bad(name, getattr(settings, name), "governance | compliance")
    for name in (
        "page_cpu_seconds",
        "page_wall_seconds",
        "max_pages",
        "batch_pages",
        "queue_bound",
        "adapt_after",
        "session_idle_minutes",
        "session_hours",
    ):
        if getattr(settings, name) <= 0:
            raise _bad(name, getattr(settings, name), "> 0")
    return settings


def _bad(name: str, value: Any, wanted: str) -> WrongUse:
    shown = "***" if name in SECRET else repr(value)[:80]
    return WrongUse(
        Message(f"Thiết lập {name} = {shown} không hợp lệ, cần: {wanted}", f"setting not valid, wanted: {wanted}")
    )
