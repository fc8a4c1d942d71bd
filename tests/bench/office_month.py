"""`make bench-office`: a month of an office, at the end of which nothing is open that nobody can see.

Five clerks of two offices, an auditor and an administrator; 22 working days; 3,000 submissions by programs and by the
citizens' page, 20 books of 25 papers. Clerks go on leave, one leaves for good and one changes offices, settings change,
lanes are given, papers are withdrawn, the service is killed twice in the middle of a day.

**Real**: the service (a process of its own, over HTTP), its SQLite database, object store, tray, verdicts, queues,
claims, second persons, arbitration, releases; every decision goes by the routes that the pages use, each clerk signed
in with password and one-time code; books are stored beside it by this process, as `hotich digitize` stores them; a kill
is `SIGKILL`; `hotich verify` looks at the end.
**Shortened**: nothing is read (an upload says what stands on it; of book papers the records are given), no pictures are
drawn, clerks decide without looking, and a night passes by putting the service's clock forward.

Each evening it counts what is open and what of that nobody may decide. After the last day everybody decides until
their queues are empty: what is then open in the database is what nobody was ever offered. The exit code says whether
there is any.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
import sqlalchemy as sa

from pipeline.domain.model import DocumentType
from storage.catalogue import Catalogue
from storage.objects import LocalStore
from storage.office.store import OfficeStore
from storage.review.stranded import Stranded, stranded_in
from storage.review.tables import IS_OPEN, review_items
from storage.submissions.states import State
from storage.submissions.tables import submissions
from storage.verify import verify
from tests.bench.measure import bench_folder
from tests.bench.office_clerks import Clerk, TooOften, admin_moves_stranded, say_a_book
from tests.bench.office_month_service import MASTER, MovedClock, upload
from tests.making.desk_home import CERTIFICATE, DeskHome
from tests.making.ports import free_port

DAYS, WEEK = 22, 5
NIGHT = timedelta(days=1)
FIRST, SECOND = "00001", "00002"
RESIDENCE, CORRECTION = "1.004222", "1.004859"
DOUBTS = ("full_name", "ethnicity", "date_of_registration", "place_of_registration")
PATIENCE_S = 600.0  # with a service that starts, or is slow on a busy machine
CAPACITY = 30  # things that a clerk decides in a day of a month of so many submissions:
USUAL = 3000
OPEN_STATES = (State.RECEIVED.value, State.IN_REVIEW.value)


@dataclass
class Evening:
    """What one evening counted: handed in and answered so far, what is open, and what of it nobody may decide."""

    day: int
    came: int
    decided: int
    open_submissions: int
    open_items: int
    stranded: int
    note: str


@dataclass
class Month:
    """The office: its stores as this process sees them, the service, its people, and what they did."""

    folder: Path
    count: int
    books: int
    papers: int
    random: Random = field(default_factory=lambda: Random(15))
    office: str = ""  # the setting
    people: dict[str, Clerk] = field(default_factory=dict)
    away: set[str] = field(default_factory=set)
    codes: dict[str, str] = field(default_factory=dict)  # by request key
    evenings: list[Evening] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    _sent: int = 0

    def __post_init__(self) -> None:
        (self.folder / "clock").write_text("0")
        self.clock = MovedClock(self.folder / "clock")
        catalogue = Catalogue.open(f"sqlite:///{self.folder / 'catalogue.db'}", clock=self.clock)
        self.home = DeskHome(
            folder=self.folder, catalogue=catalogue, objects=LocalStore(self.folder / "objects"), clock=self.clock
        )
        self.store = OfficeStore(catalogue.database, clock=self.clock)
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.keys = {office: self._client(office) for office in (FIRST, SECOND)}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _client(self, office: str) -> str:
        with self.store.write() as tables:
            tables.clients.add(
                f"onestop-{office}", name=f"onestop-{office}", office=office, scopes=("submit", "status"),
                rate_per_minute=1_000_000,
            )  # fmt: skip
            return tables.clients.new_key(f"onestop-{office}", lambda n: (office * 9)[:43])

    # The service.

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "tests.bench.office_month_service",
            str(self.folder),
            str(self.port),
            self.office,
        ]
        log = (self.folder / "service.log").open("ab")
        self.process = subprocess.Popen(command, stdout=log, stderr=log)
        until = time.monotonic() + PATIENCE_S
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.address}/health", timeout=5).status_code == 200:
                    return
            if self.process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"the service did not start: {(self.folder / 'service.log').read_text()[-2000:]}")
            time.sleep(0.1)

    def kill(self) -> None:
        """As a power cut."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def restart(self) -> None:
        self.kill()
        self.start()

    # People.

    def hire(self, login: str, role: str, office: str) -> None:
        self.home.person(login, role, keys=_keys(), office=office)
        self.people[login] = Clerk(login=login, code=lambda: self.home.code(login), address=lambda: self.address)

    def leave(self, login: str) -> None:
        with self.store.write() as tables:
            tables.users.set_active(login, False)
        del self.people[login]

    def at_work(self) -> list[Clerk]:
        return [one for login, one in self.people.items() if login not in self.away and login != "quan"]

    # A day.

    def day(self, number: int, sent: int, *, crash: bool = False, note: str = "") -> None:
        """Submissions come, a book is stored, and whoever is there decides; with `crash` the service is killed
        meanwhile."""
        for one in [*self.at_work(), self.people["quan"]]:
            one.sign_in()
        book = threading.Thread(target=self.store_book, args=(number,))
        book.start()
        clerks = self.at_work()
        with ThreadPoolExecutor(len(clerks) + 2) as pool:
            work: list[Future[Any]] = [pool.submit(self.hand_in, sent)]
            work += [pool.submit(self.work_a_day, clerk, work[0]) for clerk in clerks]
            if crash:
                time.sleep(1.5)
                self.restart()
            for running in work:
                running.result()
        book.join()
        self.evening(number, note)

    def evening(self, number: int, note: str = "") -> None:
        """Counts; the administrator then moves what nobody sees; the night passes."""
        found = self.stranded()
        if found:
            moved = admin_moves_stranded(self.people["quan"], FIRST)
            note = f"{note}; {moved} moved to {FIRST}".removeprefix("; ")
        self.evenings.append(self.count_up(number, found, note))
        print(_row(self.evenings[-1]), flush=True)
        self.pass_time(NIGHT)

    def pass_time(self, more: timedelta) -> None:
        file = self.folder / "clock"
        file.write_text(str(float(file.read_text() or 0) + more.total_seconds()))

    def store_book(self, number: int) -> None:
        """A book a day, in a folder of its own, while the service works on."""
        if number > self.books:
            return
        for paper in range(self.papers):
            copy = number * 10_000 + paper
            doubt = self.random.sample(DOUBTS, 3)
            self.home.add(CERTIFICATE, data=f"paper {copy}".encode(), doubt=doubt, book=f"khai-sinh/{number:02}")

    def hand_in(self, sent: int) -> None:
        with httpx.Client(timeout=PATIENCE_S) as http:
            for _ in range(sent):
                self._sent += 1
                self._hand_in(http, self._sent)

    def _hand_in(self, http: httpx.Client, number: int) -> None:
        office = SECOND if number % 3 == 0 else FIRST
        procedure, declared, files = _submission(number, self.random)
        headers = {"Authorization": f"Bearer {self.keys[office]}", "Idempotency-Key": f"month-{number:06}"}
        sent = [("files", (f"anh{n}.jpg", data, "image/jpeg")) for n, data in enumerate(files)]
        data = {"procedure": procedure, "declared": json.dumps(declared)}
        answer = _until_answered(
            lambda: http.post(f"{self.address}/submissions", data=data, files=sent, headers=headers)
        )
        self.codes[f"month-{number:06}"] = answer.json()["code"]

    def work_a_day(self, clerk: Clerk, comes: Future[Any]) -> None:
        """Decides what comes until the day is over and nothing is left, at most what a clerk can."""
        left = max(3, CAPACITY * self.count // USUAL)
        while left > 0:
            over = comes.done()
            decided = self.decide(clerk, min(left, 10))
            left -= decided
            if over and not decided:
                break
            time.sleep(0.0 if decided else 0.1)

    def decide(self, clerk: Clerk, most: int) -> int:
        """Decides submissions and items in turn until so many are decided or nothing is offered."""
        decided = 0
        while decided < most:
            before = decided
            for work in (clerk.decide_submission, clerk.decide_items):
                try:
                    decided += work()
                except (httpx.HTTPError, TooOften) as error:
                    time.sleep(getattr(error, "wait", 0.3))
                    before = -1
            if decided == before:
                break
        self.done[clerk.login] += decided
        return decided

    # Counting.

    def stranded(self) -> list[Stranded]:
        return stranded_in(self.home.catalogue.database, self.office)

    def open_now(self) -> tuple[int, int]:
        """Open submissions and items, by the database alone."""
        with self.home.catalogue.database.read() as connection:
            waiting = sa.select(sa.func.count()).select_from(submissions).where(submissions.c.state.in_(OPEN_STATES))
            items = sa.select(sa.func.count()).select_from(review_items).where(IS_OPEN)
            return connection.scalar(waiting) or 0, connection.scalar(items) or 0

    def count_up(self, number: int, found: list[Stranded], note: str) -> Evening:
        waiting, items = self.open_now()
        return Evening(
            day=number,
            came=self._sent,
            decided=sum(self.done.values()),
            open_submissions=waiting,
            open_items=items,
            stranded=sum(len(one.items) + len(one.submissions) for one in found),
            note=note,
        )

    def drain(self) -> int:
        """Everybody decides until nobody is offered anything. How many rounds it took."""
        for round_ in range(1, 60):
            self.pass_time(timedelta(hours=10))  # every claim of the round before has ended
            for one in [*self.at_work(), self.people["quan"]]:
                one.sign_in()
            with ThreadPoolExecutor(8) as pool:
                decided = sum(pool.map(lambda clerk: self.decide(clerk, 100_000), self.at_work()))
            time.sleep(0.2)
            if not decided:
                return round_
        return 60


def month(folder: Path, *, count: int, books: int, papers: int) -> Month:
    """Plays it; the office as it is in the end."""
    made = Month(folder, count, books, papers)
    for login, role, office in (
        ("lan", "reviewer", FIRST), ("minh", "reviewer", FIRST), ("hoa", "reviewer", FIRST),
        ("tam", "reviewer", SECOND), ("bich", "reviewer", SECOND), ("kiem", "auditor", FIRST), ("quan", "admin", ""),
    ):  # fmt: skip
        made.hire(login, role, office)
    try:
        made.start()
        for number in range(1, DAYS + 1):
            note = _before(made, number)
            made.day(number, _share(count, number), crash=number in (12, 17), note=note)
        made.away.clear()
        rounds = made.drain()
        made.evening(DAYS + 1, f"drained in {rounds} rounds")
    finally:
        made.kill()
    return made


def _before(made: Month, number: int) -> str:
    """What happens to the office before that day."""
    happens: dict[int, tuple[str, Callable[[], object]]] = {
        3: ("books said by the form, book 1 given to Lan", lambda: _books_and_lanes(made)),
        6: ("Lan goes on leave with her lane", lambda: made.away.add("lan")),
        9: ("setting office = 00001; review.toml: 5 % samples", lambda: _change_settings(made)),
        11: ("Lan is back; 10 papers withdrawn, 5 brought back", lambda: _withdraw(made)),
        12: ("killed in the middle of the day", lambda: None),
        15: ("Bích leaves; Tâm moves to 00001", lambda: _leave(made)),
        17: ("killed again; Hoa on leave", lambda: made.away.add("hoa")),
        18: ("Dung begins in 00002", lambda: made.hire("dung", "reviewer", SECOND)),
        20: ("Hoa is back", lambda: made.away.discard("hoa")),
    }  # fmt: skip
    note, act = happens.get(number, ("", lambda: None))
    act()
    return note


def _books_and_lanes(made: Month) -> None:
    admin = made.people["quan"]
    admin.sign_in()
    for number in range(1, made.books + 1):
        say_a_book(admin, f"KS-{number:02}", folder=f"khai-sinh/{number:02}", pages=made.papers)
    admin.post("/ban-duyet/giao-viec", {"book": "KS-01", "days": "2", "nguoi.lan": "1"}, page="/ban-duyet/giao-viec")


def _change_settings(made: Month) -> None:
    made.office = FIRST
    (made.folder / "review.toml").write_text("sample_accepted = 0.05\n")
    made.restart()


def _withdraw(made: Month) -> None:
    made.away.discard("lan")
    admin = made.people["quan"]
    admin.sign_in()
    for document in admin.papers_in_queue()[:10]:
        paper = f"/ban-duyet/giay/{document}"
        admin.post(f"{paper}/rut", {"reason": "quét nhầm"}, page=paper)
    for document in admin.withdrawn()[:5]:
        admin.post(f"/ban-duyet/da-rut/{document}/khoi-phuc", {}, page="/ban-duyet/da-rut")


def _leave(made: Month) -> None:
    made.leave("bich")
    made.leave("tam")
    made.hire("tam2", "reviewer", FIRST)


def _share(count: int, number: int) -> int:
    return count * number // DAYS - count * (number - 1) // DAYS


def _submission(number: int, random: Random) -> tuple[str, dict[str, str], list[bytes]]:
    """Procedure, declared values and files: two of three agree, some contradict, some are unsure, some not readable."""
    year, month_, day = random.randint(1950, 1999), random.randint(1, 12), random.randint(1, 28)
    born, number_ = f"{year}-{month_:02}-{day:02}", f"0011{year % 100:02}{number:06}"
    name = f"{random.choice(('Nguyễn', 'Trần', 'Lê'))} Thị {random.choice(('Mẫu', 'Thử', 'Ví Dụ'))}"
    card = {"full_name": name, "personal_id": number_, "date_of_birth": born, "sex": "female",
            "nationality": "Việt Nam", "date_of_expiry": "2040-01-15", "date_of_issue": "2021-05-10",
            "identifying_marks": "Nốt ruồi", "mrz": "x"}  # fmt: skip
    fate = random.random()
    doubtful = ["full_name", "date_of_birth"] if 0.65 < fate <= 0.75 else []
    declared_day = day if fate < 0.75 or fate > 0.95 else day % 28 + 1
    kind = DocumentType.UNKNOWN if fate > 0.95 else DocumentType.CITIZEN_ID_CHIP
    files = [upload(kind, "2021" if fate <= 0.95 else None, {} if fate > 0.95 else card, doubtful)]
    declared = {"full_name": name, "personal_id": number_, "date_of_birth": f"{declared_day:02}/{month_:02}/{year}",
                "sex": "Nữ"}  # fmt: skip
    if number % 4:
        return RESIDENCE, declared, files
    act = {"full_name": name, "date_of_birth": born, "document_number": f"{number}/1990"}
    files.insert(0, upload(DocumentType.BIRTH_CERTIFICATE, "2016", act, doubtful))
    declared = {"full_name": name, "date_of_birth": declared["date_of_birth"], "document_number": f"{number}/1990",
                "applicant_full_name": name, "applicant_personal_id": number_}  # fmt: skip
    return CORRECTION, declared, files


def _until_answered(ask: Callable[[], httpx.Response]) -> httpx.Response:
    """The answer, asked for again while the service is down or busy."""
    until = time.monotonic() + PATIENCE_S
    while True:
        with contextlib.suppress(httpx.TransportError):
            answer = ask()
            if answer.status_code < 300:
                return answer
            if answer.status_code not in (429, 503):
                raise SystemExit(f"{answer.status_code}: {answer.text[:500]}")
        if time.monotonic() > until:
            raise SystemExit("the service gave no answer for ten minutes")
        time.sleep(0.3)


def _keys() -> Any:
    from service.wire.keys import Keys

    return Keys(master=MASTER)


def _row(one: Evening) -> str:
    return (
        f"{one.day:4} {one.came:8} {one.decided:9} {one.open_submissions:12} {one.open_items:11} {one.stranded:13}"
        f"   {one.note}"
    )


_HEAD = " day     came   decided  submissions       items  nobody sees   (what is open; the evening before the move)"


def judged(made: Month) -> Iterator[str]:
    """What is not as it must be."""
    waiting, items = made.open_now()
    if waiting or items:
        yield f"{waiting} submissions and {items} items are open and were offered to nobody"
    if made.stranded():
        yield "something is in nobody's queue"
    if len(made.codes) != made.count:
        yield f"{made.count - len(made.codes)} submissions were never answered with a code"
    with made.home.catalogue.database.read() as connection:
        stored = connection.scalar(sa.select(sa.func.count()).select_from(submissions))
    if stored != made.count:
        yield f"{stored} submissions are recorded, not {made.count}: a crash lost or doubled some"
    report = verify(made.home.objects, made.home.catalogue)
    if not report.ok:
        yield f"verify: {report}"[:2000]


def main() -> int:
    parser = argparse.ArgumentParser(description="A month of an office")
    parser.add_argument("--submissions", type=int, default=3000)
    parser.add_argument("--books", type=int, default=20)
    parser.add_argument("--papers", type=int, default=25, help="of a book")
    options = parser.parse_args()
    folder = bench_folder("office") / f"{time.time_ns()}"
    folder.mkdir()
    started = time.monotonic()
    print(_HEAD)
    made = month(folder, count=options.submissions, books=options.books, papers=options.papers)
    print(f"\ndecided by person: {dict(sorted(made.done.items()))}")
    print(f"{time.monotonic() - started:.0f} s")
    wrong = list(judged(made))
    for one in wrong:
        print(f"WRONG: {one}")
    print("nothing is open that nobody can see" if not wrong else "not as it must be")
    made.home.close()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
