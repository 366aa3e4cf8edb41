/** Cells of a plan's rows as people say them, where the bare value is a count of seconds or slots. */
import { clockOf, clockTicks, daysLater, spanOf } from "./clock";
import { figure } from "./figures";
import { runsOf } from "./gantt";
import { periodClock, type RoomTables } from "./rooms";

type Later = (time: string, days: number) => string;
const timeOf = (at: number, later: Later): string => (daysLater(at) ? later(clockOf(at), daysLater(at)) : clockOf(at));

/** Seconds from midnight to the first slot, by the clock of the campus; slots begin at midnight where the problem does not say when. */
function firstS(tables: Record<string, unknown>, zone: string): number {
  const told = typeof tables.begins_at === "string" ? new Date(tables.begins_at).toLocaleTimeString("en-GB", { timeZone: zone }).split(":") : ["0", "0"];
  return 3600 * Number(told[0]) + 60 * Number(told[1]);
}
/** Marks at round times of day on an axis of slots of `slotS` seconds, the first of which begins at `firstS`. */
export const slotTicks = (slotS: number, first = 0) => (from: number, to: number, most: number): number[] => clockTicks(first + from * slotS, first + to * slotS, most).map((at) => (at - first) / slotS);
export const deviceTicks = (tables: Record<string, unknown>, zone: string): ReturnType<typeof slotTicks> => slotTicks(3600 * Number(tables.slot_h ?? 1), firstS(tables, zone));

/** The clock of the campus at the beginning of a slot. */
export function slotClock(tables: Record<string, unknown>, zone: string): (slot: number) => string {
  const slotH = Number(tables.slot_h ?? 1);
  const first = firstS(tables, zone);
  return (slot) => {
    const clock = clockOf(first + Math.round(slot * slotH * 3600));
    return slot && slot === tables.slots && clock === "00:00" ? "24:00" : clock;
  };
}

/** What a storage takes and gives in all: `+60.1 / −54.9`. */
function bothWays(flows: string, slotH: number, language: string): string {
  const values = flows.split(" ").map(Number);
  const sum = (sign: number): string => figure(slotH * values.reduce((all, one) => all + Math.max(sign * one, 0), 0), language);
  return `+${sum(1)} / −${sum(-1)}`;
}

export interface CellWords {
  later: Later;
  /** A break of somebody. */
  rest: (who: string) => string;
  reload: (who: string) => string;
  zone: string;
  language: string;
}
export function sayCell(kind: string, tables: Record<string, unknown>, words: CellWords): (column: string, value: unknown) => string | null {
  if (kind === "rounds") {
    return (column, value) => {
      const own = column === "stop" ? /^(.+)\/(break|reload) \d+$/.exec(String(value)) : null;
      if (own) return own[2] === "break" ? words.rest(own[1]!) : words.reload(own[1]!);
      return tables.clock && (column === "begin" || column === "end") && typeof value === "number" ? timeOf(value, words.later) : null;
    };
  }
  if (kind === "rooms") {
    const clock = periodClock(tables as unknown as RoomTables);
    return (column, value) => {
      if ((column === "days" || column === "weeks") && Array.isArray(value)) return value.map((one) => Number(one) + 1).join(", ");
      if (!clock || typeof value !== "number") return null;
      return column === "start" ? clock(value) : column === "length" ? spanOf(60 * value * Number(tables.period_min)) : null;
    };
  }
  if (kind === "devices" && tables.slot_h) {
    const clock = slotClock(tables, words.zone);
    return (column, value) => {
      if (column === "flows" && value) return bothWays(String(value), Number(tables.slot_h), words.language);
      return column === "on" ? runsOf(value).map(([from, to]) => `${clock(from)}–${clock(to)}`).join(", ") : null;
    };
  }
  return () => null;
}
