/** Wishes to change a plan: what of a row may be asked for, and what it is then. */
import type { Row } from "@/client/plans";
import type { Storage } from "./devices";
import { nameOf } from "./edits";
import { runsOf } from "./gantt";
import { textOfRuns } from "./lanes";

export interface Choice {
  value: string | number | boolean | null;
  text: string;
}
/** A column that may be asked for: by choices, or by a number where there are none. */
export interface Field {
  column: string;
  choices: readonly Choice[] | null;
}
type Say = (column: string, value: unknown) => string | null;
type Tables = Record<string, unknown>;

const names = (values: unknown, key: string): string[] => (Array.isArray(values) ? values : []).map((one) => String(typeof one === "object" ? (one as Row)[key] : one));
const choices = (values: readonly Choice["value"][], say: (value: Choice["value"]) => string): Choice[] => values.map((value) => ({ value, text: say(value) }));
const upTo = (end: unknown): number[] => Array.from({ length: Math.max(0, Number(end ?? 0)) }, (_, i) => i);

/** Whether something else may be asked for: a break, a reload or an open lane is not moved by name. */
export const canBeAsked = (kind: string, row: Row): boolean =>
  kind === "rounds" ? !/\/(break|reload) \d+$/.test(nameOf(row)) : kind === "flows" ? row.open === null || row.open === undefined : true;

/** The columns of a kind of problem that may be asked for, with what they may become. */
export function fieldsOf(kind: string, tables: Tables, say: Say, word: (key: "yes" | "no" | "nobody" | "free") => string): Field[] {
  const text = (column: string) => (value: Choice["value"]): string => say(column, value) ?? String(value);
  const picked = (column: string, values: readonly Choice["value"][]): Field => ({ column, choices: choices(values, text(column)) });
  switch (kind) {
    case "spaces":
      return [picked("room", names(tables.rooms, "name"))];
    case "layout":
      return [picked("place", names(tables.places, "name"))];
    case "rounds":
      return [{ column: "staff", choices: [...choices(names(tables.staff, "id"), String), { value: null, text: word("nobody") }] }];
    case "rosters":
      return [{ column: "shift", choices: [...choices(names(tables.shifts, "id"), String), { value: null, text: word("free") }] }];
    case "flows":
      return [picked("slot", names(tables.slots, "name"))];
    case "sites":
      return [{ column: "chosen", choices: choices([true, false], (value) => word(value ? "yes" : "no")) }];
    case "rooms":
      return [picked("room", names(tables.rooms, "name")), { column: "start", choices: choices(upTo(tables.periods), text("start")) }];
    case "projects":
      return [{ column: "begin", choices: null }];
    case "blocks":
      return ["x_m", "y_m"].map((column) => ({ column, choices: null }));
    default:
      return [];
  }
}

/** The runs of a device with some slots on or off besides. */
export function runsWith(on: unknown, from: number, to: number, wanted: boolean): string {
  const runs = runsOf(on);
  if (wanted) return textOfRuns([...runs, [from, to]]);
  return textOfRuns(runs.flatMap(([start, end]): [number, number][] => [[start, Math.min(end, from)], [Math.max(start, to), end]]).filter(([start, end]) => start < end));
}

/** The most that a storage, empty or full, takes or gives all the time in so many hours. */
export function mostFlow(storage: Storage, sign: number, hours: number): number {
  const [power, each] = sign > 0 ? [storage.charge_kw, 1 / (storage.charge_efficiency ?? 1)] : [storage.discharge, storage.discharge_efficiency ?? 1];
  return Math.floor(100 * Math.min(power ?? 0, ((storage.capacity ?? 0) * each) / hours)) / 100;
}

/** The flows of a storage with another one in some slots. */
export const flowsWith = (flows: unknown, from: number, to: number, flow: number): string =>
  String(flows ?? "").split(" ").map((now, slot) => (slot >= from && slot < to && Number(now) !== flow ? String(flow) : now)).join(" ");

/** What a storage takes (+) or gives (−) in some slots: from the least to the most. */
export function flowsIn(flows: unknown, from: number, to: number): string {
  const some = String(flows ?? "").split(" ").slice(from, to).map((flow) => Math.round(10 * Number(flow)) / 10 || 0);
  const said = [Math.min(...some), Math.max(...some)].map((flow) => (flow > 0 ? `+${flow}` : String(flow).replace("-", "−")));
  return said[0] === said[1] ? said[0]! : said.join(" … ");
}

/** What differs of a row from what is wished. */
export const changed = (row: Row, wish: Row): Row => Object.fromEntries(Object.entries(wish).filter(([column, value]) => value !== undefined && value !== row[column]));
