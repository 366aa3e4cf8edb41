import { expect, test } from "vitest";
import { cut, piecesOf, sameMeaning, trimmed, unitsOf, withMark } from "./marks";

const mark = (start: number, end: number, type = "place") => ({ start, end, type });

test("a text falls into what is marked and what is not", () => {
  expect(piecesOf("从北门到食堂", [mark(4, 6, "destination"), mark(1, 3, "origin")])).toEqual([
    { text: "从", start: 0, type: null },
    { text: "北门", start: 1, type: "origin" },
    { text: "到", start: 3, type: null },
    { text: "食堂", start: 4, type: "destination" },
  ]);
  expect(piecesOf("", [])).toEqual([]);
});
test("offsets count characters, also those outside the basic plane", () => {
  expect(cut("🙂去食堂", 2, 4)).toBe("食堂");
  expect(piecesOf("🙂去食堂", [mark(2, 4)]).map((piece) => piece.text)).toEqual(["🙂去", "食堂"]);
  expect(unitsOf("🙂A座")).toEqual([
    { text: "🙂", start: 0, end: 1 },
    { text: "A", start: 1, end: 2 },
    { text: "座", start: 2, end: 3 },
  ]);
});
test("words and numbers are marked as a whole, Chinese characters one by one", () => {
  expect(unitsOf("go to Room 204, 食堂").map((unit) => unit.text)).toEqual(["go", " ", "to", " ", "Room", " ", "204", ",", " ", "食", "堂"]);
});
test("a mark takes the place of those it overlaps", () => {
  const marks = [mark(0, 2), mark(3, 5), mark(6, 8)];
  expect(withMark(marks, mark(4, 7, "room"))).toEqual([mark(0, 2), mark(4, 7, "room")]);
  expect(withMark(marks, mark(2, 3))).toHaveLength(4);
});
test("no mark has blanks at its ends", () => {
  expect(trimmed(" a b ", 0, 5)).toEqual({ start: 1, end: 4 });
  expect(trimmed("a b", 1, 2)).toBeNull();
});
test("a meaning is the same whatever the order of its slots", () => {
  const slots = [mark(0, 1), mark(2, 3)];
  expect(sameMeaning({ intent: "a", slots }, { intent: "a", slots: [...slots].reverse() })).toBe(true);
  expect(sameMeaning({ intent: "a", slots }, { intent: "b", slots })).toBe(false);
  expect(sameMeaning({ intent: "a", slots }, { intent: "a", slots: [mark(0, 1, "room"), mark(2, 3)] })).toBe(false);
});
