import type { Report, ReportBody } from "@/client/reports";

export const SECTIONS = ["energy", "cost", "ranking", "air", "people", "devices", "anomalies", "savings", "forecast", "quality"] as const;
export const PERIODS = ["day", "week", "month"] as const;
export const FORMATS = ["pdf", "xlsx", "csv"] as const;

/** A report as it is edited; `hour` null: only when asked for. */
export interface Draft {
  name: string;
  language: string;
  period: ReportBody["period"];
  sections: ReportBody["sections"];
  formats: NonNullable<ReportBody["formats"]>;
  place: string | null;
  hour: number | null;
}

export function draftOf(report: Report | null, language: string): Draft {
  if (!report) return { name: "", language, period: "week", sections: ["energy", "cost", "ranking", "anomalies"], formats: ["pdf"], place: null, hour: null };
  const { name, period, sections, formats, place, hour } = report;
  return { name, language: report.language, period, sections: [...sections], formats: [...formats], place: place ?? null, hour: hour ?? null };
}

/** Move a section one place up or down; those at the ends stay. */
export function moved<T>(items: readonly T[], at: number, by: -1 | 1): T[] {
  const to = at + by;
  if (to < 0 || to >= items.length) return [...items];
  const next = [...items];
  [next[at], next[to]] = [next[to]!, next[at]!];
  return next;
}

export const isWhole = (draft: Draft): boolean =>
  draft.name.trim().length > 0 && draft.name.length <= 120 && draft.sections.length > 0 && draft.formats.length > 0;

/** A span of days as its park's clock has it: `2 Mar – 8 Mar`. */
export function spanOf(start: string, end: string, zone: string, language: string): string {
  const format = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { timeZone: zone, year: "numeric", month: "short", day: "numeric" });
  const first = format.format(new Date(start));
  const last = format.format(new Date(Date.parse(end) - 1000));
  return first === last ? first : `${first} – ${last}`;
}
