"""Still WebP pictures, decoded without Pillow's decoder of animations."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pipeline.intake.webp import decode_webp


def _picture(mode: str) -> Image.Image:
    noise = np.random.default_rng(3).integers(0, 255, (40, 50, 4), dtype=np.uint8)
    return Image.fromarray(noise).resize((333, 271)).convert(mode)


@pytest.mark.parametrize("how", [{"quality": 60}, {"lossless": True}])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_a_still_picture_has_the_pixels_that_pillow_gives(mode: str, how: dict[str, Any]) -> None:
    file = io.BytesIO()
    _picture(mode).save(file, "WEBP", **how)
    assert np.array_equal(decode_webp(file.getvalue()), np.asarray(Image.open(file)))


def test_a_picture_lies_as_it_is_stored() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned for display
    file = io.BytesIO()
    _picture("RGB").save(file, "WEBP", lossless=True, exif=exif)
    assert np.array_equal(decode_webp(file.getvalue()), np.asarray(_picture("RGB")))


def test_a_picture_without_its_data_is_refused() -> None:
    file = io.BytesIO()
    _picture("RGB").save(file, "WEBP")
    with pytest.raises(ValueError, match="no picture"):
        decode_webp(file.getvalue()[:40])
