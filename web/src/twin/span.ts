/** The span of the time slider: which frames, how far apart, and how each is written. */
import type { Every } from "@/client/twin";

export const spans = ["day", "week"] as const;
export type Span = (typeof spans)[number];
export const compares = ["none", "day", "week"] as const;
export type Compare = (typeof compares)[number];

const QUARTER_MS = 900_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS: Readonly<Record<Span, number>> = { day: 1, week: 7 };
export const everyOf: Readonly<Record<Span, Every>> = { day: "quarter", week: "hour" };
const STEP_MS: Readonly<Record<Span, number>> = { day: QUARTER_MS, week: HOUR_MS };
export const backMs: Readonly<Record<Compare, number>> = { none: 0, day: DAY_MS, week: 7 * DAY_MS };

/** From when to when frames are asked for: up to the bucket that is running, moved back to compare. */
export function spanOf(span: Span, now: number, compare: Compare = "none"): { from: string; to: string } {
  const step = STEP_MS[span];
  const end = Math.ceil(now / step) * step - backMs[compare];
  return { from: new Date(end - DAYS[span] * DAY_MS).toISOString(), to: new Date(end).toISOString() };
}

/** The next frame of the film; after the last comes the first. */
export const nextFrame = (frame: number, count: number): number => (count ? (frame + 1) % count : 0);

export function momentText(iso: string, language: string, zone?: string): string {
  return new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", {
    month: "short", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", hour12: false, timeZone: zone,
  }).format(new Date(iso));
}
