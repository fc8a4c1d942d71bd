"""The words everything else speaks: records and readings, geometry, messages, errors. Imports nothing else of hotich."""
