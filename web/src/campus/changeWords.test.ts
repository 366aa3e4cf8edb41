import { expect, test } from "vitest";
import type { Change, PlaceFeature } from "@/client/model";
import { changedFields } from "./changeWords";

const feature = (properties: object, x = 0): PlaceFeature => ({ type: "Feature", geometry: { type: "Point", coordinates: [x, 0] }, properties: properties as never });
const change = (before: PlaceFeature | null, after: PlaceFeature | null): Change => ({ feature_id: "f", before, after });

test("only what differs is told", () => {
  const rows = changedFields(change(feature({ hours: "a", name: { zh: "旧" } }), feature({ hours: "a", name: { zh: "新" } })));
  expect(rows).toEqual([{ field: "name", language: "zh", before: "旧", after: "新" }]);
});
test("a moved feature names its geometry without coordinates", () => {
  expect(changedFields(change(feature({}), feature({}, 1)))).toEqual([{ field: "geometry", before: "", after: "" }]);
});
test("an addition has no before", () => {
  expect(changedFields(change(null, feature({ text: "礼堂" })))).toContainEqual({ field: "text", before: "", after: "礼堂" });
});
test("what a file kept for itself is not shown", () => {
  expect(changedFields(change(feature({ _imdf: "x" }), feature({ _imdf: "y" })))).toEqual([]);
});
