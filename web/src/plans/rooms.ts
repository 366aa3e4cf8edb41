/** Rooms over the periods of a day: events as bars, those that meet in one room marked. */
import type { Row } from "@/client/plans";
import { clockOf } from "./clock";
import { coloursOf } from "./edits";
import type { Lane, LaneBar } from "./lanes";

export interface RoomTables {
  rooms: { name: string; capacity: number }[];
  events: { name: string; size: number; course?: string | null; people?: string[]; current?: { time: { days: number[]; start: number; length: number }; room: string | null } | null }[];
  periods: number;
  period_min?: number;
  days?: number;
  weeks?: number;
}
const NOWHERE = "";
const DAY_MIN = 1440;
const AROUND_MIN = 60;

/** The clock at a period, where the periods of a day are its time from midnight to midnight; null where they are but lessons. */
export function periodClock(tables: Pick<RoomTables, "periods" | "period_min">): ((at: number) => string) | null {
  const minutes = tables.period_min ?? 0;
  return minutes * tables.periods === DAY_MIN ? (at) => (at === tables.periods ? "24:00" : clockOf(60 * at * minutes)) : null;
}

/** The periods that are drawn: of a whole day those in which something is, with an hour before and after. */
export function drawnPeriods(tables: RoomTables, rows: readonly Row[]): [number, number] {
  const [placed, hour] = [rows.filter((row) => typeof row.start === "number"), AROUND_MIN / (tables.period_min || AROUND_MIN)];
  if (!periodClock(tables) || !placed.length) return [0, tables.periods];
  const [from, to] = [Math.min(...placed.map((row) => Number(row.start))), Math.max(...placed.map((row) => Number(row.start) + Number(row.length)))];
  return [Math.max(0, from - hour), Math.min(tables.periods, to + hour)];
}

const numbers = (value: unknown): number[] => (Array.isArray(value) ? value.map(Number) : [Number(value ?? 0)]);

/** The days on which something is, counted from 0. */
export const daysOf = (rows: readonly Row[]): number[] => [...new Set(rows.flatMap((row) => numbers(row.days)))].sort((a, b) => a - b);

/** Events that have no room first, then rooms that had something in `begun` or have it today, then those that stand empty. */
export function roomLanes(tables: RoomTables, rows: readonly Row[], begun: readonly Row[]): Lane[] {
  const used = new Set<unknown>([...begun.map((row) => row.room), ...tables.events.map((event) => event.current?.room)]);
  const lanes = tables.rooms.map((room): Lane => ({ key: room.name, label: `${room.name} · ${room.capacity}` })).sort((a, b) => Number(used.has(b.key)) - Number(used.has(a.key)));
  return rows.some((row) => !row.room) ? [{ key: NOWHERE, label: "–" }, ...lanes] : lanes;
}

/** Events of a day; wrong where two meet in a room in one week, or too many come. */
export function roomBars(tables: RoomTables, rows: readonly Row[], day: number, locked: readonly string[]): LaneBar[] {
  const capacity = new Map(tables.rooms.map((room) => [room.name, room.capacity]));
  const events = new Map(tables.events.map((event) => [event.name, event]));
  const colour = coloursOf(tables.events.map((event) => event.course ?? event.name));
  const shown = rows.filter((row) => numbers(row.days).includes(day));
  const meets = (one: Row, other: Row): boolean =>
    one !== other && !!one.room && one.room === other.room && Number(one.start) < Number(other.start) + Number(other.length) && Number(other.start) < Number(one.start) + Number(one.length) && numbers(one.weeks).some((week) => numbers(other.weeks).includes(week));
  return shown.map((row) => {
    const name = String(row.event);
    const event = events.get(name);
    const room = String(row.room ?? NOWHERE);
    const full = (event?.size ?? 0) > (capacity.get(room) ?? Infinity);
    return { key: name, lane: room, start: Number(row.start), end: Number(row.start) + Number(row.length), label: `${name} · ${event?.size ?? ""}`, colour: colour(event?.course ?? name), locked: locked.includes(name), wrong: full || shown.some((other) => meets(row, other)) };
  });
}

export interface MovedEvent {
  event: string;
  size: number;
  from: string;
  fromTime: string;
  to: string;
  toTime: string;
}
/** Events that are in another room or at another time than they have now; the day is counted from 1 where there are several. */
export function movedEvents(tables: RoomTables, rows: readonly Row[]): MovedEvent[] {
  const clock = periodClock(tables) ?? String;
  const when = (days: readonly number[], start: number, length: number): string => `${(tables.days ?? 1) > 1 ? `${days.map((day) => day + 1).join(", ")} · ` : ""}${clock(start)}–${clock(start + length)}`;
  const planned = new Map(rows.map((row) => [String(row.event), row]));
  return tables.events.flatMap(({ name, size, current }) => {
    const row = planned.get(name);
    if (!current || !row) return [];
    const [to, toTime] = [String(row.room ?? "–"), when(numbers(row.days), Number(row.start), Number(row.length))];
    const [from, fromTime] = [current.room ?? "–", when(current.time.days, current.time.start, current.time.length)];
    return from === to && fromTime === toTime ? [] : [{ event: name, size, from, fromTime, to, toTime }];
  });
}
