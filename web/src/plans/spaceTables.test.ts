import { describe, expect, it } from "vitest";
import { changedSpaces, marked } from "./changedSpaces";
import { documentOf, filled, tablesOf, typed, withCell, withPeople, withPeriod } from "./spaceTables";

describe("tables of spaces", () => {
  const first = filled({ rooms: [{ name: "101", capacity_m2: 20 }], entities: [{ name: "a", headcount: 4, need_m2: 32 }] });

  it("take what is typed, and leave out what is emptied", () => {
    const rented = withCell(first, "rooms", 0, "rent_per_m2", typed("number", " 3.5 "));
    expect(rented.rooms[0]).toEqual({ name: "101", capacity_m2: 20, rent_per_m2: 3.5 });
    expect(withCell(rented, "rooms", 0, "rent_per_m2", typed("number", "")).rooms).toEqual(first.rooms);
    expect(typed("names", "屏幕、白板; sink")).toEqual(["屏幕", "白板", "sink"]);
    expect(typed("number", "many")).toBeUndefined();
  });

  it("grow by period, from today on, with the need that follows", () => {
    const grown = withPeople(withPeriod(first, "2027-01-01", "2027-07-01"), 1, "a", 10, 8);
    expect(grown.periods.map((one) => one.name)).toEqual(["2027-01-01", "2027-07-01"]);
    expect(grown.periods[1]).toMatchObject({ headcounts: { a: 10 }, needs_m2: { a: 80 } });
    expect(withPeople(grown, 1, "a", undefined, 8).periods[1]).toMatchObject({ headcounts: {}, needs_m2: {} });
  });

  it("send rows that have names, and read the tables of any file", () => {
    const sent = tablesOf({ ...first, entities: [...first.entities, { name: "", need_m2: 8 }], flows: [{ origin: "a", trips: 1 }] });
    expect([sent.entities.length, sent.flows.length]).toEqual([1, 0]);
    expect(documentOf({ rooms: [{ name: "101" }], walk_s: [[0]], periods: [{ name: "", starts: null }] })).toEqual({ rooms: [{ name: "101" }], periods: [], walking: { rooms: ["101"], seconds: [[0]] } });
  });

  it("let walks and rules follow rooms and teams that come, go or are renamed", () => {
    const rule = { kind: "near", entities: ["a", "b"], rooms: [], floors: [], zones: [], buildings: [] };
    const before = marked(filled({
      rooms: ["1", "2", "3"].map((name) => ({ name, capacity_m2: 9, floor: name === "3" ? "f2" : "f1" })),
      entities: [{ name: "a", headcount: 1, need_m2: 5, room: "1", locked: true }, { name: "b", headcount: 1, need_m2: 5, room: "2" }],
      flows: [{ origin: "a", destination: "b", trips: 1 }], rules: [rule, { ...rule, kind: "in", entities: ["a"], rooms: ["2"] }],
      walking: { rooms: ["1", "2", "3"], seconds: [[0, 10, 30], [10, 0, 50], [30, 50, 0]] }, landmarks: [{ name: "desk", seconds: [5, 15, 40] }],
    }));
    const rooms = [{ name: "new", capacity_m2: 9, floor: "f1" }, { ...before.rooms[1]!, name: "two" }, before.rooms[2]!];
    const { document: sent, gone } = changedSpaces({ ...before, rooms, entities: [before.entities[0]!] });
    expect(sent).toMatchObject({
      walking: { rooms: ["new", "two", "3"], seconds: [[0, 0, 50], [0, 0, 50], [50, 50, 0]] }, landmarks: [{ seconds: [15, 15, 40] }],
      entities: [{ name: "a", room: null, locked: false }], flows: [], rules: [{ kind: "in", entities: ["a"], rooms: ["two"] }],
    });
    expect([gone, "was" in (sent.rooms as object[])[1]!, "before" in sent]).toEqual([1, false, false]);
  });
});
