import { post } from "./http";
import type { Reply } from "./model";

export const ask = (text: string, campus: string | null, conversation: string): Promise<Reply> =>
  post("/v1/ask", { text, campus, conversation });
