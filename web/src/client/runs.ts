import { get } from "./http";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Run = Schemas["KeptRun"];
export type RunList = Schemas["RunList"];
export type RunDetail = Schemas["RunDetail"];
export type RunComparison = Schemas["RunComparison"];

const pathOf = (name: string): string => `/v1/runs/${encodeURIComponent(name)}`;

export const listRuns = (): Promise<RunList> => get("/v1/runs");
export const getRun = (name: string): Promise<RunDetail> => get(pathOf(name));
export const compareRuns = (first: string, second: string): Promise<RunComparison> =>
  get(`${pathOf(first)}/against/${encodeURIComponent(second)}`);
