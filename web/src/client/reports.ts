import { get, post, put, remove } from "./http";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Report = Schemas["ReportDefinition"];
export type ReportRun = Schemas["ReportRun"];
export type ReportBody = Schemas["ReportBody"];

const base = (campus: string, report?: string): string =>
  `/v1/campuses/${encodeURIComponent(campus)}/reports${report ? `/${encodeURIComponent(report)}` : ""}`;

export const listReports = (campus: string): Promise<{ reports: Report[] }> => get(base(campus));
export const addReport = (campus: string, body: ReportBody): Promise<Report> => post(base(campus), body);
export const changeReport = (campus: string, id: string, body: ReportBody): Promise<Report> => put(base(campus, id), body);
export const removeReport = (campus: string, id: string): Promise<void> => remove(base(campus, id));
export const listReportRuns = (campus: string, id: string): Promise<{ runs: ReportRun[] }> => get(`${base(campus, id)}/runs`);
export const makeReport = (campus: string, id: string): Promise<ReportRun> => post(`${base(campus, id)}/runs`, {});
export const reportFileUrl = (campus: string, id: string, run: string, form: string): string =>
  `${base(campus, id)}/runs/${encodeURIComponent(run)}/${form}`;
