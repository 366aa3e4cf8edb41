/** Days, weeks and months of a campus's own clock, whatever clock the reader has. */
import type { Period } from "@/client/energy";

export type Length = "day" | "week" | "month";
export interface Span {
  from: Date;
  to: Date;
}
const DAY_MS = 86_400_000;

/** The date a moment has in a zone, as `2026-05-01`. */
export function dateIn(moment: Date, zone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(moment);
}

function wall(moment: Date, zone: string): number {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" });
  const part = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!);
}

function reached(wanted: number, zone: string): Date {
  let guess = wanted;
  for (let i = 0; i < 3; i++) guess += wanted - wall(new Date(guess), zone);
  return new Date(guess);
}

/** The moment at which a date begins in a zone. */
export function midnight(date: string, zone: string): Date {
  return reached(Date.parse(`${date}T00:00:00Z`), zone);
}

/** The clock a moment shows in a zone, as `09:30`. */
export function clockIn(moment: Date, zone: string): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(moment);
}

/** The moment at which a clock shows a time on a date in a zone; where the clocks leap over it, the same after the leap. */
export function momentAt(date: string, clock: string, zone: string): Date {
  return reached(Date.parse(`${date}T${clock}:00Z`), zone);
}

/** A moment as date pickers keep it: `2026-05-01 09:30` by the clock of a zone. */
export const wallOf = (moment: Date, zone: string): string => `${dateIn(moment, zone)} ${clockIn(moment, zone)}`;
export const WALL = "YYYY-MM-DD HH:mm";

/** The moment that a date picker's text means in a zone. */
export function momentOf(text: string, zone: string): Date {
  const [date, clock] = text.split(" ") as [string, string];
  return momentAt(date, clock, zone);
}

/** A date some days later. */
export function plusDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

function plusMonths(date: string, months: number): string {
  const [year, month] = date.split("-").map(Number) as [number, number];
  return new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 10);
}

/** The first date of the day, week (from Monday) or month that holds a date. */
export function firstOf(date: string, length: Length): string {
  if (length === "month") return `${date.slice(0, 8)}01`;
  if (length === "day") return date;
  const weekday = (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
  return plusDays(date, -weekday);
}

/** The date that many lengths later. */
export function step(date: string, length: Length, count: number): string {
  const first = firstOf(date, length);
  return length === "month" ? plusMonths(first, count) : plusDays(first, count * (length === "week" ? 7 : 1));
}

export function spanOf(date: string, length: Length, zone: string): Span {
  const first = firstOf(date, length);
  return { from: midnight(first, zone), to: midnight(step(first, length, 1), zone) };
}

/** The spans that a curve is compared with, by the name of the comparison. */
export function earlier(date: string, length: Length, zone: string): Record<string, Span> {
  if (length === "day") return { yesterday: spanOf(plusDays(date, -1), "day", zone), lastWeek: spanOf(plusDays(date, -7), "day", zone) };
  return { before: spanOf(step(date, length, -1), length, zone) };
}

export const bucketOf = (length: Length): Period => (length === "month" ? "day" : "hour");
