"""The words everything else speaks: records, readings, geometry, messages, errors. Imports nothing else of hotich."""
