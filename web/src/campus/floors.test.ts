import { expect, test } from "vitest";
import type { BuildingInfo } from "@/client/model";
import { floorsOf, levelAt, levelWord } from "./floors";

const tower = {
  id: "t",
  levels: [
    { id: "l0", ordinal: 0, name: { zh: "大堂层" }, short_name: { zh: "L" } },
    { id: "l1", ordinal: 1, name: {}, short_name: {} },
  ],
} as unknown as BuildingInfo;

test("a building's floors have its own names, highest first", () => {
  expect(floorsOf([tower], [0, 1, 2], "t").map((f) => f.short.zh)).toEqual(["2F", "L"]);
});
test("without a building the campus's ordinals are offered", () => {
  expect(floorsOf([tower], [-1, 0, 0.5], null).map((f) => f.short.en)).toEqual(["0.5", "1F", "B1"]);
});
test("an address names a floor, the outside, or nothing", () => {
  expect([-1, 0, 2.5, null].map((ordinal) => levelAt(levelWord(ordinal)))).toEqual([-1, 0, 2.5, null]);
  expect([undefined, "", "attic", ["1"]].map(levelAt)).toEqual([undefined, undefined, undefined, undefined]);
});
