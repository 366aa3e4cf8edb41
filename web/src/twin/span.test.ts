import { expect, test } from "vitest";
import { nextFrame, spanOf } from "./span";

const now = Date.parse("2026-11-27T03:07:00Z");
test("a day has 96 quarters up to the one that runs, a week 168 hours", () => {
  expect(spanOf("day", now)).toEqual({ from: "2026-11-26T03:15:00.000Z", to: "2026-11-27T03:15:00.000Z" });
  expect(spanOf("week", now)).toEqual({ from: "2026-11-20T04:00:00.000Z", to: "2026-11-27T04:00:00.000Z" });
});
test("what is compared with lies as many frames before", () => expect(spanOf("week", now, "week").to).toBe(spanOf("week", now).from));
test("after the last frame comes the first", () => expect([nextFrame(0, 2), nextFrame(1, 2), nextFrame(0, 0)]).toEqual([1, 0, 0]));
