import type { Feature, FeatureCollection } from "geojson";
import { expect, test } from "vitest";
import type { MapPlace, PlaceMap } from "@/client/model";
import { areasOf, liveLink, marksOf, roundTop, scaleOf } from "./answerMap";

const collection = (...features: Feature[]): FeatureCollection => ({ type: "FeatureCollection", features });
const area = (id: string, kind: string): Feature => ({ type: "Feature", geometry: { type: "Polygon", coordinates: [] }, properties: { id, kind } });
const place = (id: string, value: number | null, more: Partial<MapPlace> = {}): MapPlace => ({ id, name: { zh: `${id}室`, en: `Room ${id}` }, lon: 1, lat: 2, value, ordinal: 2, label: String(value ?? ""), marked: false, dot: false, ...more }) as MapPlace;
const map = (more: Partial<PlaceMap>, ...places: MapPlace[]): PlaceMap => ({ title: { zh: "", en: "" }, layer: null, opens: null, unit: "kWh", ordinal: 2, building: null, focus: null, bounds: [0, 0, 1, 1], places, ...more }) as PlaceMap;
const say = (one: MapPlace): string => one.name.en;

test("a layer has the colours of the live map, anything else a scale from nought to a round top", () => {
  expect(scaleOf(map({ layer: "temperature" })).map(([value]) => value)).toEqual([16, 20, 24, 27, 31]);
  expect(scaleOf(map({}, place("a", 130), place("b", 380))).map(([value]) => value)).toEqual([0, 100, 200, 300, 400]);
  expect([0, 0.03, 9, 100, 1001].map((value) => roundTop([value]))).toEqual([1, 0.04, 10, 100, 2000]);
});
test("only what is told is coloured, zones too, and nothing on another floor", () => {
  const [base, indoor] = [collection(area("p", "geofence")), collection(area("a", "unit"), area("b", "unit"), area("c", "unit"))];
  const shown = map({}, place("a", 1), place("b", null), place("p", 4), place("d", 1, { dot: true }));
  expect(areasOf(shown, base, indoor, 2).features.map((one) => [one.properties?.id, one.properties?.state])).toEqual([["a", "told"], ["b", "silent"], ["p", "told"]]);
  expect(areasOf(shown, base, indoor, null).features).toEqual([]);
});
test("what the answer names has its name and its outline, others their number", () => {
  const shown = map({}, place("a", 1, { marked: true }), place("b", 3), place("c", null));
  const { features } = marksOf(shown, collection(), collection(area("a", "unit"), area("b", "unit")), 2, say);
  expect(features.map((one) => one.properties?.text ?? one.properties?.id)).toEqual(["a", "Room a\n1", "3"]);
  expect(marksOf({ ...shown, ordinal: null }, collection(), collection(), null, say).features.map((one) => one.properties?.text)).toEqual(["Room a\n1", "Room b\n3", "Room c"]);
});
test("the live map opens with the layer, the floor and the place", () => {
  expect(liveLink(map({ opens: "people", focus: "a" } as never)).query).toEqual({ layer: "people", level: "2", place: "a" });
  expect(liveLink(map({ ordinal: null })).query).toEqual({ level: "outside" });
});
