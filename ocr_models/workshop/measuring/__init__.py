"""Measurements of stages and the fit of calibration, on labelled documents."""
