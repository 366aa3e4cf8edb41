import { get, post, remove } from "./http";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type ApprovalPreview = Schemas["ApprovalPreview"];
export type DeviceDraft = Schemas["DeviceDraft"];
export type DeviceRecord = Schemas["DeviceRecord"];
export type DeviceWishBody = Schemas["DeviceWishBody"];
export type PlanRecord = Schemas["PlanRecord"];
export type PlanPolicy = Schemas["PlanPolicy"];
export type PlanRun = Schemas["PlanRun"];
export type PolicyVerdict = Schemas["PolicyVerdict"];
export type PolicyBody = Schemas["PolicyBody"];

const base = (campus: string): string => `/v1/campuses/${encodeURIComponent(campus)}`;
const run = (campus: string, id: string): string => `${base(campus)}/plan-runs/${encodeURIComponent(id)}`;
const approval = (campus: string, job: string): string => `${base(campus)}/plans/${encodeURIComponent(job)}/approval`;

export const draftDevices = (campus: string, wish: Partial<DeviceWishBody>): Promise<DeviceDraft> => post(`${base(campus)}/plan-drafts/devices`, wish);
export const previewApproval = (campus: string, job: string): Promise<ApprovalPreview> => get(approval(campus, job));
export const approvePlan = (campus: string, job: string, fingerprint: string, resumeAfterS: number | null): Promise<PlanRun> => post(approval(campus, job), { fingerprint, resume_after_s: resumeAfterS });
export const handInPlan = (campus: string, job: string): Promise<PolicyVerdict> => post(`${base(campus)}/plans/${encodeURIComponent(job)}/under-policy`);
export const listPlanRuns = (campus: string): Promise<{ runs: PlanRun[] }> => get(`${base(campus)}/plan-runs`);
export const stopPlanRun = (campus: string, id: string): Promise<PlanRun> => post(`${run(campus, id)}/stop`);
export const replanRun = (campus: string, id: string): Promise<PlanRun> => post(`${run(campus, id)}/replan`);
export const planRecord = (campus: string, id: string, adjusted: boolean): Promise<PlanRecord> => get(`${run(campus, id)}/record${adjusted ? "?adjusted=true" : ""}`);
export const listPolicies = (campus: string): Promise<{ policies: PlanPolicy[] }> => get(`${base(campus)}/plan-policies`);
export const addPolicy = (campus: string, body: PolicyBody): Promise<PlanPolicy> => post(`${base(campus)}/plan-policies`, body);
export const removePolicy = (campus: string, id: string): Promise<void> => remove(`${base(campus)}/plan-policies/${encodeURIComponent(id)}`);
