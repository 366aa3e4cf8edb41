"""Files of devices as others write them: plans of EMHASS, data sets of CityLearn, unit commitment."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pytest

from yuanli.errors import InvalidInputError
from yuanli.scheduling import DEVICES, DevicesPlan, Task, parse_devices
from yuanli.solver import Search, Status, Stop, make_plan

SHARED = Path(__file__).parents[3] / "shared" / "data" / "optimisation"
HEADING = "timestamp,P_PV,P_Load,P_deferrable0,P_deferrable1,unit_load_cost,unit_prod_price"


def searching() -> Search[DevicesPlan]:
    return Search(Stop(time_s=None, rounds=200))


def emhass(*rows: str, heading: str = HEADING) -> bytes:
    return "\n".join([heading, *rows, ""]).encode()


HOURS = tuple(
    f"2026-05-0{1 + k // 24}T{k % 24:02d}:00:00+08:00,{4000 if k == 12 else 0},500,{2000 if k in (3, 4, 30) else 0},0,"
    f"{0.2 if k % 24 < 12 else 0.1},0.05"
    for k in range(48)
)


def test_a_plan_of_emhass_is_planned_anew_day_by_day() -> None:
    problem = parse_devices(emhass(*HOURS), "opt_res.csv")
    assert (problem.slots, problem.slot_h) == (48, 1.0)
    assert [d.task for d in problem.devices] == [
        Task(first=0, last=23, slots=2),
        Task(first=24, last=47, slots=1),
    ]
    assert [d.power_kw for d in problem.devices] == [2.0, 2.0]
    plan = make_plan(DEVICES, problem, searching())
    # 500 W always but for the sunny hour, 12, that has 4 kW: the load runs then and gives 1.5 kWh less 0.05 away.
    bought = 0.5 * (0.2 * 24 + 0.1 * 23) + 0.1 * 2 * 2
    assert plan.cost == pytest.approx(bought - 1.5 * 0.05)
    assert plan.status is Status.OPTIMAL


def test_feeding_in_never_costs_where_the_sun_may_be_curtailed() -> None:
    row = "2026-05-01T0{}:00:00,2000,0,{},0,0.2,-0.1"
    rows = [row.format(0, 1000), row.format(1, 0)]
    assert parse_devices(emhass(*rows), "a.csv").feed_in == pytest.approx([-0.1, -0.1])
    curtailed = emhass(*(f"{r},0" for r in rows), heading=f"{HEADING},P_PV_curtailment")
    assert parse_devices(curtailed, "a.csv").feed_in == pytest.approx([0.0, 0.0])


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        ((HOURS[0],), "plan.csv"),
        ((*HOURS[:3], HOURS[3].replace(",500,", ",much,")), "plan.csv:5"),
        ((*HOURS[:3], HOURS[4]), "plan.csv:5"),
        ((*HOURS[:2], "soon" + HOURS[2][25:]), "plan.csv:4"),
        ((*HOURS[:2], HOURS[2] + ",1"), "plan.csv:4"),
        ((*HOURS[:4], HOURS[4].replace(",2000,", ",1500,")), "plan.csv:6"),
    ],
)
def test_a_wrong_line_of_emhass_is_named(rows: tuple[str, ...], field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        parse_devices(emhass(*rows), "plan.csv")
    assert refused.value.field == field


def test_a_missing_column_of_emhass_is_named() -> None:
    with pytest.raises(InvalidInputError, match="P_Load"):
        parse_devices(emhass(*HOURS[:2], heading=HEADING.replace("P_Load", "Load")), "plan.csv")


@pytest.mark.skipif(not (SHARED / "emhass").is_dir(), reason="EMHASS's plans are not here")
@pytest.mark.parametrize("name", ["opt_res_latest.csv", "opt_res_perfect_optim_cost.csv"])
def test_no_plan_of_emhass_costs_less_than_ours(name: str) -> None:
    data = (SHARED / "emhass" / name).read_bytes()
    plan = make_plan(DEVICES, parse_devices(data, name), searching())
    theirs = -sum(float(row["cost_profit"]) for row in csv.DictReader(data.decode().splitlines()))
    assert plan.cost is not None
    assert plan.cost <= theirs + 1e-6


BUILDING = {
    "energy_simulation": "B.csv",
    "pricing": "pricing.csv",
    "electrical_storage": {
        "attributes": {"capacity": 10, "nominal_power": 5, "efficiency": 0.81, "depth_of_discharge": 0.8}
    },
    "pv": {"attributes": {"nominal_power": 4}},
    "chargers": {"charger": {"charger_simulation": "charger.csv", "attributes": {"max_charging_power": 5}}},
    "washing_machines": {"washer": {"washing_machine_energy_simulation": "washer.csv"}},
}
SCHEMA = {
    "simulation_start_time_step": 0, "simulation_end_time_step": 5, "seconds_per_time_step": 3600,
    "buildings": {"B": BUILDING, "C": {"include": False, "energy_simulation": "none.csv", "pricing": "none.csv"}},
}  # fmt: skip
CHARGER = (
    "electric_vehicle_charger_state,electric_vehicle_id,electric_vehicle_battery_capacity_khw,"
    "electric_vehicle_required_soc_departure,electric_vehicle_estimated_soc_arrival"
)
FILES = {
    "schema.json": json.dumps(SCHEMA),
    "B.csv": "non_shiftable_load,dhw_demand,cooling_demand,heating_demand,solar_generation\n" + "2,9,9,9,250\n" * 6,
    "pricing.csv": "electricity_pricing\n0.1\n0.1\n0.3\n0.3\n0.3\n0.3\n",
    "charger.csv": f"{CHARGER}\n3,,,,\n2,car,40,,50\n1,car,40,80,\n1,car,40,80,\n1,car,40,80,\n3,,,,\n",
    "washer.csv": "wm_start_time_step,wm_end_time_step,load_profile\n-1,-1,-1\n"
    + '1,4,"[1, 3]"\n' * 3 + "-1,-1,-1\n" * 2,
}  # fmt: skip


def packed(more: Mapping[str, str | None] = {}) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in {**FILES, **more}.items():
            if text is not None:
                archive.writestr(f"data/{name}", text)
    return out.getvalue()


def test_a_data_set_of_citylearn_is_a_site_with_batteries_cars_and_washes() -> None:
    problem = parse_devices(packed(), "citylearn.zip")
    assert problem.slots == 6
    assert problem.price == pytest.approx([0.1, 0.1, 0.3, 0.3, 0.3, 0.3])
    assert problem.base_kw == pytest.approx([2.0] * 6)
    assert problem.solar_kw == pytest.approx([1.0] * 6)
    (battery,) = problem.storages
    assert (battery.capacity, battery.charge_efficiency, battery.content) == pytest.approx((8.0, 0.9, 0.0))
    car, wash = problem.devices
    assert car.task == Task(first=2, last=4, slots=3)  # 12 kWh by 0.9 and 5 kW
    assert (wash.power_kw, wash.min_up, wash.task) == (2.0, 2, Task(first=1, last=4, slots=2))
    plan = make_plan(DEVICES, problem, searching())
    assert plan.status in (Status.OPTIMAL, Status.FEASIBLE)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"schema.json": None}, "city.zip"),
        ({"pricing.csv": None}, "pricing.csv"),
        ({"pricing.csv": "electricity_pricing\n0.1\n"}, "pricing.csv"),
        ({"pricing.csv": "electricity_pricing\n0.1\n0.1\ndear\n0.1\n0.1\n0.1\n"}, "pricing.csv:4"),
        ({"B.csv": "load\n" + "1\n" * 6}, "B.csv:1"),
        ({"schema.json": "{"}, "schema.json:1"),
        ({"schema.json": json.dumps({**SCHEMA, "seconds_per_time_step": 0})}, "seconds_per_time_step"),
        ({"schema.json": json.dumps({**SCHEMA, "simulation_end_time_step": 8759})}, "simulation_end_time_step"),
        ({"schema.json": json.dumps({**SCHEMA, "buildings": {}})}, "buildings"),
        ({"washer.csv": FILES["washer.csv"].replace("[1, 3]", "[]")}, "washer.csv:3"),
    ],
)  # fmt: skip
def test_a_wrong_place_of_a_data_set_is_named(more: dict[str, str | None], field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        parse_devices(packed(more), "city.zip")
    assert refused.value.field == field


def test_a_cut_zip_is_refused() -> None:
    with pytest.raises(InvalidInputError, match=r"city\.zip"):
        parse_devices(packed()[:200], "city.zip")


@pytest.mark.skipif(not (SHARED / "citylearn").is_dir(), reason="CityLearn's data are not here")
def test_two_days_of_published_buildings_is_planned() -> None:
    folder, out = SHARED / "citylearn" / "2022_phase_1", BytesIO()
    schema = {**json.loads((folder / "schema.json").read_text()), "episode_time_steps": 48}
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("schema.json", json.dumps(schema))
        for path in folder.glob("*.csv.gz"):
            archive.write(path, path.name)
    problem = parse_devices(out.getvalue(), "citylearn.zip")
    assert (problem.slots, len(problem.storages)) == (48, 5)
    assert problem.base_kw is not None
    assert problem.solar_kw is not None
    idle = float((problem.price * (problem.base_kw - problem.solar_kw).clip(0)).sum())
    plan = make_plan(DEVICES, problem, Search(Stop(time_s=None, rounds=50)))
    assert plan.cost is not None
    assert plan.cost < idle


def test_a_unit_commitment_is_refused_with_the_reason() -> None:
    with pytest.raises(InvalidInputError, match="unit commitment") as refused:
        parse_devices(json.dumps({"thermal_generators": {}, "demand": [1]}).encode(), "uc.json")
    assert refused.value.field == "thermal_generators"
