import { describe, expect, it } from "vitest";
import { draftOf, isWhole, moved, spanOf } from "./draft";

describe("a report that is edited", () => {
  it("begins with a weekly report in the reader's language", () => {
    expect([draftOf(null, "zh").period, draftOf(null, "zh").language, isWhole(draftOf(null, "zh"))]).toEqual(["week", "zh", false]);
  });
  it("needs a name, a section and a format", () => {
    const draft = { ...draftOf(null, "en"), name: "Weekly" };
    expect([isWhole(draft), isWhole({ ...draft, sections: [] }), isWhole({ ...draft, formats: [] }), isWhole({ ...draft, name: " " })]).toEqual([true, false, false, false]);
  });
  it("has its sections moved up and down, not beyond the ends", () => {
    expect([moved([1, 2, 3], 1, -1), moved([1, 2, 3], 0, -1), moved([1, 2, 3], 2, 1)]).toEqual([[2, 1, 3], [1, 2, 3], [1, 2, 3]]);
  });
  it("says its span by the clock of the park", () => {
    expect(spanOf("2026-03-01T16:00:00Z", "2026-03-02T16:00:00Z", "Asia/Shanghai", "en")).toBe("2 Mar 2026");
    expect(spanOf("2026-03-01T16:00:00Z", "2026-03-08T16:00:00Z", "Asia/Shanghai", "en")).toBe("2 Mar 2026 – 8 Mar 2026");
  });
});
