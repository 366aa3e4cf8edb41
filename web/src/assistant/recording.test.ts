import { afterEach, expect, test, vi } from "vitest";
import { kindOf, missingForRecording, problemOfMicrophone, RecordingError, startRecording } from "./recording";

class FakeRecorder {
  static isTypeSupported = (kind: string): boolean => kind === "audio/mp4";
  state = "inactive";
  ondataavailable: (event: { data: Blob }) => void = () => {};
  onstop: () => void = () => {};
  readonly mimeType: string;

  constructor(_: unknown, options: { mimeType: string }) {
    this.mimeType = options.mimeType;
  }
  start(): void {
    this.state = "recording";
  }
  stop(): void {
    this.state = "inactive";
    this.ondataavailable({ data: new Blob(["voice"]) });
    this.onstop();
  }
}
const ended = vi.fn();
function withMicrophone(getUserMedia: () => Promise<unknown>): void {
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("MediaRecorder", FakeRecorder);
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia } });
}
const given = (): Promise<unknown> => Promise.resolve({ getTracks: () => [{ stop: ended }] });
const named = (name: string): Error => Object.assign(new Error(name), { name });

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  ended.mockClear();
});

test("the first kind that the browser records is taken", () => {
  expect(kindOf(() => true)).toBe("audio/webm;codecs=opus");
  expect(kindOf((kind) => kind === "audio/mp4")).toBe("audio/mp4");
  expect(kindOf(() => false)).toBeUndefined();
});
test("a recording is kept when it is stopped, and the microphone let go", async () => {
  withMicrophone(given);
  const recording = await startRecording(60);
  recording.stop();
  expect(await recording.kept).toMatchObject({ type: "audio/mp4", size: 5 });
  expect(ended).toHaveBeenCalledOnce();
});
test("a recording that is cancelled is forgotten", async () => {
  withMicrophone(given);
  const recording = await startRecording(60);
  recording.cancel();
  expect(await recording.kept).toBeNull();
});
test("a recording ends by itself", async () => {
  vi.useFakeTimers();
  withMicrophone(given);
  const recording = await startRecording(60);
  vi.advanceTimersByTime(60_000);
  expect(await recording.kept).not.toBeNull();
});
test.each([
  ["NotAllowedError", "denied"],
  ["NotFoundError", "missing"],
  ["AbortError", "failed"],
])("%s of the browser is told as %s", async (name, problem) => {
  withMicrophone(() => Promise.reject(named(name)));
  await expect(startRecording(60)).rejects.toEqual(new RecordingError(problem as never));
  expect(problemOfMicrophone(named(name))).toBe(problem);
});
test("what a browser lacks is told", () => {
  const scope = (parts: object): typeof globalThis => parts as typeof globalThis;
  expect(missingForRecording(scope({ isSecureContext: false }))).toBe("insecure");
  expect(missingForRecording(scope({ isSecureContext: true }))).toBe("unsupported");
});
