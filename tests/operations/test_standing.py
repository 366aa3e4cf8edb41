"""Commands that wait are sent by right of who asked for them, as it is then."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.api.house import CAMPUS, Clock, small_house
from tests.operations.commanding import Loopback, fitted_campus
from tests.operations.twins import tell

from yuanli.bootstrap import House
from yuanli.campus import DeviceId, FeatureId, Imported
from yuanli.operations import CommandAction, CommandRequest, OrderState, Role, StandingOrder

LAMP = CommandRequest(action=CommandAction.OFF, device_ids=(DeviceId(FeatureId("lamp-0")),))
ROOM = FeatureId("room0-0")
DAILY = "FREQ=DAILY;BYHOUR=11;BYMINUTE=0;BYSECOND=0"
SHANGHAI = ZoneInfo("Asia/Shanghai")
CHANGES: dict[str, Callable[[House], object]] = {
    "lacks": lambda house: house.accounts.change_user("operator", role=Role.MEMBER),
    "disabled": lambda house: house.accounts.change_user("operator", disabled=True),
    "gone": lambda house: house.accounts.remove_user("operator"),
}
WHY = {"lacks": "does not have the right", "disabled": "is disabled", "gone": "There is no user"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bus() -> Loopback:
    return Loopback()


@pytest.fixture
def house(tmp_path: Path, clock: Clock, bus: Loopback) -> Iterator[House]:
    opened = small_house(tmp_path, clock)
    opened.places.add(Imported(campus=fitted_campus()), who="test", why="test", replace=True)
    opened.device_gateways.add("bus", bus, campus_id=CAMPUS)
    tell(opened, clock.now, {"lamp-0-sw": 1})
    yield opened
    opened.close()


def daily(house: House, clock: Clock, who: str = "operator") -> StandingOrder:
    first = (clock.now + timedelta(hours=1)).astimezone(SHANGHAI)
    return house.standing.add_timed(
        CAMPUS, LAMP, ROOM, key="daily", who=who, now=clock.now, next_at=first, rule=DAILY
    )


@pytest.mark.parametrize("change", CHANGES)
def test_a_repeated_order_ends_when_its_author_may_command_no_more(
    house: House, clock: Clock, bus: Loopback, change: str, caplog: pytest.LogCaptureFixture
) -> None:
    daily(house, clock)
    clock.forward(3600)
    assert house.standing.look(clock.now) == ()
    assert bus.sent == [("lamp-0-sw", 0.0)]
    CHANGES[change](house)
    clock.forward(86_400)
    caplog.set_level(logging.WARNING, logger="yuanli.operations.standing")
    (ended,) = house.standing.look(clock.now)
    assert ended.message is not None
    assert (ended.state, WHY[change] in ended.message.en) == (OrderState.FAILED, True)
    told = [record.getMessage() for record in caplog.records if record.name == "yuanli.operations.standing"]
    assert [ended.message.en in message for message in told] == [True]
    assert house.standing.list(CAMPUS) == (ended,)
    clock.forward(86_400)
    assert house.standing.look(clock.now) == ()
    assert len(bus.sent) == 1


@pytest.mark.parametrize("change", CHANGES)
def test_a_delayed_order_is_refused_when_its_author_may_command_no_more(
    house: House, clock: Clock, bus: Loopback, change: str
) -> None:
    later = clock.now + timedelta(hours=1)
    house.standing.add_timed(CAMPUS, LAMP, ROOM, key="k", who="operator", now=clock.now, next_at=later)
    CHANGES[change](house)
    clock.forward(3600)
    (ended,) = house.standing.look(clock.now)
    assert (ended.state, bus.sent) == (OrderState.FAILED, [])
