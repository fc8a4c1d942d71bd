"""What the service is made of: what the wiring hands in, and what routes and use cases are given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from argon2 import PasswordHasher

from pipeline.domain.model import Provenance
from pipeline.judging.asking import load_rules
from pipeline.judging.review.policy import ReviewPolicy, default_policy
from pipeline.settling.triage import TriageSettings
from service.asking.in_time import RegisterInTime
from service.background import RepeatedWork
from service.desk.desk import ReviewDesk
from service.desk.document_edits import DocumentEdits
from service.desk.evidence import Evidence
from service.desk.learning import LineKeeper
from service.desk.overview.overview import Overview
from service.desk.reading_again import ReadingAgain
from service.desk.views import ScanViewer
from service.holdings.index import HoldingIndex
from service.notices import Channel, Dispatcher
from service.pages.language import Language
from service.people.accounts import Accounts, SessionTimes
from service.people.administration import Acts, Administration
from service.people.citizens import CitizenIntake, Visits
from service.people.client_administration import ClientAdministration
from service.people.hashing import HashingQueue
from service.people.oidc import OidcSignIn, Provider
from service.people.oidc_setup import OidcSetup
from service.people.own_account import OwnAccount
from service.people.sign_in_pace import SignInPace
from service.submissions.answer_submission import Processor
from service.submissions.changes import SubmissionChanges
from service.submissions.closing import close_rulings
from service.submissions.deciding import refuse_for_rescan
from service.submissions.queue import Queue
from service.submissions.registered import PopulationRegister
from service.submissions.scanning import FileScanner
from service.wire.keys import Keys
from service.wire.limits import ServiceLimits
from service.wire.rates import RateLimiter
from storage.catalogue import Catalogue
from storage.objects import ObjectStore
from storage.objects.paper_class import PaperClass
from storage.office.store import OfficeStore
from storage.people.security_log import SecurityLog
from storage.review import Editing, Person, Releasing, ReviewStore
from storage.submissions.tray import Tray
from storage.submissions.uploads import Uploads
from workers.archive_reading import ArchiveReading
from workers.copies import CopyMaker
from workers.finding import Finder
from workers.scan_reader import ScanReader

_FOLLOW_S = 30.0
_SWEEP_S = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceParts:
    """What the wiring hands in. `readers`: how many files are read at a time. `citizens` None: no citizen page.
    `home_office`: the office that owns papers which came by no submission; empty where the installation is one
    archive. `trash_days`: how long a withdrawn paper is kept at least.
    `page_language`: of browsers that chose none. `copies`: makes signed copies."""

    catalogue: Catalogue
    store: OfficeStore
    objects: ObjectStore
    tray: Tray
    reader: ScanReader
    readers: int
    provenance: Provenance
    keys: Keys
    version: str
    register: PopulationRegister | None = None
    viewer: ScanViewer | None = None
    scanner: FileScanner | None = None
    public_url: str = "http://127.0.0.1:8000"
    hasher: PasswordHasher | None = None
    provider: Provider | None = None
    citizens: CitizenIntake | None = field(default_factory=CitizenIntake)
    channels: Mapping[str, Channel] = field(default_factory=dict)
    limits: ServiceLimits = field(default_factory=ServiceLimits)
    policy: ReviewPolicy = field(default_factory=default_policy)
    home_office: str = ""
    security_log: SecurityLog = field(default_factory=SecurityLog)
    session_times: SessionTimes = field(default_factory=SessionTimes)
    oidc_setup: OidcSetup = field(default_factory=OidcSetup)
    trash_days: int = 30
    page_language: Language = Language.BOTH
    copies: CopyMaker | None = None


class ServiceContext:
    """What routes and use cases are given: the parts, and what is built of them. One for each running application."""

    def __init__(self, parts: ServiceParts) -> None:
        self.parts = parts
        self.store = parts.store
        self.keys = parts.keys
        self.limits = parts.limits
        self.security_log = parts.security_log
        self.changes = SubmissionChanges()
        self.index = HoldingIndex(store=parts.store, objects=parts.objects, keys=parts.keys)
        self._set_up_desk(parts)
        self.finder = Finder(
            catalogue=parts.catalogue,
            office=parts.store,
            objects=parts.objects,
            digest=lambda asked: parts.keys.digest("search", asked),
        )
        self.processor = Processor(
            store=parts.store,
            archive=ArchiveReading(
                catalogue=parts.catalogue,
                objects=parts.objects,
                actor="service",
                of=frozenset({PaperClass.SUBMISSIONS}),
            ),
            tray=parts.tray,
            reader=parts.reader,
            provenance=parts.provenance,
            keys=parts.keys,
            register=parts.register,
            on_page=lambda submission_id, page: self.queue.read_page(submission_id, page),
            on_stored=self._catch_up,
        )
        load_rules()  # a slip in the table stops the start, not an answer
        self.register_in_time = RegisterInTime(parts.register)
        self.reading_again = ReadingAgain(
            catalogue=parts.catalogue,
            objects=parts.objects,
            reader=parts.reader,
            provenance=parts.provenance,
            folder=parts.tray.folder / "again",
            on_stored=self._catch_up,
        )
        self.queue = Queue(self.processor.process, size=parts.readers, on_change=self.changes.publish)
        self.rates = RateLimiter()
        self.hashing = HashingQueue()
        self.sign_in_pace = SignInPace(keys=parts.keys)
        self.visits = Visits(keys=parts.keys, store=parts.store)
        self.uploads = Uploads(parts.tray.folder / "uploads", clock=parts.store.clock)
        self.oidc: OidcSignIn | None = None
        if parts.provider is not None:
            self.oidc = OidcSignIn(provider=parts.provider, store=parts.store, keys=parts.keys)
        self._set_up_people(parts)
        self.notices = Dispatcher(store=parts.store, channels=parts.channels, public_url=parts.public_url)
        self._sweeper = RepeatedWork(self.uploads.sweep, every_s=_SWEEP_S, name="hotich-uploads")
        self._follower = RepeatedWork(self._catch_up, every_s=_FOLLOW_S, name="hotich-follower")

    def _set_up_people(self, parts: ServiceParts) -> None:
        """Accounts, what people change about themselves, and what administrators change."""
        self.accounts = Accounts(
            store=parts.store,
            keys=parts.keys,
            hasher=parts.hasher,
            home_office=parts.home_office,
            times=parts.session_times,
        )
        self.own_account = OwnAccount(store=parts.store, accounts=self.accounts, security_log=parts.security_log)
        acts = Acts(store=parts.store, security_log=parts.security_log)
        self.administration = Administration(store=parts.store, keys=parts.keys, accounts=self.accounts, acts=acts)
        self.client_administration = ClientAdministration(store=parts.store, acts=acts)

    def _set_up_desk(self, parts: ServiceParts) -> None:
        """The review desk: the items to decide, the evidence shown with them, and what follows a decision."""
        self.reviews = ReviewStore(
            parts.catalogue.database,
            policy=parts.policy,
            draw=parts.keys.draw,
            home_office=parts.home_office,
            clock=parts.store.clock,
        )
        releasing = Releasing(
            store=self.reviews, catalogue=parts.catalogue, objects=parts.objects, register=parts.register
        )
        self.evidence = Evidence(viewer=parts.viewer, register=parts.register)
        self.lines = LineKeeper(
            learn=parts.policy.learn, viewer=parts.viewer, catalogue=parts.catalogue, objects=parts.objects
        )
        self.desk = ReviewDesk(
            store=self.reviews,
            office=parts.store,
            catalogue=parts.catalogue,
            objects=parts.objects,
            releasing=releasing,
            on_released=self.index.catch_up,
            on_settled=self.lines.settled,
            on_retake=self._send_back,
        )
        self.overview = Overview(store=self.reviews, promise=1.0 - TriageSettings().accept_at)
        editing = Editing(store=self.reviews, catalogue=parts.catalogue, objects=parts.objects, releasing=releasing)
        self.document_edits = DocumentEdits(
            desk=self.desk, store=self.reviews, editing=editing, on_changed=self.index.catch_up
        )

    @property
    def clock(self) -> Callable[[], datetime]:
        return self.store.clock

    @property
    def secure(self) -> bool:
        """Whether people reach the service over TLS."""
        return self.parts.public_url.startswith("https://")

    def start(self) -> None:
        """Queues what an earlier run left unread, removes what it left of no use, and starts the threads."""
        self.reading_again.clear()
        for submission_id in self.processor.unfinished():
            self.queue.put(submission_id)
        self.notices.start()
        self._follower.start()
        self._sweeper.start()

    def stop(self) -> None:
        """Stops the threads. What is unread stays for the next start."""
        self.queue.close()
        self.reading_again.close()
        self.register_in_time.close()
        self.lines.close()
        self.notices.stop()
        self._follower.stop()
        self._sweeper.stop()

    def _send_back(self, document_id: str, person: Person) -> None:
        refuse_for_rescan(self.store, self.keys, document_id, person.login)
        close_rulings(self.store, self.parts.tray)

    def _catch_up(self) -> None:
        """Indexes and opens items for whatever was stored since the last call, by this service or in batch, and closes
        what people ruled."""
        close_rulings(self.store, self.parts.tray)
        self.index.catch_up()
        self.desk.catch_up()
