/** Curves of points: how fine they are asked for, where their quality changes, and how a view of time moves. */
import type { Bucket, Every, Judged, Span } from "@/client/telemetry";

export const QUALITIES = ["good", "estimated", "suspect", "bad", "missing"] as const;
export type QualityName = (typeof QUALITIES)[number];
export const QUALITY_COLOURS: Record<QualityName, string> = { good: "#2e9e6b", estimated: "#3b82f6", suspect: "#d99a1c", bad: "#d64545", missing: "#8a979d" };
export type Step = "raw" | Every;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const LEAST = 60_000;
const MOST = 5 * 365 * DAY;

/** A place of a curve: what holds, what came, and why they differ. `low` and `high` bound a summary. */
export interface Sample {
  at: number;
  value: number | null;
  raw: number | null;
  low?: number | null;
  high?: number | null;
  quality: number;
  reasons: string[];
}
export interface Band {
  from: number;
  to: number;
  quality: number;
}

/** Raw readings when near, summaries of the server from afar. */
export function stepOf(span: Span): Step {
  const length = span.to - span.from;
  if (length <= 3 * DAY) return "raw";
  if (length <= 14 * DAY) return "quarter";
  return length <= 120 * DAY ? "hour" : "day";
}

export const samplesOf = (readings: readonly Judged[]): Sample[] =>
  readings.map((one) => ({ at: Date.parse(one.at), value: one.value, raw: one.raw, quality: one.quality, reasons: one.reasons }));

export const samplesOfBuckets = (buckets: readonly Bucket[]): Sample[] =>
  buckets.map((one) => ({ at: Date.parse(one.start), value: one.mean, raw: null, low: one.min, high: one.max, quality: one.count ? one.quality : 4, reasons: [] }));

/** The usual distance of samples, the median; 0 of fewer than two. */
export function usualStep(samples: readonly Sample[]): number {
  const steps = samples.slice(1).map((one, i) => one.at - samples[i]!.at).sort((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? 0;
}

/** Where the quality is not good, neighbours of one quality together. */
export function bandsOf(samples: readonly Sample[]): Band[] {
  const step = usualStep(samples) || LEAST;
  const bands: Band[] = [];
  samples.forEach((one, i) => {
    if (one.quality === 0) return;
    const next = samples[i + 1]?.at ?? one.at + step;
    const to = one.quality === 4 ? next : Math.min(next, one.at + step);
    const last = bands.at(-1);
    if (last && last.quality === one.quality && last.to >= one.at) last.to = to;
    else bands.push({ from: one.at, to, quality: one.quality });
  });
  return bands;
}

/** Points of a line that breaks where nothing came for three steps. */
export function lineOf(samples: readonly Sample[], value: (one: Sample) => number | null | undefined): [number, number | null][] {
  const longest = 3 * usualStep(samples);
  const line: [number, number | null][] = [];
  samples.forEach((one, i) => {
    const before = samples[i - 1];
    if (before && longest > 0 && one.at - before.at > longest) line.push([before.at + 1, null]);
    line.push([one.at, value(one) ?? null]);
  });
  return line;
}

/** What came where it is not what holds, at the edge of the curve where it lies far off, so that the curve stays readable. */
export function changedOf(samples: readonly Sample[]): [number, number][] {
  const held = samples.flatMap((one) => (one.value === null ? [] : [one.value]));
  const [low, high] = held.reduce(([least, most], one) => [Math.min(least, one), Math.max(most, one)], [Infinity, -Infinity]);
  const room = (high - low || Math.abs(high) || 1) / 2;
  const shown = (raw: number): number => (held.length ? Math.min(Math.max(raw, low - room), high + room) : raw);
  return samples.flatMap((one): [number, number][] => (one.raw === null || one.raw === one.value ? [] : [[one.at, shown(one.raw)]]));
}

/** The sample nearest to a time, or undefined where there is none. */
export function nearest(samples: readonly Sample[], at: number): Sample | undefined {
  let low = 0;
  let high = samples.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (samples[middle]!.at < at) low = middle + 1;
    else high = middle;
  }
  const after = samples[low];
  const before = samples[low - 1];
  return before && after && at - before.at < after.at - at ? before : after;
}

/** Nearer (factor < 1) or farther around a time that stays where it is. */
export function zoomed(view: Span, around: number, factor: number): Span {
  const length = Math.min(Math.max((view.to - view.from) * factor, LEAST), MOST);
  const share = (around - view.from) / (view.to - view.from);
  const from = Math.max(Math.round(around - share * length), 0);
  return { from, to: Math.round(from + length) };
}

export function moved(view: Span, by: number): Span {
  const shift = Math.max(Math.round(by), -view.from);
  return { from: view.from + shift, to: view.to + shift };
}

/** Two times in order; null where they are as good as one. */
export function ordered(one: number, other: number): Span | null {
  const [from, to] = [Math.round(Math.min(one, other)), Math.round(Math.max(one, other))];
  return to > from ? { from, to } : null;
}

const cell = (value: unknown): string => {
  const text = value === null || value === undefined ? "" : String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

export function csvOf(point: string, unit: string | null | undefined, readings: readonly Judged[]): string {
  const rows = readings.map((one) => [point, one.at, one.raw, one.value, unit, QUALITIES[one.quality], one.reasons.join(" ")]);
  return [["point", "time", "raw", "value", "unit", "quality", "reasons"], ...rows].map((row) => row.map(cell).join(",")).join("\n") + "\n";
}

/** A number as it is read: four digits that say something, no more. */
export const written = (value: number | null | undefined): string => (value === null || value === undefined ? "–" : Number(value.toPrecision(Math.abs(value) >= 1e4 ? 7 : 4)).toLocaleString("en-US", { maximumSignificantDigits: 15 }));
