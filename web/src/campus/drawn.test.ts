import { expect, test } from "vitest";
import type { PlaceCollection, PlaceProperties } from "@/client/model";
import { boundsOf, drawn } from "./drawn";

const square = { type: "Polygon" as const, coordinates: [[[0, 0], [2, 0], [2, 1], [0, 0]]] };
const place = (id: string, properties: PlaceProperties): PlaceCollection => ({
  type: "FeatureCollection",
  features: [{ type: "Feature", id, geometry: square, properties }],
});
const one = (properties: PlaceProperties, language = "zh", closed: string[] = []) =>
  drawn(place("a", properties), language, new Set(closed)).features[0]!.properties;

test("a room is titled in the reader's language, and in any other where that is missing", () => {
  const name = { zh: "报告厅", en: "Lecture hall" };
  expect(one({ feature_type: "unit", category: "auditorium", name }).title).toBe("报告厅");
  expect(one({ feature_type: "unit", category: "auditorium", name }, "en").title).toBe("Lecture hall");
  expect(one({ feature_type: "unit", category: "office", name: { ru: "Кабинет" } }, "en").title).toBe("Кабинет");
});

test("a lift is shown by its picture, without a title", () => {
  const lift = one({ feature_type: "unit", category: "elevator", name: { zh: "1号电梯" } });
  expect([lift.title, lift.picture, lift.group]).toEqual(["", "elevator", "vertical"]);
});

test("a building without a height has its storeys' height", () => {
  expect(one({ feature_type: "building", height_m: 40 }).height).toBe(40);
  expect(one({ feature_type: "building", storeys: 10 }).height).toBeCloseTo(36);
});

test("a closed feature is marked", () => expect(one({ feature_type: "unit" }, "zh", ["a"]).closed).toBe(true));

test("the box holds every corner", () => expect(boundsOf([square])).toEqual([0, 0, 2, 1]));
test("nothing has no box", () => expect(boundsOf([])).toBeNull());
