"""From supply through places to uses, so that as much goes into each as comes out."""

from __future__ import annotations

from collections import defaultdict

from yuanli.campus import FeatureId, LanguageMap
from yuanli.operations.energy.answers import EnergyFlows, FlowLink, FlowNode
from yuanli.operations.energy.asking import Asked, split
from yuanli.operations.energy.balance import balance_of
from yuanli.operations.energy.grounds import EnergyPlace, EnergyPlaceKind
from yuanli.operations.energy.media import Medium, Use, name_of, unit_of
from yuanli.operations.energy.periods import Period, Span
from yuanli.operations.energy.tariffs import Tariffs
from yuanli.telemetry import Times

GRID: LanguageMap = {"zh": "电网", "en": "Grid"}
MAINS: LanguageMap = {"zh": "供应", "en": "Supply"}
PV: LanguageMap = {"zh": "光伏", "en": "PV"}
FED_IN: LanguageMap = {"zh": "余电上网", "en": "Fed into the grid"}
REST: LanguageMap = {"zh": "园区其他", "en": "Rest of the site"}


def flows_of(asked: Asked, place: EnergyPlace, span: Span, medium: Medium, tariffs: Tariffs) -> EnergyFlows:
    """Return the flows of a medium in a span."""
    edges = span.edges(Period.HOUR, asked.zone)
    metering = asked.grounds.metering
    asked.measure([*metering.covering(place.id, medium), *metering.covering(place.id, Medium.PV)], edges)
    told = asked.told(place.id, medium, edges)
    note = asked.note(place, medium, told)
    links: list[tuple[str, str, float]] = []
    names: dict[str, tuple[str, LanguageMap]] = {}
    scaled: list[FeatureId] = []
    if told.known and medium is not Medium.PV:
        total = told.total or 0.0
        if medium is Medium.ELECTRICITY:
            balance = balance_of(asked, place.id, edges, tariffs, used=told)
            total = float(balance.used.sum())
            supply = {
                "supply:grid": (GRID, float(balance.grid.sum())),
                "supply:pv": (PV, float(balance.own.sum())),
            }
            if (fed_in := float(balance.fed_in.sum())) > 0:
                names |= {"supply:pv": ("supply", PV), "export": ("export", FED_IN)}
                links.append(("supply:pv", "export", fed_in))
        else:
            supply = {"supply:mains": (MAINS, total)}
        hub = f"place:{place.id}"
        for node, (name, amount) in supply.items():
            if amount > 0:
                names |= {node: ("supply", name), hub: ("place", place.name)}
                links.append((node, hub, amount))
        parts = _parts(asked, place, medium, edges[[0, -1]], total, scaled)
        for part, name, amount, uses in parts:
            node = f"place:{part}"
            names[node] = ("place", name)
            if node != hub:
                links.append((hub, node, amount))
            for use, taken in uses.items():
                text = name_of(use)
                names[f"use:{use}"] = ("use", {"zh": text.zh, "en": text.en})
                links.append((node, f"use:{use}", taken))
    into: dict[str, float] = defaultdict(float)
    out: dict[str, float] = defaultdict(float)
    for source, target, amount in links:
        out[source] += amount
        into[target] += amount
    return EnergyFlows(
        place=place, medium=medium, unit=unit_of(medium),
        nodes=tuple(
            FlowNode(id=node, kind=kind, name=name, amount=max(into[node], out[node]))
            for node, (kind, name) in names.items()
        ),
        links=tuple(FlowLink(source=a, target=b, amount=amount) for a, b, amount in links),
        scaled=tuple(scaled), note=note,
    )  # fmt: skip


def _parts(
    asked: Asked, place: EnergyPlace, medium: Medium, edges: Times, total: float, scaled: list[FeatureId]
) -> list[tuple[str, LanguageMap, float, dict[Use, float]]]:
    """Return what each building of a site took, and what for; of any other place, what it took for itself."""
    if place.kind is not EnergyPlaceKind.SITE:
        return [(place.id, place.name, total, _uses(asked, place.id, medium, edges, total, scaled))]
    rows: list[tuple[str, LanguageMap, float, dict[Use, float]]] = []
    _measure_all(asked, place, medium, edges)
    buildings = [
        (one, asked.told(one.id, medium, edges).total)
        for one in asked.parts(place, medium) if one.kind is EnergyPlaceKind.BUILDING
    ]  # fmt: skip
    amounts = {one.id: amount for one, amount in buildings if amount is not None and amount > 0}
    measured = sum(amounts.values())
    scale = min(total / measured, 1.0) if measured > 0 else 1.0
    if scale < 0.995:
        scaled.append(place.id)
    for one, _ in buildings:
        amount = amounts.get(one.id, 0.0) * scale
        if amount > 0:
            rows.append((one.id, one.name, amount, _uses(asked, one.id, medium, edges, amount, scaled)))
    rest = total - sum(row[2] for row in rows)
    if rest > max(total, 1.0) * 1e-9:
        rows.append(("rest", REST, rest, {Use.OTHER: rest}))
    return rows


def _measure_all(asked: Asked, place: EnergyPlace, medium: Medium, edges: Times) -> None:
    """Ask the store once for all meters of the buildings, and those behind them."""
    metering = asked.grounds.metering
    total = [meter for one in asked.parts(place, medium) for meter in metering.covering(one.id, medium)]
    asked.measure([*total, *(meter for behind in metering.of_uses(total) for meter in behind)], edges)


def _uses(
    asked: Asked, place: FeatureId, medium: Medium, edges: Times, amount: float, scaled: list[FeatureId]
) -> dict[Use, float]:
    metering = asked.grounds.metering
    total = metering.covering(place, medium)
    behind = [meter for meters in metering.of_uses(total) for meter in meters]
    measured = asked.measure([*total, *behind], edges)
    told: dict[Use, float] = defaultdict(float)
    for meter in (*[m for m in total if m.use is not None], *behind):
        if meter.use is not None:
            told[meter.use] += float(measured[meter.id].amount.sum())
    uses, was_scaled = split(amount, told)
    if was_scaled:
        scaled.append(place)
    return uses
