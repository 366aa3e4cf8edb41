import { expect, test } from "vitest";
import type { TwinPlace } from "@/client/twin";
import { ageOf, pointFor, rowsOf } from "./card";

test("ages are told in the unit that reads well", () => {
  const at = "2026-01-01T00:00:00Z";
  const after = (seconds: number) => ageOf(at, Date.parse(at) + seconds * 1000);
  expect([after(5), after(150), after(7200), after(259_200), after(-9)]).toEqual([[5, "seconds"], [3, "minutes"], [2, "hours"], [3, "days"], [0, "seconds"]]);
});
test("what matters comes first", () => expect(rowsOf({ devices_on: {}, temperature: {}, density: {} }).map(([name]) => name)).toEqual(["temperature", "devices_on", "density"]));
test("a curve is of the one sensor of a room, never of one of several", () => {
  const point = (id: string) => ({ id, quantity: "air_temperature" });
  const place = (points: object[], kind = "space") => ({ state: { kind }, points, devices: [] }) as unknown as TwinPlace;
  expect(pointFor(place([point("a")]), "temperature")?.id).toBe("a");
  expect(pointFor(place([point("a"), point("b")]), "temperature")).toBeNull();
  expect(pointFor(place([point("a")], "level"), "temperature")).toBeNull();
  expect(pointFor(place([point("a")]), "people")).toBeNull();
});
