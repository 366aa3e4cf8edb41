import { askAhead, get, patch, post, queryString, remove } from "./http";
import type {
  Alias,
  CampusDetail,
  CampusSummary,
  Closure,
  FeaturePage,
  Found,
  ImportJob,
  LanguageMap,
  PlaceCollection,
  PlaceDetail,
  Report,
  Revision,
} from "./model";

const at = (campus: string, rest = ""): string => `/v1/campuses/${encodeURIComponent(campus)}${rest}`;
const featurePath = (campus: string, id: string): string => at(campus, `/features/${encodeURIComponent(id)}`);

export const listCampuses = (): Promise<CampusSummary[]> => get("/v1/campuses");
export async function getCampus(campus: string): Promise<CampusDetail> {
  const { summary, ...detail } = await get<{ summary: CampusSummary } & Omit<CampusDetail, keyof CampusSummary>>(at(campus));
  return { ...summary, ...detail };
}
export const removeCampus = (campus: string): Promise<void> => remove(at(campus));

export const getBaseMap = (campus: string): Promise<PlaceCollection> => get(at(campus, "/map"), { kind: "base" });
export const getIndoorMap = (campus: string, ordinal: number): Promise<PlaceCollection> =>
  get(at(campus, "/map"), { kind: "indoor", ordinal });
/** Ask for what a map shows first, while the code that draws it is still on its way. */
export function askMapAhead(campus: string): void {
  askAhead(at(campus, "/map"), { kind: "base" });
  askAhead(at(campus, "/map"), { kind: "indoor", ordinal: 0 });
  askAhead(at(campus, "/closures"));
}

export interface FeatureQuery {
  type?: string;
  level?: string;
  q?: string;
  offset?: number;
  limit?: number;
}

export const listFeatures = (campus: string, query: FeatureQuery): Promise<FeaturePage> =>
  get(at(campus, "/features"), { ...query });

type Whereabouts = Pick<PlaceDetail, "label" | "spot" | "level_name" | "building_name" | "aliases">;

export async function getFeature(campus: string, id: string): Promise<PlaceDetail> {
  const { feature, ...rest } = await get<Whereabouts & { feature: Omit<PlaceDetail, keyof Whereabouts> }>(
    featurePath(campus, id),
  );
  return { ...feature, ...rest };
}

export interface FeaturePatch {
  why: string;
  name?: LanguageMap;
  alt_name?: LanguageMap;
  hours?: string | null;
  accessibility?: string[];
  restriction?: string | null;
  aliases?: Pick<Alias, "language" | "text" | "kind">[];
}

export const editFeature = (campus: string, id: string, change: FeaturePatch): Promise<unknown> =>
  patch(featurePath(campus, id), change);

export const findPlaces = (campus: string, q: string, language: string, signal?: AbortSignal): Promise<Found> =>
  get(at(campus, "/find"), { q, limit: 30, language }, signal);

export const getReport = (campus: string): Promise<Report> => get(at(campus, "/check"));
export const getRepairs = (campus: string): Promise<Report> => get(at(campus, "/repairs"));

export const listRevisions = (campus: string): Promise<Revision[]> => get(at(campus, "/revisions"));
export const undoRevision = (campus: string, number: number, why: string): Promise<unknown> =>
  post(at(campus, `/revisions/${number}/undo`), { why });

export type ClosureRequest = Partial<Omit<Closure, "id" | "labels" | "active">> & { why?: string };

export const listClosures = (campus: string): Promise<Closure[]> => get(at(campus, "/closures"));
export const addClosure = (campus: string, closure: ClosureRequest): Promise<Closure> =>
  post(at(campus, "/closures"), closure);
export const removeClosure = (campus: string, id: string, why: string): Promise<void> =>
  remove(at(campus, `/closures/${encodeURIComponent(id)}`), { why });

export const exportUrl = (campus: string, format: string): string => at(campus, `/export${queryString({ format })}`);
export const qrUrl = (campus: string, to: string, from = ""): string => at(campus, `/qr${queryString({ to, from })}`);

export interface ImportOptions {
  file: File;
  mapping?: File | null;
  format: string;
  name: string;
  crs: string;
  replace: boolean;
  into?: string;
}

export function startImport(options: ImportOptions): Promise<{ id: string }> {
  const form = new FormData();
  form.set("file", options.file);
  if (options.mapping) form.set("mapping", options.mapping);
  form.set("format", options.format);
  if (options.name) form.set("name", options.name);
  if (options.into) form.set("into", options.into);
  form.set("crs", options.crs);
  form.set("replace", String(options.replace));
  return post("/v1/imports", form);
}

export const getImport = (id: string): Promise<ImportJob> => get(`/v1/imports/${id}`);
export const importEventsUrl = (id: string): string => `/v1/imports/${id}/events`;
