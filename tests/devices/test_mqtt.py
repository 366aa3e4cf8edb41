"""Readings by MQTT, against real brokers: what is acknowledged is kept, what is not comes again."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import aiomqtt
import pytest
from tests.devices.conftest import OwnBroker
from tests.devices.gateways import GatedStore, Site, running, until
from tests.loops import run_apart
from tests.telemetry.memory import MemoryReadingStore
from tests.telemetry.test_sparkplug import payload

from yuanli.devices import Broker, BrokerAddressError, MessageFormat, MqttParams, MqttVersion, parse_broker
from yuanli.telemetry.parsing.sparkplug_wire import payload_class

QUICK = MqttParams(gather_s=0.0, first_wait_s=0.05, longest_wait_s=0.2)


@pytest.mark.parametrize("version", MqttVersion)
def test_readings_are_kept_and_acknowledged(named_broker: Broker, version: MqttVersion) -> None:
    async def tried() -> None:
        site, store = Site(named_broker), MemoryReadingStore()
        gateway = site.gateway(store, version=version)
        async with running(gateway), site.device() as device:
            for number in range(100):
                await site.send(device, "d1", 1_777_593_600 + number, t=number, h=40)
            await until(lambda: gateway.state().acknowledged == 100)
        assert (len(store.kept), gateway.state().refused) == (200, 0)
        assert store.writes <= 100
        await site.forget()

    run_apart(tried())


def test_messages_wait_at_the_broker_for_a_gateway_that_is_away(named_broker: Broker) -> None:
    async def tried() -> None:
        site, store = Site(named_broker), MemoryReadingStore()
        async with running(site.gateway(store)):
            pass
        async with site.device() as device:
            await site.send(device, "d1", 1_777_593_600, t=1)
        gateway = site.gateway(store)
        async with running(gateway):
            await until(lambda: gateway.state().acknowledged == 1)
        assert len(store.kept) == 1
        await site.forget()

    run_apart(tried())


def test_nothing_is_acknowledged_before_it_is_written(own_broker: OwnBroker) -> None:
    async def tried() -> None:
        site, store = Site(own_broker.address), GatedStore()
        store.gate.clear()
        first = site.gateway(store, QUICK)
        async with running(first), site.device() as device:
            await site.send(device, "d1", 1_777_593_600, t=1)
            await until(lambda: first.state().messages == 1)
            await asyncio.sleep(0.1)
            assert first.state().acknowledged == 0
        other = MemoryReadingStore()
        second = site.gateway(other, QUICK)
        async with running(second):
            await until(lambda: second.state().acknowledged == 1)
        assert len(other.kept) == 1
        store.gate.set()

    run_apart(tried())


KILLED = """
import asyncio, sys
from tests.devices.gateways import GatedStore, Site
from yuanli.devices import Broker

async def main():
    site, store = Site(Broker(host="127.0.0.1", port=int(sys.argv[1]))), GatedStore()
    site.prefix, site.client_id = sys.argv[2:4]
    store.gate.clear()
    gateway = site.gateway(store)
    task = asyncio.create_task(gateway.run())
    while True:
        state = gateway.state()
        print(int(state.connected), state.messages, flush=True)
        await asyncio.sleep(0.02)

asyncio.run(main())
"""


def test_what_a_killed_gateway_held_comes_again(own_broker: OwnBroker) -> None:
    site, store = Site(own_broker.address), MemoryReadingStore()
    victim = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(own_broker.port), site.prefix, site.client_id],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert victim.stdout is not None

    def wait_for(said: str) -> None:
        assert victim.stdout is not None
        assert any(line.strip() == said for line in victim.stdout)

    async def sent() -> None:
        async with site.device() as device:
            await site.send(device, "d1", 1_777_593_600, t=1)
            await site.send(device, "d2", 1_777_593_600, t=2)

    async def found() -> None:
        gateway = site.gateway(store)
        async with running(gateway):
            await until(lambda: gateway.state().acknowledged == 2)

    with victim.stdout:
        wait_for("1 0")
        time.sleep(0.2)
        run_apart(sent())
        wait_for("1 2")
        victim.send_signal(signal.SIGKILL)
        victim.wait(10)
    run_apart(found())
    assert len(store.kept) == 2


def test_a_lost_broker_is_told_once_and_found_again(
    own_broker: OwnBroker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="yuanli.devices")

    async def tried() -> None:
        site, store = Site(own_broker.address), MemoryReadingStore()
        gateway = site.gateway(store, QUICK)
        async with running(gateway):
            async with site.device() as device:
                await site.send(device, "d1", 1_777_593_600, t=1)
                await until(lambda: gateway.state().acknowledged == 1)
            await asyncio.to_thread(own_broker.stop)
            await until(lambda: not gateway.state().connected)
            await asyncio.sleep(0.6)
            await asyncio.to_thread(own_broker.start)
            async with site.device() as device:
                await site.send(device, "d1", 1_777_593_601, t=2)
            await until(lambda: gateway.state().acknowledged == 2)
        assert len(store.kept) == 2

    run_apart(tried())
    said = [record.getMessage() for record in caplog.records if "MQTT broker" in record.getMessage()]
    assert ["lost" in message for message in said] == [True, False]


def test_a_store_that_takes_nothing_holds_the_messages_back(own_broker: OwnBroker) -> None:
    async def tried() -> None:
        site, store = Site(own_broker.address), GatedStore()
        store.broken = True
        gateway = site.gateway(store, QUICK)
        async with running(gateway), site.device() as device:
            await site.send(device, "d1", 1_777_593_600, t=1)
            await until(lambda: gateway.state().messages == 1)
            await asyncio.sleep(0.3)
            assert gateway.state().acknowledged == 0
            store.broken = False
            await until(lambda: gateway.state().acknowledged == 1)
        assert len(store.kept) == 1

    run_apart(tried())


@pytest.mark.parametrize("in_flight", [50, 5_000])
def test_a_flood_waits_at_the_broker_and_nothing_is_lost(own_broker: OwnBroker, in_flight: int) -> None:
    async def tried() -> None:
        site, store = Site(own_broker.address), GatedStore()
        params = MqttParams(most_messages=200, batch_messages=100, gather_s=0.0)
        gateway = site.gateway(store, params, in_flight=in_flight)
        most = 0
        async with running(gateway), site.device() as device:
            store.gate.clear()
            for start in range(0, 2_000, 100):
                await asyncio.gather(
                    *(site.send(device, "d1", 1_777_593_600 + n, t=n) for n in range(start, start + 100))
                )
                most = max(most, gateway.state().waiting)
            assert most <= in_flight
            store.gate.set()
            while gateway.state().acknowledged < 2_000:
                most = max(most, gateway.state().waiting)
                await asyncio.sleep(0.005)
        assert len(store.kept) == 2_000
        assert most <= 200
        assert gateway.state().paused or in_flight < 200
        assert gateway.state().waiting_bytes == 0

    run_apart(tried())


def test_what_is_refused_is_told_and_does_not_come_again(own_broker: OwnBroker) -> None:
    async def tried() -> None:
        site, store = Site(own_broker.address), MemoryReadingStore()
        gateway = site.gateway(store, MqttParams(refusals_topic=f"refused/{site.client_id}"))
        async with site.device() as device:
            await device.subscribe(f"refused/{site.client_id}/#")
            async with running(gateway):
                await device.publish(f"{site.prefix}/d1", b'{"values": {"t": 1, "x": 2}}', qos=1)
                first = json.loads((await anext(aiter(device.messages))).payload)
                await device.publish(f"{site.prefix}/d1", b"\xff{", qos=1)
                second = json.loads((await anext(aiter(device.messages))).payload)
                await until(lambda: gateway.state().acknowledged == 2)
        assert (first["topic"], first["count"], first["refused"][0]["field"]) == (
            f"{site.prefix}/d1",
            1,
            "point",
        )
        assert second["refused"][0]["message"]["zh"]
        assert (len(store.kept), gateway.state().refused) == (1, 2)
        again = site.gateway(store)
        async with running(again):
            await asyncio.sleep(0.3)
        assert again.state().messages == 0

    run_apart(tried())


def test_a_topic_as_wide_as_all_does_not_read_what_was_refused_again(own_broker: OwnBroker) -> None:
    async def tried() -> None:
        site, store = Site(own_broker.address), MemoryReadingStore()
        params = MqttParams(refusals_topic=f"{site.prefix}/refused")
        gateway = site.gateway(store, params, template=f"{site.prefix}/#")
        async with running(gateway), site.device() as device:
            await device.publish(f"{site.prefix}/d1", b"\xff{", qos=1)
            await until(lambda: gateway.state().acknowledged == 1)
            await device.publish(f"{site.prefix}/d1", b"\xff[", qos=1)
            await until(lambda: gateway.state().acknowledged == 2)
            await asyncio.sleep(0.3)
        assert (gateway.state().messages, gateway.state().refused) == (2, 2)

    run_apart(tried())


def test_gateways_of_one_group_share_the_messages(own_broker: OwnBroker) -> None:
    async def tried() -> None:
        site, store = Site(own_broker.address), MemoryReadingStore()
        params = MqttParams(share_group="yuanli")
        one, two = (site.gateway(store, params, client=name) for name in ("a", "b"))
        async with running(one), running(two), site.device() as device:
            for number in range(40):
                await site.send(device, "d1", 1_777_593_600 + number, t=number)
            await until(lambda: one.state().acknowledged + two.state().acknowledged == 40)
        assert min(one.state().messages, two.state().messages) > 0
        assert len(store.kept) == 40

    run_apart(tried())


def test_births_of_sparkplug_nodes_outlive_a_restart(own_broker: OwnBroker, tmp_path: Path) -> None:
    births = tmp_path / "births.json"
    named = {"name": "temp", "alias": 1, "datatype": 9, "float_value": 20.5}

    async def tried() -> None:
        site, store = Site(own_broker.address), MemoryReadingStore()
        topic = f"spBv1.0/{site.client_id}"

        async def published(
            device: aiomqtt.Client, kind: str, node: str, *metrics: dict[str, object]
        ) -> None:
            await device.publish(f"{topic}/{kind}/{node}", payload(*(dict(m) for m in metrics)), qos=1)

        first = site.gateway(
            store, MqttParams(births=births), format=MessageFormat.SPARKPLUG, template=f"{topic}/#"
        )
        async with running(first), site.device() as device:
            await published(device, "NBIRTH", "edge1", named)
            await until(lambda: first.state().acknowledged == 1)
        assert births.is_file()
        second = site.gateway(
            store, MqttParams(births=births), format=MessageFormat.SPARKPLUG, template=f"{topic}/#"
        )
        async with site.device() as device:
            await device.subscribe(f"{topic}/NCMD/#")
            async with running(second):
                await published(device, "NDATA", "edge1", {"alias": 1, "float_value": 21.5, "timestamp": 5})
                await until(lambda: second.state().readings == 1)
                await published(device, "NDATA", "edge2", {"alias": 1, "float_value": 21.5})
                command = await anext(aiter(device.messages))
        assert str(command.topic) == f"{topic}/NCMD/edge2"
        asked = payload_class().FromString(command.payload)
        assert asked.metrics[0].name == "Node Control/Rebirth"
        assert sorted(value for value, *_ in store.kept.values()) == [20.5, 21.5]

    run_apart(tried())


def test_broken_births_are_asked_for_again(
    own_broker: OwnBroker, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    births = tmp_path / "births.json"
    births.write_text('["[1"]', "utf-8")

    async def tried() -> None:
        site, store = Site(own_broker.address), MemoryReadingStore()
        async with running(site.gateway(store, MqttParams(births=births))):
            pass

    run_apart(tried())
    assert "can't be read" in caplog.text


@pytest.mark.parametrize(
    ("url", "broker"),
    [
        ("mqtt://example.org", Broker(host="example.org", port=1883)),
        ("mqtts://u:p%40ss@h:99", Broker(host="h", port=99, secure=True, username="u", password="p@ss")),
    ],
)
def test_the_address_of_a_broker_is_a_url(url: str, broker: Broker) -> None:
    assert parse_broker(url) == broker
    assert "p@ss" not in repr(broker)


@pytest.mark.parametrize(
    "url", ["example.org", "http://h", "mqtt://", "mqtt://h:x", "mqtt://h/topic", "mqtt://h:99999"]
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(BrokerAddressError):
        parse_broker(url)
