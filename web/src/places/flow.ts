/** Who passed the doors of a place, as it is shown. */
import type { PeopleFlow } from "@/client/people";
import { written } from "@/twin/scales";

/** The day of a park's clock, as an address writes it. */
export const dayOf = (at: number, zone: string): string => new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date(at));

/** Came in, and went out, hour by hour. */
export const flowLines = (flow: Pick<PeopleFlow, "hours">): [(number | null)[], (number | null)[]] => [flow.hours.map((hour) => hour.entered ?? null), flow.hours.map((hour) => hour.left ?? null)];

/** Who stayed, with its sign. */
export const netOf = (one: { entered: number; left: number }): string => written(one.entered - one.left, 0, true);
