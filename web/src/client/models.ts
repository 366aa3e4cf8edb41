import { get, post } from "./http";
import type { GateReport, LiveVersion, ModelList, ShownModel } from "./model";

const modelPath = (...parts: string[]): string => `/v1/models/${parts.map(encodeURIComponent).join("/")}`;
export const listModels = (): Promise<ModelList> => get("/v1/models");
export const getModel = (name: string, version: string): Promise<ShownModel> => get(modelPath(name, version));
export const promoteModel = (name: string, version: string, why: string): Promise<GateReport> =>
  post(modelPath(name, version, "promote"), { why });
export const rollBackModel = (name: string, why: string): Promise<LiveVersion> => post(modelPath(name, "rollback"), { why });
