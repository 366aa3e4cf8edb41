import { ApiError, get, post, problemOf, streamed } from "./http";
import type { Explanation, Problem, Reply, Terms, Understanding } from "./model";

/** Say one turn; `hear` is told what was understood before the reply is there. */
export async function ask(
  text: string,
  campus: string | null,
  conversation: string,
  hear: (requests: Understanding[]) => void,
): Promise<Reply> {
  for await (const { event, data } of streamed("/v1/ask", { text, campus, conversation })) {
    if (event === "heard") hear(JSON.parse(data) as Understanding[]);
    else if (event === "reply") return JSON.parse(data) as Reply;
    else if (event === "problem") throw new ApiError(200, JSON.parse(data) as Problem);
  }
  throw new ApiError(500, problemOf(500, null));
}
export const explain = (text: string, campus: string | null, context: string | null): Promise<Explanation> =>
  post("/v1/explain", { text, campus, context });
export const getTerms = (): Promise<Terms> => get("/v1/catalogue");
