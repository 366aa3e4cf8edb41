import { expect, test } from "vitest";
import type { Leg, Route } from "@/client/model";
import { routeFeatures, stopFeatures } from "./RouteLayer";

const leg = (level: number, to = level): Leg =>
  ({ level, to_level: to, mode: "walkway", geometry: { type: "LineString", coordinates: [[0, 0], [1, 1]] } }) as unknown as Leg;
const route = {
  legs: [leg(0), leg(0, 2), leg(2)],
  stops: [
    { lon: 0, lat: 0, level: 0 },
    { lon: 1, lat: 0, level: 0 },
    { lon: 1, lat: 1, level: 2 },
  ],
  steps: [{ lon: 0.5, lat: 0.5, level: 0 }],
} as unknown as Route;

const here = (shown: number | null): unknown[] => routeFeatures([route], 0, shown).features.map((f) => f.properties?.here);

test("legs on other floors are faint; a change of floor belongs to both", () => {
  expect(here(2)).toEqual([false, true, true]);
  expect(here(0)).toEqual([true, true, false]);
});
test("the outside view shows the whole way", () => expect(here(null)).toEqual([true, true, true]));
test("start, stops between and goal have their own marks, and so has the step", () => {
  expect(stopFeatures(route, 0, 0).features.map((f) => f.properties?.role)).toEqual(["from", "via", "to", "step"]);
});
test("no route has no marks", () => expect(stopFeatures(undefined, 0, null).features).toEqual([]));
test("a goal on another floor is faint", () => {
  expect(stopFeatures(route, null, 0).features.map((f) => f.properties?.here)).toEqual([true, true, false]);
});
