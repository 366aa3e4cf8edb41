import { get, post } from "./http";
import type { SpeechState, Transcript } from "./model";

export const speechState = (): Promise<SpeechState> => get("/v1/speech");

/** Have a recording written down; the names of the campus are expected in it. */
export function transcribe(recording: Blob, language: string, campus: string | null): Promise<Transcript> {
  const form = new FormData();
  form.append("file", recording, "voice");
  form.append("language", language);
  if (campus) form.append("campus", campus);
  return post("/v1/transcribe", form);
}
