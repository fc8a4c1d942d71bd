"""What an office keeps beside an archive: submissions of every kind, a use, a request, a decision at the desk."""

from __future__ import annotations

from datetime import date, timedelta

from pipeline.judging.review.outcome import Choice
from pipeline.judging.review.policy import default_policy
from storage.catalogue import Catalogue
from storage.holdings.holdings import NewUse
from storage.office.store import OfficeStore
from storage.requests import RequestKind
from storage.review import ReviewStore
from storage.review.deciding import NewDecision
from storage.review.queue import Filters, Person
from storage.submissions import Decision, NewSubmission, Ruling, State, Submissions, SubmittedFile
from tests.making.clock import Clock

RULED, TAKEN_BACK, BLOCKED, ERASED = "CODE-RULED", "CODE-BACK", "CODE-BLOCKED", "CODE-ERASED"
FIELD = {"name": "full_name", "role": "applicant_card", "declared": "Đặng Thị Mẫu", "read": "Đặng Thị Mẫn"}


def fill_office(catalogue: Catalogue, clock: Clock, *, document: str, code: str) -> None:
    """`document`: one that has an item at the desk, and its holding code `code`."""
    store = OfficeStore(catalogue.database, clock=clock)
    with store.write() as tables:
        for number, name in enumerate((RULED, TAKEN_BACK, BLOCKED, ERASED), start=1):
            _hand_in(tables.submissions, f"{number:032x}", name, [(document, code)] if name == RULED else [])
        against = Ruling(
            state=State.ACCEPTED, reasons=[{"code": "review.accepted"}], actor="user:lan", against=["declared.differs"]
        )
        assert tables.rulings.rule(f"{1:032x}", against, [])
        back = Ruling(
            state=State.REFUSED, reasons=[], actor="user:lan", ruling_id="f" * 32, open_for=timedelta(minutes=2)
        )
        assert tables.rulings.rule(f"{2:032x}", back, [])
        assert tables.rulings.undo("f" * 32, "user:lan")
        assert tables.personal.block(BLOCKED, reason="tranh chấp", actor="user:lan")
        assert tables.rulings.rule(f"{4:032x}", Ruling(state=State.REFUSED, reasons=[], actor="user:lan"), [])
        for ruling in list(tables.rulings.due()):
            tables.rulings.close(ruling, hide=(), forget=False)
        tables.personal.erase(ERASED, decision="QĐ 9/2026", actor="user:lan")
        tables.holdings.add_use(
            NewUse(
                use_id="1" * 32,
                holding_code=code,
                document_id=document,
                revision=1,
                client_id="c",
                request_key=None,
                officer="an",
                office="00001",
                procedure="1.004222",
                purpose="cư trú",
                digest="",
            )
        )
        tables.reads.append(actor="c/an", office="00001", action="holding.used", subject=code, purpose="cư trú")
        request = tables.requests.take(
            RequestKind.ACCESS, "0" * 64, office="00001", note="", received_on=date(2026, 11, 20),
            due_on=date(2026, 11, 24), actor="lan",
        )  # fmt: skip
        tables.requests.answer(request.request_id, "đã trao", actor="lan")
    _decide(catalogue, clock, document)


def _hand_in(submissions: Submissions, submission_id: str, code: str, documents: list[tuple[str, str]]) -> None:
    submissions.add(
        NewSubmission(
            submission_id=submission_id,
            code=code,
            client_id="c",
            office="00001",
            request_key=None,
            fingerprint="f" * 64,
            procedure="1.004222",
            declared={"full_name": "Đặng Thị Mẫu"},
            proof="p",
            email="mau@example.vn",
            files=[SubmittedFile(name="Mẫu.jpg", sha256="a" * 64, size=5, media_type="image/jpeg")],
        )
    )
    verdict = {"outcome": "review", "reasons": [], "fields": [dict(FIELD)], "documents": []}
    submissions.decide(
        submission_id, Decision(state=State.IN_REVIEW, outcome="review", verdict=verdict, documents=documents)
    )


def _decide(catalogue: Catalogue, clock: Clock, document: str) -> None:
    desk = ReviewStore(catalogue.database, policy=default_policy(), draw=lambda _: 1.0, clock=clock)
    lan = Person(login="lan", offices=("", "00001"), roles=frozenset({"reviewer"}))
    with desk.write() as tables:
        [item] = tables.queue.claim(lan, "tab", Filters(document_id=document), 1, lease=timedelta(minutes=2))
        new = NewDecision(
            decision_id="d" * 32, item_id=item.item_id, lease=item.lease or "", choice=Choice.CORRECT, value="male",
            verbatim="Nam", agrees=False,
        )  # fmt: skip
        tables.decisions.decide(new, lan)
