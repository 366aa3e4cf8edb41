/** Curves of training runs as lines of a chart, and how numbers of a run are written. */
import type { RunDetail } from "@/client/runs";

export interface Line {
  name: string;
  points: [step: number, value: number][];
}

/** What the curves hold, what is measured first: the loss, the scores on dev, then the rest. */
export function measuresOf(runs: readonly RunDetail[]): string[] {
  const names = new Set(runs.flatMap((run) => run.curve.flatMap((point) => Object.keys(point.values))));
  const rank = (name: string): number => (name === "loss" ? 0 : name === "eval_score" ? 1 : name.startsWith("eval_") ? 2 : 3);
  return [...names].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

/** One line a run that measured it, by step. */
export function linesOf(runs: readonly RunDetail[], measure: string): Line[] {
  return runs
    .map((run) => ({
      name: run.run.name,
      points: run.curve
        .filter((point) => measure in point.values)
        .map((point): [number, number] => [point.step, point.values[measure]!])
        .sort((a, b) => a[0] - b[0]),
    }))
    .filter((line) => line.points.length > 0);
}

/** The names of all recipes, those that differ first. */
export function recipeRows(runs: readonly RunDetail[]): { name: string; values: string[]; differs: boolean }[] {
  const names = [...new Set(runs.flatMap((run) => Object.keys(run.recipe)))].sort();
  const rows = names.map((name) => {
    const values = runs.map((run) => (name in run.recipe ? written(run.recipe[name]) : "–"));
    return { name, values, differs: new Set(values).size > 1 };
  });
  return [...rows.filter((row) => row.differs), ...rows.filter((row) => !row.differs)];
}

export function written(value: unknown): string {
  if (typeof value !== "number") return String(value ?? "–");
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 0.001 ? String(Number(value.toPrecision(4))) : value.toExponential(2).replace(/\.?0+e/, "e");
}

/** A duration as people read it: `1:02:03`. */
export function clock(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return "–";
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return parts.map((part, i) => (i ? String(part).padStart(2, "0") : String(part))).join(":");
}
