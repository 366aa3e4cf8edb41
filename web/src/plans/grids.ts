/** Plans that are best read as a grid of cells: rosters by person and day, flows between placed units, arrivals, sites. */
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

export function gridOf(kind: string, rows: readonly Row[], tables: Record<string, unknown>, word: (key: "before" | "after" | "capacity") => string): Grid | null {
  if (kind === "rosters") return rosterGrid(rows);
  if (kind === "layout") return layoutGrid(rows, tables);
  if (kind === "sites") return siteGrid(rows, tables);
  return kind === "flows" ? arrivalGrid(rows, tables, word) : null;
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

/** People of each demand under the chosen site that is nearest to them, with the seconds they walk. */
export function siteGrid(rows: readonly Row[], tables: Record<string, unknown>): Grid | null {
  const [demands, sites, seconds] = [tables.demands as string[] | undefined, tables.sites as string[] | undefined, tables.seconds as (number | null)[][] | undefined];
  if (!demands || !sites || !seconds) return null;
  const chosen = rows.filter((row) => row.chosen).map((row) => sites.indexOf(String(row.site)));
  const most = Math.max(...seconds.flat().map((s) => s ?? 0), 1e-9);
  return {
    columns: chosen.map((site) => sites[site]!),
    rows: demands.slice(0, MOST).map((name, d) => {
      const walks = chosen.map((site) => seconds[d]?.[site] ?? null);
      const least = Math.min(...walks.map((walk) => walk ?? Infinity));
      return { name, cells: walks.map((walk) => ({ text: walk === null ? "–" : `${Math.round(walk)} s`, weight: walk !== null && walk === least ? 1 - (0.7 * walk) / most : null })) };
    }),
  };
}

interface Group {
  id: string;
  size: number;
  current: number | null;
  uses: { passage: number; lag: number; spread: number[] }[];
}
/** Who arrives at each passage by slot, today and in the plan, and how many can pass. */
export function arrivalGrid(rows: readonly Row[], tables: Record<string, unknown>, word: (key: "before" | "after" | "capacity") => string): Grid | null {
  const [slots, passages, groups] = [tables.slots as string[] | undefined, tables.passages as { id: string; capacity: number[] }[] | undefined, tables.groups as Group[] | undefined];
  if (!slots || !passages || !groups) return null;
  const planned = new Map(rows.map((row) => [String(row.group), slots.indexOf(String(row.slot))]));
  const arrivals = (passage: number, slotOf: (group: Group) => number | null): number[] => {
    const sums = slots.map(() => 0);
    for (const group of groups) {
      const slot = slotOf(group);
      for (const use of slot === null || slot < 0 ? [] : group.uses.filter((one) => one.passage === passage)) use.spread.forEach((share, i) => { const at = slot! + use.lag + i; if (at < sums.length) sums[at]! += group.size * share; });
    }
    return sums;
  };
  const named = passages.flatMap((passage, p) => [
    { name: `${passage.id} · ${word("before")}`, values: arrivals(p, (group) => group.current) },
    { name: `${passage.id} · ${word("after")}`, values: arrivals(p, (group) => planned.get(group.id) ?? null) },
    { name: `${passage.id} · ${word("capacity")}`, values: passage.capacity },
  ]);
  return scaled(named.map((one) => one.values), named.map((one) => one.name), [...slots]);
}
