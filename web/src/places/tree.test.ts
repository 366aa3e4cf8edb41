import { describe, expect, it } from "vitest";
import type { CampusDetail } from "@/client/model";
import type { TwinState } from "@/client/twin";
import { calendarOf, rowsOf, shareOf } from "./tree";

const level = (id: string) => ({ id, ordinal: 0, name: { en: id }, short_name: {} });
const campus = { id: "c", name: { en: "Park" }, buildings: [{ id: "a", name: { en: "A" }, levels: [level("a1"), level("a2")] }, { id: "b", name: { en: "B" }, levels: [] }, { id: "x", name: { en: "X" }, levels: [] }] } as unknown as CampusDetail;
const place = (id: string, kind: string, value: number | null) => ({ id, kind, values: { people: { value } } });
const state = { places: [place("s", "site", 9), place("a", "building", 2), place("b", "building", 7), place("a1", "level", 2), place("a2", "level", null)] } as unknown as TwinState;

describe("places by a quantity", () => {
  const rows = rowsOf(campus, state, "people", (names) => names.en ?? "");
  it("has the site first, then buildings, the most first, without those that nothing tells of", () => {
    expect(rows.map((row) => [row.name, row.value])).toEqual([["Park", 9], ["B", 7], ["A", 2]]);
    expect(rows[2]!.children!.map((row) => row.id)).toEqual(["a1"]);
  });
  it("measures buildings by the largest of them", () => {
    expect([shareOf(7, rows), shareOf(null, rows), shareOf(9, rows)]).toEqual([1, 0, 1]);
  });
  it("is a calendar by the clock of the park", () => {
    const told = calendarOf(["2026-03-01T15:00:00Z", "2026-03-01T16:00:00Z"], [1, 2.34], "Asia/Shanghai");
    expect(told).toEqual({ days: ["03-01", "03-02"], cells: [[23, 0, 1], [0, 1, 2.3]] });
  });
});
