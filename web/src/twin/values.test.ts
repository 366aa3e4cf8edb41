import { expect, test } from "vitest";
import type { TwinHistory, TwinState } from "@/client/twin";
import { FAULT, OFF, ON } from "./scales";
import { difference, merged, numbersAt, numbersOf, placesOf, toldLayers } from "./values";

const state = (places: Record<string, object>): TwinState =>
  ({ places: Object.entries(places).map(([id, values]) => ({ id, values })) }) as unknown as TwinState;
const history = (values: Record<string, (number | null)[]>): TwinHistory => ({ values, times: [] }) as unknown as TwinHistory;

test("what has changed is put over what was, and the rest stays", () => {
  const before = placesOf(state({ a: { temperature: { value: 20 }, co2: { value: 600 } }, b: { temperature: { value: 21 } } }));
  const after = merged(before, state({ a: { temperature: { value: 22 } } }));
  expect(after.get("a")).toEqual({ temperature: { value: 22 }, co2: { value: 600 } });
  expect(after.get("b")).toEqual({ temperature: { value: 21 } });
  expect(before.get("a")!.temperature).toEqual({ value: 20 });
});
test("a sensor that is silent is something else than none", () => {
  const numbers = numbersOf(placesOf(state({ told: { temperature: { value: 0 } }, silent: { temperature: {} }, none: { co2: { value: 500 } } })), "temperature");
  expect([...numbers]).toEqual([["told", 0], ["silent", null]]);
});
test("a fault is shown before what runs", () => {
  const values = { on: { devices_on: { value: 2 }, devices_fault: { value: 0 } }, off: { devices_on: { value: 0 } }, wrong: { devices_on: { value: 1 }, devices_fault: { value: 1 } }, well: { devices_fault: { value: 0 } }, silent: { devices_on: {} } };
  expect([...numbersOf(placesOf(state(values)), "devices").values()]).toEqual([ON, OFF, FAULT, OFF, null]);
});
test("a frame has the numbers of its time", () => {
  expect([...numbersAt([history({ a: [1, 2], b: [null, 3] })], 0, "co2")]).toEqual([["a", 1], ["b", null]]);
  expect([...numbersAt([], 0, "co2")]).toEqual([]);
});
test("a difference is known where both times are", () => {
  const now = new Map([["a", 5], ["b", null], ["c", 1]]);
  expect([...difference(now, new Map([["a", 3], ["b", 1]]))]).toEqual([["a", 2], ["b", null], ["c", null]]);
});
test("only what places tell can be chosen", () => expect([...toldLayers(placesOf(state({ a: { co2: {} } })))]).toEqual(["co2"]));
