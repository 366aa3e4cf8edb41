/** Plans that are best read as a grid of cells: rosters by person and day, flows between placed units. */
import type { Row } from "@/client/plans";

export interface Cell {
  text: string;
  /** 0 to 1: how strongly it is coloured; null without colour. */
  weight: number | null;
}
export interface Grid {
  columns: string[];
  rows: { name: string; cells: Cell[] }[];
}
const MOST = 60;

export function gridOf(kind: string, rows: readonly Row[], tables: Record<string, unknown>): Grid | null {
  if (kind === "rosters") return rosterGrid(rows);
  return kind === "layout" ? layoutGrid(rows, tables) : null;
}

const scaled = (values: number[][], names: string[], columns: string[]): Grid => {
  const most = Math.max(...values.flat(), 1e-9);
  return { columns, rows: names.map((name, i) => ({ name, cells: values[i]!.map((value) => ({ text: value ? String(Math.round(value * 100) / 100) : "", weight: value > 0 ? value / most : 0 })) })) };
};

export function rosterGrid(rows: readonly Row[]): Grid {
  const days = [...new Set(rows.map((row) => String(row.day)))].sort();
  const shifts = [...new Set(rows.flatMap((row) => (row.shift ? [String(row.shift)] : [])))];
  const people = [...new Set(rows.map((row) => String(row.person)))];
  const at = new Map(rows.map((row) => [JSON.stringify([row.person, row.day]), row.shift]));
  return {
    columns: days.map((day) => day.slice(5)),
    rows: people.map((person) => ({ name: person, cells: days.map((day) => { const shift = at.get(JSON.stringify([person, day])); return { text: shift ? String(shift) : "", weight: shift ? (shifts.indexOf(String(shift)) + 1) / shifts.length : null }; }) })),
  };
}

/** What goes between places, now that units are in them. */
export function layoutGrid(rows: readonly Row[], tables: Record<string, unknown>): Grid | null {
  const [units, flows] = [tables.units as string[] | undefined, tables.flows as number[][] | undefined];
  if (!units || !flows) return null;
  const shown = rows.slice(0, MOST);
  const number = new Map(units.map((unit, i) => [unit, i]));
  const at = shown.map((row) => number.get(String(row.unit))!);
  const values = at.map((i) => at.map((j) => (i === j ? 0 : (flows[i]?.[j] ?? 0) + (flows[j]?.[i] ?? 0))));
  return scaled(values, shown.map((row) => `${row.unit} → ${row.place}`), shown.map((row) => String(row.place)));
}
