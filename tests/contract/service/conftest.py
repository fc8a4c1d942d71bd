"""The real application on a real socket, over a fresh home, with a reader that answers at once."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
import uvicorn

from service.desk.desk import ProposedDecision
from service.wire.limits import ServiceLimits
from storage.review import Choice, Filters, Person
from tests.integration.service.conftest import (  # noqa: F401
    CORRECTION,
    Desk,
    empty_catalogue,
    open_desk,
    picture,
)
from tests.integration.service.test_submitting import ACT, APPLICANT
from tests.making.clock import Clock

SCOPES = ("submit", "status", "office", "holdings", "use", "ask", "all_offices", "audit", "admin")


@dataclass
class Running:
    """Where it listens, and things that are there: `known` path parameters by name."""

    desk: Desk
    address: str
    known: dict[str, str]

    def clerk(self) -> dict[str, str]:
        """What the browser of a reviewer of the office sends."""
        accounts = self.desk.context.accounts
        with self.desk.context.store.read() as tables:
            user = tables.users.by_login("lan.cb")
        if user is None:
            accounts.add_by_subject("lan.cb", name="Lan", office="00001", roles=["reviewer"], oidc_subject="lan")
            with self.desk.context.store.read() as tables:
                user = tables.users.by_login("lan.cb")
        assert user is not None
        session = accounts.begin(user)
        return {"Cookie": f"hotich={session.token}", "Hotich-Csrf": session.csrf}

    @property
    def key(self) -> str:
        return self.desk.key("contract", *SCOPES, rate=1_000_000)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, empty_catalogue: Path) -> Iterator[Running]:  # noqa: F811
    home = tmp_path_factory.mktemp("home")
    shutil.copy(empty_catalogue, home / "catalogue.db")
    desk = open_desk(home, clock=Clock(), limits=ServiceLimits(answer_s=20.0, anonymous_per_minute=1_000_000))
    config = uvicorn.Config(desk.http.app, port=0, log_level="error", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    pause = threading.Event()
    while not server.started:
        pause.wait(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    made = Running(desk, f"http://127.0.0.1:{port}", {})
    made.known = _known(made)
    yield made
    server.should_exit = True
    thread.join()
    desk.context.parts.tray.close()
    desk.catalogue.close()


def _known(made: Running) -> dict[str, str]:
    """An answered submission, a stored document, a use of it, a begun upload: what a caller may ask for."""
    bearer = {"Authorization": f"Bearer {made.key}"}
    reviews = made.desk.context.reviews
    reviews.policy = replace(reviews.policy, sample_accepted=1.0)  # so that the desk has something to ask
    with httpx.Client(base_url=made.address, headers=bearer, timeout=20.0) as http:
        files = [("files", (f"{n}.jpg", picture(what))) for n, what in enumerate(("act", "card"))]
        form = {"procedure": CORRECTION, "declared": json.dumps(ACT | APPLICANT)}
        submission = http.post("/submissions", data=form, files=files).json()
        holding = submission["verdict"]["documents"][0]["holding_code"]
        used = http.post(
            f"/holdings/{holding}/use", json={"procedure": CORRECTION, "purpose": "Cải chính", "officer": "cb.01"}
        ).json()
        begun = http.post("/uploads", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "100000"})
    return {
        "submission": submission["code"],
        "holding": holding,
        "use_id": used["use_id"],
        "digest": used["digest"].removeprefix("sha256:"),
        "upload_id": begun.headers["Location"].rpartition("/")[2],
        **_decided(made),
    }


def _decided(made: Running) -> dict[str, str]:
    """An item of the desk and a decision on it."""
    desk = made.desk.context.desk
    desk.catch_up()
    lan = Person(login="lan.cb", offices=("00001", ""), roles=frozenset({"reviewer"}))
    [item] = desk.claim(lan, "0" * 32, Filters(), 1)
    given = ProposedDecision(
        decision_id="d" * 32, item_id=item.item_id, lease=item.lease or "", choice=Choice.ILLEGIBLE
    )
    desk.decide(lan, given)
    return {"item_id": item.item_id, "decision_id": given.decision_id}
