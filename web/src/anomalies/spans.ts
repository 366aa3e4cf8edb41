/** Spans and lines of the page of anomalies, and the words of their figures. */
import type { FoundAnomaly, SavingsReport } from "@/client/anomalies";

const DAY = 86_400_000;

export interface SpanLine {
  name: string;
  points: [at: number, value: number | null][];
  dashed?: boolean;
}

export const KINDS = ["equipment", "energy", "base_load", "water_leak", "system", "point"] as const;
export const DAYS = [1, 7, 30, 90] as const;

/** The last days until a time, as the API takes them. */
export function lastDays(days: number, now: number): { from: string; to: string } {
  return { from: new Date(now - days * DAY).toISOString(), to: new Date(now).toISOString() };
}

/** The evidence of an anomaly as one line. */
export function evidenceLine(one: FoundAnomaly, name: string): SpanLine {
  return { name, points: one.series.map((sample) => [Date.parse(sample.at), sample.value ?? null]) };
}

/** What was used and what was expected, day by day. */
export function savingsLines(report: SavingsReport, used: string, expected: string): SpanLine[] {
  const at = (iso: string): number => Date.parse(iso);
  return [
    { name: used, points: report.days.map((day) => [at(day.at), day.used ?? null]) },
    { name: expected, points: report.days.map((day) => [at(day.at), day.expected ?? null]), dashed: true },
  ];
}

/** The cost of all that goes on or went on, where any is known. */
export function costOf(found: readonly FoundAnomaly[]): number | null {
  const costs = found.filter((one) => one.kind === "energy" && typeof one.cost === "number").map((one) => one.cost!);
  return costs.length ? costs.reduce((sum, cost) => sum + cost, 0) : null;
}

/** A number as people read it: three digits, more when it is large. */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return value.toLocaleString("en-US", { maximumFractionDigits: digits });
}
