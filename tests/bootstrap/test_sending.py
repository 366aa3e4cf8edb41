"""A gateway computer: its gateways are read, kept on disk, and sent when the server is there."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.devices.fields import until
from tests.devices.test_forwarding import Server
from tests.devices.test_modbus import Device
from tests.loops import run_apart

from yuanli.bootstrap import NoGatewaysError, TargetError, forward_gateways, sender_to, topic_to
from yuanli.devices import BrokerAddressError, Spool
from yuanli.settings import Settings, load_settings
from yuanli.telemetry import decode_json


def edge_settings(folder: Path, port: int) -> Settings:
    table = folder / "points.csv"
    table.write_text("point,address,scale\nmeter,holding:4,0.1\n", "utf-8")
    gateway = {
        "name": "plc", "campus": "park", "url": f"modbus://127.0.0.1:{port}",
        "points": str(table), "every_s": 0.1,
    }  # fmt: skip
    return load_settings(data_dir=folder, gateways=[gateway])


def test_readings_of_a_plc_outlive_a_lost_server_and_a_restart(tmp_path: Path) -> None:
    server, device = Server(), Device()
    device.put("holding", 4, [215])
    base = server.url.removesuffix("/v1/campuses/park/readings")
    settings = edge_settings(tmp_path, device.port)

    async def forwarding(url: str, done: asyncio.Event) -> None:
        send = sender_to(url, token="secret")
        task = asyncio.create_task(
            forward_gateways(
                settings, tmp_path / "spool", send, lambda campus: topic_to(url, campus, gateway="edge 1")
            )
        )
        await asyncio.wait([task, asyncio.create_task(done.wait())], return_when=asyncio.FIRST_COMPLETED)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    def waiting() -> int:
        path = tmp_path / "spool" / "spool.db"
        if not path.is_file():
            return 0
        spool = Spool(path)
        try:
            return len(spool)
        finally:
            spool.close()

    async def tried() -> None:
        async with device.serving():
            done = asyncio.Event()
            task = asyncio.create_task(forwarding("http://127.0.0.1:9", done))
            await until(lambda: waiting() >= 2)
            done.set()
            await task
        kept, done = waiting(), asyncio.Event()
        task = asyncio.create_task(forwarding(base, done))
        await until(lambda: len(server.bodies) >= kept and waiting() == 0)
        done.set()
        await task

    run_apart(tried())
    server.close()
    rows = [row for _, _, body in server.bodies for row in decode_json(body).rows]
    assert {(row.point, round(row.value, 3), row.at is not None) for row in rows} == {("meter", 21.5, True)}
    assert server.paths[0] == "/v1/campuses/park/readings?gateway=edge%201&partial=true"


def test_without_gateways_there_is_nothing_to_forward(tmp_path: Path) -> None:
    with pytest.raises(NoGatewaysError):
        run_apart(
            forward_gateways(
                load_settings(data_dir=tmp_path), tmp_path, sender_to("mqtt://localhost", token=None), str
            )
        )


def test_a_target_is_a_server_with_a_token_or_a_broker() -> None:
    with pytest.raises(TargetError):
        sender_to("https://park.example", token=None)
    with pytest.raises(BrokerAddressError):
        sender_to("park.example", token="x")
    assert topic_to("mqtt://b", "park", gateway="e") == "park/telemetry"
    assert topic_to("mqtt://b", "park", gateway="e", topic="in/{campus}") == "in/park"
    strict = topic_to("https://s/", "a/b", gateway="e", skip=False)
    assert strict == "/v1/campuses/a%2Fb/readings?gateway=e"
