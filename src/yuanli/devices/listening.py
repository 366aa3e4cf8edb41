"""Commands that come by MQTT: what devices on the other side of a broker are told."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from math import isfinite

import aiomqtt

from yuanli.devices.brokers import Broker, Session, make_client
from yuanli.telemetry import TopicTemplate

log = logging.getLogger(__name__)
AGAIN_S = 2.0
Obey = Callable[[str, float | None], None]
"""Gets a point and its value; None lets it go by itself. It raises nothing that should end the listening."""


async def listen_to_commands(broker: Broker, session: Session, template: TopicTemplate, obey: Obey) -> None:
    """Hand on what is published on topics with a `{point}`, until cancelled; a lost broker is asked again.

    A payload is a number, `true`, `false`, `null`, or an object with one of these as `value`; anything else is left out
    and told in the log.
    """
    lost = False
    while True:
        try:
            async with make_client(broker, session) as client:
                await client.subscribe(template.filter, qos=1)
                if lost:
                    log.info("The broker of commands is back")
                lost = False
                async for message in client.messages:
                    _hand_on(str(message.topic), message.payload, template, obey)
        except aiomqtt.MqttError as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise asyncio.CancelledError from error
            if not lost:
                log.warning("The broker of commands is lost: %s", error)
            lost = True
            await asyncio.sleep(AGAIN_S)


def _hand_on(topic: str, payload: object, template: TopicTemplate, obey: Obey) -> None:
    point = (template.find(topic) or {}).get("point")
    try:
        if point is None or not isinstance(payload, bytes | str):
            raise ValueError("no point, or no text")
        told = json.loads(payload)
        told = told["value"] if isinstance(told, dict) else told
        value = None if told is None else float(told)
        if value is not None and not isfinite(value):
            raise ValueError(f"{value} is no number")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        log.warning("A command can't be read: %s", error)
        return
    obey(point, value)
