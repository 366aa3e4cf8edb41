import { expect, test } from "vitest";
import type { PointRow, PointValue } from "@/client/telemetry";
import { choices, filtered, listed, NO_FILTER } from "./rows";

const NOW = Date.parse("2026-05-02T00:00:00Z");
const point = (id: string, over: Partial<PointRow> = {}): PointRow => ({
  id, name: { zh: `点${id}` }, brick_class: "Zone_Air_Temperature_Sensor", unit: "°C", low: null, high: null, quantity: "air_temperature", quantity_name: { zh: "气温", en: "air temperature" },
  form: "analog", kept_as: "sensors", device: null, device_name: {}, place: "r1", place_name: { en: "Room 101" }, level: "l", building: "a", building_name: { zh: "A座", en: "Block A" }, ...over,
}) as PointRow;
const value = (id: string, at: string, quality = 0): PointValue => ({ point: id, name: {}, unit: null, at, value: 1, quality }) as PointValue;
const points = listed(
  [point("1"), point("2", { building: "b", building_name: { zh: "B座" } }), point("3", { quantity: "power", quantity_name: { zh: "功率", en: "power" } })],
  [value("1", "2026-05-01T23:30:00Z"), value("2", "2026-05-01T12:00:00Z", 3)],
);
const ids = (over: Partial<typeof NO_FILTER>): string[] => filtered(points, { ...NO_FILTER, ...over }, NOW).map((one) => one.id);

test("a search looks at every word in both languages", () => {
  expect(ids({ text: "气温 a座" })).toEqual(["1"]);
  expect(ids({ text: "ROOM power" })).toEqual(["3"]);
});
test("filters by place, kind, quality and silence are joined", () => {
  expect([ids({ building: "b" }), ids({ quantity: "power" }), ids({ quality: 3 }), ids({ building: "a", quality: 3 })]).toEqual([["2"], ["3"], ["2"], []]);
  expect([ids({ silence: "hour" }), ids({ silence: "day" }), ids({ silence: "never" })]).toEqual([["2"], [], ["3"]]);
});
test("choices are counted, the most frequent first", () => {
  expect(choices(points, "building").map((one) => [one.value, one.count])).toEqual([["a", 2], ["b", 1]]);
  expect(choices(points, "quantity")[1]).toEqual({ value: "power", count: 1, names: { zh: "功率", en: "power" } });
});
test("one of 10,000 points is found", () => {
  const many = listed(Array.from({ length: 10_000 }, (_, i) => point(`p${i}`)), []);
  expect(filtered(many, { ...NO_FILTER, text: "p9999" }, NOW)).toHaveLength(1);
});
