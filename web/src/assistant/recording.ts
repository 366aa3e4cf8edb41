/** Recording one sentence with the browser's microphone. */

/** What browsers record, best first: Chrome and Firefox Opus in WebM or Ogg, Safari AAC in MP4. */
const KINDS = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];

/** Why a microphone gives nothing: a key of the words `ask.mic`. */
export type MicrophoneProblem = "unsupported" | "insecure" | "denied" | "missing" | "failed";

export class RecordingError extends Error {
  readonly problem: MicrophoneProblem;

  constructor(problem: MicrophoneProblem) {
    super(problem);
    this.problem = problem;
  }
}

/** What this browser lacks for recording, or null; microphones are given to https and localhost only. */
export function missingForRecording(scope: typeof globalThis = globalThis): MicrophoneProblem | null {
  if (scope.isSecureContext === false) return "insecure";
  return typeof scope.MediaRecorder === "function" && scope.navigator?.mediaDevices ? null : "unsupported";
}

export function kindOf(supported: (kind: string) => boolean): string | undefined {
  return KINDS.find(supported);
}

/** What an error of the browser means. */
export function problemOfMicrophone(error: unknown): MicrophoneProblem {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  return name === "NotFoundError" || name === "OverconstrainedError" ? "missing" : "failed";
}

export interface Recording {
  /** End it; it is then kept. */
  stop: () => void;
  /** End it, and forget it. */
  cancel: () => void;
  /** The recording, or null where it was cancelled. */
  kept: Promise<Blob | null>;
}

/** Record until told to stop, at most `longestS` seconds. */
export async function startRecording(longestS: number): Promise<Recording> {
  const missing = missingForRecording();
  if (missing) throw new RecordingError(missing);
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, noiseSuppression: true } });
  } catch (error) {
    throw new RecordingError(problemOfMicrophone(error));
  }
  const mimeType = kindOf((kind) => MediaRecorder.isTypeSupported(kind));
  const recorder = new MediaRecorder(stream, mimeType ? { mimeType } : undefined);
  const parts: Blob[] = [];
  let wanted = true;
  const stop = (): void => {
    if (recorder.state !== "inactive") recorder.stop();
  };
  const timer = setTimeout(stop, longestS * 1000);
  const kept = new Promise<Blob | null>((resolve, reject) => {
    recorder.ondataavailable = (event) => parts.push(event.data);
    recorder.onerror = () => reject(new RecordingError("failed"));
    recorder.onstop = () => {
      clearTimeout(timer);
      stream.getTracks().forEach((track) => track.stop());
      resolve(wanted ? new Blob(parts, { type: recorder.mimeType }) : null);
    };
  });
  recorder.start();
  const cancel = (): void => {
    wanted = false;
    stop();
  };
  return { stop, cancel, kept };
}
