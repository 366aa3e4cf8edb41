"""The sections of a report, from the meters, the twin and the quality of readings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from yuanli.campus import FeatureId
from yuanli.errors import Text
from yuanli.operations.anomalies import Anomalies
from yuanli.operations.data_quality import DataQuality
from yuanli.operations.energy import Energy, MediumTotal, Period
from yuanli.operations.expected_people import PeopleForecasts
from yuanli.operations.readings import Every
from yuanli.operations.replies import Chart, Line
from yuanli.operations.reports.blocks import Block, Cell, Heading, Picture, Sentence, Table
from yuanli.operations.reports.definitions import ReportSection
from yuanli.operations.reports.expected import expected_blocks
from yuanli.operations.reports.quality import quality_blocks
from yuanli.operations.reports.subject import MOST_ROWS, Names, Subject, percent
from yuanli.operations.reports.unusual import anomaly_blocks, savings_blocks
from yuanli.operations.savings import SavingsMeasurement
from yuanli.operations.twin import Twin
from yuanli.operations.twin_plan import PlaceKind
from yuanli.operations.twin_state import UNITS, TwinQuantity

TOTALS: Names = (("介质", "Medium"), ("用量", "Amount"), ("单位", "Unit"), ("比上期", "Against before"),
                 ("每平方米", "Per m²"), ("最高", "Peak"), ("夜间基荷", "Night base"),
                 ("覆盖", "Coverage"))  # fmt: skip
COSTS: Names = (("介质", "Medium"), ("用量", "Amount"), ("单位", "Unit"), ("费用", "Cost"),
                ("碳排放（kg）", "CO₂ (kg)"), ("电价或水价", "Tariff"))  # fmt: skip
RANKS: Names = (("名次", "Rank"), ("地点", "Place"), ("用电（kWh）", "Electricity (kWh)"), ("占比", "Share"),
                ("比上期", "Against before"))  # fmt: skip
AIRS: Names = (
    ("地点", "Place"),
    ("量", "Quantity"),
    ("平均", "Mean"),
    ("最低", "Least"),
    ("最高", "Most"),
    ("单位", "Unit"),
)
CROWDS: Names = (("地点", "Place"), ("平均人数", "Mean"), ("最多人数", "Most"), ("最多的时刻", "When"))
FAULTY: Names = (("设备", "Device"), ("地点", "Place"), ("最近读数", "Last reading"))
CHARTED_BY_HOUR = timedelta(days=8)
AIR = (TwinQuantity.TEMPERATURE, TwinQuantity.HUMIDITY, TwinQuantity.CO2, TwinQuantity.PM25)
TITLES: Mapping[ReportSection, Text] = {
    ReportSection.ENERGY: Text("用能", "Energy"), ReportSection.COST: Text("费用与碳排放", "Cost and carbon"),
    ReportSection.RANKING: Text("用电排名", "Electricity, ranked"), ReportSection.AIR: Text("室内环境", "Indoor air"),
    ReportSection.PEOPLE: Text("人流", "People"), ReportSection.DEVICES: Text("设备", "Devices"),
    ReportSection.QUALITY: Text("数据质量", "Quality of readings"),
    ReportSection.ANOMALIES: Text("异常与告警量", "Anomalies and alarms"),
    ReportSection.SAVINGS: Text("节能量", "Savings"), ReportSection.FORECAST: Text("明日预测", "Tomorrow"),
}  # fmt: skip
NAMES: Mapping[TwinQuantity, Text] = {
    TwinQuantity.TEMPERATURE: Text("温度", "Temperature"), TwinQuantity.HUMIDITY: Text("湿度", "Humidity"),
    TwinQuantity.CO2: Text("二氧化碳", "CO₂"), TwinQuantity.PM25: Text("PM2.5", "PM2.5"),
}  # fmt: skip
NOTHING = Text("这段时间没有数据。", "Nothing was measured in this span.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sections:
    """Makes the sections of reports."""

    energy: Energy
    twin: Twin
    anomalies: Anomalies
    savings: SavingsMeasurement
    quality: DataQuality
    forecasts: PeopleForecasts

    def blocks(self, section: ReportSection, subject: Subject) -> tuple[Block, ...]:
        """Return one section; where nothing is known it says so."""
        made: Mapping[ReportSection, Callable[[Subject], Iterator[Block]]] = {
            ReportSection.ENERGY: self._energy, ReportSection.COST: self._cost, ReportSection.RANKING: self._ranking,
            ReportSection.AIR: self._air, ReportSection.PEOPLE: self._people, ReportSection.DEVICES: self._devices,
            ReportSection.QUALITY: partial(quality_blocks, self.quality),
            ReportSection.ANOMALIES: partial(anomaly_blocks, self.anomalies),
            ReportSection.SAVINGS: partial(savings_blocks, self.savings, self.energy),
            ReportSection.FORECAST: partial(expected_blocks, self.energy, self.forecasts),
        }  # fmt: skip
        blocks = tuple(made[section](subject))
        blocks = blocks or (Sentence(text=subject.say(NOTHING), warns=True),)
        return (Heading(text=subject.say(TITLES[section])), *blocks)

    def _energy(self, of: Subject) -> Iterator[Block]:
        say = of.say
        summary = self.energy.summary(of.campus_id, of.start, of.end, place=of.place)
        known = [total for total in summary.media if total.amount is not None]
        if known:
            yield Table(
                title=say(Text("总量", "Totals")), headers=of.headers(TOTALS),
                rows=tuple(_total_row(total, of) for total in known),
            )  # fmt: skip
        for total in known:
            if total.note is not None:
                yield Sentence(text=f"{say(total.name)}: {say(total.note)}", warns=True)
        for total in known:
            every = Period.HOUR if of.end - of.start <= CHARTED_BY_HOUR else Period.DAY
            curve = self.energy.curve(
                of.campus_id, of.start, of.end, place=of.place, medium=total.medium, every=every
            )
            line = Line(name=total.name, values=tuple(b.amount for b in curve.buckets))
            times = tuple(b.start for b in curve.buckets)
            yield Picture(chart=Chart(title=total.name, unit=curve.unit, lines=(line,), times=times))

    def _cost(self, of: Subject) -> Iterator[Block]:
        say = of.say
        cost = self.energy.cost(of.campus_id, of.start, of.end, place=of.place)
        rows = [m for m in cost.media if m.cost is not None or m.carbon_kg is not None]
        if not rows:
            return
        yield Table(
            title=f"{say(TITLES[ReportSection.COST])} ({cost.currency})", headers=of.headers(COSTS),
            rows=(
                *(
                    (say(m.name), m.amount, m.unit, None if m.cost is None else float(m.cost),
                     None if m.carbon_kg is None else float(m.carbon_kg), say(m.tariff) if m.tariff else "")
                    for m in rows
                ),
                (say(Text("合计", "Total")), None, "", float(cost.total), float(cost.carbon_kg), ""),
            ),
        )  # fmt: skip
        if cost.example:
            told = Text(
                "价格是示例，不是本园区的合同价。", "Prices are examples and not this park's contract."
            )
            yield Sentence(text=say(told), warns=True)

    def _ranking(self, of: Subject) -> Iterator[Block]:
        say = of.say
        ranking = self.energy.ranking(of.campus_id, of.start, of.end, place=of.place)
        rows = [row for row in ranking.rows if row.amount is not None][:MOST_ROWS]
        if not rows:
            return
        yield Table(
            title=say(Text("各处用电", "By place")), headers=of.headers(RANKS),
            rows=tuple(
                (row.rank, of.named(row.place.name, row.place.id), row.amount, percent(row.share),
                 percent(row.change, signed=True))
                for row in rows
            ),
        )  # fmt: skip
        names = tuple(
            Text(of.named(r.place.name, r.place.id), of.named(r.place.name, r.place.id)) for r in rows[:10]
        )
        line = Line(name=TITLES[ReportSection.RANKING], values=tuple(row.amount for row in rows[:10]))
        yield Picture(
            chart=Chart(title=TITLES[ReportSection.RANKING], unit=ranking.unit, lines=(line,), names=names)
        )

    def _air(self, of: Subject) -> Iterator[Block]:
        rows: list[tuple[Cell, ...]] = []
        every = _every(of)
        for quantity in AIR:
            told = self.twin.history(of.campus_id, quantity, of.start, of.end, every=every)
            for place, values in _within(self.twin, of, told.values, (PlaceKind.BUILDING, PlaceKind.LEVEL)):
                known = [v for v in values if v is not None]
                if known:
                    mean = sum(known) / len(known)
                    rows.append(
                        (
                            of.name(place),
                            of.say(NAMES[quantity]),
                            mean,
                            min(known),
                            max(known),
                            UNITS[quantity],
                        )
                    )
        if rows:
            yield Table(
                title=of.say(Text("楼宇与楼层", "Buildings and levels")), headers=of.headers(AIRS),
                rows=tuple(rows[: 4 * MOST_ROWS]),
            )  # fmt: skip

    def _people(self, of: Subject) -> Iterator[Block]:
        told = self.twin.history(of.campus_id, TwinQuantity.PEOPLE, of.start, of.end, every=_every(of))
        rows: list[tuple[Cell, ...]] = []
        for place, values in _within(
            self.twin, of, told.values, (PlaceKind.SITE, PlaceKind.BUILDING, PlaceKind.LEVEL)
        ):
            known = [(at, v) for at, v in zip(told.times, values, strict=True) if v is not None]
            if known:
                at, top = max(known, key=lambda one: one[1])
                rows.append((of.name(place), sum(v for _, v in known) / len(known), top, at))
        if not rows:
            return
        yield Table(
            title=of.say(Text("人数", "People")),
            headers=of.headers(CROWDS),
            rows=tuple(rows[:MOST_ROWS]),
        )
        subject = of.place or (of.campus.venue.id if of.campus.venue is not None else FeatureId("site"))
        if subject in told.values:
            line = Line(name=TITLES[ReportSection.PEOPLE], values=told.values[subject])
            yield Picture(
                chart=Chart(title=TITLES[ReportSection.PEOPLE], unit="", lines=(line,), times=told.times)
            )

    def _devices(self, of: Subject) -> Iterator[Block]:
        state = self.twin.state(of.campus_id, of.end)
        inside = {
            place for place, _ in _within(self.twin, of, {p.id: () for p in state.places}, tuple(PlaceKind))
        }
        devices = [d for d in state.devices if of.place is None or d.place in inside or d.place == of.place]
        faults = [device for device in devices if device.fault]
        on = sum(bool(device.on) for device in devices)
        text = Text(
            f"期末共 {len(devices)} 台设备，开着 {on} 台，有故障 {len(faults)} 台。",
            f"At the end {len(devices)} devices were there, {on} of them on, {len(faults)} in fault.",
        )
        yield Sentence(text=of.say(text))
        if faults:
            yield Table(
                title=of.say(Text("有故障的设备", "Devices in fault")), headers=of.headers(FAULTY),
                rows=tuple((of.name(d.id), of.name(d.place), d.at) for d in faults[:MOST_ROWS]),
            )  # fmt: skip


def _total_row(total: MediumTotal, of: Subject) -> tuple[Cell, ...]:
    before = next((c.change for c in total.compared if c.against.value == "previous"), None)
    return (
        of.say(total.name), total.amount, total.unit, percent(before, signed=True), total.per_m2,
        None if total.peak is None else total.peak.power, total.base_load, percent(total.covered),
    )  # fmt: skip


def _every(of: Subject) -> Every:
    return Every.HOUR if of.end - of.start <= timedelta(days=16) else Every.DAY


def _within(
    twin: Twin,
    of: Subject,
    values: Mapping[FeatureId, tuple[float | None, ...]],
    kinds: tuple[PlaceKind, ...],
) -> Iterator[tuple[FeatureId, tuple[float | None, ...]]]:
    """Yield the places of some kinds that the report is about, with their values."""
    state = twin.state(of.campus_id, of.end)
    parents = {place.id: place.parent for place in state.places}
    for place in state.places:
        if place.kind not in kinds or place.id not in values:
            continue
        around: FeatureId | None = place.id
        while of.place is not None and around is not None and around != of.place:
            around = parents.get(around)
        if around is not None:
            yield place.id, values[place.id]
