import { expect, test } from "vitest";
import { marksOf, markText } from "./curveOption";
import { bandsOf, changedOf, csvOf, lineOf, moved, nearest, ordered, type Sample, samplesOfBuckets, stepOf, written, zoomed } from "./curve";

const MINUTE = 60_000;
const at = (minute: number, quality = 0, value: number | null = minute, raw: number | null = value): Sample => ({ at: minute * MINUTE, value, raw, quality, reasons: [] });

test("near curves are raw, far ones summed", () => {
  const days = (n: number): string => stepOf({ from: 0, to: n * 86_400_000 });
  expect([days(1), days(3), days(7), days(30), days(365)]).toEqual(["raw", "raw", "quarter", "hour", "day"]);
});
test("neighbours of one quality are one band, and a gap reaches to the next reading", () => {
  expect(bandsOf([at(0), at(1, 3), at(2, 3), at(3), at(4, 4, null), at(9)])).toEqual([
    { from: MINUTE, to: 3 * MINUTE, quality: 3 },
    { from: 4 * MINUTE, to: 9 * MINUTE, quality: 4 },
  ]);
  expect(bandsOf([])).toEqual([]);
});
test("the axis has marks at round times of the campus's clock", () => {
  const from = Date.parse("2026-05-01T12:30:00Z");
  const marks = marksOf({ from, to: from + 86_400_000 }, "Asia/Shanghai", 5);
  expect(marks.map((at) => markText(at, "Asia/Shanghai"))).toEqual(["05-02", "06:00", "12:00", "18:00"]);
});
test("a line breaks where nothing came", () => {
  expect(lineOf([at(0), at(1), at(2), at(10)], (one) => one.value)).toEqual([[0, 0], [MINUTE, 1], [2 * MINUTE, 2], [2 * MINUTE + 1, null], [10 * MINUTE, 10]]);
});
test("what came is shown where it does not hold", () => {
  expect(changedOf([at(0), at(1, 3, 4, -999), at(2, 1, 4, null)])).toEqual([[MINUTE, -2]]);
  expect(changedOf([at(0), at(1, 3, 4, 5)])).toEqual([[MINUTE, 5]]);
  expect(changedOf([at(1, 3, null, 7)])).toEqual([[MINUTE, 7]]);
});
test("the nearest sample is found on either side", () => {
  const samples = [at(0), at(1), at(5)];
  expect([0, 0.4, 2.9, 3.1, 99].map((minute) => nearest(samples, minute * MINUTE)?.value)).toEqual([0, 0, 1, 5, 5]);
  expect(nearest([], 5)).toBeUndefined();
});
test("zooming keeps the time under the pointer, within bounds", () => {
  const view = { from: 1e9, to: 1e9 + 1000 * MINUTE };
  expect(zoomed(view, view.from + 250 * MINUTE, 0.5)).toEqual({ from: view.from + 125 * MINUTE, to: view.from + 625 * MINUTE });
  const near = zoomed(view, view.from, 1e-9);
  expect(near.to - near.from).toBe(MINUTE);
  expect(zoomed({ from: 0, to: MINUTE }, MINUTE, 10).from).toBe(0);
});
test("a view moves, not before 1970", () => {
  expect(moved({ from: 10, to: 20 }, 5)).toEqual({ from: 15, to: 25 });
  expect(moved({ from: 10, to: 20 }, -50)).toEqual({ from: 0, to: 10 });
});
test("a selection is in order and never empty", () => {
  expect(ordered(9, 3)).toEqual({ from: 3, to: 9 });
  expect(ordered(3, 3)).toBeNull();
});
test("a bucket without readings is missing", () => {
  const bucket = { point: "p", start: "2026-01-01T00:00:00Z", count: 0, sum: 0, mean: null, min: null, max: null, coverage: null, quality: 0 as const };
  expect(samplesOfBuckets([bucket])[0]).toMatchObject({ quality: 4, value: null });
});
test("CSV quotes what has to be quoted", () => {
  const reading = { at: "2026-01-01T00:00:00Z", raw: -999, value: null, quality: 3 as const, reasons: ["sentinel", "late"] };
  expect(csvOf('a,"b"', "°C", [reading])).toBe('point,time,raw,value,unit,quality,reasons\n"a,""b""",2026-01-01T00:00:00Z,-999,,°C,bad,sentinel late\n');
});
test("numbers are short", () => expect([written(null), written(0.1 + 0.2), written(123456.7), written(21.256)]).toEqual(["–", "0.3", "123,456.7", "21.26"]));
