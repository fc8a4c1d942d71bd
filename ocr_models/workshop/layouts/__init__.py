"""Papers in layouts that no definition knows: what extraction, triage and calibration are developed on.

Nothing here reads `pipeline.forms`: wordings, arrangements and looks are this package's own, laid out by a browser.
"""
