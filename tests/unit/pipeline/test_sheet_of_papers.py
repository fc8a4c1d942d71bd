"""Two papers on one sheet are two records; where they cannot be parted, nothing of them is accepted unseen."""

from __future__ import annotations

import pytest

from pipeline.domain.model import TextLine
from pipeline.forms.classify import classify, names_paper
from pipeline.forms.loading import form
from pipeline.read_image import ReadImage
from pipeline.sheet_of_papers import in_doubt, papers_apart
from tests.making.paper import Paper, line
from tests.unit.pipeline.test_sheet_of_cards import sheet

CERTIFICATE, EXTRACT = ("birth_certificate", "2016"), ("death_certificate", "extract-2016")


def paper(document_type: str, form_id: str, *, x: float = 0.0, y: float = 0.0, seed: int = 1) -> tuple[TextLine, ...]:
    lines = Paper(seed=seed).write(form(document_type, form_id).pages[0]).lines
    return tuple(one.evolve(box=tuple((a + x, b + y) for a, b in one.box)) for one in lines)


def apart(image: ReadImage) -> list[str]:
    return [kind.document_type.value for _, kind in papers_apart(image, classify(image.lines))]


@pytest.mark.parametrize(("x", "y"), [(0.0, 6000.0), (6000.0, 0.0)])
def test_a_certificate_and_an_extract_on_one_sheet_are_two_papers(x: float, y: float) -> None:
    first, second = paper(*CERTIFICATE), paper(*EXTRACT, x=x, y=y, seed=2)
    image = sheet(first, second)
    parts = papers_apart(image, classify(image.lines))
    assert [kind.document_type.value for _, kind in parts] == ["birth_certificate", "death_certificate"]
    assert [set(part.lines) for part, _ in parts] == [set(first), set(second)]


def test_two_certificates_of_one_kind_are_two_papers() -> None:
    assert apart(sheet(paper(*CERTIFICATE), paper(*CERTIFICATE, y=6000, seed=2))) == ["birth_certificate"] * 2


def test_a_paper_of_no_known_form_beside_a_certificate_is_parted_from_it() -> None:
    decision = tuple(
        line(text, 300, 6000 + n * 80) for n, text in enumerate(("QUYẾT ĐỊNH", "Về việc nhận nuôi", "Điều một"))
    )
    assert apart(sheet(paper(*CERTIFICATE), decision)) == ["birth_certificate", "unknown"]


def test_one_paper_is_one() -> None:
    image = sheet(paper(*CERTIFICATE))
    assert apart(image) == ["birth_certificate"]
    assert not in_doubt([image], classify(image.lines).document_type)


def test_the_acts_of_a_register_are_no_papers() -> None:
    page = form("birth_register_entry", "ledger").pages[0]
    lines = (*Paper(seed=1).write(page).lines, line("GIẤY KHAI SINH", 300, 9000), line("TRÍCH LỤC KHAI TỬ", 300, 9900))
    image = sheet(tuple(lines))
    assert len(papers_apart(image, classify(image.lines))) == 1


@pytest.mark.parametrize(("x", "y"), [(0.0, 9000.0), (9000.0, 0.0)])
def test_a_certificate_beside_a_registers_leaf_is_a_paper_of_its_own(x: float, y: float) -> None:
    leaf = Paper(seed=1).write(form("birth_register_entry", "ledger").pages[0]).lines
    parts = apart(sheet(tuple(leaf), paper(*CERTIFICATE, x=x, y=y, seed=2)))
    assert parts == ["birth_register_entry", "birth_certificate"]


def test_a_certificates_title_among_the_acts_of_a_register_leaves_a_doubt() -> None:
    leaf = tuple(Paper(seed=1).write(form("birth_register_entry", "ledger").pages[0]).lines)
    low = max(corner[1] for one in leaf for corner in one.box)
    image = sheet(leaf, (line("GIẤY KHAI SINH", 300, round(low) - 300),))
    assert apart(image) == ["birth_register_entry"]
    assert in_doubt([image], classify(image.lines).document_type)
    assert not in_doubt([sheet(leaf)], classify(leaf).document_type)


def test_two_titles_without_a_gap_between_the_papers_leave_a_doubt() -> None:
    lines = paper(*CERTIFICATE)
    left = max(corner[0] for one in lines for corner in one.box)
    image = sheet(lines, (line("TRÍCH LỤC KHAI TỬ", left + 40, 300),))
    assert len(papers_apart(image, classify(image.lines))) == 1
    assert in_doubt([image], classify(image.lines).document_type)


def test_the_rest_of_a_caption_in_small_print_is_no_second_title() -> None:
    lines = paper(*CERTIFICATE)
    rest = line("IẤY KHAI SINH", 1700, 2800)
    (x0, y0), (x1, _), (_, y1), _ = rest.box
    small = rest.evolve(box=((x0, y0), (x1, y0), (x1, y0 + 0.7 * (y1 - y0)), (x0, y0 + 0.7 * (y1 - y0))))
    image = sheet(lines, (small,))
    assert not in_doubt([image], classify(image.lines).document_type)
    assert in_doubt([sheet(lines, (rest,))], classify(image.lines).document_type)


@pytest.mark.parametrize(("x", "y"), [(0.0, 9000.0), (9000.0, 0.0)])
def test_two_papers_of_which_one_title_was_not_read_are_two(x: float, y: float) -> None:
    untitled = tuple(one for one in paper("birth_certificate_old", "south", seed=2) if not names_paper(one.text))
    first, second = paper(*CERTIFICATE, x=x, y=y), untitled
    image = sheet(first, second)
    assert sorted(apart(image)) == ["birth_certificate", "birth_certificate_old"]


CARD = ("citizen_id_2024", "2024")


@pytest.mark.parametrize("beside", [CERTIFICATE, ("birth_register_entry", "2006"), EXTRACT])
@pytest.mark.parametrize(("x", "y"), [(0.0, 9000.0), (9000.0, 0.0)])
def test_cards_copied_beside_a_paper_are_no_part_of_it(beside: tuple[str, str], x: float, y: float) -> None:
    first, cards = paper(*beside), paper(*CARD, x=x, y=y, seed=2)
    image = sheet(first, cards)
    parts = papers_apart(image, classify(image.lines))
    assert [kind.document_type.value for _, kind in parts] == [beside[0], "citizen_id_2024"]
    assert [set(part.lines) for part, _ in parts] == [set(first), set(cards)]


def test_a_member_of_a_household_book_is_no_card_although_he_is_asked_what_cards_say() -> None:
    upper = (
        "1. QUAN HỆ VỚI CHỦ HỘ: Cha", "2. HỌ TÊN: TRẦN VĂN MẪU", "3. SINH NGÀY: ngày 12 tháng 02 năm 1946",
        "NAM/NỮ: Na", "4. NGUYỄN QUÁN: xã Mẫu, huyện Mẫu, TP Hà", "5. DÂN TỘC: Kinh", "TÔN GIÁO: Không",
    )  # fmt: skip
    lower = (
        "6. CHỨNG MINH NHÂN DÂN SỐ:", "HỘ CHẾU SỐ:", "112119952", "7. NGHỀ NGHIỆP, NƠI LÀM VIỆC: Hưu t",
        "8. CHUYỄN ĐẾN NGÀY: 7/8/1985", "NƠI THƯỜNG TRÚ TRƯỚC KHI DẾN: Xóm 4", "Ngày 22 tháng 05 năm 1990",
        "Cán bộ đăng", "CÔNG AN HUYỆN THANH TRÌ", "(Ký, ghi rõ họ tên)", "9. LÝ", "XOÁ ĐĂNG KÝ THƯỜNG TRÚ: Đã chết",
    )  # fmt: skip
    lines = [line(text, 300, 300 + n * 80) for n, text in enumerate(upper)]
    lines += [line(text, 300, 1200 + n * 80) for n, text in enumerate(lower)]
    image = sheet(tuple(lines))
    assert apart(image) == ["household_book"]
