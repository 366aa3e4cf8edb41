/** Files of readings: what each column holds, as it is proposed, corrected and sent. */
import type { ColumnRole, FileColumn, FileMapping, FileReport, ReadingFile } from "@/client/readingFiles";

export const READING_FILES = ".csv,.tsv,.txt,.gz,.xlsx,.xlsm,.parquet,.pq";
export const POINT_FILES = ".csv,.tsv,.txt,.xlsx,.xlsm";
export const ROLES: readonly ColumnRole[] = ["time", "reading", "point", "value", "unit", "quality", "device", "received", "unused"];

export interface Mapping {
  columns: FileColumn[];
  zone: string;
  timeFormat: string;
}

export const mappingOf = (file: ReadingFile): Mapping => ({ columns: file.columns.map((column) => ({ ...column })), zone: file.zone, timeFormat: file.time_format ?? "" });

export const bodyOf = (mapping: Mapping): FileMapping => ({
  columns: mapping.columns.map(({ header, role, point, unit }) => ({ header, role, ...(role === "reading" ? { point, unit } : {}) })),
  zone: mapping.zone || null,
  time_format: mapping.timeFormat || null,
});

/** Columns of readings whose point nobody has said. */
export const unnamed = (columns: readonly FileColumn[]): number => columns.filter((column) => column.role === "reading" && !column.point).length;

export const isRunning = (file: ReadingFile | null): boolean => file?.state === "checking" || file?.state === "importing";

/** How many readings of a file can't be kept. */
export const wrongOf = (report: FileReport): number => report.faulty + report.unknown_readings;

/** Whether all that a file lacks can be left out, and something is left. */
export const canImport = (report: FileReport | null | undefined, leaveOut: boolean): boolean => !!report && report.readings > 0 && (leaveOut || wrongOf(report) === 0);

export const zones = (own: string): string[] => [...new Set([own, "UTC", ...Intl.supportedValuesOf("timeZone")])];
