import { get, post, put, queryString, remove } from "./http";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Dataset = Schemas["KeptDataset"];
export type DatasetDetail = Schemas["DatasetDetail"];
export type LeakReport = Schemas["LeakReport"];
export type Span = Schemas["Span"];
export type Annotation = Schemas["Annotation"];
export type LabelTask = Schemas["LabelTask"];
export type NextTask = Schemas["NextTask"];
export type Progress = Schemas["Progress"];
export type LabelState = Schemas["LabelState"];
export type LabelledExample = Schemas["LabelledExample"];
export type AgreementReport = Schemas["AgreementReport"];
export type DisagreementPage = Schemas["DisagreementPage"];
export type SavedLabels = Schemas["ExportedLabels"];

/** What somebody says of an example; `version` is that of the label they read, 0 where there was none. */
export interface Said {
  label: string | null;
  spans: readonly Span[];
  version: number;
}

export interface Upload {
  name: string;
  files: readonly File[];
  format: string;
  reviewers: number;
  licence: string;
}

const pathOf = (id: string, rest = ""): string => `/v1/datasets/${encodeURIComponent(id)}${rest}`;

export const listDatasets = (): Promise<Dataset[]> => get("/v1/datasets");
export const getDataset = (id: string): Promise<DatasetDetail> => get(pathOf(id));
export const removeDataset = (id: string): Promise<void> => remove(pathOf(id));
export const getLeaks = (id: string, train: string): Promise<LeakReport> => get(pathOf(id, "/leaks"), { train });
export const exportUrl = (id: string, labels: SavedLabels): string => pathOf(id, "/export") + queryString({ labels });

export function addDataset({ files, ...fields }: Upload): Promise<Dataset> {
  const form = new FormData();
  for (const file of files) form.append("files", file);
  for (const [name, value] of Object.entries(fields)) form.append(name, String(value));
  return post("/v1/datasets", form);
}

export const nextTask = (id: string, after: number): Promise<NextTask> => get(pathOf(id, "/next"), { after });
export const getTask = (id: string, position: number): Promise<LabelTask> => get(pathOf(id, `/examples/${position}`));
export const saveLabel = (id: string, position: number, said: Said): Promise<Annotation> =>
  put(pathOf(id, `/examples/${position}/label`), said);
export const decide = (id: string, position: number, said: Said): Promise<LabelledExample> =>
  put(pathOf(id, `/examples/${position}/decision`), said);
export const getAgreement = (id: string): Promise<AgreementReport> => get(pathOf(id, "/agreement"));
export const listDisagreements = (id: string, state: LabelState, offset: number, limit: number): Promise<DisagreementPage> =>
  get(pathOf(id, "/disagreements"), { state, offset, limit });
