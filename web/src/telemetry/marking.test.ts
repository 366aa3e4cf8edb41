import { expect, test } from "vitest";
import { changed, indexAt, intervalsOf, marked, marksOf, sameMarks, unmarked } from "./marking";

const S = 1000;
const DAY = { from: 0, to: 100 * S };
const mark = (from: number, to: number, label = "on") => ({ from: from * S, to: to * S, label });

test("a mark is cut to its window, and a click is none", () => {
  expect(marked([], { from: -5 * S, to: 10 * S }, "on", true, DAY)).toEqual([mark(0, 10)]);
  expect(marked([], { from: 5, to: 6 }, "on", true, DAY)).toEqual([]);
});
test("marks of one label that touch are one", () => expect(marked([mark(0, 10), mark(15, 20)], { from: 10 * S, to: 15 * S }, "on", true, DAY)).toEqual([mark(0, 20)]));
test("where one label holds at a time a new mark takes its place", () => {
  expect(marked([mark(0, 30)], { from: 10 * S, to: 20 * S }, "off", true, DAY)).toEqual([mark(0, 10), mark(10, 20, "off"), mark(20, 30)]);
  expect(marked([mark(0, 30)], { from: 10 * S, to: 20 * S }, "off", false, DAY)).toEqual([mark(0, 30), mark(10, 20, "off")]);
});
test("labels and edges are changed, never to nothing", () => {
  const marks = [mark(0, 10), mark(20, 30)];
  expect(changed(marks, 0, { label: "off" }, true, DAY)).toEqual([mark(0, 10, "off"), mark(20, 30)]);
  expect(changed(marks, 1, { from: 12 * S }, true, DAY)).toEqual([mark(0, 10), mark(12, 30)]);
  expect(changed(marks, 1, { to: 5 * S }, true, DAY)).toEqual(marks);
  expect(changed(marks, 7, { to: 5 * S }, true, DAY)).toEqual(marks);
});
test("a mark is found under a time and removed", () => {
  const marks = [mark(0, 10), mark(20, 30)];
  expect([indexAt(marks, 25 * S), indexAt(marks, 10 * S)]).toEqual([1, -1]);
  expect(unmarked(marks, 0)).toEqual([mark(20, 30)]);
});
test("marks go to the server and back unchanged", () => expect(sameMarks(marksOf(intervalsOf([mark(1, 2)])), [mark(1, 2)])).toBe(true));
