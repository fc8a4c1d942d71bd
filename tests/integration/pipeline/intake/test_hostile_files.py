"""Every hostile file is refused by its code, quickly, and untouched."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from pipeline.intake import IntakeError, open_document
from tests.making.hostile import write_active_pdf, write_hostile_files


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("hostile")
    return folder, write_hostile_files(folder, special=True)


def _code_of(path: Path) -> str:
    try:
        with open_document(path) as document:
            for _ in document.pages():
                pass
    except IntakeError as error:
        return error.code
    return "read"


def test_each_hostile_file_gives_its_code(hostile: tuple[Path, dict[str, str]]) -> None:
    folder, expected = hostile
    assert {name: _code_of(folder / name) for name in expected} == expected


def test_no_hostile_file_takes_more_than_two_cpu_seconds(hostile: tuple[Path, dict[str, str]]) -> None:
    folder, expected = hostile
    for name in expected:
        start = time.process_time()
        _code_of(folder / name)
        assert time.process_time() - start < 2, name


def test_every_message_names_the_file_on_one_line_in_both_languages(
    hostile: tuple[Path, dict[str, str]],
) -> None:
    folder, expected = hostile
    for name in expected:
        with pytest.raises(IntakeError) as caught, open_document(folder / name) as document:
            list(document.pages())
        message = str(caught.value.message)
        assert "\n" not in message
        assert message.count(name.replace("\n", "\\n")) == 2
        assert " / " in message


def test_a_pdf_with_a_script_and_an_attachment_is_read_and_noted(tmp_path: Path) -> None:
    path = tmp_path / "active.pdf"
    write_active_pdf(path)
    with open_document(path) as document:
        assert document.page(1).pixels.shape == (877, 620)
        assert [f.code for f in document.findings] == ["pdf.active_content"]
