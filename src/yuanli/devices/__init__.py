"""How do field devices speak?"""

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
from yuanli.devices.files import FileParams, UnreadableFileError, check_table_file, read_table_file
from yuanli.devices.forwarding import (
    ForwardParams,
    HttpSender,
    MqttSender,
    ParcelRefusedError,
    Send,
    SendFailedError,
    forward,
)
from yuanli.devices.links import Link
from yuanli.devices.messages import MessageFormat, Subscription
from yuanli.devices.mqtt import MqttGateway, MqttParams, MqttState, SubscriptionRefusedError
from yuanli.devices.pulling import PullFailedError, PullFormat, PullGateway, PullParams, PullSource
from yuanli.devices.replay import Deliver, Replayed, ReplayParams, replay, to_broker, to_intake
from yuanli.devices.signal_files import read_signals
from yuanli.devices.spool import Parcel, Spool, SpoolFullError, SpoolParams

__all__ = [
    "Broker",
    "BrokerAddressError",
    "CertificateError",
    "Deliver",
    "FileParams",
    "ForwardParams",
    "HttpSender",
    "Link",
    "MessageFormat",
    "MqttGateway",
    "MqttParams",
    "MqttSender",
    "MqttState",
    "MqttVersion",
    "Parcel",
    "ParcelRefusedError",
    "PullFailedError",
    "PullFormat",
    "PullGateway",
    "PullParams",
    "PullSource",
    "ReplayParams",
    "Replayed",
    "Send",
    "SendFailedError",
    "Session",
    "Spool",
    "SpoolFullError",
    "SpoolParams",
    "Subscription",
    "SubscriptionRefusedError",
    "Tls",
    "UnreadableFileError",
    "check_table_file",
    "forward",
    "make_client",
    "parse_broker",
    "read_signals",
    "read_table_file",
    "replay",
    "to_broker",
    "to_intake",
]
