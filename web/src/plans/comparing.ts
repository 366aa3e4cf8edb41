/** Plans side by side as rows of figures, each with what is least and most. */
import type { PlanComparison, Row } from "@/client/plans";

export interface FigureRow {
  key: string;
  family: "cost" | "part" | "measure";
  values: (number | null)[];
}
export function figureRows(comparison: PlanComparison): FigureRow[] {
  const { scenarios } = comparison;
  const keys = (pick: (one: (typeof scenarios)[number]) => Record<string, number>): string[] => [...new Set(scenarios.flatMap((one) => Object.keys(pick(one))))];
  const values = (pick: (one: (typeof scenarios)[number]) => Record<string, number>, key: string): (number | null)[] => scenarios.map((one) => pick(one)[key] ?? null);
  return [
    { key: "cost", family: "cost" as const, values: scenarios.map((one) => one.cost) },
    ...keys((one) => one.parts).map((key) => ({ key, family: "part" as const, values: values((one) => one.parts, key) })),
    ...keys((one) => one.measures).map((key) => ({ key, family: "measure" as const, values: values((one) => one.measures, key) })),
  ];
}

export const widthOf = (value: number | null, values: readonly (number | null)[]): string => `${value === null ? 0 : Math.round((100 * Math.abs(value)) / Math.max(...values.map((one) => Math.abs(one ?? 0)), 1e-9))}%`;

/** What a row says in a plan: all but its name, and only columns that differ between the plans. */
export function toldOf(rows: readonly (Row | null)[], say: (column: string, value: unknown) => string): string[] {
  const text = (row: Row | null, column: string): string => (row?.[column] === undefined ? "" : say(column, row[column]));
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row ?? {}).slice(1)))].filter((column) => new Set(rows.map((row) => text(row, column))).size > 1);
  return rows.map((row) => (row ? columns.map((column) => text(row, column) || "–").join(" · ") : "–"));
}

const MOST = 6;
/** Whether plans can be put side by side: two to six of one kind. */
export const canCompare = (chosen: readonly { kind: string }[]): boolean => chosen.length > 1 && chosen.length <= MOST && new Set(chosen.map((one) => one.kind)).size === 1;
/** Where plans are put side by side, the oldest first. */
export const compareQuery = (chosen: readonly { id: string; at: string }[]): { path: string; query: { ids: string[] } } => ({ path: "/plans/compare", query: { ids: chosen.toSorted((one, other) => one.at.localeCompare(other.at)).map((one) => one.id) } });
