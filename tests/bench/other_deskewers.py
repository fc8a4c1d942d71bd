"""Run in an environment of its own (`tests/bench/requirements-imaging.lock`): page after page, what others measure.

A path a line comes in; a line of JSON goes out: by program the degrees that it would turn the page counter-clockwise,
and the CPU milliseconds it took.
"""

import json
import sys
import time
from typing import Any

import cv2
from deskew import determine_skew  # type: ignore[import-not-found]
from jdeskew.estimator import get_angle  # type: ignore[import-not-found]


def timed(estimate: Any, picture: Any) -> dict[str, float | None]:
    started = time.process_time()
    try:
        degrees = estimate(picture)
    except Exception:  # on some pages they give up with an error
        degrees = None
    cpu_ms = 1000 * (time.process_time() - started)
    return {"degrees": None if degrees is None else float(degrees), "cpu_ms": cpu_ms}


for line in sys.stdin:
    colour = cv2.imread(line.strip())
    grey = cv2.cvtColor(colour, cv2.COLOR_BGR2GRAY)
    answers = {"jdeskew": timed(get_angle, colour), "deskew": timed(determine_skew, grey)}
    print(json.dumps(answers), flush=True)
