"""The domain's terms: records and readings, geometry, messages, errors. Imports nothing else of hotich."""
