"""Who sends answers to channels that don't take them in the response."""

from __future__ import annotations

from contextlib import ExitStack

from yuanli.bootstrap.secrets import revealed
from yuanli.services import FEISHU_NAME, FeishuMessenger, Service
from yuanli.settings import Settings


def find_messenger(settings: Settings, resources: ExitStack) -> FeishuMessenger | None:
    """Return what sends answers to Feishu; None where the channel is off. `resources` closes it."""
    app_secret = revealed(settings.feishu_app_secret)
    if settings.feishu_app_id is None or app_secret is None:
        return None
    service = Service(FEISHU_NAME, settings.feishu_url)
    messenger = FeishuMessenger(service, app_id=settings.feishu_app_id, app_secret=app_secret)
    resources.callback(messenger.close)
    return messenger
