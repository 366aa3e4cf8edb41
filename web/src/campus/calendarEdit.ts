/** A campus's calendar as its form edits it: spans as pairs of days, and back. */
import type { CampusCalendar } from "@/client/calendar";

export interface SpanDraft {
  name: string;
  days: [string, string] | null;
  closed: boolean;
}
export interface CalendarDraft {
  country: string;
  region: string;
  holidays: string[];
  workdays: string[];
  spans: SpanDraft[];
}

export const draftOf = (told: CampusCalendar): CalendarDraft => ({
  country: told.country ?? "",
  region: told.region ?? "",
  holidays: [...told.holidays],
  workdays: [...told.workdays],
  spans: told.spans.map((span) => ({ name: span.name, days: [span.first, span.last], closed: span.closed })),
});

/** Codes are written as ISO 3166 has them; `days` of a picker that was cleared are none. */
export const calendarOf = (draft: CalendarDraft): CampusCalendar => ({
  country: draft.country.trim().toUpperCase() || null,
  region: draft.region.trim().toUpperCase() || null,
  holidays: [...(draft.holidays ?? [])].sort(),
  workdays: [...(draft.workdays ?? [])].sort(),
  spans: draft.spans.flatMap((span) => (span.days ? [{ name: span.name.trim(), first: span.days[0], last: span.days[1], closed: span.closed }] : [])),
});

/** Whether each span has a name and its days. */
export const isComplete = (draft: CalendarDraft): boolean => draft.spans.every((span) => span.name.trim() && span.days);

/** What a country's code stands for in a language; nothing for what is no code. */
export function countryName(code: string, language: string): string {
  if (!/^[A-Za-z]{2}$/.test(code.trim())) return "";
  const upper = code.trim().toUpperCase();
  const name = new Intl.DisplayNames([language], { type: "region" }).of(upper);
  return name && name !== upper ? name : "";
}
