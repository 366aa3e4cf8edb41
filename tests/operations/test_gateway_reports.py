"""What is told of gateways: their own counts, and the clocks of those that send by them."""

from __future__ import annotations

import pytest

from yuanli.campus import CampusId
from yuanli.operations import Connection, GatewayState, report_gateways

AT = 1_777_593_600_000_000


@pytest.mark.parametrize("sender", ["plant", "plant:ahu1"])
def test_the_clock_of_a_gateway_that_polls_by_itself_is_told_like_that_of_its_devices(sender: str) -> None:
    connection = Connection(
        name="plant", kind="modbus", campus_id=CampusId("park"), connected=True, since=None, last_message=None,
        messages=1, readings=1, duplicates=0, conflicts=0, refused=0, last_error=None,
    )  # fmt: skip
    states = [
        GatewayState(gateway=name, readings=1, refused=0, last_received=AT, watermark=AT + later, skew_s=0.2)
        for name, later in ((sender, 0), ("plant-2", 5_000_000))
    ]
    (told,) = report_gateways([connection], states)
    assert told.watermark is not None
    assert (told.watermark.timestamp(), told.clock_skew_s, told.senders) == (AT / 1e6, 0.2, 1)
