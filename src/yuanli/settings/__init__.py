"""What was this installation told?"""

from yuanli.settings.gateways import (
    FieldGatewaySettings,
    GatewaySettings,
    HttpGatewaySettings,
    MqttGatewaySettings,
    SubscriptionSettings,
    gateway_tables,
)
from yuanli.settings.loading import load_settings
from yuanli.settings.settings import LogLevel, Settings
from yuanli.settings.table import settings_table
from yuanli.settings.together import InvalidSettingsError
from yuanli.settings.wording import explain_invalid

__all__ = [
    "FieldGatewaySettings",
    "GatewaySettings",
    "HttpGatewaySettings",
    "InvalidSettingsError",
    "LogLevel",
    "MqttGatewaySettings",
    "Settings",
    "SubscriptionSettings",
    "explain_invalid",
    "gateway_tables",
    "load_settings",
    "settings_table",
]
