import { expect, test } from "vitest";
import { bodyOf, CLOCKS, daysSaid, emptyDraft } from "./policies";

const name = (day: number): string => "MTWtFSs"[day - 1]!;

test("a policy of a place names no devices, its last day ends by the campus's clock", () => {
  const body = bodyOf({ ...emptyDraft(), devices: ["old"], place: "a", saving: 5, lastDay: "2027-01-31", weekdays: [5, 1] }, "Asia/Shanghai");
  expect([body.devices, body.place, body.kind, body.least_saving, body.until, body.weekdays]).toEqual([[], "a", "hvac", 0.05, "2027-01-31T16:00:00.000Z", [1, 5]]);
});

test("a policy of devices names no place", () => {
  const body = bodyOf({ ...emptyDraft(), by: "devices", devices: ["x"], place: "a" }, "UTC");
  expect([body.devices, body.place, body.kind, body.until]).toEqual([["x"], null, null, null]);
});

test("days are said as spans", () => {
  expect([daysSaid([1, 2, 3, 4, 5, 6, 7], name, "all"), daysSaid([5, 1, 2, 3, 4], name, "all"), daysSaid([1, 2, 6], name, "all")]).toEqual(["all", "M–F", "M, T, S"]);
});

test("the day ends at 24:00", () => expect([CLOCKS[0], CLOCKS[13], CLOCKS.at(-1)]).toEqual(["00:00", "06:30", "24:00"]));
