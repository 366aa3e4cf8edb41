/** A plan that is best read as a grid of cells: flows between placed units. */
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
export const shadeOf = (weight: number | null): string => (weight === null ? "transparent" : `rgb(15 155 142 / ${Math.round(8 + 62 * weight)}%)`);

const scaled = (values: number[][], names: string[], columns: string[]): Grid => {
  const most = Math.max(...values.flat(), 1e-9);
  return { columns, rows: names.map((name, i) => ({ name, cells: values[i]!.map((value) => ({ text: value ? String(Math.round(value * 100) / 100) : "", weight: value > 0 ? value / most : 0 })) })) };
};

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
