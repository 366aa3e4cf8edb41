import { describe, expect, test } from "vitest";
import { begin, byUse, hasSelection, lengthOf, mark, move, namesLike, pieceOf, sameContent, select, selected, setLabel, tokensOf, undo, unmark } from "./draft";

const TEXT = "从A座301到 food court 🍜";
const span = (start: number, end: number, type = "place") => ({ start, end, type });
const words = (text: string, spans = [] as ReturnType<typeof span>[]) => tokensOf(text, "word", spans).map((token) => token.text);

describe("pieces", () => {
  test("a character is one code point", () => {
    expect(tokensOf("去🍜", "character")).toEqual([
      { start: 0, end: 1, text: "去" },
      { start: 1, end: 2, text: "🍜" },
    ]);
    expect(lengthOf(TEXT)).toBe(20);
    expect(pieceOf(TEXT, 19, 20)).toBe("🍜");
  });
  test("a word is a run of letters and digits; a Chinese character is one", () =>
    expect(words(TEXT)).toEqual(["从", "A", "座", "301", "到", " ", "food", " ", "court", " ", "🍜"]));
  test("a span's borders part a word", () => expect(words("room301", [span(4, 7)])).toEqual(["room", "301"]));
  test("without text there is none", () => expect(tokensOf("", "word")).toEqual([]));
});

describe("the caret", () => {
  const tokens = tokensOf("去 the food", "word");
  const start = begin({ label: null, spans: [] });
  test("steps over pieces and stays in the text", () => {
    expect(move(start, tokens, -1, false).caret).toBe(0);
    expect(move(start, tokens, 3, false).caret).toBe(5);
    expect(move(start, tokens, 99, false).caret).toBe(10);
  });
  test("extends a selection in both directions", () => {
    const right = move(move(start, tokens, 2, false), tokens, 1, true);
    expect(selected(right)).toEqual([2, 5]);
    const left = move(move(right, tokens, -1, true), tokens, -1, true);
    expect(selected(left)).toEqual([1, 2]);
  });
  test("ends a selection at the side it steps to", () => {
    const some = select(start, 2, 5);
    expect(selected(move(some, tokens, -1, false))).toEqual([2, 2]);
    expect(selected(move(some, tokens, 1, false))).toEqual([5, 5]);
  });
});

describe("spans", () => {
  const empty = begin({ label: null, spans: [] });
  test("a selection becomes a span without blanks at its ends", () => {
    const marked = mark(select(empty, 7, 0), " 食堂 ok ", "place");
    expect(marked.spans).toEqual([span(1, 6)]);
    expect(hasSelection(marked)).toBe(false);
  });
  test("nothing or only blanks selected is no span", () => {
    expect(mark(empty, "abc", "place")).toBe(empty);
    const blank = select(empty, 1, 2);
    expect(mark(blank, "a b", "place")).toBe(blank);
  });
  test("a new span takes the place of those it overlaps, and they stay in order", () => {
    const two = begin({ label: null, spans: [span(4, 6, "b"), span(0, 2, "a")] });
    expect(mark(select(two, 1, 4), "abcdef", "c").spans).toEqual([span(1, 4, "c"), span(4, 6, "b")]);
  });
  test("removing takes what is selected, at the caret, or the last before it", () => {
    const three = begin({ label: null, spans: [span(0, 2), span(4, 6), span(8, 9)] });
    expect(unmark(select(three, 1, 5)).spans).toEqual([span(8, 9)]);
    expect(unmark(select(three, 5, 5)).spans).toEqual([span(0, 2), span(8, 9)]);
    expect(unmark(select(three, 7, 7)).spans).toEqual([span(0, 2), span(8, 9)]);
    expect(unmark(empty)).toBe(empty);
  });
  test("every change is undone one by one", () => {
    const done = setLabel(mark(select(empty, 0, 1), "ab", "x"), "go");
    expect(undo(done)).toMatchObject({ label: null, spans: [span(0, 1, "x")] });
    expect(undo(undo(undo(done)))).toMatchObject({ label: null, spans: [], past: [] });
    expect(setLabel(done, "go")).toBe(done);
  });
});

test("names are found by their beginning, a part's beginning, then anywhere", () =>
  expect(namesLike(["space_route", "route", "guidance_route", "errouted"], "Ro")).toEqual(["route", "space_route", "guidance_route", "errouted"]));
test("all names fit an empty search", () => expect(namesLike(["b", "a"], " ")).toEqual(["b", "a"]));
test("the most used names come first", () => expect(byUse(["a", "b", "c"], { c: 2, b: 1 })).toEqual(["c", "b", "a"]));
test("contents are the same whatever the order of their spans", () => {
  expect(sameContent({ label: "x", spans: [span(3, 4), span(0, 1)] }, { label: "x", spans: [span(0, 1), span(3, 4)] })).toBe(true);
  expect(sameContent({ label: "x", spans: [] }, { label: "y", spans: [] })).toBe(false);
});
