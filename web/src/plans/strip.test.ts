import { describe, expect, it } from "vitest";
import { countSteps, piecesOf } from "./strip";

describe("plan against what happened", () => {
  it("puts equal slots together", () => {
    expect(piecesOf("0011?")).toEqual([
      { start: 0, length: 2, look: "off" },
      { start: 2, length: 2, look: "on" },
      { start: 4, length: 1, look: "unknown" },
    ]);
    expect(piecesOf("")).toEqual([]);
  });

  it("counts what became of steps", () => {
    const steps = ["done", "due", "sending", "missed", "failed", "skipped"].map((state) => ({ state }));
    expect(countSteps(steps)).toEqual({ done: 1, due: 2, missed: 2 });
  });
});
