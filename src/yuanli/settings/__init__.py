"""What was this installation told?"""

from yuanli.settings.loading import load_settings
from yuanli.settings.settings import LogLevel, Settings
from yuanli.settings.table import settings_table
from yuanli.settings.together import InvalidSettingsError
from yuanli.settings.wording import explain_invalid

__all__ = [
    "InvalidSettingsError",
    "LogLevel",
    "Settings",
    "explain_invalid",
    "load_settings",
    "settings_table",
]
