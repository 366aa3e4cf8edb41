/** Bars on lanes over one axis: what is drawn, and what a drag makes of it. */
export interface Lane {
  key: string;
  label: string;
  group?: string;
}
export interface LaneBar {
  key: string;
  lane: string;
  start: number;
  end: number;
  label: string;
  colour: string;
  /** Drawn faint or hatched: walking, waiting, a break. */
  kind?: "plain" | "soft" | "hatched";
  wrong?: boolean;
  locked?: boolean;
  fixed?: boolean;
}
export type Grip = "move" | "start" | "end";

/** Where a bar is after it was dragged by so many steps, within the axis; never shorter than one step. */
export function dragged(bar: Pick<LaneBar, "start" | "end">, by: number, grip: Grip, [from, to]: readonly [number, number], step = 1): { start: number; end: number } {
  const length = bar.end - bar.start;
  if (grip === "start") return { start: Math.min(Math.max(from, bar.start + by), bar.end - step), end: bar.end };
  if (grip === "end") return { start: bar.start, end: Math.max(Math.min(to, bar.end + by), bar.start + step) };
  const start = Math.min(Math.max(from, bar.start + by), to - length);
  return { start, end: start + length };
}

/** Round marks on an axis, about as many as fit. */
export function ticksOf(from: number, to: number, most: number): number[] {
  const rough = (to - from) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1e-9)));
  const step = Math.max(1, [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? rough);
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(at);
  return ticks;
}

/** Slots that are on as runs, from first to the slot after the last, and back to text: `8-15 40-52`. */
export function textOfRuns(runs: readonly (readonly [number, number])[]): string {
  const merged: [number, number][] = [];
  for (const [start, end] of [...runs].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged.map(([start, end]) => `${start}-${end - 1}`).join(" ");
}
