import { get, post } from "./http";
import type { Explanation, Reply, Terms } from "./model";

export const ask = (text: string, campus: string | null, conversation: string): Promise<Reply> =>
  post("/v1/ask", { text, campus, conversation });
export const explain = (text: string, campus: string | null, context: string | null): Promise<Explanation> =>
  post("/v1/explain", { text, campus, context });
export const getTerms = (): Promise<Terms> => get("/v1/catalogue");
