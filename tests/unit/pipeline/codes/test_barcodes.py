import cv2
import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.codes import read_codes, repair_mojibake
from pipeline.domain.geometry import bounds
from tests.making.lines_of_text import upright

PAYLOAD = "001190123456|012345678|Nguyễn Thị Mẫu|15011990|Nữ|Số 1 Phố Mẫu, Phúc Xá, Ba Đình, Hà Nội|10052021"


def symbol(text: str, kind: zxingcpp.BarcodeFormat) -> NDArray[np.uint8]:
    made = zxingcpp.create_barcode(text, kind)
    return np.array(zxingcpp.write_barcode_to_image(made, scale=8))


def paste(text: str, module_px: float, shape: tuple[int, int] = (638, 1011)) -> NDArray[np.uint8]:
    code = symbol(text, zxingcpp.BarcodeFormat.QRCode)
    side = round(code.shape[0] / 8 * module_px)
    page = np.full((*shape, 3), 225, np.uint8)
    small = cv2.resize(code, (side, side), interpolation=cv2.INTER_AREA)
    page[60 : 60 + side, 700 : 700 + side] = np.clip(30 + small * 0.8, 0, 255)[..., None].astype(np.uint8)
    return page


@pytest.mark.parametrize("module_px", [1.5, 2.0, 4.0])
def test_small_qr_codes_on_cards_are_decoded(module_px: float) -> None:
    (code,) = read_codes(upright(paste(PAYLOAD, module_px), kind="card"))
    assert (code.kind, code.text) == ("qr", PAYLOAD)


def test_a_qr_code_on_a_page_is_decoded_where_it_stands() -> None:
    (code,) = read_codes(upright(paste(PAYLOAD, 3.0, (1754, 1240))))
    x0, y0, x1, y1 = bounds(code.box)
    assert 695 < x0 < 725 and 55 < y0 < 85 and 830 < x1 < 860 and 190 < y1 < 220


def test_a_linear_barcode_is_decoded() -> None:
    bars = cv2.resize(symbol("MAU-000123", zxingcpp.BarcodeFormat.Code128), (500, 80), interpolation=cv2.INTER_AREA)
    page = np.full((900, 800, 3), 240, np.uint8)
    page[100:180, 100:600] = bars[..., None]
    (code,) = read_codes(upright(page))
    assert (code.kind, code.symbology, code.text) == ("barcode", "Code128", "MAU-000123")


def test_an_image_without_codes_gives_none() -> None:
    noise = np.random.default_rng(0).integers(150, 255, (638, 1011, 3), dtype=np.uint8)
    assert read_codes(upright(noise, kind="card")) == ()
    assert read_codes(upright(np.full((40, 60, 3), 255, np.uint8))) == ()


@given(st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyễạịọ|,. 0123456789NTĐƯ", min_size=1, max_size=80))
@settings(max_examples=25, deadline=None)
def test_any_vietnamese_text_comes_back_from_a_qr_code(text: str) -> None:
    assert [code.text for code in read_codes(upright(paste(text, 4.0), kind="card"))] == [text]


def test_text_decoded_as_another_encoding_is_put_right() -> None:
    assert repair_mojibake("Nguyễn Thị Mẫu".encode().decode("latin-1")) == "Nguyễn Thị Mẫu"


@given(st.text(max_size=30))
@settings(deadline=None)
def test_putting_right_never_fails(text: str) -> None:
    repair_mojibake(text)


def test_a_code_of_large_modules_in_the_grain_of_a_scan_is_read() -> None:
    """At full size the decoder stumbles over the grain: the smaller copy shows the code."""
    large = cv2.resize(symbol("HT-SEP", zxingcpp.BarcodeFormat.QRCode), (560, 560), interpolation=cv2.INTER_NEAREST)
    paper = np.full((1754, 1240), 250, np.uint8)
    paper[400:960, 300:860] = large
    turn = cv2.getRotationMatrix2D((620, 877), 1.0, 1.0)
    askew = cv2.GaussianBlur(cv2.warpAffine(paper, turn, (1240, 1754), borderValue=250), (0, 0), 0.7).astype(np.float32)
    grey = np.clip(0.93 * askew + 8 + np.random.default_rng(1).normal(0, 6, askew.shape), 0, 255).astype(np.uint8)
    assert [code.text for code in read_codes(upright(grey))] == ["HT-SEP"]
