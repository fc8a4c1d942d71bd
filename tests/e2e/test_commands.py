"""The other commands from the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from tests.e2e.conftest import CERTIFICATE, SAMPLES, DigitizedCertificate, hotich


def test_help_names_every_command_and_nothing_that_is_not_there() -> None:
    ended = hotich("--help")
    assert ended.code == 0
    listed = set(re.findall(r"^ {4}([a-z]+)", ended.out, re.MULTILINE))
    assert listed == {
        "digitize", "separators", "read", "adapt", "ink", "register", "find", "verify", "explain", "form", "serve",
        "client", "user", "init", "completion", "book", "checkpoint", "rebuild",
        "replicate", "repair", "trash", "session", "office", "settings",
        "desk", "evaluate", "schema", "doctor", "worker", "deploy",
        "copy", "proof", "hold", "encryption", "package", "person", "retention", "dispatch", "queue", "metrics",
    }  # fmt: skip


@pytest.mark.parametrize(
    "arguments", [[], ["digitise"], ["digitize"], ["register"], ["digitize", "--workers", "x", "a"]]
)
def test_wrong_use_ends_with_2(arguments: list[str]) -> None:
    assert hotich(*arguments).code == 2


def test_a_setting_that_cannot_be_is_named(tmp_path: Path) -> None:
    ended = hotich("digitize", SAMPLES, "--home", tmp_path, env={"HOTICH_WORKER_MEMORY_MB": "much"})
    assert ended.code == 2
    assert "worker_memory_mb" in ended.err


def test_the_schema_is_a_json_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(hotich("schema").json)


def test_the_doctor_says_what_is_missing_and_how_to_mend_it(tmp_path: Path) -> None:
    ended = hotich("doctor", "--home", tmp_path, "--json", env={"HOTICH_TESSDATA": str(tmp_path)})
    bad = [check for check in ended.json["checks"] if not check["ok"]]
    assert ended.code == 3
    assert any("apt-get install tesseract-ocr-vie" in check["mend"] for check in bad)


def test_a_register_is_loaded_once(tmp_path: Path) -> None:
    first = hotich("register", "load", SAMPLES / "population.csv", "--home", tmp_path, "--json")
    again = hotich("register", "load", SAMPLES / "population.csv", "--home", tmp_path, "--json")
    assert (first.code, again.code) == (0, 0)
    assert first.json["added"] == again.json["people"] > 0
    assert again.json["added"] == 0


def test_a_register_file_that_is_none_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"\xff\xfe\x00rubbish")
    ended = hotich("register", "load", tmp_path / "x.csv", "--home", tmp_path)
    assert ended.code == 3
    assert "Traceback" not in ended.err
    assert len(ended.err.strip().splitlines()) == 1


@pytest.mark.parametrize("command", ["worker", "deploy"])
def test_production_commands_say_what_they_need(command: str, tmp_path: Path) -> None:
    ended = hotich(command, "--home", tmp_path)
    assert ended.code == 2
    assert "PREFECT_API_URL" in ended.err


def test_verify_finds_no_catalogue_in_an_empty_home_and_makes_none(tmp_path: Path) -> None:
    ended = hotich("verify", "--home", tmp_path, "--json")
    assert ended.code == 3
    assert "[storage.catalogue_missing]" in ended.err
    assert not (tmp_path / "catalogue.db").exists()


def test_a_day_that_is_none_chooses_nothing_to_read_again(tmp_path: Path) -> None:
    ended = hotich("digitize", "--reread", "--read-before", "31/12/2026", "--home", tmp_path / "home")
    assert ended.code == 2
    assert "--read-before" in ended.err


def test_an_archive_with_nothing_to_read_again_says_so_to_programs_too(tmp_path: Path) -> None:
    ended = hotich("digitize", "--reread", "--json", "--home", tmp_path / "home")
    assert ended.code == 0
    assert (ended.json["files"], ended.json["totals"]["files"]) == ([], 0)


def test_what_is_read_again_is_chosen_only_where_something_is(tmp_path: Path) -> None:
    ended = hotich("digitize", tmp_path, "--form", "household_book", "--home", tmp_path / "home")
    assert ended.code == 2
    assert "--reread" in ended.err


def test_a_record_is_explained_piece_by_piece(tmp_path: Path, certificate: DigitizedCertificate) -> None:
    home, out = certificate.home, tmp_path / "explained"
    record = certificate.out / f"{CERTIFICATE.name}.json"
    of_file = hotich("explain", record, "--home", home, "--out", out, "--json")
    assert of_file.code == 0, of_file.err
    told = of_file.json
    assert told["same_reading"], told["differing_fields"]
    assert told["roles"]["label"] > 10
    assert sum(told["roles"].values()) == len(told["pieces"])
    kept = json.loads(record.read_text(encoding="utf-8"))
    values = kept["fields"]
    assert {field["name"] for field in told["fields"]} <= set(values)
    assert not any(v["verbatim"] in of_file.err for v in values.values() if len(v["verbatim"]) > 4)
    assert [(out / p["file"]).read_bytes()[:4] for p in told["pictures"]] == [b"\x89PNG"]
    nowhere = hotich("explain", record, "--home", tmp_path / "none")
    assert nowhere.code == 2


@pytest.mark.slow
def test_a_record_is_explained_by_its_code_and_away_from_its_store(
    tmp_path: Path, certificate: DigitizedCertificate
) -> None:
    home, out = certificate.home, tmp_path / "explained"
    record = certificate.out / f"{CERTIFICATE.name}.json"
    kept = json.loads(record.read_text(encoding="utf-8"))
    told = hotich("explain", kept["holding_code"], "--home", home, "--out", tmp_path / "again", "--json").json
    alone = hotich("explain", record, "--scan", CERTIFICATE, "--home", tmp_path / "none", "--out", out, "--json")
    assert alone.json["roles"] == told["roles"]
