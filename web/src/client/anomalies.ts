import { get, queryString } from "./http";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type AnomalyReport = Schemas["AnomalyReport"];
export type FoundAnomaly = Schemas["FoundAnomaly"];
export type AnomalyKind = Schemas["AnomalyKind"];
export type SavingsReport = Schemas["SavingsReport"];

export interface AnomalyQuery {
  from: string;
  to: string;
  kind?: readonly string[];
  place?: string;
  price?: number;
  limit?: number;
}
export interface SavingsQuery {
  meter: string;
  before_from: string;
  before_to: string;
  after_from: string;
  after_to: string;
  people?: string;
  price?: number;
}
const base = (campus: string): string => `/v1/campuses/${encodeURIComponent(campus)}`;

export const listAnomalies = (campus: string, query: AnomalyQuery): Promise<AnomalyReport> =>
  get(`${base(campus)}/anomalies${queryString({ ...query })}`);
export const measureSavings = (campus: string, query: SavingsQuery): Promise<SavingsReport> =>
  get(`${base(campus)}/savings${queryString({ ...query })}`);
