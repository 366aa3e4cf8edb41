import { expect, test } from "vitest";
import type { PlaceDetail } from "@/client/model";
import { fieldsOf, patchOf } from "./featureEdit";

const place = {
  properties: { name: { zh: "报告厅", en: "Hall", ru: "Зал" }, hours: "Mo-Fr 08:00-18:00", accessibility: ["wheelchair"] },
  aliases: [{ id: "1", feature_id: "f", language: "zh", text: "大礼堂", kind: "former", weight: 1 }],
} as unknown as PlaceDetail;

test("an untouched form changes nothing", () => expect(patchOf(place, fieldsOf(place), "")).toBeNull());
test("a new name keeps the names in other languages", () => {
  expect(patchOf(place, { ...fieldsOf(place), zh: "学术报告厅" }, "改名")).toEqual({
    why: "改名",
    name: { zh: "学术报告厅", en: "Hall", ru: "Зал" },
  });
});
test("cleared hours are sent as empty, and blank aliases are dropped", () => {
  const fields = { ...fieldsOf(place), hours: "", aliases: [{ language: "zh", text: "  ", kind: "alias" }] };
  expect(patchOf(place, fields, "x")).toEqual({ why: "x", hours: "", aliases: [] });
});
