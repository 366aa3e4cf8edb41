import { get, post, put } from "./http";
import type { Feedback, FeedbackBody, FeedbackPage, FeedbackState, Meaning, Verdict } from "./model";

export const giveFeedback = (body: FeedbackBody): Promise<Feedback> => post("/v1/feedback", body);
export const listFeedback = (state: FeedbackState | null, limit: number, offset: number): Promise<FeedbackPage> =>
  get("/v1/feedback", { state, limit, offset });
export const reviewFeedback = (id: string, verdict: Verdict, corrected: Meaning | null, note = ""): Promise<Feedback> =>
  put(`/v1/feedback/${encodeURIComponent(id)}`, { verdict, corrected, note });
