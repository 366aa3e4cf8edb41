/** Plans of rows as bars or cells that are changed by hand, and what a change makes of their rows. */
import type { Row } from "@/client/plans";
import { coloursOf, nameOf, withRow } from "./edits";
import { groupsOf } from "./flowOptions";
import type { Lane, LaneBar } from "./lanes";
import type { Tour, TourTables } from "./tours";

type Tables = Record<string, unknown>;

/** Bars of rows that move along one axis: jobs over time, groups over slots. */
export interface RowBars {
  lanes: Lane[];
  bars: LaneBar[];
  from: number;
  to: number;
}
const slotsOf = (tables: Tables): string[] => (tables.slots as string[] | undefined) ?? [];

export function rowBars(kind: string, tables: Tables, rows: readonly Row[], locked: readonly string[]): RowBars {
  const slots = slotsOf(tables);
  const moving = kind === "flows" ? [...groupsOf(rows)].sort((a, b) => Number(b.size) - Number(a.size)) : rows;
  const colour = coloursOf(moving.map(nameOf));
  const bars = moving.map((row): LaneBar => {
    const [name, at] = [nameOf(row), slots.indexOf(String(row.slot))];
    const [start, end] = kind === "flows" ? [at, at + 1] : [Number(row.begin), Number(row.end)];
    return { key: name, lane: name, start, end, label: kind === "flows" ? `${name} · ${Math.round(Number(row.size))}` : name, colour: colour(name), locked: locked.includes(name), wrong: kind === "flows" && at < 0 };
  });
  const last = Math.max(1, ...bars.map((bar) => bar.end));
  return { lanes: bars.map((bar) => ({ key: bar.lane, label: bar.lane })), bars, from: 0, to: kind === "flows" ? slots.length : Math.ceil(1.25 * last) };
}

/** Rows with a bar elsewhere. */
export const withBar = (kind: string, tables: Tables, rows: readonly Row[], name: string, to: { start: number; end: number }): Row[] =>
  withRow(rows, name, kind === "flows" ? { slot: slotsOf(tables)[to.start] ?? null } : { begin: to.start, end: to.end });

/** A cell that something is in: the name of its row, or none where nothing is. */
export interface HandCell {
  item: string | null;
  value: string | null;
  text: string;
  /** 0 to 1: how strongly it is coloured. */
  weight: number | null;
}
export interface HandGrid {
  /** Empty where cells are shown one after another, each under the name of its row. */
  columns: string[];
  rows: { name: string; cells: HandCell[] }[];
  choices: (string | null)[];
  column: string;
}

export function handGrid(kind: string, tables: Tables, rows: readonly Row[]): HandGrid {
  return kind === "rosters" ? rosterGrid(tables, rows) : layoutGrid(tables, rows);
}

function rosterGrid(tables: Tables, rows: readonly Row[]): HandGrid {
  const shifts = ((tables.shifts as { id: string }[] | undefined) ?? []).map((one) => one.id);
  const days = [...new Set(rows.map((row) => String(row.day)))].sort();
  const at = new Map(rows.map((row) => [JSON.stringify([row.person, row.day]), row]));
  const cell = (row: Row | undefined): HandCell => {
    const shift = row?.shift ? String(row.shift) : null;
    return { item: row ? nameOf(row) : null, value: shift, text: shift ?? "", weight: shift === null ? null : (shifts.indexOf(shift) + 1) / Math.max(1, shifts.length) };
  };
  const people = [...new Set(rows.map((row) => String(row.person)))];
  return { columns: days.map((day) => day.slice(5)), rows: people.map((person) => ({ name: person, cells: days.map((day) => cell(at.get(JSON.stringify([person, day])))) })), choices: [...shifts, null], column: "shift" };
}

function layoutGrid(tables: Tables, rows: readonly Row[]): HandGrid {
  const places = (tables.places as string[] | undefined) ?? rows.map((row) => String(row.place));
  const units = new Map(rows.map((row) => [String(row.place), String(row.unit)]));
  const cell = (place: string): HandCell => ({ item: units.get(place) ?? null, value: place, text: units.get(place) ?? "", weight: units.has(place) ? 0.4 : null });
  return { columns: [], rows: places.map((place) => ({ name: place, cells: [cell(place)] })), choices: places, column: "place" };
}

/** Rows in which something has another value; whoever had it at a place that holds one, gets the old one. */
export function withValue(grid: HandGrid, rows: readonly Row[], item: string, value: string | null): { rows: Row[]; items: string[] } {
  const other = grid.column === "place" ? rows.find((row) => row.place === value && nameOf(row) !== item) : undefined;
  if (other) return swapped(grid, rows, item, nameOf(other));
  return { rows: withRow(rows, item, { [grid.column]: value }), items: [item] };
}
/** Rows in which two have changed values. */
export function swapped(grid: HandGrid, rows: readonly Row[], one: string, other: string): { rows: Row[]; items: string[] } {
  const valueOf = (name: string): unknown => rows.find((row) => nameOf(row) === name)?.[grid.column];
  return { rows: withRow(withRow(rows, one, { [grid.column]: valueOf(other) }), other, { [grid.column]: valueOf(one) }), items: [one, other] };
}

/** The lane of stops that nobody comes to. */
export const LEFT_OUT = "\u0000left";

interface Stop {
  id: string;
  place: number;
  earliest: number;
  service: number;
  prize: number | null;
}
/** Stops that nobody comes to, at the earliest they could begin. */
export function leftOutBars(tables: TourTables, rows: readonly Row[]): LaneBar[] {
  const [scale, stops] = [tables.time_scale ?? 1, new Map(((tables as unknown as { stops?: Stop[] }).stops ?? []).map((stop) => [stop.id, stop]))];
  return rows.filter((row) => !row.staff && stops.has(nameOf(row))).map((row) => {
    const stop = stops.get(nameOf(row))!;
    return { key: stop.id, lane: LEFT_OUT, start: stop.earliest / scale, end: (stop.earliest + stop.service) / scale, label: stop.id, colour: "#8a96a3" };
  });
}

/** Rows with a stop at another place of a tour, where it would begin at a time; times are left to be worked out. */
export function withStop(tours: readonly Tour[], rows: readonly Row[], stop: string, to: { lane: string; start: number }, was: { lane: string; start: number }): Row[] {
  const row = rows.find((one) => nameOf(one) === stop);
  if (!row) return [...rows];
  const from = row.staff ? String(row.staff) : null;
  if (to.lane === LEFT_OUT) return retimed(withRow(rows, stop, { staff: null, order: null, begin: null, end: null }), from === null ? [] : [[from, orderOf(tours, from).filter((key) => key !== stop)]]);
  const others = orderOf(tours, to.lane).filter((key) => key !== stop);
  const begins = new Map(tours.flatMap((tour) => tour.visits.map((visit) => [visit.key, visit.begin] as const)));
  let at = others.filter((key) => begins.get(key)! < to.start).length;
  const before = orderOf(tours, to.lane).indexOf(stop);
  if (from === to.lane && at === before) at += Math.sign(to.start - was.start);
  const order = [...others.slice(0, Math.max(0, at)), stop, ...others.slice(Math.max(0, at))];
  const left: [string, string[]][] = from === null || from === to.lane ? [] : [[from, orderOf(tours, from).filter((key) => key !== stop)]];
  return retimed(withRow(rows, stop, { staff: to.lane }), [[to.lane, order], ...left]);
}
const orderOf = (tours: readonly Tour[], who: string): string[] => tours.find((tour) => tour.staff === who)?.visits.map((visit) => visit.key) ?? [];

/** Rows in which tours have their stops in another order, without times. */
function retimed(rows: readonly Row[], tours: readonly (readonly [string, readonly string[]])[]): Row[] {
  const order = new Map(tours.flatMap(([, stops]) => stops.map((stop, i) => [stop, i + 1] as const)));
  return rows.map((row) => (order.has(nameOf(row)) ? { ...row, order: order.get(nameOf(row)), begin: null, end: null } : row));
}
/** Whether times are still to be worked out. */
export const isUntimed = (rows: readonly Row[]): boolean => rows.some((row) => row.staff && row.begin === null);
