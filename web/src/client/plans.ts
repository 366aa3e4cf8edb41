import { download, fetched, get, post, remove } from "./http";
import type { Leg } from "./model";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Plan = Schemas["Plan"];
export type PlanJob = Schemas["SolveJob"];
export type SolveRun = Schemas["SolveRun"];
export type BestSoFar = Schemas["BestSoFar"];
export type WhyNot = Schemas["WhyNotTold"];
export type PlanSummary = Schemas["SolveSummary"];
export type PlanVerdict = Schemas["PlanVerdict"];
export type ProblemKind = Schemas["ProblemKind"];
export type SearchProgress = Schemas["SearchProgress"];
export type Row = Record<string, unknown>;

const base = (campus: string, id?: string): string => `/v1/campuses/${encodeURIComponent(campus)}/plans${id ? `/${encodeURIComponent(id)}` : ""}`;

export interface PlanOrder {
  file: Blob;
  fileName: string;
  kind: string;
  name: string;
  timeS: number;
  gap: number;
  seed: number;
  start?: readonly Row[];
  locked?: readonly string[];
  maxChanges?: number | null;
}

export const listKinds = (): Promise<{ kinds: ProblemKind[] }> => get("/v1/problem-kinds");
export const listPlans = (campus: string): Promise<{ plans: PlanSummary[] }> => get(base(campus));
export const getPlan = (campus: string, id: string): Promise<PlanJob> => get(base(campus, id));
export const cancelPlan = (campus: string, id: string): Promise<PlanSummary> => post(`${base(campus, id)}/cancel`);
export const removePlan = (campus: string, id: string): Promise<void> => remove(base(campus, id));
export const checkPlan = (campus: string, id: string, assignments: readonly Row[]): Promise<PlanVerdict> => post(`${base(campus, id)}/check`, { assignments });
export const planEventsUrl = (campus: string, id: string): string => `${base(campus, id)}/events`;
export const problemFileUrl = (campus: string, id: string): string => `${base(campus, id)}/problem`;
export const schemaUrl = (kind: string): string => `/v1/problem-kinds/${encodeURIComponent(kind)}`;

export async function problemFile(campus: string, id: string): Promise<{ file: Blob; fileName: string }> {
  const reply = await download(problemFileUrl(campus, id));
  const told = /filename\*=UTF-8''([^;]+)/.exec(reply.headers.get("content-disposition") ?? "");
  return { file: await reply.blob(), fileName: told ? decodeURIComponent(told[1]!) : "problem.json" };
}

export function startPlan(campus: string, order: PlanOrder): Promise<PlanSummary> {
  const form = new FormData();
  form.set("file", order.file, order.fileName);
  form.set("kind", order.kind);
  form.set("name", order.name);
  form.set("time_s", String(order.timeS));
  form.set("gap", String(order.gap));
  form.set("seed", String(order.seed));
  form.set("start", JSON.stringify(order.start ?? []));
  form.set("locked", JSON.stringify(order.locked ?? []));
  if (order.maxChanges !== null && order.maxChanges !== undefined) form.set("max_changes", String(order.maxChanges));
  return post(base(campus), form);
}

export type Sense = Schemas["Sense"];
export type Sensitivity = Schemas["Sensitivity"];
export type PlanPreview = Schemas["PlanPreview"];
export type PlanComparison = Schemas["PlanComparison"];
export type ProblemTables = Schemas["ProblemTables"];
export type SpaceView = Schemas["SpaceView"];
export type SpaceDraft = Schemas["SpaceDraft"];
export type WorkbookCheck = Schemas["WorkbookCheck"];
export interface PlanMove {
  item: string;
  to: Row;
}

export type TourWalk = Omit<Schemas["TourWalk"], "legs"> & { legs: Leg[] };

/** The ways of a plan's tours, or those of rows that somebody changed. */
export const planWalks = (campus: string, id: string, edited: readonly Row[] | null): Promise<{ walks: TourWalk[] }> => (edited ? post(`${base(campus, id)}/walks`, { assignments: edited }) : get(`${base(campus, id)}/walks`));
export const problemTables = (campus: string, id: string): Promise<ProblemTables> => get(`${base(campus, id)}/tables`);
export const spaceView = (campus: string, id: string): Promise<SpaceView> => get(`${base(campus, id)}/spaces`);
export const previewPlan = (campus: string, id: string, moves: readonly PlanMove[]): Promise<PlanPreview> => post(`${base(campus, id)}/preview`, { moves });
export type SiteView = Schemas["SiteView"];
/** Whom the sites of a plan serve, or those of rows that somebody changed. */
export const siteView = (campus: string, id: string, edited: readonly Row[] | null): Promise<SiteView> => (edited ? post(`${base(campus, id)}/sites`, { assignments: edited }) : get(`${base(campus, id)}/sites`));
export const replan = (campus: string, id: string, assignments: readonly Row[], locked: readonly string[], timeS: number): Promise<Plan> => post(`${base(campus, id)}/replan`, { assignments, locked, time_s: timeS });
export const tellSensitivity = (campus: string, id: string, timeS: number): Promise<Sensitivity> => post(`${base(campus, id)}/sensitivity`, { time_s: timeS });
export const askWhyNot = (campus: string, id: string, wish: PlanMove, timeS: number): Promise<WhyNot> => post(`${base(campus, id)}/why-not`, { ...wish, time_s: timeS });
export const keepScenario = (campus: string, id: string, name: string, assignments: readonly Row[]): Promise<PlanSummary> => post(`${base(campus, id)}/scenarios`, { name, assignments });
export const comparePlans = (campus: string, ids: readonly string[]): Promise<PlanComparison> => get(`${base(campus)}/compare`, { ids });
export const planFileUrl = (campus: string, id: string, form: "pdf" | "xlsx", language: string): string => `${base(campus, id)}/report?form=${form}&language=${language}`;
export const TEMPLATE_URL = "/v1/problem-workbooks/spaces";
export const comparisonUrl = (campus: string, ids: readonly string[], form: "pdf" | "xlsx", language: string): string => `${base(campus)}/compare/report?${ids.map((id) => `ids=${encodeURIComponent(id)}`).join("&")}&form=${form}&language=${language}`;
export interface SpaceWish {
  demands: string;
  m2_per_person: number;
  language: string;
  tables?: Record<string, unknown> | null;
}
export const draftSpaces = (campus: string, wish: SpaceWish): Promise<SpaceDraft> => post(`/v1/campuses/${encodeURIComponent(campus)}/plan-drafts/spaces`, wish);
export const draftWorkbook = async (campus: string, wish: SpaceWish): Promise<Blob> => (await fetched(`/v1/campuses/${encodeURIComponent(campus)}/plan-drafts/spaces/workbook`, wish)).blob();
export const planAgain = (campus: string, id: string, wish: { document?: unknown; name?: string; language?: string; locked?: readonly string[]; max_changes?: number | null; extra?: number; time_s?: number }): Promise<PlanSummary> => post(`${base(campus, id)}/again`, wish);

export type RoundDraft = Schemas["RoundDraft"];
export type RoundWish = Schemas["RoundWishBody"];
export const draftRounds = (campus: string, wish: RoundWish): Promise<RoundDraft> => post(`/v1/campuses/${encodeURIComponent(campus)}/plan-drafts/rounds`, wish);
export type FlowDraft = Schemas["FlowDraft"];
export type FlowWish = Schemas["FlowWishBody"];
export const draftFlows = (campus: string, wish: Partial<FlowWish>): Promise<FlowDraft> => post(`/v1/campuses/${encodeURIComponent(campus)}/plan-drafts/flows`, wish);

export type RoomDraft = Schemas["RoomDraft"];
export const draftRooms = (campus: string, wish: Partial<Schemas["RoomPlanWishBody"]> & { day: string }): Promise<RoomDraft> => post(`/v1/campuses/${encodeURIComponent(campus)}/plan-drafts/rooms`, wish);

export type SiteDraft = Schemas["SiteDraft"];
export const draftSites = (campus: string, wish: Partial<Schemas["SiteWishBody"]>): Promise<SiteDraft> => post(`/v1/campuses/${encodeURIComponent(campus)}/plan-drafts/sites`, wish);

export function checkWorkbook(file: File): Promise<WorkbookCheck> {
  const form = new FormData();
  form.set("file", file, file.name);
  return post(TEMPLATE_URL, form);
}
