"""Modbus: 1,000 float32 points of a device on this machine, polled 50 times; CPU of client and server together."""

from __future__ import annotations

import asyncio
import socket
import time
from dataclasses import replace

from yuanli.devices import ModbusLine, parse_register

POINTS, POLLS = 1_000, 50


async def measure() -> None:
    """Poll, and print how long it takes."""
    from pymodbus.server import ModbusTcpServer
    from pymodbus.simulator import DataType, SimData, SimDevice

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    words = [SimData(0, values=[7] * 2 * POINTS, datatype=DataType.REGISTERS)]
    bits = [SimData(0, values=[False] * 16, datatype=DataType.BITS)]
    device = SimDevice(1, simdata=(bits, list(bits), words, list(words)), use_bit_addressing=True)
    server = ModbusTcpServer(device, address=("127.0.0.1", port))
    task = asyncio.create_task(server.serve_forever())
    await asyncio.sleep(0.3)
    registers = [
        replace(parse_register(f"holding:{2 * number}:float32"), point=f"p{number}")
        for number in range(POINTS)
    ]
    line = ModbusLine(f"modbus://127.0.0.1:{port}", registers)
    await line.connect()
    cpu, wall = time.process_time(), time.monotonic()
    for _ in range(POLLS):
        assert len(await line.poll()) == POINTS
    cpu, wall = (time.process_time() - cpu) / POLLS, (time.monotonic() - wall) / POLLS
    print(f"{POINTS} points in {len(line.blocks)} reads: {1e3 * cpu:.1f} CPU ms, {1e3 * wall:.1f} ms a poll")
    await line.close()
    await server.shutdown()
    task.cancel()


if __name__ == "__main__":
    asyncio.run(measure())
