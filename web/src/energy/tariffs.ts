/** A document of tariffs as forms edit it: one row of a medium, and the whole it goes back into. */
import type { Band, Medium } from "@/client/energy";

export const BANDS: readonly Band[] = ["sharp", "peak", "flat", "valley", "deep"];
/** What amounts and prices of a medium are told in. */
export const UNITS: Record<Medium, string> = { electricity: "kWh", water: "m³", gas: "m³", heat: "kWh", pv: "kWh" };
type Spans = string | readonly string[];
export interface Schedule {
  months?: number[];
  weekdays?: number[];
  hours?: Partial<Record<Band, Spans>>;
}
export interface TariffRow {
  valid_from: string;
  name?: string | { zh?: string; en?: string };
  source?: string;
  price?: number | string;
  prices?: Partial<Record<Band, number | string>>;
  demand?: number | string;
  schedule?: Schedule[];
}
export interface CarbonRow {
  kg: number | string;
  year: number;
  source: string;
}
export interface TariffPaper {
  currency?: string;
  example?: boolean;
  pv_behind_main?: boolean;
  tariffs?: Partial<Record<Medium, TariffRow[]>>;
  carbon?: Partial<Record<Medium, CarbonRow>>;
}

export interface ScheduleDraft {
  months: number[];
  weekdays: number[];
  hours: Record<Band, string>;
}
export interface TariffDraft {
  valid_from: string;
  name: { zh: string; en: string };
  source: string;
  banded: boolean;
  price: string;
  prices: Record<Band, string>;
  demand: string;
  schedule: ScheduleDraft[];
}

const byBand = (of: (band: Band) => string): Record<Band, string> => Object.fromEntries(BANDS.map((band) => [band, of(band)])) as Record<Band, string>;
const text = (value: unknown): string => (value === undefined || value === null ? "" : String(value));

export function namesOf(row: TariffRow): { zh: string; en: string } {
  const name = row.name ?? "";
  return typeof name === "string" ? { zh: name, en: name } : { zh: name.zh ?? "", en: name.en ?? "" };
}

export const emptySchedule = (): ScheduleDraft => ({ months: [], weekdays: [], hours: byBand(() => "") });

export function draftOf(row: TariffRow | null): TariffDraft {
  return {
    valid_from: row?.valid_from ?? "",
    name: row ? namesOf(row) : { zh: "", en: "" },
    source: row?.source ?? "",
    banded: row?.prices !== undefined,
    price: text(row?.price),
    prices: byBand((band) => text(row?.prices?.[band])),
    demand: text(row?.demand),
    schedule: (row?.schedule ?? []).map(({ months, weekdays, hours }) => ({ months: months ?? [], weekdays: weekdays ?? [], hours: byBand((band) => [hours?.[band] ?? []].flat().join(", ")) })),
  };
}

/** What is typed goes to the server as it is: the server says which field breaks which rule. */
export function rowOf(draft: TariffDraft): TariffRow {
  const typed = (value: string): string => value.trim();
  const filled = (values: Record<Band, string>): [Band, string][] => BANDS.map((band): [Band, string] => [band, typed(values[band])]).filter(([, value]) => value);
  const spans = (value: string): string[] => value.split(/[,，、;；\s]+/).filter(Boolean);
  const schedule = draft.schedule.map(({ months, weekdays, hours }) => ({
    ...(months.length && { months }),
    ...(weekdays.length && { weekdays }),
    hours: Object.fromEntries(filled(hours).map(([band, value]) => [band, spans(value)])),
  }));
  return {
    valid_from: draft.valid_from,
    name: draft.name,
    source: typed(draft.source),
    ...(draft.banded ? { prices: Object.fromEntries(filled(draft.prices)), ...(schedule.length && { schedule }) } : { price: typed(draft.price) }),
    ...(typed(draft.demand) && { demand: typed(draft.demand) }),
  };
}

/** Put a row in the place of another, or at the end (`at` is its length); null takes it out. */
export function withRow(paper: TariffPaper, medium: Medium, at: number, row: TariffRow | null): TariffPaper {
  const rows = (paper.tariffs?.[medium] ?? []).toSpliced(at, 1, ...(row ? [row] : []));
  const tariffs = { ...paper.tariffs, [medium]: rows };
  if (!rows.length) delete tariffs[medium];
  return { ...paper, tariffs };
}

const QUARTERS = 96;
/** Which band each quarter of an hour of a day has; what can't be read yet stays flat. */
export function bandsOf(hours: Record<Band, string>): Band[] {
  const slots: Band[] = Array<Band>(QUARTERS).fill("flat");
  for (const band of BANDS)
    for (const [, fromHour, fromMinute, toHour, toMinute] of hours[band].matchAll(/(\d\d):(\d\d)-(\d\d):(\d\d)/g)) {
      const [from, to] = [Number(fromHour) * 4 + Math.floor(Number(fromMinute) / 15), Number(toHour) * 4 + Math.floor(Number(toMinute) / 15)];
      const end = to > from ? to : to + QUARTERS;
      for (let slot = from; slot < end; slot++) slots[slot % QUARTERS] = band;
    }
  return slots;
}
