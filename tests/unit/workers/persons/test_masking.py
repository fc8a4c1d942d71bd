"""What is covered on a page cannot be seen."""

from __future__ import annotations

import cv2
import numpy as np

from workers.persons.masking import masked


def test_only_the_boxes_are_left() -> None:
    page = np.full((400, 600, 3), 255, np.uint8)
    page[100:130, 50:250] = 0  # mine
    page[200:230, 50:250] = 0  # another's
    done, picture = cv2.imencode(".png", page)
    assert done
    mine = ((100.0, 200.0), (500.0, 200.0), (500.0, 260.0), (100.0, 260.0))  # in scan pixels, twice as fine
    shown = cv2.imdecode(np.frombuffer(masked(picture.tobytes(), (1200, 800), [mine]), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert shown is not None and shown.shape == (400, 600)
    assert shown[105:125, 60:240].max() < 60
    assert shown[195:235].min() > 190, "nothing of another's is left"
    assert shown[0:90].min() > 190
