/** Cells of a plan's rows as people say them, where the bare value is a count of seconds or slots. */
import { clockOf, daysLater } from "./clock";
import { runsOf } from "./gantt";

type Later = (time: string, days: number) => string;
const timeOf = (at: number, later: Later): string => (daysLater(at) ? later(clockOf(at), daysLater(at)) : clockOf(at));

/** The clock at the beginning of a slot; slots begin at midnight where the problem does not say when. */
export function slotClock(tables: Record<string, unknown>): (slot: number) => string {
  const [slotH, begins] = [Number(tables.slot_h ?? 1), typeof tables.begins_at === "string" ? tables.begins_at : ""];
  const found = /T(\d\d):(\d\d)/.exec(begins);
  const first = found ? 3600 * Number(found[1]) + 60 * Number(found[2]) : 0;
  return (slot) => (!found && slot * slotH === 24 ? "24:00" : clockOf(first + Math.round(slot * slotH * 3600)));
}

export function sayCell(kind: string, tables: Record<string, unknown>, later: Later): (column: string, value: unknown) => string | null {
  if (kind === "rounds" && tables.clock) return (column, value) => ((column === "begin" || column === "end") && typeof value === "number" ? timeOf(value, later) : null);
  if (kind === "devices" && tables.slot_h) {
    const clock = slotClock(tables);
    return (column, value) => (column === "on" ? runsOf(value).map(([from, to]) => `${clock(from)}–${clock(to)}`).join(", ") : null);
  }
  return () => null;
}
