/** Tours of staff as lanes: walking, waiting, service and breaks, from the rows of a plan and the table of walks. */
import type { Row } from "@/client/plans";
import { coloursOf } from "./edits";
import type { LaneBar } from "./lanes";

export interface TourTables {
  places: string[];
  walk: number[][] | null;
  staff: { id: string; start: number; end: number }[];
  time_scale?: number;
  /** Times are seconds since the day began. */
  clock?: boolean;
  on_map?: { spots: Record<string, MapSpot> } | null;
}
export interface MapSpot {
  ref: string;
  lon: number;
  lat: number;
  level: number;
}

/** What one of the staff does: when they come, wait, begin and end, and from where they walked. */
export interface Visit {
  key: string;
  staff: string;
  colour: string;
  number: number;
  place: string;
  from: string | null;
  leave: number;
  arrive: number;
  begin: number;
  end: number;
  rest: boolean;
  /** Loads are put down and taken on. */
  reload: boolean;
}
export interface Tour {
  staff: string;
  colour: string;
  start: string | null;
  home: string | null;
  visits: Visit[];
  /** When they are back. */
  back: number;
}

/** The tours of a plan in order; a break's row is named `who/break 1`, a reload's `who/reload 1`. */
export function toursOf(tables: TourTables, rows: readonly Row[]): Tour[] {
  const scale = tables.time_scale ?? 1;
  const place = new Map(tables.places.map((name, i) => [name, i]));
  const walkOf = (from: number | undefined, to: number | undefined): number => (from === undefined || to === undefined ? 0 : (tables.walk?.[from]?.[to] ?? 0) / scale);
  const people = [...new Set(rows.map((row) => row.staff).filter(Boolean))].map(String);
  const colour = coloursOf(people);
  return people.map((who) => {
    const one = tables.staff.find((staff) => staff.id === who);
    const calls = rows.filter((row) => row.staff === who && typeof row.begin === "number").sort((a, b) => Number(a.begin) - Number(b.begin));
    let [at, free] = [one?.start, null as number | null];
    const visits = calls.map((row, i): Visit => {
      const [begin, end, to] = [Number(row.begin), Number(row.end), place.get(String(row.place))];
      const walk = walkOf(at, to);
      const leave = free ?? begin - walk;
      const visit = { key: String(row.stop), staff: who, colour: colour(who), number: i + 1, place: String(row.place), from: at === undefined ? null : (tables.places[at] ?? null), leave, arrive: Math.min(begin, leave + walk), begin, end, rest: String(row.stop).startsWith(`${who}/break `), reload: String(row.stop).startsWith(`${who}/reload `) };
      [at, free] = [to, end];
      return visit;
    });
    return { staff: who, colour: colour(who), start: one ? tables.places[one.start]! : null, home: one ? tables.places[one.end]! : null, visits, back: (free ?? 0) + walkOf(at, one?.end) };
  });
}

/** Bars of each tour in order: walks, waits, what is done, breaks. */
export function tourBars(tours: readonly Tour[], word: (key: "walk" | "wait" | "rest" | "reload") => string, locked: readonly string[] = []): LaneBar[] {
  return tours.flatMap((tour) => {
    const base = { lane: tour.staff, colour: tour.colour, fixed: true };
    const bars: LaneBar[] = tour.visits.flatMap((visit, i) => {
      const found: LaneBar[] = [];
      if (visit.arrive > visit.leave) found.push({ ...base, key: `${tour.staff}/walk/${i}`, start: visit.leave, end: visit.arrive, label: word("walk"), kind: "soft" });
      if (visit.begin > visit.arrive + 1e-9) found.push({ ...base, key: `${tour.staff}/wait/${i}`, start: visit.arrive, end: visit.begin, label: word("wait"), kind: "soft" });
      const fixed = visit.rest || visit.reload;
      const label = visit.rest ? word("rest") : visit.reload ? word("reload") : `${visit.number} ${visit.key}`;
      found.push({ ...base, key: visit.key, start: visit.begin, end: visit.end, label, kind: fixed ? "hatched" : "plain", fixed, locked: locked.includes(visit.key) });
      return found;
    });
    const last = tour.visits.at(-1);
    if (last && tour.back > last.end) bars.push({ ...base, key: `${tour.staff}/home`, start: last.end, end: tour.back, label: word("walk"), kind: "soft" });
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
