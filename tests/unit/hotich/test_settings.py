"""Settings: where they come from, which weighs more, and that a wrong one is named without its secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotich.settings import Settings, load_settings
from pipeline.domain.errors import WrongUse


def load(home: Path, environment: dict[str, str] | None = None, **given: object) -> Settings:
    return load_settings(home, environment=environment or {}, **given)


def test_the_home_folder_is_found_from_anywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings(environment={}).home == tmp_path / "hotich-data"
    assert load_settings(environment={"HOTICH_HOME": "x"}).home == tmp_path / "x"


def test_the_command_line_outweighs_the_environment_and_that_the_file(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("workers = 2\nmax_pages = 7\npage_cpu_seconds = 5\n")
    settings = load(tmp_path, {"HOTICH_WORKERS": "3", "HOTICH_MAX_PAGES": "8"}, workers=4)
    assert (settings.workers, settings.max_pages, settings.page_cpu_seconds) == (4, 8, 5.0)


def test_what_is_not_given_on_the_command_line_does_not_count(tmp_path: Path) -> None:
    assert load(tmp_path, {"HOTICH_WORKERS": "3"}, workers=None).workers == 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("workers", "many"),
        ("workers", "-1"),
        ("workers", "1000"),
        ("worker_memory_mb", "10"),
        ("page_cpu_seconds", "0"),
        ("page_cpu_seconds", "nan"),
        ("orchestration", "sometimes"),
        ("s3_secure", "perhaps"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(WrongUse, match=name):
        load(tmp_path, {f"HOTICH_{name.upper()}": value})


def test_a_misspelt_setting_in_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("worker = 2\n")
    with pytest.raises(WrongUse, match="worker"):
        load(tmp_path)


def test_a_broken_settings_file_is_one_clear_message(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("workers = ")
    with pytest.raises(WrongUse, match=r"settings\.toml"):
        load(tmp_path)


def test_a_secret_can_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("very secret\n")
    settings = load(tmp_path, {"HOTICH_S3_SECRET_KEY_FILE": str(tmp_path / "secret")})
    assert settings.s3_secret_key == "very secret"


def test_a_secret_file_that_cannot_be_read_is_named_by_its_variable(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="HOTICH_S3_SECRET_KEY_FILE"):
        load(tmp_path, {"HOTICH_S3_SECRET_KEY_FILE": str(tmp_path / "none")})


def test_databases_lie_in_the_home_folder_unless_one_is_named(tmp_path: Path) -> None:
    assert load(tmp_path).catalogue_url == f"sqlite:///{tmp_path / 'catalogue.db'}"
    named = load(tmp_path, {"HOTICH_DATABASE_URL": "postgresql://db/hotich"})
    assert named.catalogue_url == named.population_url == "postgresql://db/hotich"
    assert not named.register_is_local


def test_there_is_always_a_worker(tmp_path: Path) -> None:
    assert load(tmp_path).worker_count >= 1
    assert load(tmp_path, workers=3).worker_count == 3
