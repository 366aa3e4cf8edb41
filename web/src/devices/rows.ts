import type { DeviceRow, StandingOrder } from "@/client/devices";

export type Condition = "on" | "off" | "fault" | "heard" | "unknown";

/** How a device is: a fault before anything else; `heard` has nothing to switch but sends readings. */
export function conditionOf(row: DeviceRow): Condition {
  if (row.state?.fault) return "fault";
  if (row.state?.on === true) return "on";
  if (row.state?.on === false) return "off";
  return row.state?.at ? "heard" : "unknown";
}

/** A value of a command with its unit; a switch is on or off. */
export function written(value: number | null | undefined, of: { unit?: string | null; on_off: boolean }, switched: (on: boolean) => string): string {
  if (value === null || value === undefined) return "–";
  if (of.on_off) return switched(value > 0);
  return `${value}${of.unit ? ` ${of.unit}` : ""}`;
}

export interface Filter {
  text: string;
  kind: string;
  condition: "" | Condition;
}

/** The devices that fit what is looked for; `written` gives the words a person sees. */
export function fitting(rows: readonly DeviceRow[], filter: Filter, written: (row: DeviceRow) => string): DeviceRow[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (filter.kind && (row.kind ?? "") !== filter.kind) return false;
    if (filter.condition && conditionOf(row) !== filter.condition) return false;
    if (!words.length) return true;
    const text = written(row).toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

export function countsOf(rows: readonly DeviceRow[]): Record<Condition, number> {
  const counts: Record<Condition, number> = { on: 0, off: 0, fault: 0, heard: 0, unknown: 0 };
  for (const row of rows) counts[conditionOf(row)] += 1;
  return counts;
}

/** What can be set of all of some devices. */
export function sharedSettable(rows: readonly DeviceRow[]): string[] {
  const [first, ...rest] = rows;
  return first ? first.settable.filter((name) => rest.every((row) => row.settable.includes(name))) : [];
}

const WEEK_MS = 7 * 86_400_000;

/** The orders that failed, from a week before now on; one that was repeated counts from when it would have been next. */
export function endedLately(orders: readonly StandingOrder[], now: Date): StandingOrder[] {
  return orders.filter((order) => order.state === "failed" && Date.parse(order.next_at ?? order.until) > now.getTime() - WEEK_MS);
}
