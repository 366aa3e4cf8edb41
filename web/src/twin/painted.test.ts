import type { Feature, FeatureCollection } from "geojson";
import { expect, test } from "vitest";
import { alarmsAt, painted } from "./painted";
import { drawHatch } from "./hatch";

const area = (id: string, kind: string): Feature => ({ type: "Feature", geometry: { type: "Polygon", coordinates: [] }, properties: { id, kind, height: 9 } });
const all = (...features: Feature[]): FeatureCollection => ({ type: "FeatureCollection", features });
const scale = [[0, "#000000"], [1, "#ffffff"]] as const;

test("rooms are coloured by what is told; grey and hatching stay apart", () => {
  const rooms = all(area("a", "unit"), area("b", "unit"), area("c", "unit"), area("l", "level"));
  const shown = painted(all(area("h", "building")), rooms, new Map([["a", 1], ["b", null]]), scale);
  expect(shown.features.map((feature) => [feature.properties?.id, feature.properties?.state, feature.properties?.colour])).toEqual([["a", "told", "#ffffff"], ["b", "silent", ""], ["c", "none", ""]]);
});
test("from outside buildings are coloured", () =>
  expect(painted(all(area("h", "building")), all(), new Map([["h", 0]]), scale).features[0]!.properties).toMatchObject({ colour: "#000000", height: 9 }));
test("an alarm is at its place, and one without a place is not on the map", () => {
  const alarms = [{ id: "1", severity: 3, space: "a" }, { id: "2", severity: 1, space: null }, { id: "3", severity: 1, space: "elsewhere" }];
  expect(alarmsAt(all(), all(area("a", "unit")), alarms as never).features).toHaveLength(1);
});
test("hatching fits beside itself", () => expect(drawHatch("light").data).toHaveLength(12 * 12 * 4));
