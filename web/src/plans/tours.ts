/** Tours of staff as lanes: walking, waiting, service and breaks, from the rows of a plan and the table of walks. */
import type { Row } from "@/client/plans";
import { barsOf } from "./gantt";
import { coloursOf } from "./edits";
import type { Lane, LaneBar } from "./lanes";

export interface TourTables {
  places: string[];
  walk: number[][] | null;
  staff: { id: string; start: number; end: number }[];
  time_scale?: number;
}

/** Bars of each tour in order; a break's row is named `who/break 1`. */
export function tourBars(tables: TourTables, rows: readonly Row[], word: (key: "walk" | "wait") => string): LaneBar[] {
  const scale = tables.time_scale ?? 1;
  const place = new Map(tables.places.map((name, i) => [name, i]));
  const walkOf = (from: number | undefined, to: number | undefined): number => (from === undefined || to === undefined ? 0 : (tables.walk?.[from]?.[to] ?? 0) / scale);
  const people = [...new Set(rows.map((row) => row.staff).filter(Boolean))].map(String);
  const colour = coloursOf(people);
  return people.flatMap((who) => {
    const one = tables.staff.find((staff) => staff.id === who);
    const calls = rows.filter((row) => row.staff === who && typeof row.begin === "number").sort((a, b) => Number(a.begin) - Number(b.begin));
    let [at, free] = [one?.start, null as number | null];
    const bars: LaneBar[] = [];
    calls.forEach((row, i) => {
      const [begin, end, to] = [Number(row.begin), Number(row.end), place.get(String(row.place))];
      const walk = walkOf(at, to);
      const left = free ?? begin - walk;
      const arrive = Math.min(begin, left + walk);
      const base = { lane: who, colour: colour(who), fixed: true };
      if (arrive > left) bars.push({ ...base, key: `${who}/walk/${i}`, start: left, end: arrive, label: word("walk"), kind: "soft" });
      if (begin > arrive + 1e-9) bars.push({ ...base, key: `${who}/wait/${i}`, start: arrive, end: begin, label: word("wait"), kind: "soft" });
      bars.push({ ...base, key: String(row.stop), start: begin, end, label: String(row.stop), kind: String(row.stop).startsWith(`${who}/break`) ? "hatched" : "plain" });
      [at, free] = [to, end];
    });
    const home = walkOf(at, one?.end);
    if (free !== null && home) bars.push({ lane: who, colour: colour(who), fixed: true, key: `${who}/home`, start: free, end: free + home, label: word("walk"), kind: "soft" });
    return bars;
  });
}

/** Places on a circle, and the legs of each tour between them: a plot where no place has coordinates. */
export interface Leg {
  staff: string;
  from: number;
  to: number;
  colour: string;
}
export function legsOf(tables: TourTables, rows: readonly Row[]): Leg[] {
  const place = new Map(tables.places.map((name, i) => [name, i]));
  const people = [...new Set(rows.map((row) => row.staff).filter(Boolean))].map(String);
  const colour = coloursOf(people);
  return people.flatMap((who) => {
    const one = tables.staff.find((staff) => staff.id === who);
    const stops = rows.filter((row) => row.staff === who && typeof row.begin === "number").sort((a, b) => Number(a.begin) - Number(b.begin)).map((row) => place.get(String(row.place))!);
    const path = [...(one ? [one.start] : []), ...stops, ...(one ? [one.end] : [])];
    return path.slice(1).flatMap((to, i) => (to === path[i] ? [] : [{ staff: who, from: path[i]!, to, colour: colour(who) }]));
  });
}

export const onCircle = (i: number, n: number, radius: number): [number, number] => {
  const angle = (2 * Math.PI * i) / Math.max(n, 1) - Math.PI / 2;
  return [Math.round(radius * Math.cos(angle) * 100) / 100, Math.round(radius * Math.sin(angle) * 100) / 100];
};

/** Lanes and bars of any plan of rows with a beginning and an end. */
export function plainLanes(kind: string, rows: readonly Row[]): { lanes: Lane[]; bars: LaneBar[] } {
  const bars = barsOf(kind, rows);
  const colour = coloursOf(bars.map((bar) => bar.label));
  return { lanes: [...new Set(bars.map((bar) => bar.lane))].map((lane) => ({ key: lane, label: lane })), bars: bars.map((bar, i) => ({ ...bar, key: `${bar.lane}#${i}`, colour: colour(bar.label), fixed: true })) };
}
