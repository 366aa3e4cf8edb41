import { expect, test } from "vitest";
import { nextFree, stripOf, timeAt } from "./day";

const midnight = new Date("2026-03-02T00:00:00Z");

test("a reservation lies where its hours are, cut to the hours that are shown", () => {
  expect(stripOf("2026-03-02T07:00:00Z", "2026-03-02T14:30:00Z", midnight)).toEqual({ left: 0, width: 50 });
  expect(stripOf("2026-03-02T05:00:00Z", "2026-03-02T08:30:00Z", midnight)).toEqual({ left: 0, width: 10 });
  expect(stripOf("2026-03-02T02:00:00Z", "2026-03-02T06:00:00Z", midnight)).toBeNull();
});

test("a click means the half hour that it falls in", () => {
  expect(timeAt(0, midnight).toISOString()).toBe("2026-03-02T07:00:00.000Z");
  expect(timeAt(0.5, midnight).toISOString()).toBe("2026-03-02T14:30:00.000Z");
  expect(timeAt(0.51, midnight).toISOString()).toBe("2026-03-02T14:30:00.000Z");
  expect(timeAt(1, midnight).toISOString()).toBe("2026-03-02T21:30:00.000Z");
});

test("the next free half hour is neither past nor taken", () => {
  const held = [{ reservation: { start: "2026-03-02T07:00:00Z", end: "2026-03-02T09:10:00Z" } }];
  expect(nextFree(held, new Date("2026-03-01T12:00:00Z"), midnight).toISOString()).toBe("2026-03-02T09:30:00.000Z");
  expect(nextFree(held, new Date("2026-03-02T10:01:00Z"), midnight).toISOString()).toBe("2026-03-02T10:30:00.000Z");
  expect(nextFree(held, new Date("2026-03-04T00:00:00Z"), midnight).toISOString()).toBe("2026-03-02T21:30:00.000Z");
});
