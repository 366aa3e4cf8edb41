import { expect, test } from "vitest";
import type { Finding } from "@/client/model";
import { filterFindings, findingFeatures, rulesOf } from "./findingRows";

const finding = (rule: string, severity: Finding["severity"], zh: string, ordinal: number | null = null): Finding =>
  ({
    rule,
    severity,
    feature_id: rule,
    message: { zh, en: zh },
    remedy: { zh: "", en: "" },
    spot: ordinal === null ? null : { lon: 1, lat: 2, ordinal, level_id: null, building_id: null },
  }) as Finding;
const all = [finding("door", "error", "没有门", 0), finding("door", "warning", "门太窄", 1), finding("name", "info", "重名")];

test("every part of the filter must fit", () => {
  expect(filterFindings(all, { severity: "error", rule: "door", text: "没有" })).toEqual([all[0]]);
  expect(filterFindings(all, { severity: "error", rule: "name", text: "" })).toEqual([]);
  expect(filterFindings(all, { severity: "", rule: "", text: "NAME" })).toEqual([all[2]]);
});
test("the most frequent rule comes first", () => expect(rulesOf(all).map((r) => r.rule)).toEqual(["door", "name"]));
test("what has no place is not drawn; other floors are faint", () => {
  expect(findingFeatures(all, 0, all[1]!).features.map((f) => [f.properties?.here, f.properties?.chosen])).toEqual([
    [true, false],
    [false, true],
  ]);
});
