/** Times of a plan as people read them. */
const two = (n: number): string => String(n).padStart(2, "0");

/** Seconds since a day began as the clock shows them; the next day's begin at 00:00 again. */
export const clockOf = (at: number): string => `${two(Math.floor(at / 3600) % 24)}:${two(Math.floor((at % 3600) / 60))}`;

/** The seconds of a clock such as 07:30 since midnight; 0 of what is none. */
export const secondsOf = (clock: string): number => {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(clock) ?? [];
  return 3600 * Number(hours ?? 0) + 60 * Number(minutes ?? 0);
};

/** How many days later than the plan's own a time is. */
export const daysLater = (at: number): number => Math.floor(at / 86_400);

/** A length of time as h:mm, below an hour as minutes and seconds. */
export const spanOf = (seconds: number): string => {
  const whole = Math.round(seconds);
  return whole >= 3600 ? `${Math.floor(whole / 3600)}:${two(Math.floor((whole % 3600) / 60))} h` : whole >= 60 ? `${Math.floor(whole / 60)}:${two(whole % 60)} min` : `${whole} s`;
};

const STEPS = [60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 14_400, 21_600, 43_200, 86_400];
/** Marks on an axis of seconds at round times of day, at most so many. */
export function clockTicks(from: number, to: number, most: number): number[] {
  const step = STEPS.find((one) => (to - from) / one <= most) ?? STEPS.at(-1)!;
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(at);
  return ticks;
}
