import type { components } from "./schema";
import { get, queryString } from "./http";

type Schemas = components["schemas"];
export type TwinQuantity = Schemas["TwinQuantity"];
export type TwinValue = Partial<Schemas["TwinValue"]>;
export type TwinState = Schemas["TwinState"];
export type TwinHistory = Omit<Schemas["TwinHistory"], "values"> & { values: Record<string, (number | null)[]> };
export type TwinPlace = Schemas["PlaceDetail"];
export type TwinPoint = Schemas["PointState"];
export type TwinDevice = Schemas["DeviceDetail"];
export type TwinAlarm = Schemas["TwinAlarm"];
export type Bucket = Schemas["Bucket"];
export type Every = Schemas["Every"];

const at = (campus: string, rest = ""): string => `/v1/campuses/${encodeURIComponent(campus)}${rest}`;

export const liveTwinUrl = (campus: string, level: number | null): string => at(campus, `/twin/live${queryString({ level })}`);
export const getTwin = (campus: string, when: string, level: number | null): Promise<TwinState> =>
  get(at(campus, "/twin"), { at: when, level });
export const getTwinHistory = (
  campus: string,
  query: { quantity: TwinQuantity; from: string; to: string; every: Every; level: number | null; place?: string },
): Promise<TwinHistory> => get(at(campus, "/twin/history"), query);
export const getTwinPlace = (campus: string, place: string, when?: string): Promise<TwinPlace> =>
  get(at(campus, `/twin/places/${encodeURIComponent(place)}`), { at: when });
export const getSummary = (campus: string, point: string, from: string, to: string, every: Every): Promise<{ buckets: Bucket[] }> =>
  get(at(campus, "/readings/summary"), { point: [point], from, to, every });
