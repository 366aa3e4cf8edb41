"""Readings in the forms that the field sends them, decoded without I/O."""

from yuanli.telemetry.parsing.column_roles import (
    ColumnRole,
    ProposedColumns,
    TableColumn,
    make_columns,
    propose_columns,
)
from yuanli.telemetry.parsing.json_messages import decode_json, decode_json_lines, encode_json
from yuanli.telemetry.parsing.line_protocol import Precision, decode_line_protocol
from yuanli.telemetry.parsing.rows import (
    Decoded,
    DecodeParams,
    FaultyValueError,
    MessageTooLargeError,
    RefusedRowsError,
    Row,
    RowFault,
    UnreadableMessageError,
)
from yuanli.telemetry.parsing.sparkplug import (
    SparkplugDecoded,
    SparkplugMetric,
    SparkplugNodes,
    SparkplugTopic,
    SparkplugTopicError,
    SparkplugValueError,
    metric_command,
    parse_sparkplug_topic,
    rebirth_command,
)
from yuanli.telemetry.parsing.sparkplug_wire import SparkplugPartError
from yuanli.telemetry.parsing.tables import (
    Columns,
    ColumnsError,
    collect,
    csv_cells,
    decode_csv,
    decode_table,
    guess_columns,
    read_header,
)
from yuanli.telemetry.parsing.values import parse_time

__all__ = [
    "ColumnRole",
    "Columns",
    "ColumnsError",
    "DecodeParams",
    "Decoded",
    "FaultyValueError",
    "MessageTooLargeError",
    "Precision",
    "ProposedColumns",
    "RefusedRowsError",
    "Row",
    "RowFault",
    "SparkplugDecoded",
    "SparkplugMetric",
    "SparkplugNodes",
    "SparkplugPartError",
    "SparkplugTopic",
    "SparkplugTopicError",
    "SparkplugValueError",
    "TableColumn",
    "UnreadableMessageError",
    "collect",
    "csv_cells",
    "decode_csv",
    "decode_json",
    "decode_json_lines",
    "decode_line_protocol",
    "decode_table",
    "encode_json",
    "guess_columns",
    "make_columns",
    "metric_command",
    "parse_sparkplug_topic",
    "parse_time",
    "propose_columns",
    "read_header",
    "rebirth_command",
]
