/** Standing policies as a form holds them: shares in percent, days of the campus. */
import type { PolicyBody } from "@/client/planRuns";
import { midnight, plusDays } from "@/energy/spans";

export interface PolicyDraft {
  by: "place" | "devices";
  place: string | null;
  kind: string;
  devices: string[];
  weekdays: number[];
  start: string;
  end: string;
  starts: number;
  service: number;
  saving: number;
  cost: number | null;
  /** The last day, such as `2027-01-31`. */
  lastDay: string | null;
}

export const emptyDraft = (): PolicyDraft => ({ by: "place", place: null, kind: "hvac", devices: [], weekdays: [1, 2, 3, 4, 5, 6, 7], start: "06:00", end: "22:00", starts: 6, service: 100, saving: 0, cost: null, lastDay: null });

/** The times that a form offers: every half hour of a day, with its end. */
export const CLOCKS = Array.from({ length: 49 }, (_, i) => `${String(Math.floor(i / 2)).padStart(2, "0")}:${i % 2 ? "30" : "00"}`);

export function bodyOf(draft: PolicyDraft, zone: string): PolicyBody {
  const named = draft.by === "devices";
  return {
    devices: named ? draft.devices : [],
    place: named ? null : draft.place,
    kind: named ? null : draft.kind,
    weekdays: [...draft.weekdays].sort(),
    start: draft.start,
    end: draft.end,
    most_starts: draft.starts,
    least_service: draft.service / 100,
    least_saving: draft.saving / 100,
    most_cost: draft.cost,
    until: draft.lastDay ? midnight(plusDays(draft.lastDay, 1), zone).toISOString() : null,
  };
}

/** Days of the week as a reader says them: all seven are one word, runs of three and more a span. */
export function daysSaid(weekdays: readonly number[], name: (day: number) => string, every: string): string {
  const days = [...new Set(weekdays)].sort();
  if (days.length === 7) return every;
  const runs: number[][] = [];
  for (const day of days) {
    const run = runs.at(-1);
    if (run && run.at(-1) === day - 1) run.push(day);
    else runs.push([day]);
  }
  return runs.flatMap((run) => (run.length > 2 ? [`${name(run[0]!)}–${name(run.at(-1)!)}`] : run.map(name))).join(", ");
}
