/** Devices over slots: bars that can be dragged, and what they take and give against caps and demand. */
import type { Row } from "@/client/plans";
import { coloursOf, withRow } from "./edits";
import { runsOf } from "./gantt";
import { textOfRuns, type Lane, type LaneBar } from "./lanes";

export interface Device {
  name: string;
  power_kw: number;
  zone?: string | null;
  service?: number;
  heat_kw?: number;
  /** On for so many slots from the first to the last: a car that is there. */
  task?: { first: number; last: number; slots: number } | null;
}
export interface Climate {
  temp_c: number;
  outdoor_c: number[];
  gains_kw: number[];
  resistance_c_per_kw: number;
  capacity_kwh_per_c: number;
  low_c?: number[] | null;
  high_c?: number[] | null;
}
export interface Zone {
  name: string;
  demand: number[];
  limit_kw?: number[] | null;
  climate?: Climate | null;
}
export interface Storage {
  name: string;
  zone?: string | null;
  capacity?: number;
  content?: number;
  charge_kw?: number;
  discharge?: number;
  charge_efficiency?: number;
  discharge_efficiency?: number;
  loss?: number;
}
export interface DeviceTables {
  slots: number;
  slot_h: number;
  price: number[];
  devices: Device[];
  zones?: Zone[];
  storages?: Storage[];
  limit_kw?: number[] | null;
  base_kw?: number[] | null;
  solar_kw?: number[] | null;
}

/** Below it, nothing flows. */
const LEAST_KW = 1e-3;

/** Lanes by zone, those first in which anything is on, else in the order in which zones come; cars and what else is of no zone have headings of their own. */
export function deviceLanes(tables: DeviceTables, rows: readonly Row[] = [], words = { stored: "", cars: "", others: "" }): Lane[] {
  const on = new Set(rows.filter((row) => runsOf(row.on).length).map((row) => row.device));
  const busy = new Set(tables.devices.filter((device) => on.has(device.name)).map((device) => device.zone ?? ""));
  const named = [...new Set(tables.devices.map((device) => device.zone ?? ""))];
  const zones = [...named.filter((zone) => busy.has(zone)), ...named.filter((zone) => !busy.has(zone))];
  const stores = (tables.storages ?? []).map((storage) => ({ key: storage.name, label: storage.name, group: words.stored }));
  const of = (zone: string): Device[] => {
    const own = tables.devices.filter((device) => (device.zone ?? "") === zone);
    return zone ? own : [...own.filter((device) => device.task), ...own.filter((device) => !device.task)];
  };
  const heading = (device: Device): string => device.zone || (device.task ? words.cars : words.others);
  const lanes = zones.flatMap((zone) => of(zone).map((device) => ({ key: device.name, label: device.name, group: heading(device) })));
  return [...stores, ...lanes];
}

export function deviceBars(tables: DeviceTables, rows: readonly Row[], locked: readonly string[]): LaneBar[] {
  const power = new Map(tables.devices.map((device) => [device.name, device]));
  const colour = coloursOf(tables.devices.map((device) => device.zone ?? ""));
  return rows.flatMap((row) => {
    const name = String(row.device);
    const device = power.get(name);
    if (!device) return [];
    const runs = runsOf(row.on).map(([start, end], i): LaneBar => ({ key: `${name}#${i}`, lane: name, start, end, label: `${device.power_kw} kW`, colour: colour(device.zone ?? ""), locked: locked.includes(name) }));
    const stay: LaneBar[] = device.task ? [{ key: `${name}#stay`, lane: name, start: device.task.first, end: device.task.last + 1, label: "", colour: colour(device.zone ?? ""), kind: "soft", fixed: true }] : [];
    return [...stay, ...runs];
  });
}

/** What storages take (plain) and give (hatched), on lanes of their own. */
export function storageBars(tables: DeviceTables, rows: readonly Row[]): LaneBar[] {
  return (tables.storages ?? []).flatMap((storage) => {
    const flows = String(rows.find((row) => row.device === storage.name)?.flows ?? "").split(" ").filter(Boolean).map(Number);
    const signs = flows.map((flow) => (Math.abs(flow) < LEAST_KW ? 0 : Math.sign(flow)));
    const bars: LaneBar[] = [];
    for (let start = 0; start < signs.length; ) {
      let end = start + 1;
      while (end < signs.length && signs[end] === signs[start]) end++;
      const mean = flows.slice(start, end).reduce((sum, flow) => sum + flow, 0) / (end - start);
      if (signs[start]) bars.push({ key: `${storage.name}#${start}`, lane: storage.name, start, end, label: `${mean > 0 ? "+" : "−"}${Math.abs(mean).toFixed(1)}`, colour: mean > 0 ? "#4a90c2" : "#7a9a3a", kind: mean > 0 ? "plain" : "hatched", fixed: true });
      start = end;
    }
    return bars;
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

/** What is in a storage after each slot. */
export function heldIn(tables: DeviceTables, storage: Storage, rows: readonly Row[]): number[] {
  const flows = String(rows.find((row) => row.device === storage.name)?.flows ?? "").split(" ").filter(Boolean).map(Number);
  let held = storage.content ?? 0;
  return Array.from({ length: tables.slots }, (_, s) => {
    const flow = flows[s] ?? 0;
    const gained = flow > 0 ? flow * (storage.charge_efficiency ?? 1) : flow / (storage.discharge_efficiency ?? 1);
    return (held = held * (1 - (storage.loss ?? 0)) + gained * tables.slot_h);
  });
}

/** The temperature of a zone's air after each slot: one store of heat behind one resistance. */
export function tempsOf(tables: DeviceTables, zone: Zone, rows: readonly Row[]): number[] {
  const air = zone.climate!;
  const heat = [...air.gains_kw];
  const inside = new Map(tables.devices.filter((device) => device.zone === zone.name && device.heat_kw).map((device) => [device.name, device.heat_kw!]));
  for (const row of rows) {
    const kw = inside.get(String(row.device));
    if (kw) for (const [start, end] of runsOf(row.on)) for (let s = start; s < Math.min(end, tables.slots); s++) heat[s]! += kw;
  }
  const fades = Math.exp(-tables.slot_h / (air.resistance_c_per_kw * air.capacity_kwh_per_c));
  let temp = air.temp_c;
  return heat.map((kw, s) => {
    const settled = air.outdoor_c[s]! + air.resistance_c_per_kw * kw;
    return (temp = settled + (temp - settled) * fades);
  });
}
