import { describe, expect, it } from "vitest";
import { cellText, columnsOf, costText, csvOf, figure, filteredRows, gapOf, hasPlan, heard, isBetter, isEnded, percent, searchOption, shareOf } from "./figures";

const palette = { ink: "#000", soft: "#333", line: "#ccc", panel: "#fff" };
const step = (at_s: number, cost: number | null, bound: number | null) => ({ at_s, rounds: 1, cost, bound }) as never;

describe("a search and its plan", () => {
  it("is told in a few digits", () => {
    expect([figure(17894.123, "en"), figure(0.12345, "zh"), figure(-0, "en"), figure(null, "en"), figure(Infinity, "en")]).toEqual(["17,894.1", "0.1235", "0", "–", "–"]);
    expect([costText(25.5999, "en"), costText(12345.678, "zh"), costText(-4, "en"), costText(0.00312, "en")]).toEqual(["25.60", "12,346", "-4", "0.0031"]);
    expect([percent(0.0123, "en"), percent(null, "en")]).toEqual(["1.23%", "–"]);
  });
  it("has a gap where there are cost and bound", () => {
    expect([gapOf(step(1, 200, 190)), gapOf(step(1, 200, null)), gapOf(null)]).toEqual([0.05, null, null]);
  });
  it("hears each step once", () => {
    const steps = heard([], step(1, 10, null));
    expect(heard(steps, step(1, 10, null))).toBe(steps);
    expect(heard(steps, step(2, 9, 8))).toHaveLength(2);
  });
  it("draws cost and bound up to now", () => {
    const { series } = searchOption([step(1, 10, null), step(2, 9, 8)], 5, (key) => key, palette) as { series: { data: number[][] }[] };
    expect(series.map((s) => s.data)).toEqual([[[1, 10], [2, 9], [5, 9]], [[2, 8], [5, 8]], [[2, 100 / 9], [5, 100 / 9]]]);
    expect((searchOption([step(1, 10, null)], 5, (key) => key, palette) as { series: unknown[] }).series).toHaveLength(1);
  });
  it("uses a share of its time, and tells of what is better", () => {
    expect([shareOf(3, 12), shareOf(13, 12), shareOf(3, null)]).toEqual([0.25, 1, null]);
    expect([isBetter(step(1, 9, null), { cost: 10 }), isBetter(step(1, 10, null), { cost: 10 }), isBetter(step(1, 10, null), null), isBetter(null, null)]).toEqual([true, false, true, false]);
  });
  it("ends when it is done, cancelled or failed", () => expect([isEnded("done"), isEnded("running")]).toEqual([true, false]));
  it("may end without a plan", () => expect([hasPlan({ progress: step(1, 10, null) }), hasPlan({ progress: step(1, null, 3) }), hasPlan({ progress: null })]).toEqual([true, false, false]));
});

describe("the assignments", () => {
  const rows = [{ who: "研发部", room: "A301", on: true }, { who: "=1+1", room: 'a,"b', extra: [1, 2] }];
  it("have the columns that any has", () => expect(columnsOf(rows)).toEqual(["who", "room", "on", "extra"]));
  it("are read as text", () => expect([cellText(true, "en"), cellText([1, 2.5], "en"), cellText(null, "en"), cellText({ a: 1 }, "en")]).toEqual(["✓", "1, 2.5", "", '{"a":1}']));
  it("are found by any cell", () => expect(filteredRows(rows, "a301")).toEqual([rows[0]]));
  it("are CSV in which no text is a formula", () => expect(csvOf(rows)).toBe('who,room,on,extra\n研发部,A301,true,\n\'=1+1,"a,""b",,"[1,2]"'));
});
