"""Matrices are small here: the program's numpy computes in one thread unless somebody said otherwise."""

from __future__ import annotations

import importlib
import os

import pytest

import hotich


def test_numpy_computes_in_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    importlib.reload(hotich)
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"


def test_a_number_of_threads_that_somebody_set_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "4")
    importlib.reload(hotich)
    assert os.environ["OPENBLAS_NUM_THREADS"] == "4"
