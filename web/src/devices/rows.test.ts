import { describe, expect, it } from "vitest";
import type { DeviceRow, StandingOrder } from "@/client/devices";
import { conditionOf, countsOf, endedLately, fitting, sharedSettable, written as valueOf } from "./rows";

function device(id: string, on: boolean | null, fault: boolean | null = false, kind: string | null = "lighting", settable: string[] = []): DeviceRow {
  const state = { id, place: "room", on, setpoint: null, fault, at: null, quality: 0 as const };
  return { id, name: { en: id }, brick_class: "Luminaire", kind, place: "room", place_name: { en: "Room" }, state, switchable: true, settable } as DeviceRow;
}
const rows = [device("a lamp", true), device("b lamp", false), device("c fan", true, true, "ventilation"), device("d", null, null, null)];
const written = (row: DeviceRow): string => `${row.id} ${row.brick_class}`;

describe("the list of devices", () => {
  it("puts a fault before whether a device runs", () => {
    expect(rows.map(conditionOf)).toEqual(["on", "off", "fault", "unknown"]);
    expect(countsOf(rows)).toEqual({ on: 1, off: 1, fault: 1, heard: 0, unknown: 1 });
    const meter = device("meter", null);
    expect(conditionOf({ ...meter, state: { ...meter.state!, at: "2026-05-01T00:00:00Z" } })).toBe("heard");
  });
  it("is filtered by words, kind and condition", () => {
    expect(fitting(rows, { text: "lamp LUM", kind: "", condition: "" }, written).map((r) => r.id)).toEqual(["a lamp", "b lamp"]);
    expect(fitting(rows, { text: "", kind: "ventilation", condition: "" }, written).map((r) => r.id)).toEqual(["c fan"]);
    expect(fitting(rows, { text: "", kind: "", condition: "unknown" }, written).map((r) => r.id)).toEqual(["d"]);
  });
  it("writes values of switches in words, others with their unit", () => {
    const said = (on: boolean): string => (on ? "on" : "off");
    expect([0, 1, null].map((value) => valueOf(value, { on_off: true }, said))).toEqual(["off", "on", "–"]);
    expect(valueOf(0, { on_off: false, unit: "°C" }, said)).toBe("0 °C");
  });
  it("offers to set only what all that are chosen can be set to", () => {
    const two = [device("x", true, false, "hvac", ["temperature", "speed"]), device("y", true, false, "hvac", ["temperature"])];
    expect([sharedSettable(two), sharedSettable([])]).toEqual([["temperature"], []]);
  });
  it("tells of orders that failed within a week", () => {
    const order = (id: string, state: string, until: string, next_at: string | null = null): StandingOrder => ({ id, state, until, next_at }) as StandingOrder;
    const orders = [
      order("new", "failed", "2026-03-09T00:00:00Z"),
      order("old", "failed", "2026-03-01T00:00:00Z"),
      order("yearly", "failed", "2027-03-01T00:00:00Z", "2026-03-02T00:00:00Z"),
      order("done", "done", "2026-03-09T00:00:00Z"),
    ];
    expect(endedLately(orders, new Date("2026-03-10T00:00:00Z")).map((one) => one.id)).toEqual(["new"]);
  });
});
