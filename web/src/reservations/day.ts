/** A day of rooms as strips: where on the strip a reservation lies, and which time a click means. */
export const FIRST_HOUR = 7;
export const LAST_HOUR = 22;
const HOUR_MS = 3_600_000;
const STEP_MIN = 30;

export interface Strip {
  left: number;
  width: number;
}

/** Where a span lies within the shown hours of a day, in percent; null where it lies outside. */
export function stripOf(start: string, end: string, midnight: Date): Strip | null {
  const first = midnight.getTime() + FIRST_HOUR * HOUR_MS;
  const length = (LAST_HOUR - FIRST_HOUR) * HOUR_MS;
  const left = Math.max(0, (Date.parse(start) - first) / length);
  const right = Math.min(1, (Date.parse(end) - first) / length);
  return right > left ? { left: left * 100, width: (right - left) * 100 } : null;
}

/** The half hour that a click at a share of the strip means. */
export function timeAt(share: number, midnight: Date): Date {
  const minutes = Math.min(Math.max(share, 0), 0.999) * (LAST_HOUR - FIRST_HOUR) * 60;
  return new Date(midnight.getTime() + FIRST_HOUR * HOUR_MS + Math.floor(minutes / STEP_MIN) * STEP_MIN * 60_000);
}

/** The first half hour, from now or the first shown hour on, in which no reservation lies; the last of the day if none. */
export function nextFree(held: readonly { reservation: { start: string; end: string } }[], now: Date, midnight: Date): Date {
  const step = STEP_MIN * 60_000;
  const last = midnight.getTime() + LAST_HOUR * HOUR_MS - step;
  const first = Math.max(midnight.getTime() + FIRST_HOUR * HOUR_MS, Math.ceil((now.getTime() - midnight.getTime()) / step) * step + midnight.getTime());
  for (let at = first; at < last; at += step) {
    if (held.every(({ reservation: one }) => Date.parse(one.end) <= at || Date.parse(one.start) >= at + step)) return new Date(at);
  }
  return new Date(last);
}
