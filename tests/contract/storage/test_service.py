"""What the submission service keeps, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from pipeline.domain.errors import HotichError, WrongUse
from storage.catalogue import Catalogue, UnitOfWork
from storage.commit import commit_documents
from storage.holdings import HeldPerson, NewUse
from storage.objects import LocalStore
from storage.office.store import OfficeStore, OfficeTables
from storage.people import Scope
from storage.submissions import Decision, NewSubmission, State, SubmittedFile
from storage.submissions.outbox import PAUSES
from storage.submissions.submissions import PROOF_TRIES
from tests.contract.storage.samples import digitized, work_key
from tests.making.clock import Clock

DATA = b"a scan"
VERDICT = {"outcome": "usable"}


@pytest.fixture
def store(catalogue: Catalogue, clock: Clock) -> OfficeStore:
    return OfficeStore(catalogue.database, clock=clock)


def a_submission(
    number: int = 1, *, key: str | None = None, client: str = "onestop", office: str = "00001"
) -> NewSubmission:
    return NewSubmission(
        submission_id=f"{number:032x}",
        code=f"CODE-{number:04d}",
        client_id=client,
        office=office,
        request_key=key,
        fingerprint="f" * 64,
        procedure="1.004222",
        declared={"full_name": "Đặng Thị Mẫu\u0301"},
        files=[SubmittedFile(name="ảnh.jpg", sha256="a" * 64, size=5, media_type="image/jpeg")],
    )


def decided(*documents: tuple[str, str], notices: Sequence[tuple[str, str]] = ()) -> Decision:
    return Decision(state=State.ACCEPTED, outcome="usable", verdict=VERDICT, documents=documents, notices=notices)


def stored(catalogue: Catalogue, objects: LocalStore, document_id: str = "d1", data: bytes = DATA) -> None:
    item = catalogue.claim(work_key(data), name="a.pdf", size=len(data))
    assert item.claim is not None
    commit_documents(objects, catalogue, item.claim, original=data, documents=[digitized(data, document_id)], actor="a")


def indexed(store: OfficeStore, person: str = "p" * 64, identity: str | None = "i" * 64) -> None:
    with store.write() as tables:
        for one in tables.holdings.pending(10):
            tables.holdings.index(
                one,
                holding_code=f"HT-{one.document_id}",
                document_type="birth_certificate",
                identity=identity,
                people=[HeldPerson(person=person, role="subject")],
            )


# Submissions


def test_a_submission_comes_back_as_it_was_recorded(store: OfficeStore) -> None:
    with store.write() as tables:
        assert tables.submissions.add(a_submission())
    with store.read() as tables:
        found = tables.submissions.by_code("CODE-0001")
    assert found is not None
    assert (found.state, found.declared, found.files[0].name) == (State.RECEIVED, a_submission().declared, "ảnh.jpg")


def test_a_request_key_is_used_once_a_client(store: OfficeStore) -> None:
    with store.write() as tables:
        assert tables.submissions.add(a_submission(1, key="k"))
        assert not tables.submissions.add(a_submission(2, key="k"))
        assert tables.submissions.add(a_submission(3, key="k", client="other"))
    with store.read() as tables:
        assert tables.submissions.by_id(f"{2:032x}") is None


def test_of_requests_with_one_key_at_once_one_is_recorded(store: OfficeStore) -> None:
    def add(number: int) -> bool:
        with store.write() as tables:
            return tables.submissions.add(a_submission(number, key="k"))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(add, range(1, 5))) == 1


def test_an_answer_is_given_once(store: OfficeStore) -> None:
    with store.write() as tables:
        tables.submissions.add(a_submission())
        assert tables.submissions.decide(f"{1:032x}", decided())
        assert not tables.submissions.decide(f"{1:032x}", decided())
        assert tables.submissions.open_ids() == []


def test_answer_archive_and_notices_are_one_commit_or_none(
    store: OfficeStore, catalogue: Catalogue, objects: LocalStore
) -> None:
    from storage.office.store import OfficeTables

    with store.write() as tables:
        tables.submissions.add(a_submission())
    item = catalogue.claim(work_key(DATA), name="a.pdf", size=len(DATA))
    assert item.claim is not None

    def fail(unit: UnitOfWork, _documents: object) -> None:
        tables = OfficeTables.over(unit.connection, store.clock)
        tables.submissions.decide(f"{1:032x}", decided(("d1", "HT-1"), notices=[("m" * 32, "webhook")]))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        commit_documents(
            objects, catalogue, item.claim, original=DATA, documents=[digitized(DATA, "d1")], actor="a", also=fail
        )
    with store.read() as tables:
        found = tables.submissions.by_id(f"{1:032x}")
        assert found is not None and found.state is State.RECEIVED
        assert tables.outbox.of_submission(f"{1:032x}") == []
    assert list(catalogue.all_documents()) == []


def test_guessing_birth_dates_locks_a_submission_for_a_while(store: OfficeStore) -> None:
    with store.write() as tables:
        tables.submissions.add(a_submission())
        for _ in range(PROOF_TRIES):
            tables.submissions.proof_failed(f"{1:032x}")
        found = tables.submissions.by_id(f"{1:032x}")
        assert found is not None and found.proof_locked_until is not None


# Clients


def test_a_client_is_known_by_its_key_alone(store: OfficeStore) -> None:
    with store.write() as tables:
        tables.clients.add("onestop", name="Một cửa", office="00001", scopes=["submit"], rate_per_minute=60)
        key = tables.clients.new_key("onestop", lambda _: "k" * 43)
    with store.read() as tables:
        client = tables.clients.by_key(key)
        assert client is not None and client.scopes == {Scope.SUBMIT}
        assert tables.clients.by_key("hk_" + "x" * 43) is None


def test_a_rotated_key_ends_after_the_overlap(store: OfficeStore, clock: Clock) -> None:
    with store.write() as tables:
        tables.clients.add("onestop", name="x", office="1", scopes=["submit"], rate_per_minute=60)
        old = tables.clients.new_key("onestop", lambda _: "k" * 43)
        new = tables.clients.new_key("onestop", lambda _: "n" * 43, overlap=timedelta(hours=1))
        assert tables.clients.by_key(old) is not None
        clock.advance(timedelta(hours=1))
        assert tables.clients.by_key(old) is None
        assert tables.clients.by_key(new) is not None


@pytest.mark.parametrize("client_id", ["", "A", "a b", "../x", "x" * 60])
def test_a_malformed_client_is_refused(store: OfficeStore, client_id: str) -> None:
    with pytest.raises(WrongUse), store.write() as tables:
        tables.clients.add(client_id, name="x", office="1", scopes=["submit"], rate_per_minute=60)


def test_an_unknown_scope_is_refused(store: OfficeStore) -> None:
    with pytest.raises(WrongUse), store.write() as tables:
        tables.clients.add("onestop", name="x", office="1", scopes=["root"], rate_per_minute=60)


# Reads


def read(store: OfficeStore, subject: str = "CODE") -> None:
    with store.write() as tables:
        tables.reads.append(actor="a", office="1", action="x", subject=subject, purpose="Kiểm tra")


def test_reads_are_chained(store: OfficeStore) -> None:
    for subject in ("A", "B", "A"):
        read(store, subject)
    with store.read() as tables:
        assert [one.seq for one in tables.reads.entries(subject="A")] == [1, 3]
        assert tables.reads.verify_chain().ok


def test_a_read_cannot_be_changed_or_removed(store: OfficeStore, catalogue: Catalogue) -> None:
    read(store)
    for statement in ("UPDATE record_reads SET actor = 'b'", "DELETE FROM record_reads"):
        with pytest.raises(HotichError), catalogue.database.write() as connection:
            connection.execute(sa.text(statement))


def test_readers_at_once_are_all_noted(store: OfficeStore) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: read(store), range(8)))
    with store.read() as tables:
        assert tables.reads.verify_chain().entries == 8


# Holdings


def test_the_index_follows_the_audit_log(store: OfficeStore, catalogue: Catalogue, objects: LocalStore) -> None:
    stored(catalogue, objects)
    indexed(store)
    with store.read() as tables:
        assert tables.holdings.pending(10) == []
        found = tables.holdings.of_person("p" * 64, types=["birth_certificate"], offices=None)
        assert [one.document_id for one in found] == ["d1"]
        assert tables.holdings.of_person("q" * 64, types=["birth_certificate"], offices=None) == []


def test_a_superseded_document_is_found_no_more(store: OfficeStore, catalogue: Catalogue, objects: LocalStore) -> None:
    stored(catalogue, objects)
    indexed(store)
    with catalogue.unit() as unit:
        unit.documents.supersede(work_key(DATA, software="newer"))
        unit.commit()
    with store.read() as tables:
        assert tables.holdings.of_person("p" * 64, types=["birth_certificate"], offices=None) == []
        assert tables.holdings.by_code("HT-d1", offices=None) is None


def test_a_document_belongs_to_the_office_it_was_handed_in_at(
    store: OfficeStore, catalogue: Catalogue, objects: LocalStore
) -> None:
    with store.write() as tables:
        tables.submissions.add(a_submission(office="00002"))
        tables.submissions.decide(f"{1:032x}", decided(("d1", "HT-d1")))
    stored(catalogue, objects)
    indexed(store)
    with store.read() as tables:
        assert tables.holdings.by_code("HT-d1", offices=["00001", ""]) is None
        assert tables.holdings.by_code("HT-d1", offices=["00002", ""]) is not None
        assert tables.holdings.by_identity(["i" * 64], offices=["00001", ""]) == {}
        assert tables.holdings.by_identity(["i" * 64], offices=["00002"]) == {"i" * 64: ("d1", "HT-d1")}


def test_a_use_is_kept_with_what_it_was_for(store: OfficeStore) -> None:
    use = NewUse(
        use_id="u" * 32, holding_code="HT-1", document_id="d1", revision=1, client_id="c", request_key="k",
        officer="cb.01", office="1", procedure="1.004222", purpose="Đăng ký", digest="sha256/aa/bb",
    )  # fmt: skip
    with store.write() as tables:
        tables.holdings.add_use(use)
    with store.read() as tables:
        assert tables.holdings.use_by_request("c", "k").purpose == "Đăng ký"
        assert tables.holdings.use_by_request("d", "k") is None


# Messages


def waiting(store: OfficeStore) -> None:
    with store.write() as tables:
        tables.submissions.add(a_submission())
        tables.outbox.add("m" * 32, submission_id=f"{1:032x}", channel="webhook", event="submission.accepted")


def test_a_message_is_taken_by_one_sender(store: OfficeStore, clock: Clock) -> None:
    waiting(store)
    with store.write() as tables:
        assert len(tables.outbox.take_due(5)) == 1
    with store.write() as tables:
        assert tables.outbox.take_due(5) == []
        clock.advance(timedelta(minutes=3))  # that sender died
        assert len(tables.outbox.take_due(5)) == 1


def test_a_message_is_tried_again_with_growing_pauses_and_given_up_at_last(store: OfficeStore, clock: Clock) -> None:
    waiting(store)
    for pause in PAUSES:
        with store.write() as tables:
            assert len(tables.outbox.take_due(5)) == 1
            tables.outbox.mark_failed("m" * 32, "no")
            clock.advance(pause)
    with store.write() as tables:
        tables.outbox.mark_failed("m" * 32, "no")
        clock.advance(timedelta(days=1))
        assert tables.outbox.take_due(5) == []
        assert [one.state for one in tables.outbox.failing()] == ["failed"]


# People


def a_user(store: OfficeStore, login: str = "an.cb") -> None:
    with store.write() as tables:
        tables.users.add("u" * 32, login=login, name="An", office="1", roles=["reviewer"], password="x")


def test_a_login_is_taken_once_however_it_is_written(store: OfficeStore) -> None:
    a_user(store)
    with pytest.raises(WrongUse), store.write() as tables:
        tables.users.add("v" * 32, login=" AN.CB ", name="x", office="1", roles=["reviewer"])


IDLE = timedelta(minutes=30)


def lasts(tables: OfficeTables, digest: str) -> bool:
    return tables.sessions.user_of(digest * 64, idle=IDLE) is not None


def test_a_session_ends_with_its_time_its_user_or_its_password(store: OfficeStore, clock: Clock) -> None:
    a_user(store)
    with store.write() as tables:
        for digest in ("a" * 64, "b" * 64):
            tables.sessions.begin(digest, "u" * 32)
        assert lasts(tables, "a")
        tables.sessions.end("a" * 64)
        assert not lasts(tables, "a")
        tables.users.set_password("u" * 32, "y")
        assert not lasts(tables, "b")
        tables.sessions.begin("c" * 64, "u" * 32, lasts=timedelta(hours=1))
        for _ in range(3):
            assert lasts(tables, "c")
            clock.advance(timedelta(minutes=20))
            tables.sessions.touch("c" * 64)
        assert not lasts(tables, "c")


def test_a_session_that_is_not_used_ends_and_stands_in_no_list(store: OfficeStore, clock: Clock) -> None:
    a_user(store)
    with store.write() as tables:
        tables.sessions.begin("a" * 64, "u" * 32, address="192.0.2.1", browser="Chrome, Windows")
        [shown] = tables.sessions.open(idle=IDLE, office="1")
        assert (shown.session_id, shown.login, shown.browser) == ("a" * 16, "an.cb", "Chrome, Windows")
        assert tables.sessions.open(idle=IDLE, office="2") == []
        clock.advance(timedelta(minutes=31))
        assert not lasts(tables, "a")
        assert tables.sessions.open(idle=IDLE) == []


def test_one_session_is_ended_by_its_name_and_only_of_its_person(store: OfficeStore) -> None:
    a_user(store)
    with store.write() as tables:
        for digest in ("a" * 64, "b" * 64, "c" * 64):
            tables.sessions.begin(digest, "u" * 32)
        assert not tables.sessions.end_one("v" * 32, "a" * 16)
        assert tables.sessions.end_one("u" * 32, "a" * 16)
        assert tables.sessions.end_all("u" * 32, but="c" * 64) == 1
        assert [lasts(tables, digest) for digest in "abc"] == [False, False, True]


def test_a_recovery_code_is_good_once_and_only_for_its_person(store: OfficeStore) -> None:
    a_user(store)
    with store.write() as tables:
        tables.users.set_recovery_codes("u" * 32, ["1" * 64, "2" * 64])
        assert not tables.users.use_recovery_code("v" * 32, "1" * 64)
        assert tables.users.use_recovery_code("u" * 32, "1" * 64)
        assert not tables.users.use_recovery_code("u" * 32, "1" * 64)
        assert tables.users.recovery_codes_left("u" * 32) == 1
        tables.users.set_totp("u" * 32, None)
        assert tables.users.recovery_codes_left("u" * 32) == 0


def test_an_office_that_is_not_listed_is_refused_from_the_first_one_listed_on(store: OfficeStore) -> None:
    a_user(store)
    with store.write() as tables:
        tables.offices.need("anything")
        tables.offices.add("1", "UBND phường Một")
        tables.offices.need("1")
        for unknown in ("2", ""):
            with pytest.raises(WrongUse):
                tables.offices.need(unknown)
        assert [(one.office, one.name, one.people) for one in tables.offices.all()] == [("1", "UBND phường Một", 1)]


def test_an_office_is_closed_only_when_nobody_is_there(store: OfficeStore) -> None:
    a_user(store)
    with store.write() as tables:
        tables.offices.add("1", "UBND phường Một")
        with pytest.raises(WrongUse):
            tables.offices.set_active("1", False)
        tables.users.set_active("an.cb", False)
        tables.offices.set_active("1", False)
        with pytest.raises(WrongUse):
            tables.offices.need("1")


def test_a_one_time_code_is_good_once(store: OfficeStore) -> None:
    a_user(store)
    with store.write() as tables:
        assert tables.users.login_succeeded("u" * 32, totp_step=100)
        assert not tables.users.login_succeeded("u" * 32, totp_step=100)
        assert not tables.users.login_succeeded("u" * 32, totp_step=99)
        assert tables.users.login_succeeded("u" * 32, totp_step=101)
