import { expect, test } from "vitest";
import type { Hit } from "@/client/model";
import { besideName, listedHits } from "./hits";

const hit = (feature_id: string, feature_type: string): Hit => ({ feature_id, feature_type }) as Hit;

test("places come before the devices in them, of which there are few", () => {
  const lamps = [1, 2, 3, 4].map((n) => hit(`lamp${n}`, "device"));
  const listed = listedHits([...lamps, hit("hall", "unit"), hit("annex", "building")]);
  expect(listed.map((h) => h.feature_id)).toEqual(["hall", "annex", "lamp1", "lamp2", "lamp3"]);
});

test.each([
  ["会展中心 1层 报告厅 E109", "报告厅", "会展中心 1层 E109"],
  ["Lecture hall E109, Level 1, Conference Centre", "Lecture hall", "E109, Level 1, Conference Centre"],
  ["北门（出入口）", "北门", "出入口"],
  ["A座", "A座", ""],
])("%s beside its name says %s", (label, name, rest) => expect(besideName(label, name)).toBe(rest));

test("what has no name is not shown by its id", () => expect(besideName("卫生间（node/931695612）", "卫生间", "node/931695612")).toBe(""));
