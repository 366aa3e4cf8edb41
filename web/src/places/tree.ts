import type { CampusDetail } from "@/client/model";
import type { TwinQuantity, TwinState } from "@/client/twin";

export interface Row {
  id: string;
  name: string;
  value: number | null;
  low: number | null;
  high: number | null;
  children?: Row[];
}
type Named = (names: Record<string, string>) => string;

/** The site, its buildings and their levels with one quantity of each; those that nothing tells of are left out. */
export function rowsOf(campus: CampusDetail, state: TwinState, quantity: TwinQuantity, named: Named): Row[] {
  const told = new Map(state.places.map((place) => [place.id as string, place.values[quantity]]));
  const row = (id: string, name: string): Row => {
    const value = told.get(id);
    return { id, name, value: value?.value ?? null, low: value?.low ?? null, high: value?.high ?? null };
  };
  const buildings = campus.buildings
    .map((b) => ({
      ...row(b.id, named(b.name) || b.id),
      children: b.levels.map((l) => row(l.id, named(l.name) || named(l.short_name) || l.id)).filter((l) => l.value !== null).reverse(),
    }))
    .filter((b) => b.value !== null || b.children.length > 0)
    .sort((a, b) => (b.value ?? -Infinity) - (a.value ?? -Infinity));
  const site = state.places.find((place) => place.kind === "site");
  return site ? [row(site.id, named(campus.name) || campus.id), ...buildings] : buildings;
}

/** How far a value reaches within the largest of its kind, 0–1; the site itself is no measure for its buildings. */
export function shareOf(value: number | null, all: readonly Row[]): number {
  const top = Math.max(...all.slice(1).map((row) => row.value ?? 0), 0);
  return value === null || top <= 0 ? 0 : Math.min(value / top, 1);
}

/** Days by hours of a history by the hour: a cell `[hour, day, value]` each, on the clock of the park. */
export function calendarOf(times: readonly string[], values: readonly (number | null)[], zone: string): { days: string[]; cells: [number, number, number][] } {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", hour12: false });
  const days: string[] = [];
  const cells: [number, number, number][] = [];
  times.forEach((time, at) => {
    const parts = Object.fromEntries(format.formatToParts(new Date(time)).map((part) => [part.type, part.value]));
    const day = `${parts.month}-${parts.day}`;
    if (days.at(-1) !== day) days.push(day);
    const value = values[at];
    if (value !== null && value !== undefined) cells.push([Number(parts.hour) % 24, days.length - 1, Math.round(value * 10) / 10]);
  });
  return { days, cells };
}
