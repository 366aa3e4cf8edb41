/** Devices over slots: bars that can be dragged, and what they take and give against caps and demand. */
import type { Row } from "@/client/plans";
import type { Option, Palette } from "@/energy/options";
import { LETTERS } from "@/shell/letters";
import { coloursOf, withRow } from "./edits";
import { escaped, runsOf } from "./gantt";
import { textOfRuns, type Lane, type LaneBar } from "./lanes";

export interface Device {
  name: string;
  power_kw: number;
  zone?: string | null;
  service?: number;
}
export interface Zone {
  name: string;
  demand: number[];
}
export interface DeviceTables {
  slots: number;
  slot_h: number;
  price: number[];
  devices: Device[];
  zones?: Zone[];
  storages?: { name: string; zone?: string | null }[];
  limit_kw?: number[] | null;
  base_kw?: number[] | null;
  solar_kw?: number[] | null;
}

/** Lanes by zone, those first in which anything is on, else in the order in which zones come. */
export function deviceLanes(tables: DeviceTables, rows: readonly Row[] = []): Lane[] {
  const on = new Set(rows.filter((row) => runsOf(row.on).length).map((row) => row.device));
  const busy = new Set(tables.devices.filter((device) => on.has(device.name)).map((device) => device.zone ?? ""));
  const named = [...new Set(tables.devices.map((device) => device.zone ?? ""))];
  const zones = [...named.filter((zone) => busy.has(zone)), ...named.filter((zone) => !busy.has(zone))];
  return zones.flatMap((zone) => tables.devices.filter((device) => (device.zone ?? "") === zone).map((device) => ({ key: device.name, label: `${device.name}`, group: zone || undefined })));
}

export function deviceBars(tables: DeviceTables, rows: readonly Row[], locked: readonly string[]): LaneBar[] {
  const power = new Map(tables.devices.map((device) => [device.name, device]));
  const colour = coloursOf(tables.devices.map((device) => device.zone ?? ""));
  return rows.flatMap((row) => {
    const name = String(row.device);
    const device = power.get(name);
    return device ? runsOf(row.on).map(([start, end], i) => ({ key: `${name}#${i}`, lane: name, start, end, label: `${device.power_kw} kW`, colour: colour(device.zone ?? ""), locked: locked.includes(name) })) : [];
  });
}

/** Rows with one run of a device elsewhere; an empty one is switched off. */
export function withRun(rows: readonly Row[], bar: Pick<LaneBar, "key" | "lane"> | { key: null; lane: string }, to: { start: number; end: number } | null): Row[] {
  const row = rows.find((one) => one.device === bar.lane);
  const runs = runsOf(row?.on).filter((_, i) => `${bar.lane}#${i}` !== bar.key);
  return withRow(rows, bar.lane, { on: textOfRuns(to ? [...runs, [to.start, to.end]] : runs) });
}

export interface Series {
  kw: number[];
  /** By zone: what is given, next to what is demanded. */
  served: { zone: string; demand: number[]; given: number[] }[];
}

/** What the site takes in each slot, and what zones get; storages give and take too. */
export function seriesOf(tables: DeviceTables, rows: readonly Row[]): Series {
  const kw = Array.from({ length: tables.slots }, (_, s) => (tables.base_kw?.[s] ?? 0) - (tables.solar_kw?.[s] ?? 0));
  const given = new Map((tables.zones ?? []).map((zone) => [zone.name, new Array<number>(tables.slots).fill(0)]));
  const devices = new Map(tables.devices.map((device) => [device.name, device]));
  const storages = new Map((tables.storages ?? []).map((storage) => [storage.name, storage]));
  for (const row of rows) {
    const [device, storage] = [devices.get(String(row.device)), storages.get(String(row.device))];
    if (device) {
      for (const [start, end] of runsOf(row.on)) {
        for (let s = start; s < Math.min(end, tables.slots); s++) {
          kw[s]! += device.power_kw;
          const zone = given.get(device.zone ?? "");
          if (zone) zone[s]! += device.service ?? 0;
        }
      }
    } else if (storage) {
      String(row.flows ?? "").split(" ").filter(Boolean).forEach((text, s) => {
        const flow = Number(text);
        if (s >= tables.slots) return;
        kw[s]! += storage.zone ? Math.max(flow, 0) : flow;
        const zone = given.get(storage.zone ?? "");
        if (zone) zone[s]! += Math.max(-flow, 0);
      });
    }
  }
  return { kw, served: (tables.zones ?? []).map((zone) => ({ zone: zone.name, demand: zone.demand, given: given.get(zone.name)! })) };
}

/** Times on the axis of the curves. */
const MARKS = 6;
/** Price, power with its cap, and demand with what is served: one under the other on the axis of the bars. */
export function curvesOption(tables: DeviceTables, series: Series, word: (key: "price" | "power" | "cap" | "demand" | "served") => string, left: number, clock: (slot: number) => string, palette: Palette): Option {
  const slots = Array.from({ length: tables.slots + 1 }, (_, s) => s);
  const stepped = (values: readonly number[]): number[][] => slots.map((s) => [s, values[Math.min(s, tables.slots - 1)] ?? 0]);
  const line = (name: string, values: readonly number[], grid: number, color: string, more: Option = {}): Option => ({ name, type: "line", step: "end", showSymbol: false, xAxisIndex: grid, yAxisIndex: grid, color, data: stepped(values), ...more });
  const sum = (pick: "demand" | "given"): number[] => slots.slice(0, -1).map((s) => series.served.reduce((total, zone) => total + (zone[pick][s] ?? 0), 0));
  const lines = [line(word("price"), tables.price, 0, "#e07b39", { areaStyle: { opacity: 0.12 } }), line(word("power"), series.kw, 1, "#0f9b8e", { areaStyle: { opacity: 0.15 } })];
  if (tables.limit_kw) lines.push(line(word("cap"), tables.limit_kw, 1, "#d1495b", { lineStyle: { type: "dashed" } }));
  if (series.served.length) lines.push(line(word("demand"), sum("demand"), 2, "#8d5bb8", { lineStyle: { type: "dashed" } }), line(word("served"), sum("given"), 2, "#5b6fd8", { areaStyle: { opacity: 0.12 } }));
  const grids = series.served.length ? 3 : 2;
  interface Point {
    marker: string;
    seriesName: string;
    value: [number, number];
  }
  const told = (points: Point[]): string => [clock(points[0]!.value[0]), ...points.map((one) => `${one.marker}${escaped(one.seriesName)} ${Math.round(one.value[1] * 100) / 100}`)].join("<br>");
  const soft = { axisLabel: { color: palette.soft, fontSize: 10 }, splitLine: { lineStyle: { color: palette.line } }, axisLine: { lineStyle: { color: palette.line } } };
  return {
    animation: false,
    textStyle: { fontFamily: LETTERS },
    legend: { top: 0, type: "scroll", textStyle: { color: palette.ink, fontSize: 11 } },
    tooltip: { trigger: "axis", formatter: told, confine: true, backgroundColor: palette.panel, borderColor: palette.line, textStyle: { color: palette.ink } },
    grid: Array.from({ length: grids }, (_, i) => ({ left, right: 0, top: 30 + i * 92, height: 70, outerBoundsMode: "none" })),
    xAxis: Array.from({ length: grids }, (_, i) => ({ type: "value", min: 0, max: tables.slots, interval: tables.slots / MARKS, gridIndex: i, ...soft, axisLabel: { show: i === grids - 1, formatter: (slot: number) => clock(Math.round(slot)), alignMaxLabel: "right", color: palette.soft, fontSize: 10 } })),
    yAxis: Array.from({ length: grids }, (_, i) => ({ type: "value", gridIndex: i, splitNumber: 2, ...soft })),
    series: lines,
  };
}
export const curvesHeight = (series: Series): number => 50 + 92 * (series.served.length ? 3 : 2);
