import { expect, test } from "vitest";
import type { FoundAnomaly, SavingsReport } from "@/client/anomalies";
import { costOf, evidenceLine, figure, lastDays, savingsLines } from "./spans";

const found = (given: Partial<FoundAnomaly>): FoundAnomaly => ({ kind: "energy", cost: null, series: [], ...given }) as FoundAnomaly;

test("the last week ends now", () =>
  expect(lastDays(7, Date.UTC(2026, 4, 8))).toEqual({ from: "2026-05-01T00:00:00.000Z", to: "2026-05-08T00:00:00.000Z" }));
test("the cost is that of energy once, not of the nights in it again", () => {
  expect(costOf([found({ cost: 10 }), found({ cost: 5 }), found({ kind: "base_load", cost: 4 })])).toBe(15);
  expect(costOf([found({})])).toBeNull();
});
test("what is missing is a gap in the line", () =>
  expect(evidenceLine(found({ series: [{ at: "2026-05-01T00:00:00Z", value: null, expected: null }] }), "a").points).toEqual([[Date.UTC(2026, 4, 1), null]]));
test("savings are two lines", () => {
  const report = { days: [{ at: "2026-05-01T00:00:00Z", used: 3, expected: 4 }] } as unknown as SavingsReport;
  expect(savingsLines(report, "used", "expected").map((line) => line.points[0]![1])).toEqual([3, 4]);
});
test("figures are short", () => expect([figure(1234.5), figure(12.34), figure(0.01234), figure(null)]).toEqual(["1,235", "12.3", "0.012", "–"]));
