/** Curves under the lanes of devices, on their axis: prices, power, what zones need and get, storages, warmth. */
import type { Row } from "@/client/plans";
import type { Option, Palette } from "@/energy/options";
import { LETTERS } from "@/shell/letters";
import { heldIn, type DeviceTables, type Zone, seriesOf, tempsOf } from "./devices";
import { escaped, runsOf } from "./gantt";

export type CurveWord = "price" | "power" | "cap" | "solar" | "demand" | "served" | "held" | "warmth" | "least" | "most" | "outdoor";
export interface Curve {
  name: string;
  values: readonly number[];
  colour: string;
  dashed?: boolean;
  filled?: boolean;
}
export interface Panel {
  title: string;
  curves: Curve[];
  /** From the least value, not from 0. */
  scaled?: boolean;
}
const COLOURS = ["#0f9b8e", "#5b6fd8", "#e07b39", "#8d5bb8", "#c2557a", "#4a90c2"];
const MOST = COLOURS.length;
/** A band that is open on a side has a value that no room comes near. */
const OPEN_C = [-40, 70] as const;

/** The power that the devices of a zone take, in each slot. */
function zonePower(tables: DeviceTables, rows: readonly Row[], zone: string): number[] {
  const kw = new Array<number>(tables.slots).fill(0);
  const inside = new Map(tables.devices.filter((device) => device.zone === zone).map((device) => [device.name, device.power_kw]));
  for (const row of rows) {
    const power = inside.get(String(row.device));
    if (power) for (const [start, end] of runsOf(row.on)) for (let s = start; s < Math.min(end, tables.slots); s++) kw[s]! += power;
  }
  return kw;
}
function powerPanel(tables: DeviceTables, rows: readonly Row[], zone: Zone | null, word: (key: CurveWord) => string): Panel {
  const kw = zone ? zonePower(tables, rows, zone.name) : seriesOf(tables, rows).kw;
  const cap = zone ? zone.limit_kw : tables.limit_kw;
  const curves: Curve[] = [{ name: word("power"), values: kw, colour: "#0f9b8e", filled: true }];
  if (cap) curves.push({ name: word("cap"), values: cap, colour: "#d1495b", dashed: true });
  if (!zone && tables.solar_kw?.some((value) => value > 0)) curves.push({ name: word("solar"), values: tables.solar_kw, colour: "#d9a514", filled: true });
  return { title: `${word("power")}`, curves };
}
function warmthPanel(tables: DeviceTables, rows: readonly Row[], zone: Zone | null, word: (key: CurveWord) => string): Panel | null {
  const warm = (tables.zones ?? []).filter((one) => one.climate && (!zone || one.name === zone.name)).slice(0, MOST);
  if (!warm.length) return null;
  const curves: Curve[] = warm.map((one, i) => ({ name: zone ? word("warmth") : one.name, values: tempsOf(tables, one, rows), colour: COLOURS[i]! }));
  const climate = warm[0]!.climate!;
  if (warm.length === 1) {
    const inside = (values: readonly number[]): number[] => values.map((value) => (value > OPEN_C[0] && value < OPEN_C[1] ? value : NaN));
    if (climate.low_c) curves.push({ name: word("least"), values: inside(climate.low_c), colour: "#4a90c2", dashed: true });
    if (climate.high_c) curves.push({ name: word("most"), values: inside(climate.high_c), colour: "#d1495b", dashed: true });
  }
  curves.push({ name: word("outdoor"), values: climate.outdoor_c, colour: "#8a8f98", dashed: true });
  return { title: word("warmth"), curves, scaled: true };
}

/** What is drawn, of all zones together or of one. */
export function panelsOf(tables: DeviceTables, rows: readonly Row[], chosen: string | null, word: (key: CurveWord) => string): Panel[] {
  const zone = (tables.zones ?? []).find((one) => one.name === chosen) ?? null;
  const panels: Panel[] = [{ title: word("price"), curves: [{ name: word("price"), values: tables.price, colour: "#e07b39", filled: true }] }, powerPanel(tables, rows, zone, word)];
  const served = seriesOf(tables, rows).served.filter((one) => !zone || one.zone === zone.name);
  const sum = (pick: "demand" | "given"): number[] => Array.from({ length: tables.slots }, (_, s) => served.reduce((total, one) => total + (one[pick][s] ?? 0), 0));
  const demand = sum("demand");
  if (served.length && (zone || demand.some((value) => value > 0))) panels.push({ title: word("demand"), curves: [{ name: word("demand"), values: demand, colour: "#8d5bb8", dashed: true }, { name: word("served"), values: sum("given"), colour: "#5b6fd8", filled: true }] });
  const stores = (tables.storages ?? []).filter((one) => one.capacity && (!zone || one.zone === zone.name)).slice(0, MOST);
  if (stores.length) panels.push({ title: word("held"), curves: stores.map((one, i) => ({ name: one.name, values: heldIn(tables, one, rows).map((value) => (100 * value) / one.capacity!), colour: COLOURS[i]!, filled: stores.length === 1 })) });
  const warmth = warmthPanel(tables, rows, zone, word);
  return warmth ? [...panels, warmth] : panels;
}

/** Times on the axis. */
const MARKS = 6;
const [HEIGHT, GAP] = [70, 108];
interface Point {
  marker: string;
  seriesName: string;
  value: [number, number];
}

/** Panels one under the other on the axis of the bars. */
export function curvesOption(panels: readonly Panel[], slots: number, left: number, clock: (slot: number) => string, palette: Palette): Option {
  const stepped = (values: readonly number[]): (number | null)[][] => Array.from({ length: slots + 1 }, (_, s) => [s, finite(values[Math.min(s, slots - 1)])]);
  const told = (points: Point[]): string => [clock(points[0]!.value[0]), ...points.filter((one) => one.value[1] !== null).map((one) => `${one.marker}${escaped(one.seriesName)} ${Math.round(one.value[1] * 100) / 100}`)].join("<br>");
  const soft = { axisLabel: { color: palette.soft, fontSize: 10 }, splitLine: { lineStyle: { color: palette.line } }, axisLine: { lineStyle: { color: palette.line } } };
  return {
    animation: false,
    textStyle: { fontFamily: LETTERS },
    tooltip: { trigger: "axis", formatter: told, confine: true, backgroundColor: palette.panel, borderColor: palette.line, textStyle: { color: palette.ink } },
    legend: panels.flatMap((panel, i) => (panel.curves.length > 1 ? [{ data: panel.curves.map((one) => one.name), top: i * GAP - 4, right: 0, width: "66%", align: "left", type: "scroll", itemWidth: 14, textStyle: { color: palette.ink, fontSize: 11 } }] : [])),
    grid: panels.map((_, i) => ({ left, right: 0, top: 20 + i * GAP, height: HEIGHT, outerBoundsMode: "none" })),
    xAxis: panels.map((_, i) => ({ type: "value", min: 0, max: slots, interval: slots / MARKS, gridIndex: i, ...soft, axisLabel: { show: i === panels.length - 1, formatter: (slot: number) => clock(Math.round(slot)), alignMaxLabel: "right", color: palette.soft, fontSize: 10 } })),
    yAxis: panels.map((panel, i) => ({ type: "value", gridIndex: i, splitNumber: 2, scale: panel.scaled, name: panel.title, nameGap: 6, nameTextStyle: { align: "left", color: palette.soft, fontSize: 11 }, ...soft })),
    series: panels.flatMap((panel, i) => panel.curves.map((one) => ({ name: one.name, type: "line", step: panel.scaled ? undefined : "end", showSymbol: false, xAxisIndex: i, yAxisIndex: i, color: one.colour, data: stepped(one.values), lineStyle: one.dashed ? { type: "dashed" } : undefined, areaStyle: one.filled ? { opacity: 0.13 } : undefined }))),
  };
}
const finite = (value: number | undefined): number | null => (value === undefined || Number.isNaN(value) ? null : value);
export const curvesHeight = (panels: readonly Panel[]): number => 40 + GAP * panels.length;
