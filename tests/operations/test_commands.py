"""Commands to devices: shown, confirmed, kept before they are sent, held to the rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.api.house import CAMPUS, Clock, small_house
from tests.operations.commanding import Loopback, MemoryCommandStore, fitted_campus

from yuanli.bootstrap import House
from yuanli.campus import CampusId, DeviceId, FeatureId, FeatureNotFoundError, Imported, PointId
from yuanli.errors import InvalidInputError
from yuanli.operations import (
    Asker,
    BadCommandError,
    CommandAction,
    CommandBlockedError,
    CommandChangedError,
    CommandDoneError,
    CommandId,
    CommandNotFoundError,
    CommandParams,
    CommandRequest,
    CommandRule,
    Commands,
    DeviceGateways,
    LockKind,
    LockNotFoundError,
    NoGatewayError,
    NothingToCommandError,
    PointNotFoundError,
    PointValue,
    UnknownNameError,
    WriteState,
    command_rules,
)
from yuanli.operations.answering.commanding import DeviceAct
from yuanli.operations.command_targets import AlreadySoError
from yuanli.operations.dialogue.state import Request
from yuanli.telemetry import Quality, find_quantity

ON, OFF, SET = CommandAction.ON, CommandAction.OFF, CommandAction.SET


class Newest:
    """Tells what was measured by hand."""

    def __init__(self) -> None:
        self.measured: dict[str, tuple[float, datetime]] = {}

    def latest(self, campus_id: CampusId, point_ids: Sequence[PointId]) -> tuple[PointValue, ...]:
        del campus_id
        return tuple(
            PointValue(point=p, name={}, unit=None, at=at, value=value, quality=Quality.GOOD)
            for p in point_ids
            if p in self.measured
            for value, at in [self.measured[p]]
        )


class Floor:
    """Commands on the fitted campus, with what they need in memory."""

    def __init__(self, house: House, clock: Clock) -> None:
        self.clock = clock
        self.store, self.gateway, self.gateways = MemoryCommandStore(), Loopback(), DeviceGateways()
        self.gateways.add("bus", self.gateway, campus_id=CAMPUS)
        self.newest, ids = Newest(), count()
        self.commands = Commands(
            self.store, self.gateways, house.places, self.newest,
            clock=clock, new_id=lambda: f"c{next(ids)}",
        )  # fmt: skip

    def measure(self, name: str, value: float) -> None:
        self.newest.measured[name] = (value, self.clock.now)

    def rules_broken(self, request: CommandRequest) -> dict[str, str]:
        preview = self.commands.preview(CAMPUS, request, who="li")
        return {one.point_id: one.obstacles[0].rule.value for one in preview.left_out}

    def do(self, request: CommandRequest) -> list[tuple[str, float | None, str]]:
        outcome = self.commands.execute(CAMPUS, request, who="li")
        return [(one.point_id, one.new, one.state.value) for one in outcome.writes]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    opened = small_house(tmp_path_factory.mktemp("commands"), Clock())
    opened.places.add(Imported(campus=fitted_campus()), who="test", why="devices", replace=True)
    yield opened
    opened.close()


@pytest.fixture
def floor(house: House) -> Floor:
    return Floor(house, Clock())


def of(*devices: str, action: CommandAction = ON, **more: object) -> CommandRequest:
    ids = tuple(DeviceId(FeatureId(name)) for name in devices)
    return CommandRequest(action=action, device_ids=ids, **more)  # type: ignore[arg-type]


def warmer(by: float) -> CommandRequest:
    return of("fcu-0", action=SET, attribute="temperature", value=by, relative=True)


def point(name: str) -> PointId:
    return PointId(FeatureId(name))


def place(name: str) -> FeatureId:
    return FeatureId(name)


def test_a_preview_says_what_would_be_written_and_sends_nothing(floor: Floor) -> None:
    floor.measure("fcu-0-set", 26.0)
    preview = floor.commands.preview(CAMPUS, warmer(-1), who="li")
    (write,) = preview.writes
    assert (write.point_id, write.old, write.new, write.unit) == ("fcu-0-set", 26.0, 25.0, "°C")
    assert preview.allowed
    assert preview.text.zh == "温度调低 1 °C：设备fcu-0；写 1 个点位。"
    assert preview.text.en == "Lower temperature by 1 °C: fcu-0; 1 point written."
    assert floor.gateway.sent == []


def test_a_preview_tells_switches_apart_and_lets_nobody_confirm_what_changes_nothing(floor: Floor) -> None:
    (write,) = floor.commands.preview(CAMPUS, of("lamp-0"), who="li").writes
    assert (write.on_off, write.new) == (True, 1.0)
    (setpoint,) = floor.commands.preview(
        CAMPUS, of("fcu-0", action=SET, attribute="temperature", value=24), who="li"
    ).writes
    assert not setpoint.on_off
    floor.measure("lamp-0-sw", 1.0)
    same = floor.commands.preview(CAMPUS, of("lamp-0"), who="li")
    assert (same.allowed, len(same.writes)) == (False, 1)
    assert "Nothing would change" in same.warnings[0].en


def test_words_for_what_is_so_already_are_told_so(floor: Floor, house: House) -> None:
    act = DeviceAct(action=OFF, commands=floor.commands, guidance=house.guidance, standing=house.standing)
    at, asker = floor.clock.now, Asker(campus_id=CAMPUS, user="li", roles=frozenset({"operator"}))
    request = Request(id=1, intent="device_off", text="关灯", language="zh", confidence=1, model="t", at=at)
    floor.measure("lamp-0-sw", 0.0)
    assert act.propose(request, asker=asker, now=at) is not None
    floor.measure("lamp-1-sw", 0.0)
    with pytest.raises(AlreadySoError, match="all 2 points are so already"):
        act.propose(request, asker=asker, now=at)


def test_what_was_shown_is_sent_once_it_is_confirmed_and_only_once(floor: Floor) -> None:
    preview = floor.commands.preview(CAMPUS, of("lamp-0"), who="li")
    outcome = floor.commands.execute(CAMPUS, preview.id, who="wang")
    assert floor.gateway.values == {"lamp-0-sw": 1.0}
    assert [(w.state, w.who) for w in outcome.writes] == [(WriteState.ACKNOWLEDGED, "wang")]
    with pytest.raises(CommandDoneError):
        floor.commands.execute(CAMPUS, preview.id, who="wang")
    assert len(floor.gateway.sent) == 1


def test_a_preview_runs_out(floor: Floor) -> None:
    preview = floor.commands.preview(CAMPUS, of("lamp-0"), who="li")
    floor.clock.forward(301)
    for unknown in (preview.id, CommandId("never")):
        with pytest.raises(CommandNotFoundError):
            floor.commands.execute(CAMPUS, unknown, who="li")


def test_what_has_changed_since_it_was_shown_is_shown_again(floor: Floor) -> None:
    floor.clock.forward(60)
    floor.measure("fcu-0-set", 26.0)
    preview = floor.commands.preview(CAMPUS, warmer(1), who="li")
    floor.clock.forward(10)
    floor.measure("fcu-0-set", 20.0)
    with pytest.raises(CommandChangedError):
        floor.commands.execute(CAMPUS, preview.id, who="li")
    assert floor.gateway.sent == []


def test_each_write_is_in_the_log_before_it_is_sent(floor: Floor) -> None:
    seen: list[WriteState] = []

    class Watching(Loopback):
        def write(self, address: str, value: float | None):  # type: ignore[no-untyped-def]
            seen.extend(one.state for one in floor.store.list_writes(CAMPUS))
            return super().write(address, value)

    floor.gateways.add("bus", Watching(), campus_id=CAMPUS)
    floor.do(of("lamp-0", "lamp-1"))
    assert seen == [WriteState.PENDING, WriteState.PENDING, WriteState.PENDING, WriteState.ACKNOWLEDGED]


def test_a_place_and_a_kind_mean_the_devices_there(floor: Floor) -> None:
    def aimed(**of_what: object) -> set[str]:
        request = CommandRequest(action=OFF, **of_what)  # type: ignore[arg-type]
        preview = floor.commands.preview(CAMPUS, request, who="li")
        return {str(one.device_id) for one in preview.writes + preview.left_out}

    assert aimed(space_id=place("room0-0")) == {"lamp-0", "fcu-0"}
    assert aimed(space_id=place("level-0"), kind="lighting") == {"lamp-0", "lamp-1"}
    assert aimed(space_id=place("block-a"), kind="hvac") == {"fcu-0", "ahu"}
    assert aimed(kind="Luminaire") == {"lamp-0", "lamp-1"}
    assert aimed(kind="*Coil*") == {"fcu-0", "heat-0", "cool-0"}
    assert aimed(space_id=place("level-1")) == {"ahu"}


def test_what_has_no_switch_is_turned_by_how_much(floor: Floor) -> None:
    assert floor.do(of("ahu")) == [("ahu-fan", 100.0, "acknowledged")]
    floor.clock.forward(300)
    assert floor.do(of("ahu", action=OFF)) == [("ahu-fan", 0.0, "acknowledged")]


def test_units_are_turned_into_those_of_the_point(floor: Floor) -> None:
    request = of("fcu-0", action=SET, attribute="temperature", value=77, unit="°F")
    ((_, value, _),) = floor.do(request)
    assert value == pytest.approx(25.0)
    floor.clock.forward(60)
    ((_, value, _),) = floor.do(replace(request, value=1.8, relative=True))
    assert value == pytest.approx(26.0)
    with pytest.raises(InvalidInputError):
        floor.do(replace(request, unit="kWh"))


def test_a_scene_is_several_commands_and_leaves_out_what_a_place_lacks(floor: Floor) -> None:
    scene = CommandRequest(action=CommandAction.SCENE, scene="night", space_id=place("room0-0"))
    preview = floor.commands.preview(CAMPUS, scene, who="li")
    assert {one.point_id: one.new for one in preview.writes} == {"lamp-0-sw": 0.0, "fcu-0-set": 28.0}
    assert preview.text.zh.startswith("场景“夜间”")


def test_every_scene_names_kinds_and_attributes_that_there_are() -> None:
    rules = command_rules()
    for scene in rules.scenes.values():
        for step in scene.steps:
            assert step.kind in rules.kinds
            assert (step.attribute in rules.attributes) == (step.action is SET)
            assert (step.value is not None) == (step.action is SET)
    switched = (*rules.switches, *rules.levels, *(p for a in rules.attributes.values() for p in a.points))
    assert all(pattern.endswith(("Command", "Setpoint")) for pattern in switched)
    assert all(find_quantity(pattern.replace("*", "X")) is not None for pattern in switched)


@pytest.mark.parametrize(
    ("request_", "rule"),
    [
        (of(action=SET, point_id=point("fcu-0-temp"), value=20), CommandRule.READ_ONLY),
        (of("pump"), CommandRule.PROTECTED),
        (of("fcu-0", action=SET, attribute="temperature", value=31), CommandRule.RANGE),
        (of("fcu-0", action=SET, attribute="temperature", value=15.9), CommandRule.RANGE),
        (of(action=SET, point_id=point("lamp-0-sw"), value=0.5), CommandRule.RANGE),
        (of("lamp-0", action=SET, attribute="brightness", value=5, relative=True), CommandRule.NO_VALUE),
    ],
)
def test_what_breaks_a_rule_is_not_written(floor: Floor, request_: CommandRequest, rule: CommandRule) -> None:
    assert set(floor.rules_broken(request_).values()) == {rule.value}
    with pytest.raises(CommandBlockedError) as caught:
        floor.do(request_)
    assert caught.value.field == rule.value
    assert caught.value.hint is not None
    assert floor.gateway.sent == []


def test_a_locked_device_is_left_out_until_its_lock_ends(floor: Floor) -> None:
    lamp = DeviceId(FeatureId("lamp-0"))
    until = floor.clock.now + timedelta(hours=1)
    floor.commands.lock(CAMPUS, lamp, who="li", kind=LockKind.MAINTENANCE, reason="换灯", until=until)
    assert floor.rules_broken(of("lamp-0", "lamp-1")) == {"lamp-0-sw": "locked"}
    assert floor.do(of("lamp-0", "lamp-1")) == [("lamp-1-sw", 1.0, "acknowledged")]
    assert [lock.device_id for lock in floor.commands.locks(CAMPUS)] == [lamp]
    floor.clock.forward(3600)
    assert floor.rules_broken(of("lamp-0")) == {}
    assert floor.commands.locks(CAMPUS) == ()
    floor.commands.unlock(CAMPUS, lamp)
    with pytest.raises(LockNotFoundError):
        floor.commands.unlock(CAMPUS, lamp)


def test_a_lock_needs_a_device_and_a_time_to_come(floor: Floor) -> None:
    with pytest.raises(FeatureNotFoundError):
        floor.commands.lock(CAMPUS, DeviceId(FeatureId("room0-0")), who="li")
    with pytest.raises(BadCommandError):
        floor.commands.lock(CAMPUS, DeviceId(FeatureId("lamp-0")), who="li", until=floor.clock.now)


def test_a_chiller_runs_and_rests_for_its_time(floor: Floor) -> None:
    floor.do(of("chiller"))
    floor.clock.forward(599)
    assert floor.rules_broken(of("chiller", action=OFF)) == {"chiller-sw": "run_time"}
    assert floor.rules_broken(of("chiller")) == {}
    floor.clock.forward(1)
    floor.do(of("chiller", action=OFF))
    floor.clock.forward(1)
    assert floor.rules_broken(of("chiller")) == {"chiller-sw": "run_time"}


def test_a_device_takes_so_many_writes_in_a_while(floor: Floor) -> None:
    for number in range(10):
        floor.do(of("lamp-0", action=ON if number % 2 else OFF))
        floor.clock.forward(1)
    assert floor.rules_broken(of("lamp-0", "lamp-1")) == {"lamp-0-sw": "rate"}
    floor.clock.forward(60)
    assert floor.rules_broken(of("lamp-0")) == {}


def test_heating_and_cooling_of_a_zone_never_run_at_once(floor: Floor) -> None:
    both = floor.rules_broken(of("heat-0", "cool-0"))
    assert both == {"heat-0-sw": "exclusive", "cool-0-sw": "exclusive"}
    floor.do(of("heat-0"))
    assert floor.rules_broken(of("cool-0")) == {"cool-0-sw": "exclusive"}
    assert floor.rules_broken(of("chiller")) == {}
    floor.clock.forward(1)
    floor.do(of("heat-0", action=OFF))
    assert floor.rules_broken(of("cool-0")) == {}
    floor.clock.forward(1)
    floor.measure("heat-0-sw", 1.0)
    assert floor.rules_broken(of("cool-0")) == {"cool-0-sw": "exclusive"}


def test_a_point_without_a_gateway_is_told_with_a_hint(floor: Floor) -> None:
    floor.gateways.remove("bus")
    assert floor.rules_broken(of("lamp-0")) == {"lamp-0-sw": "no_gateway"}
    with pytest.raises(NoGatewayError) as caught:
        floor.do(of("lamp-0"))
    assert caught.value.status == 409
    assert caught.value.hint is not None
    assert "[[gateways]]" in caught.value.hint.en


def test_a_gateways_table_wins_over_one_that_reaches_all(floor: Floor) -> None:
    plc = Loopback()
    floor.gateways.add("plc", plc, campus_id=CAMPUS, addresses={"lamp-0-sw": "co:7"})
    floor.do(of("lamp-0", "lamp-1"))
    assert plc.values == {"co:7": 1.0}
    assert floor.gateway.values == {"lamp-1-sw": 1.0}


def test_answers_of_devices_are_told_one_by_one(floor: Floor) -> None:
    floor.gateway.refusing.add("lamp-0-sw")
    floor.gateway.silent.add("lamp-1-sw")
    done = floor.do(of("lamp-0", "lamp-1", "fcu-0"))
    assert done == [
        ("lamp-0-sw", 1.0, "refused"), ("lamp-1-sw", 1.0, "unknown"), ("fcu-0-sw", 1.0, "acknowledged"),
    ]  # fmt: skip


def test_a_gateway_that_is_gone_is_asked_once_a_command(floor: Floor) -> None:
    floor.gateway.gone = True
    done = floor.do(of("lamp-0", "lamp-1"))
    assert [state for *_, state in done] == ["failed", "failed"]
    assert [one.message.en for one in floor.commands.log(CAMPUS) if one.message] == [
        "the gateway is gone"
    ] * 2


def test_a_write_that_nobody_finished_is_unknown_after_a_while(floor: Floor) -> None:
    floor.do(of("lamp-0"))
    (key,) = floor.store.writes
    floor.store.writes[key] = replace(floor.store.writes[key], state=WriteState.PENDING)
    assert [one.state for one in floor.commands.log(CAMPUS)] == [WriteState.PENDING]
    floor.clock.forward(601)
    assert [one.state for one in floor.commands.log(CAMPUS)] == [WriteState.UNKNOWN]


@pytest.mark.parametrize(
    ("request_", "kind"),
    [
        (of(), BadCommandError),
        (of("lamp-0", action=SET, attribute="brightness"), BadCommandError),
        (of("lamp-0", action=SET, attribute="brightness", value=float("nan")), BadCommandError),
        (of("lamp-0", action=SET, value=3), BadCommandError),
        (of(action=CommandAction.SCENE, space_id=place("room0-0")), BadCommandError),
        (of(action=CommandAction.SCENE, scene="night"), BadCommandError),
        (of(action=CommandAction.SCENE, scene="nigt", space_id=place("room0-0")), UnknownNameError),
        (of("lamp-0", action=SET, attribute="colour", value=3), UnknownNameError),
        (of("lamp-9"), FeatureNotFoundError),
        (of(space_id=place("attic")), FeatureNotFoundError),
        (of(action=SET, point_id=point("attic"), value=1), PointNotFoundError),
        (of(space_id=place("room3-1")), NothingToCommandError),
        (of(kind="toaster"), NothingToCommandError),
        (of("lamp-0", action=SET, attribute="temperature", value=3), NothingToCommandError),
    ],
)
def test_a_command_that_lacks_something_is_refused(
    floor: Floor, request_: CommandRequest, kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        floor.commands.preview(CAMPUS, request_, who="li")


@given(value=st.floats(allow_nan=False, allow_infinity=False), relative=st.booleans())
def test_whatever_is_asked_no_value_outside_the_range_is_sent(
    house: House, value: float, relative: bool
) -> None:
    floor = Floor(house, Clock())
    request = of("fcu-0", action=SET, attribute="temperature", value=value, relative=relative)
    try:
        floor.do(request)
    except CommandBlockedError:
        assert floor.gateway.sent == []
    assert all(sent is not None and 16 <= sent <= 30 for _, sent in floor.gateway.sent)


def test_too_many_points_at_once_are_refused(house: House) -> None:
    floor = Floor(house, Clock())
    few = Commands(
        floor.store, floor.gateways, house.places, floor.newest,
        clock=floor.clock, new_id=lambda: "c", params=CommandParams(most_writes=1),
    )  # fmt: skip
    with pytest.raises(BadCommandError):
        few.preview(CAMPUS, of("lamp-0", "lamp-1"), who="li")
