"""The fields of a Sparkplug B payload that carry readings, on the public wire format of protocol buffers.

Field numbers are those of the Sparkplug specification 3.0 (Eclipse Foundation 2022, chapter 6.4). Fields that are not
listed, such as data sets and templates, are skipped by the reader as unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from functools import cache
from typing import Any

from yuanli.errors import Text, UnavailableError


class Datatype(IntEnum):
    """Kinds of metric that can be a number."""

    INT8 = 1
    INT16 = 2
    INT32 = 3
    INT64 = 4
    UINT8 = 5
    UINT16 = 6
    UINT32 = 7
    UINT64 = 8
    FLOAT = 9
    DOUBLE = 10
    BOOLEAN = 11
    STRING = 12
    DATE_TIME = 13
    TEXT = 14


SIGNED_BITS: Mapping[int, int] = {
    Datatype.INT8: 8,
    Datatype.INT16: 16,
    Datatype.INT32: 32,
    Datatype.INT64: 64,
}
"""Signed integers travel as unsigned fields, in two's complement."""
MESSAGES: Mapping[str, Mapping[str, tuple[int, str]]] = {
    "PropertyValue": {
        "type": (1, "uint32"),
        "is_null": (2, "bool"),
        "int_value": (3, "uint32"),
        "long_value": (4, "uint64"),
        "string_value": (8, "string"),
    },
    "PropertySet": {"keys": (1, "string*"), "values": (2, "PropertyValue*")},
    "Metric": {
        "name": (1, "string"),
        "alias": (2, "uint64"),
        "timestamp": (3, "uint64"),
        "datatype": (4, "uint32"),
        "is_historical": (5, "bool"),
        "is_null": (7, "bool"),
        "properties": (9, "PropertySet"),
        "int_value": (10, "uint32"),
        "long_value": (11, "uint64"),
        "float_value": (12, "float"),
        "double_value": (13, "double"),
        "boolean_value": (14, "bool"),
        "string_value": (15, "string"),
    },
    "Payload": {"timestamp": (1, "uint64"), "metrics": (2, "Metric*"), "seq": (3, "uint64")},
}
PACKAGE = "yuanli.sparkplug"


class SparkplugPartError(UnavailableError):
    """The library that reads protocol buffers is missing."""


@cache
def payload_class() -> Any:
    """Return the class of messages that reads and writes payloads.

    Raises
    ------
    SparkplugPartError
        `protobuf` is not installed.
    """
    try:
        from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
    except ImportError as error:
        raise SparkplugPartError(
            Text("没有安装 protobuf。", "protobuf is not installed."),
            hint=Text("pip install protobuf", "pip install protobuf"),
        ) from error
    kinds = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="yuanli_sparkplug.proto", package=PACKAGE, syntax="proto2")
    for message, fields in MESSAGES.items():
        described = file.message_type.add(name=message)
        for name, (number, kind) in fields.items():
            single = kind.removesuffix("*")
            field = described.field.add(
                name=name,
                number=number,
                label=kinds.LABEL_OPTIONAL if single == kind else kinds.LABEL_REPEATED,
            )
            if single in MESSAGES:
                field.type, field.type_name = kinds.TYPE_MESSAGE, f".{PACKAGE}.{single}"
            else:
                field.type = kinds.Type.Value(f"TYPE_{single.upper()}")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{PACKAGE}.Payload"))
