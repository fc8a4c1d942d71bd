"""The container files: well-formed, complete, and without default secrets or needless rights.

No container engine runs here; where the docker command has `compose`, it is asked too.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[3]
DOCKER = ROOT / "docker"
INSTRUCTIONS = {
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "RUN", "SHELL",
    "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
}  # fmt: skip
SERVICE_KEYS = {
    "build", "cap_add", "cap_drop", "command", "depends_on", "entrypoint", "environment", "healthcheck", "image",
    "init", "logging", "mem_limit", "network_mode", "networks", "pids_limit", "ports", "read_only", "restart",
    "secrets", "security_opt", "shm_size", "stop_grace_period", "tmpfs", "user", "volumes",
}  # fmt: skip
ONE_SHOT = {"s3-volume", "deploy"}


def dockerfile() -> list[tuple[str, str]]:
    """Instructions in order, continuation lines joined, comments gone."""
    lines = [line for line in (DOCKER / "Dockerfile").read_text().splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    return [(words[0], words[1]) for line in joined.splitlines() if (words := line.split(None, 1))]


def stages() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for word, rest in dockerfile():
        if word == "FROM":
            found[rest.split()[-1]] = current = []
        elif found:
            current.append((word, rest))
    return found


def compose() -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text())
    return made


def services() -> dict[str, dict[str, Any]]:
    made: dict[str, dict[str, Any]] = compose()["services"]
    return made


SERVICES = pytest.mark.parametrize("name", sorted(services()))


def test_every_line_of_the_dockerfile_is_a_known_instruction() -> None:
    words = [word for word, _ in dockerfile()]
    assert set(words) <= INSTRUCTIONS
    assert words[:2] == ["ARG", "FROM"]


def test_the_image_is_built_in_stages_that_exist() -> None:
    names = list(stages())
    assert names == ["build", "hotich"]
    used = re.findall(r"--from=(\S+)", (DOCKER / "Dockerfile").read_text())
    assert set(used) == {"build"}


def test_what_the_dockerfile_copies_is_there_and_sent_to_the_builder() -> None:
    sent = (DOCKER / "Dockerfile.dockerignore").read_text().split()
    copied = [
        source
        for word, rest in dockerfile()
        if word == "COPY" and "--from" not in rest
        for source in [part for part in rest.split() if not part.startswith("--")][:-1]
    ]
    assert copied
    for source in copied:
        assert (ROOT / source).exists()
        assert f"!{source}" in sent or f"!{source}/**" in sent


def test_only_packages_with_known_digests_are_installed() -> None:
    installs = [rest for word, rest in dockerfile() if word == "RUN" and "pip install" in rest]
    assert installs
    assert all("--require-hashes" in rest for rest in installs)


def test_nothing_is_fetched_from_an_address() -> None:
    text = (DOCKER / "Dockerfile").read_text()
    assert "://" not in text
    assert not any(word == "ADD" for word, _ in dockerfile())


def test_the_image_runs_as_nobody_in_particular() -> None:
    users = [rest for word, rest in stages()["hotich"] if word == "USER"]
    assert users == ["10001:10001"]


def test_start_commands_are_given_as_lists() -> None:
    given = [json.loads(rest) for word, rest in stages()["hotich"] if word in {"ENTRYPOINT", "CMD"}]
    assert given == [["hotich-entrypoint"], ["hotich", "doctor"]]


def test_the_image_has_the_languages_that_reading_needs() -> None:
    installed = " ".join(rest for word, rest in stages()["hotich"] if word == "RUN")
    for package in ("tesseract-ocr-vie", "tesseract-ocr-eng", "tesseract-ocr-osd", "poppler-utils"):
        assert package in installed


@pytest.mark.parametrize("script", ["entrypoint.sh", "make-secrets.sh", "postgres/init.sh"])
def test_scripts_are_well_formed_and_can_be_run(script: str) -> None:
    path = DOCKER / script
    assert path.stat().st_mode & 0o111
    assert subprocess.run(["sh", "-n", path]).returncode == 0


def test_all_production_parts_are_there() -> None:
    assert set(services()) == {"postgres", "s3", "s3-volume", "prefect", "deploy", "worker", "metrics"}


def test_compose_itself_accepts_the_file_where_it_is_installed(tmp_path: Path) -> None:
    folder = shutil.copytree(DOCKER, tmp_path / "docker")
    assert isinstance(compose(), dict)
    docker = shutil.which("docker")
    has_compose = docker and not subprocess.run([docker, "compose", "version"], capture_output=True).returncode
    if docker and has_compose:
        subprocess.run([folder / "make-secrets.sh"], check=True, capture_output=True)
        checked = subprocess.run([docker, "compose", "-f", folder / "compose.yaml", "config", "-q"])
        assert checked.returncode == 0


@SERVICES
def test_a_service_has_only_keys_that_compose_knows(name: str) -> None:
    assert set(services()[name]) <= SERVICE_KEYS


@SERVICES
def test_a_service_names_a_pinned_image(name: str) -> None:
    image, _, tag = services()[name]["image"].rpartition(":")
    assert image
    assert tag not in {"", "latest"}


@SERVICES
def test_a_service_has_no_needless_rights(name: str) -> None:
    service = services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    if name == "s3-volume":
        assert (service["cap_add"], service["network_mode"]) == (["CHOWN"], "none")
    else:
        assert "cap_add" not in service
        assert not service["user"].startswith("0")


@SERVICES
def test_a_service_that_stays_says_when_it_is_well(name: str) -> None:
    service = services()[name]
    if name in ONE_SHOT:
        assert "healthcheck" not in service
        assert service["restart"] != "unless-stopped"
    else:
        assert service["healthcheck"]["test"][0] == "CMD"
        assert {"interval", "timeout", "retries", "start_period"} <= set(service["healthcheck"])


@SERVICES
def test_a_service_waits_for_what_it_needs(name: str) -> None:
    for needed, how in services()[name].get("depends_on", {}).items():
        expected = "service_completed_successfully" if needed in ONE_SHOT else "service_healthy"
        assert how == {"condition": expected}
        assert needed in services()


@SERVICES
def test_what_a_service_names_is_declared(name: str) -> None:
    service, whole = services()[name], compose()
    assert set(service.get("secrets", [])) <= set(whole["secrets"])
    assert set(service.get("networks", [])) <= set(whole["networks"])
    named = [volume.split(":")[0] for volume in service.get("volumes", [])]
    assert {one for one in named if re.fullmatch(r"\w+", one)} <= set(whole["volumes"])


@SERVICES
def test_a_secret_is_never_written_down(name: str) -> None:
    for variable, value in services()[name].get("environment", {}).items():
        if re.search("PASSWORD|SECRET|KEY|URL|AUTH", variable):
            assert variable.endswith("_FILE") or "@" not in value
            assert not variable.endswith("_FILE") or value.startswith("/run/secrets/")
            assert variable.endswith("_FILE") or variable in {"PREFECT_API_URL"}


@SERVICES
def test_a_service_is_given_exactly_the_secrets_it_reads(name: str) -> None:
    service = services()[name]
    text = json.dumps([service.get("environment", {}), service.get("command", [])])
    read = set(re.findall(r"/run/secrets/(\w+)", text))
    if name == "postgres":
        read |= {"hotich_db_password", "prefect_db_password"}  # by init.sh
    assert set(service.get("secrets", [])) == read


def test_only_prefects_pages_can_be_reached_and_only_from_this_machine() -> None:
    ports = {name: service["ports"] for name, service in services().items() if "ports" in service}
    assert ports == {"prefect": ["127.0.0.1:4200:4200"]}
    assert compose()["networks"]["backend"]["internal"] is True
    assert services()["worker"]["networks"] == ["backend"]


def test_secrets_are_made_once_for_everything_that_is_declared(tmp_path: Path) -> None:
    folder = shutil.copytree(DOCKER, tmp_path / "docker", ignore=shutil.ignore_patterns("secrets"))
    subprocess.run([folder / "make-secrets.sh"], check=True, capture_output=True)
    made = {path.name: path.read_text() for path in (folder / "secrets").iterdir()}
    assert {Path(one["file"]).name for one in compose()["secrets"].values()} <= set(made)
    assert all(made.values())
    assert (folder / "secrets").stat().st_mode & 0o077 == 0
    subprocess.run([folder / "make-secrets.sh"], check=True, capture_output=True)
    assert {path.name: path.read_text() for path in (folder / "secrets").iterdir()} == made


def test_the_s3_servers_accounts_are_those_the_workers_use(tmp_path: Path) -> None:
    folder = shutil.copytree(DOCKER, tmp_path / "docker", ignore=shutil.ignore_patterns("secrets"))
    subprocess.run([folder / "make-secrets.sh"], check=True, capture_output=True)
    secrets = folder / "secrets"
    (account,) = json.loads((secrets / "s3_identities").read_text())["identities"]
    assert account["credentials"] == [
        {
            "accessKey": (secrets / "s3_access_key").read_text(),
            "secretKey": (secrets / "s3_secret_key").read_text(),
        }
    ]
    assert all(action.endswith(":hotich") for action in account["actions"])


def test_the_entry_point_hands_secrets_from_files_to_the_program(tmp_path: Path) -> None:
    secret = tmp_path / "auth"
    secret.write_text("user:it's $ecret")
    command = [str(DOCKER / "entrypoint.sh"), "sh", "-c", 'printf %s "$PREFECT_API_AUTH_STRING"']
    done = subprocess.run(
        command, env={"PREFECT_API_AUTH_STRING_FILE": str(secret), "PATH": "/usr/bin:/bin"}, capture_output=True
    )
    assert done.stdout.decode() == "user:it's $ecret"


@pytest.mark.parametrize("content", [None, ""])
def test_a_missing_or_empty_secret_stops_the_container(tmp_path: Path, content: str | None) -> None:
    secret = tmp_path / "auth"
    if content is not None:
        secret.write_text(content)
    done = subprocess.run(
        [DOCKER / "entrypoint.sh", "true"],
        env={"PREFECT_API_AUTH_STRING_FILE": str(secret), "PATH": "/usr/bin:/bin"},
        capture_output=True,
    )
    assert done.returncode == 3


def test_commands_of_our_image_are_the_ones_hotich_and_prefect_have() -> None:
    ours = {name: one for name, one in services().items() if one["image"].startswith("hotich:")}
    first = {name: shlex.join(one["command"][:2]) for name, one in ours.items()}
    assert first == {
        "prefect": "prefect server", "deploy": "hotich deploy", "worker": "hotich worker", "metrics": "hotich metrics",
    }  # fmt: skip


def test_something_starts_runs_by_itself() -> None:
    assert "--every" in services()["deploy"]["command"]


@SERVICES
def test_a_service_is_asked_itself_whether_it_is_well(name: str) -> None:
    """Not another one: what is well elsewhere says nothing of it."""
    asked = re.findall(r"https?://([^:/]+)", json.dumps(services()[name].get("healthcheck", {})))
    assert set(asked) <= {"127.0.0.1"}


def test_prefects_leases_outlive_its_server_and_its_rows_do_not_grow_for_ever() -> None:
    prefect = services()["prefect"]
    environment = prefect["environment"]
    assert environment["PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE"].endswith(".filesystem")
    assert f"prefect:{environment['PREFECT_HOME']}" in prefect["volumes"]
    assert "flow_runs" in environment["PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED"].split(",")


def test_only_the_s3_face_listens_to_others() -> None:
    command = services()["s3"]["command"]
    assert {"-s3.port.iceberg=0", "-s3.port.lance=0", "-ip.bind=127.0.0.1"} <= set(command)


def test_every_alert_has_a_line_in_the_runbook() -> None:
    rules = yaml.safe_load((DOCKER / "alerts.yaml").read_text())["groups"][0]["rules"]
    runbook = (ROOT / "docs" / "production.md").read_text()
    assert rules
    for rule in rules:
        assert f"### {rule['alert']}" in runbook
        assert rule["annotations"]["runbook"].endswith(f"#{rule['alert'].lower()}")
