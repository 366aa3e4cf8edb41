import { expect, test } from "vitest";
import { type Ask, isId, isPoint, linkQuery, parseAsk, pointRef } from "./link";

const full: Ask = { from: "a", to: "b", via: ["c", "d"], profile: "wheelchair", at: "2026-03-01T08:00:00Z", best: true };

test("a link says what was asked, and reading it gives that back", () => expect(parseAsk(linkQuery(full))).toEqual(full));
test("what is as usual stays out of the link", () => {
  expect(linkQuery({ from: "", to: "b", via: [], profile: "walk", at: "", best: false })).toEqual({ to: "b" });
});
test("an unknown profile walks", () => expect(parseAsk({ profile: "teleport" }).profile).toBe("walk"));
test("a repeated parameter is a list, a single one too", () => {
  expect(parseAsk({ via: ["a", null, "b"] }).via).toEqual(["a", "b"]);
  expect(parseAsk({ via: "a" }).via).toEqual(["a"]);
});
test("a name is told from what may be an id", () => {
  expect(["a-3f-a301", "way/226624817", "A座301", "Tower A"].map(isId)).toEqual([true, true, false, false]);
});
test("a clicked point is told from an id", () => {
  expect(isPoint(pointRef(120.1234567, 30.5, null))).toBe(true);
  expect(isPoint("A301")).toBe(false);
});
