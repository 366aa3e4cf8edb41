import { expect, test } from "vitest";
import { anyDecides, weighed } from "./weights";

const word = (start: number, end: number, weight: number) => ({ start, end, weight });

test("the word that speaks most weighs one, the blanks nothing", () => {
  const parts = weighed("book it now", [word(0, 4, 0.6), word(5, 7, 0.005), word(8, 11, -0.3)]);
  expect(parts.map((part) => [part.text, part.weight])).toEqual([["book", 1], [" ", 0], ["it", 0], [" ", 0], ["now", -0.5]]);
});
test("offsets count characters", () => {
  expect(weighed("🙂去", [word(1, 2, 0.5)])).toEqual([{ text: "🙂", start: 0, weight: 0 }, { text: "去", start: 1, weight: 1 }]);
});
test("what is below noise decides nothing", () => {
  expect(anyDecides(weighed("a b", [word(0, 1, 0.01), word(2, 3, -0.001)]))).toBe(false);
  expect(weighed("", [])).toEqual([]);
});
