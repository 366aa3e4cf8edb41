"""How do field devices speak?"""

from yuanli.devices.brokers import Broker, BrokerAddressError, MqttVersion, Session, parse_broker
from yuanli.devices.messages import MessageFormat, Subscription
from yuanli.devices.mqtt import MqttGateway, MqttParams, MqttState, SubscriptionRefusedError

__all__ = [
    "Broker",
    "BrokerAddressError",
    "MessageFormat",
    "MqttGateway",
    "MqttParams",
    "MqttState",
    "MqttVersion",
    "Session",
    "Subscription",
    "SubscriptionRefusedError",
    "parse_broker",
]
