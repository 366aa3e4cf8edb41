import { get, post, put, queryString, remove } from "./http";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type PointRow = Schemas["PointRow"];
export type PointValue = Schemas["PointValue"];
export type Lineage = Schemas["Lineage"];
export type Judged = Schemas["Judged"];
export type Bucket = Schemas["Bucket"];
export type Every = Schemas["Every"];
export type Overrule = Schemas["KeptOverrule"];
export type ReadingVerdict = Schemas["ReadingVerdict"];
export type PointForecast = Schemas["PointForecast"];
export type ForecastRecord = Schemas["ForecastRecord"];
export type QualityReport = Schemas["QualityReport"];
export type PointQuality = Schemas["PointQuality"];
export type PointReasons = Schemas["PointReasons"];
export type JudgingJob = Schemas["JudgingJob"];
export type StateTrainingJob = Schemas["StateTrainingJob"];
export type IntervalSet = Schemas["IntervalSet"];
export type IntervalTask = Schemas["IntervalTask"];
export type NextIntervalTask = Schemas["NextIntervalTask"];
export type IntervalReport = Schemas["IntervalReport"];
export type LabelledWindow = Schemas["LabelledWindowView"];
export type LabelledWindowPage = Schemas["LabelledWindowPage"];
export type MarkedInterval = Schemas["MarkedInterval"];
export type LabelState = Schemas["LabelState"];
export type IntervalSetBody = Schemas["IntervalSetBody"];

/** Milliseconds since 1970. */
export interface Span {
  from: number;
  to: number;
}

const part = encodeURIComponent;
const campusPath = (campus: string, rest: string): string => `/v1/campuses/${part(campus)}/${rest}`;
const iso = (ms: number): string => new Date(ms).toISOString();
const asked = (span: Span): { from: string; to: string } => ({ from: iso(span.from), to: iso(span.to) });

export const listPoints = async (campus: string): Promise<PointRow[]> =>
  (await get<Schemas["PointList"]>(campusPath(campus, "points"))).points;
export const listLatest = async (campus: string, points: string[] = []): Promise<PointValue[]> =>
  (await get<Schemas["LatestReadings"]>(campusPath(campus, "readings/latest"), { point: points })).readings;
export const getReadings = async (campus: string, point: string, span: Span): Promise<Judged[]> =>
  (await get<Schemas["SeriesOfReadings"]>(campusPath(campus, "readings"), { point, ...asked(span) })).readings;
/** Which rules judged the readings of a point. */
export const getLineage = async (campus: string, point: string, span: Span): Promise<Lineage[]> =>
  (await get<Schemas["SeriesOfReadings"]>(campusPath(campus, "readings"), { point, ...asked(span) })).judged_by;
export const getSummary = async (campus: string, points: string[], span: Span, every: Every): Promise<Bucket[]> =>
  (await get<Schemas["Summary"]>(campusPath(campus, "readings/summary"), { point: points, every, ...asked(span) })).buckets;
export const getForecast = async (campus: string, point: string, hours: number): Promise<PointForecast | undefined> =>
  (await get<Schemas["ForecastList"]>(campusPath(campus, "forecast"), { point: [point], hours })).forecasts[0];
/** How the last seven nights' forecasts of a point compare with what came. */
export const getForecastRecord = async (campus: string, point: string): Promise<ForecastRecord | undefined> =>
  (await get<Schemas["RecordList"]>(campusPath(campus, "forecast/records"), { point: [point], nights: 7 })).records[0];

export type NextState = Schemas["NextState"];
export const listNextStates = async (campus: string, of: string): Promise<NextState[]> => (await get<{ states: NextState[] }>(campusPath(campus, "state-forecasts"), { of })).states;
export const getStateForecast = (campus: string, point: string, minutes: number): Promise<Schemas["StateForecast"]> => get(campusPath(campus, `points/${part(point)}/state-forecast`), { minutes });
export const trainStates = (campus: string, point: string, order: { minutes: number; days: number; labels: string | null; network: boolean }): Promise<StateTrainingJob> =>
  post(campusPath(campus, `points/${part(point)}/state-models`), order);
export const getStateTraining = (campus: string, job: string): Promise<StateTrainingJob> => get(campusPath(campus, `state-models/${part(job)}`));
export const listStateLabels = (campus: string, point: string): Promise<IntervalSet[]> => get(campusPath(campus, `points/${part(point)}/state-labels`));

const overrulesPath = (campus: string, point: string): string => campusPath(campus, `points/${part(point)}/overrules`);
export const listOverrules = async (campus: string, point: string): Promise<Overrule[]> =>
  (await get<Schemas["OverruleList"]>(overrulesPath(campus, point), { undone: "true" })).overrules;
export const setOverrule = (campus: string, point: string, span: Span, said: { verdict: ReadingVerdict; value: number | null; note: string }): Promise<Overrule> =>
  post(overrulesPath(campus, point), { ...asked(span), ...said });
export const undoOverrule = (campus: string, point: string, number: number): Promise<void> => remove(`${overrulesPath(campus, point)}/${number}`);
export const reviewOverrule = (campus: string, point: string, number: number, agreed: boolean): Promise<Overrule> => put(`${overrulesPath(campus, point)}/${number}/review`, { agreed });
export const overrulesUrl = (campus: string): string => campusPath(campus, "overrules/export");

export const getQuality = (campus: string, span: Span, limit: number, offset: number): Promise<QualityReport> => get(campusPath(campus, "quality"), { ...asked(span), limit, offset });
export const getReasons = async (campus: string, span: Span, points: string[]): Promise<PointReasons[]> =>
  (await get<Schemas["ReasonList"]>(campusPath(campus, "quality/reasons"), { ...asked(span), point: points })).points;
export const getGateways = (): Promise<Schemas["GatewayList"]> => get("/v1/gateways");
export const getReadingsHealth = (): Promise<Schemas["ReadingsHealth"]> => get("/v1/readings/health");
export const judgeAgain = (campus: string, span: Span): Promise<JudgingJob> => post(campusPath(campus, "quality/judgements"), asked(span));
export const getJudging = (campus: string, job: string): Promise<JudgingJob> => get(campusPath(campus, `quality/judgements/${part(job)}`));

export type RuleTuning = Schemas["RuleTuning"];
export type ProposalJob = Schemas["ProposalJob"];
export const listTunings = async (campus: string): Promise<RuleTuning[]> => (await get<{ tunings: RuleTuning[] }>(campusPath(campus, "rule-tunings"))).tunings;
export const proposeTunings = (campus: string): Promise<ProposalJob> => post(campusPath(campus, "rule-tunings/proposals"), {});
export const getProposals = (campus: string, job: string): Promise<ProposalJob> => get(campusPath(campus, `rule-tunings/proposals/${part(job)}`));
export const adoptTuning = (campus: string, quantity: string, rule: string): Promise<RuleTuning> => post(campusPath(campus, "rule-tunings"), { quantity, rule });
export const undoTuning = (campus: string, version: number): Promise<void> => remove(campusPath(campus, `rule-tunings/${version}`));

const setPath = (campus: string, id: string, rest = ""): string => campusPath(campus, `intervals/${part(id)}${rest}`);
const marked = (intervals: readonly MarkedInterval[], version: number): unknown => ({ version, intervals: intervals.map((one) => ({ from: one.start, to: one.end, label: one.label })) });
export const listSets = async (campus: string): Promise<IntervalSet[]> => (await get<Schemas["IntervalSetList"]>(campusPath(campus, "intervals"))).sets;
export const addSet = (campus: string, body: IntervalSetBody): Promise<IntervalSet> => post(campusPath(campus, "intervals"), body);
export const getSet = (campus: string, id: string): Promise<IntervalSet> => get(setPath(campus, id));
export const removeSet = (campus: string, id: string): Promise<void> => remove(setPath(campus, id));
export const nextWindow = (campus: string, id: string, after: number): Promise<NextIntervalTask> => get(setPath(campus, id, "/next"), { after });
export const getWindow = (campus: string, id: string, position: number): Promise<IntervalTask> => get(setPath(campus, id, `/windows/${position}`));
export const saveWindow = (campus: string, id: string, position: number, intervals: readonly MarkedInterval[], version: number): Promise<unknown> =>
  put(setPath(campus, id, `/windows/${position}/label`), marked(intervals, version));
export const decideWindow = (campus: string, id: string, position: number, intervals: readonly MarkedInterval[], version: number): Promise<unknown> =>
  put(setPath(campus, id, `/windows/${position}/decision`), marked(intervals, version));
export const getIntervalAgreement = (campus: string, id: string): Promise<IntervalReport> => get(setPath(campus, id, "/agreement"));
export const listWindows = (campus: string, id: string, state: LabelState, offset: number, limit: number): Promise<LabelledWindowPage> =>
  get(setPath(campus, id, "/windows"), { state, offset, limit });
export const intervalsUrl = (campus: string, id: string, labels: string, form: string): string => setPath(campus, id, "/export") + queryString({ labels, form });
export async function proposeIntervals(campus: string, id: string, file: File): Promise<number> {
  const path = setPath(campus, id, "/proposals") + queryString({ source: file.name });
  return (await post<Schemas["Proposed"]>(path, file)).kept;
}
