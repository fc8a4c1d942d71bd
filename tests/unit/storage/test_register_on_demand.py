from __future__ import annotations

from pathlib import Path

from pipeline.settling.register import Claims
from storage.register import SqlRegister, load_register
from storage.register.on_demand import OnDemandRegister

CLAIMS = Claims.of(full_name="Nguyễn Văn An", date_of_birth="1985-03-08", personal_id="001085000011")


def test_a_register_that_is_loaded_later_is_seen_without_a_new_start(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'register.db'}"
    register = OnDemandRegister(url)
    assert register.look_up(CLAIMS).outcome == "not_checked"
    assert register.candidates(CLAIMS) == []
    assert register.person("001085000011") == {}
    assert not (tmp_path / "register.db").exists()
    people = tmp_path / "people.csv"
    people.write_text(
        "personal_id,full_name,date_of_birth,sex\n001085000011,Nguyễn Văn An,1985-03-08,male\n", encoding="utf-8"
    )
    loaded = SqlRegister.open(url)
    load_register(loaded.database, people)
    loaded.database.close()
    assert register.look_up(CLAIMS).register_id == "001085000011"
    assert register.person("001085000011")["full_name"] == "Nguyễn Văn An"
    assert [candidate.register_id for candidate in register.candidates(CLAIMS)] == ["001085000011"]


def test_a_register_out_of_reach_is_unavailable_and_stops_nothing(tmp_path: Path) -> None:
    register = OnDemandRegister(f"sqlite:///{tmp_path}")  # a folder is no database
    assert register.look_up(CLAIMS).outcome == "unavailable"
    assert register.candidates(CLAIMS) == []
    assert register.person("001085000011") == {}
