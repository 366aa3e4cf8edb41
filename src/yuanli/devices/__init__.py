"""How do field devices speak?"""

from yuanli.devices.bacnet import BacnetAddressError, BacnetLine
from yuanli.devices.brokers import (
    Broker,
    BrokerAddressError,
    CertificateError,
    MqttVersion,
    Session,
    Tls,
    make_client,
    parse_broker,
)
from yuanli.devices.edge import SpoolIntake
from yuanli.devices.field import (
    ExtraMissingError,
    FieldGateway,
    FieldParams,
    FieldState,
    Line,
    LineLostError,
    Sample,
    discover_once,
)
from yuanli.devices.files import (
    FileParams,
    UnreadableFileError,
    check_table_file,
    read_table_file,
    table_cells,
)
from yuanli.devices.forwarding import (
    ForwardParams,
    HttpSender,
    MqttSender,
    ParcelRefusedError,
    Send,
    SendFailedError,
    forward,
)
from yuanli.devices.keeping import KeepParams, KeptGateway, KeptIntake
from yuanli.devices.links import Link
from yuanli.devices.listening import Obey, listen_to_commands
from yuanli.devices.messages import MessageFormat, Subscription
from yuanli.devices.modbus import ModbusAddressError, ModbusLine
from yuanli.devices.mqtt import MqttGateway, MqttParams, MqttState, SubscriptionRefusedError
from yuanli.devices.opcua import OpcUaAddressError, OpcUaLine
from yuanli.devices.pulling import PullFailedError, PullFormat, PullGateway, PullParams, PullSource
from yuanli.devices.registers import (
    Block,
    Register,
    RegisterError,
    RegisterKind,
    decode_register,
    encode_register,
    load_addresses,
    load_periods,
    load_registers,
    parse_register,
    plan_reads,
)
from yuanli.devices.replay import Deliver, Replayed, ReplayParams, replay, to_intake, to_sender
from yuanli.devices.signal_files import read_signals
from yuanli.devices.sparkplug import (
    SparkplugAddressError,
    SparkplugWriter,
    SparkplugWriterParams,
)
from yuanli.devices.spool import Parcel, Spool, SpoolFullError, SpoolParams, SpoolUnusableError
from yuanli.devices.writing import CommandTopic, CommandTopicError, MqttWriter, MqttWriterParams

__all__ = [
    "BacnetAddressError",
    "BacnetLine",
    "Block",
    "Broker",
    "BrokerAddressError",
    "CertificateError",
    "CommandTopic",
    "CommandTopicError",
    "Deliver",
    "ExtraMissingError",
    "FieldGateway",
    "FieldParams",
    "FieldState",
    "FileParams",
    "ForwardParams",
    "HttpSender",
    "KeepParams",
    "KeptGateway",
    "KeptIntake",
    "Line",
    "LineLostError",
    "Link",
    "MessageFormat",
    "ModbusAddressError",
    "ModbusLine",
    "MqttGateway",
    "MqttParams",
    "MqttSender",
    "MqttState",
    "MqttVersion",
    "MqttWriter",
    "MqttWriterParams",
    "Obey",
    "OpcUaAddressError",
    "OpcUaLine",
    "Parcel",
    "ParcelRefusedError",
    "PullFailedError",
    "PullFormat",
    "PullGateway",
    "PullParams",
    "PullSource",
    "Register",
    "RegisterError",
    "RegisterKind",
    "ReplayParams",
    "Replayed",
    "Sample",
    "Send",
    "SendFailedError",
    "Session",
    "SparkplugAddressError",
    "SparkplugWriter",
    "SparkplugWriterParams",
    "Spool",
    "SpoolFullError",
    "SpoolIntake",
    "SpoolParams",
    "SpoolUnusableError",
    "Subscription",
    "SubscriptionRefusedError",
    "Tls",
    "UnreadableFileError",
    "check_table_file",
    "decode_register",
    "discover_once",
    "encode_register",
    "forward",
    "listen_to_commands",
    "load_addresses",
    "load_periods",
    "load_registers",
    "make_client",
    "parse_broker",
    "parse_register",
    "plan_reads",
    "read_signals",
    "read_table_file",
    "replay",
    "table_cells",
    "to_intake",
    "to_sender",
]
