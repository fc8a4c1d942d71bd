"""The record contract: how a `CivilRecord` is written as JSON, and the schema that says so."""

from pipeline.records.contract.reader import NotARecord, read_record
from pipeline.records.contract.schema import SCHEMA_VERSION, record_schema
from pipeline.records.contract.writer import record_bytes, record_object, renamed_record

__all__ = [
    "SCHEMA_VERSION",
    "NotARecord",
    "read_record",
    "record_bytes",
    "record_object",
    "record_schema",
    "renamed_record",
]
