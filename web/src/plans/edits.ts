/** A plan that somebody changes by hand: which rows differ, and how. */
import type { PlanMove, Row } from "@/client/plans";

export const nameOf = (row: Row): string => String(Object.values(row)[0]);

/** What differs between a plan and the same plan changed, by row: only the columns that do. */
export function movesOf(before: readonly Row[], after: readonly Row[]): PlanMove[] {
  const old = new Map(before.map((row) => [nameOf(row), row]));
  return after.flatMap((row) => {
    const was = old.get(nameOf(row));
    const changed = Object.entries(row).filter(([column, value]) => JSON.stringify(was?.[column]) !== JSON.stringify(value));
    return was && changed.length ? [{ item: nameOf(row), to: Object.fromEntries(changed) }] : [];
  });
}

/** Rows with some columns of one of them set. */
export const withRow = (rows: readonly Row[], name: string, values: Row): Row[] => rows.map((row) => (nameOf(row) === name ? { ...row, ...values } : row));

export const toggled = (names: readonly string[], name: string): string[] => (names.includes(name) ? names.filter((one) => one !== name) : [...names, name]);

const COLOURS = ["#0f9b8e", "#5b6fd8", "#e07b39", "#8d5bb8", "#c2557a", "#4a90c2", "#7a9a3a", "#b58a2c"];
/** A colour for each name, the same each time. */
export function coloursOf(names: readonly string[]): (name: string) => string {
  const at = new Map([...new Set(names)].map((name, i) => [name, COLOURS[i % COLOURS.length]!]));
  return (name) => at.get(name) ?? COLOURS[0]!;
}
