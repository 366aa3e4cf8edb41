"""Gateways of field protocols, as the settings name them: read beside the requests, and written through."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from tests.api.house import CAMPUS, Clock, small_campus, small_house
from tests.devices.fields import asked, until
from tests.devices.test_modbus import Device
from tests.loops import run_apart

from yuanli.bootstrap import House
from yuanli.campus import DataPoint, Imported
from yuanli.operations import CommandAction, CommandRequest, WriteState

pytest.importorskip("pymodbus", reason="yuanli[field] is not installed: Modbus is not tested")


def house_with(folder: Path, port: int, table: str | None) -> House:
    if table is not None:
        (folder / "plc.csv").write_text(table, "utf-8")
    gateway = {
        "name": "plc", "campus": CAMPUS, "url": f"modbus://127.0.0.1:{port}", "points": str(folder / "plc.csv"),
        "every_s": 0.2,
    }  # fmt: skip
    return small_house(folder / "data", Clock(), gateways=[gateway])


def test_a_modbus_device_is_read_and_commanded_by_the_house(tmp_path: Path) -> None:
    async def tried() -> None:
        device = Device()
        device.put("holding", 4, [215])
        house = house_with(tmp_path, device.port, "point,address,scale\nmeter,holding:4:int16,0.1\n")
        campus = small_campus()
        meter = replace(
            campus.get("meter", DataPoint), brick_class="Zone_Air_Temperature_Setpoint", unit="°C"
        )
        features = {**campus.features, meter.id: meter}
        house.places.add(Imported(campus=replace(campus, features=features)), who="t", why="t", replace=True)
        async with device.serving():
            await asyncio.to_thread(house.keep_connected)
            try:
                await until(lambda: [v.value for v in house.telemetry.latest(CAMPUS)] == [21.5])
                request = CommandRequest(
                    action=CommandAction.SET, point_id=meter.id, value=1.0, relative=True
                )
                outcome = await asked(lambda: house.commands.execute(CAMPUS, request, who="li"))
                assert [(w.old, w.new, w.state) for w in outcome.writes] == [
                    (21.5, 22.5, WriteState.ACKNOWLEDGED)
                ]
                assert device.get("holding", 4) == [225]
                (connection,) = [gateway.connection() for gateway in house.gateways]
                assert (connection.kind, connection.connected) == ("modbus", True)
            finally:
                await asyncio.to_thread(house.close)

    run_apart(tried())


@pytest.mark.parametrize(
    ("table", "told"),
    [("point,address\nmeter,attic:4\n", "line 2, column address"), (None, "can't be read")],
)
def test_a_faulty_table_of_registers_stops_its_gateway_alone_and_is_told(
    tmp_path: Path, table: str | None, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    house = house_with(tmp_path, 502, table)
    try:
        assert house.places.campus(CAMPUS).id == CAMPUS
        (connection,) = [gateway.connection() for gateway in house.gateways]
        assert (connection.name, connection.kind, connection.connected) == ("plc", "modbus", False)
        assert connection.last_error is not None
        assert told in connection.last_error.en
        assert connection.last_error.en.endswith("Then start yuanli again.")
        assert connection.last_error.zh.endswith("改正后重新启动 yuanli。")
        assert not caplog.records
        house.keep_connected()
    finally:
        house.close()
    assert [record.getMessage() for record in caplog.records if "plc" in record.getMessage()] == [
        f"Gateway plc can't start: {connection.last_error}"
    ]


def test_a_broker_with_a_command_topic_reaches_all_points(tmp_path: Path) -> None:
    gateway = {
        "name": "meters", "campus": CAMPUS, "url": "mqtt://127.0.0.1:1", "subscriptions": [{"topic": "a/{point}"}],
        "command_topic": "{campus}/{point}/set",
    }  # fmt: skip
    house = small_house(tmp_path, Clock(), gateways=[gateway])
    campus = house.places.campus(CAMPUS)
    route = house.device_gateways.find_route(campus, campus.get("meter", DataPoint))
    assert route is not None
    assert (route.gateway, route.address) == ("meters", "meter")
    house.close()
