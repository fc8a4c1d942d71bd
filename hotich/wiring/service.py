"""The submission service and the review desk: stores, tray, reading processes, keys, channels."""

from __future__ import annotations

import contextlib
import ipaddress
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from hotich import __version__
from hotich.settings import Settings
from hotich.wiring.encryption import file_seal, papers_encrypted
from hotich.wiring.processes import provenance, view_renderer, worker_spec
from hotich.wiring.signing import copy_maker
from hotich.wiring.stores import make_home, open_catalogue, open_objects, register_on_demand, security_log
from pipeline.domain.errors import WrongUse
from pipeline.domain.message import Message

if TYPE_CHECKING:
    from service.context import ServiceParts
    from service.desk.views import ScanViewer
    from service.notices import Channel
    from service.notices.webhook import WebhookGuard
    from service.pages.language import Language
    from service.people.accounts import SessionTimes
    from service.people.citizens import CitizenIntake
    from service.people.oidc import Provider
    from service.people.oidc_setup import OidcSetup
    from service.wire.keys import Keys
    from storage.objects import ObjectStore
    from storage.office.store import OfficeStore

_KEY_BYTES = 32


@contextlib.contextmanager
def service_parts(settings: Settings) -> Iterator[ServiceParts]:
    """Everything the service needs, opened and closed together. Raises HotichError, WrongUse."""
    from pipeline.judging.review.policy import load_policy
    from service.context import ServiceParts
    from service.submissions.scanning import Clamd
    from service.wire.limits import ServiceLimits
    from storage.office.store import OfficeStore
    from storage.submissions.tray import open_tray
    from workers.processes import WorkerPool
    from workers.scan_reader import PoolScanReader
    from workers.spool import new_spool

    make_home(settings)
    with contextlib.ExitStack() as stack:
        tray = open_tray(settings.home / "tray", file_seal(settings))
        stack.callback(tray.close)
        made_by = provenance(settings)
        pool = stack.enter_context(WorkerPool(worker_spec(settings, made_by), size=settings.worker_count))
        catalogue = open_catalogue(settings)
        stack.callback(catalogue.close)
        store = OfficeStore(catalogue.database)
        keys = service_keys(settings)
        objects = open_objects(settings, for_writing=True)
        spool = new_spool(settings.home / "spool")
        yield ServiceParts(
            catalogue=catalogue,
            store=store,
            objects=objects,
            tray=tray,
            viewer=stack.enter_context(_viewer(settings, objects, spool)),
            reader=PoolScanReader(pool, spool),
            readers=settings.worker_count,
            register=register_on_demand(settings),
            scanner=Clamd.at(settings.clamd) if settings.clamd else None,
            provenance=made_by,
            keys=keys,
            version=__version__,
            public_url=settings.public_url,
            provider=_provider(settings),
            channels=_channels(settings, store, keys),
            limits=ServiceLimits(),
            policy=load_policy(settings.home / "review.toml"),
            home_office=settings.office,
            security_log=security_log(settings),
            citizens=_citizens(settings),
            session_times=session_times(settings),
            oidc_setup=oidc_setup(settings),
            trash_days=settings.trash_days,
            page_language=_page_language(settings),
            copies=copy_maker(settings, catalogue, objects, store),
        )


@contextlib.contextmanager
def _viewer(settings: Settings, objects: ObjectStore, spool: Path) -> Iterator[ScanViewer]:
    from service.desk.views import ScanViewer
    from storage.review.view_cache import ViewCache

    renderer = view_renderer(settings)
    viewer = ScanViewer(
        objects=objects,
        renderer=renderer,
        cache=ViewCache(settings.home / "views", sealed=papers_encrypted(settings).anything),
        spool=spool / "views",
    )
    try:
        yield viewer
    finally:
        renderer.close()
        viewer.close()


def webhook_guard(settings: Settings) -> WebhookGuard:
    """Where webhooks may go. Raises WrongUse for a setting that names no network."""
    from service.notices.webhook import WebhookGuard

    try:
        networks = tuple(
            ipaddress.ip_network(network.strip()) for network in settings.webhook_networks.split(",") if network.strip()
        )
    except ValueError as error:
        raise WrongUse(Message("webhook_networks: cần dạng 10.0.0.0/8", "wanted: 10.0.0.0/8")) from error
    return WebhookGuard(networks=networks)


def _citizens(settings: Settings) -> CitizenIntake | None:
    from service.people.citizens import CitizenIntake

    if not settings.citizen_page:
        return None
    return CitizenIntake(office=settings.citizen_office or settings.office, per_hour=settings.citizen_per_hour)


def session_times(settings: Settings) -> SessionTimes:
    """How long sessions last."""
    from service.people.accounts import SessionTimes

    return SessionTimes(
        idle=timedelta(minutes=settings.session_idle_minutes), lasts=timedelta(hours=settings.session_hours)
    )


def oidc_setup(settings: Settings) -> OidcSetup:
    """How far signing in through an identity provider is set up."""
    from service.people.oidc_setup import OidcSetup

    return OidcSetup(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        has_secret=bool(settings.oidc_client_secret),
        redirect_uri=f"{settings.public_url.rstrip('/')}/auth/oidc/callback",
    )


def _page_language(settings: Settings) -> Language:
    from service.pages.language import Language

    try:
        return Language(settings.page_language)
    except ValueError as error:
        raise WrongUse(Message("page_language: both | vi | en", "page_language: both | vi | en")) from error


def _provider(settings: Settings) -> Provider | None:
    """None until all of it is set: half of it would send people to a provider that refuses them."""
    from service.people.oidc import Provider

    if not oidc_setup(settings).ready:
        return None
    return Provider(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        redirect_uri=oidc_setup(settings).redirect_uri,
    )


def _channels(settings: Settings, store: OfficeStore, keys: Keys) -> dict[str, Channel]:
    from service.notices.email import Smtp
    from service.notices.sms import FileSms
    from service.notices.webhook import Webhook

    def url_of(client_id: str) -> str | None:
        with store.read() as tables:
            client = tables.clients.by_id(client_id)
        return client.webhook_url if client is not None and client.active else None

    channels: dict[str, Channel] = {"webhook": Webhook(keys=keys, url_of=url_of, guard=webhook_guard(settings))}
    if settings.smtp_host:
        channels["email"] = Smtp(
            host=settings.smtp_host,
            port=settings.smtp_port,
            sender=settings.smtp_from or f"hotich@{settings.smtp_host}",
            user=settings.smtp_user,
            password=settings.smtp_password,
            tls=settings.smtp_tls,
        )
    if settings.sms_folder:
        channels["sms"] = FileSms(folder=Path(settings.sms_folder).expanduser().absolute())
    return channels


def service_keys(settings: Settings) -> Keys:
    """The installation's keys: from the setting, else from a file under home that is made at first use."""
    from service.wire.keys import Keys
    from storage.key_file import read_or_make_key

    given = settings.service_key
    if given:
        try:
            master = bytes.fromhex(given)
        except ValueError:
            master = b""
        if len(master) != _KEY_BYTES:
            raise WrongUse(Message("HOTICH_SERVICE_KEY: cần 64 chữ số hex", "64 hexadecimal digits are needed"))
        return Keys(master=master)
    make_home(settings)
    return Keys(master=read_or_make_key(settings.home / "service.key", size=_KEY_BYTES))
