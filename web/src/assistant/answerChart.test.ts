import { describe, expect, it } from "vitest";
import type { Chart } from "@/client/model";
import { isDaily, optionOf, written } from "./answerChart";

const ink = { text: "#000", soft: "#666", line: "#ddd", panel: "#fff", accent: "#0a8", strong: "#e73", size: 12 };
const words = { say: (text: { zh: string; en: string }) => text.en, time: (at: string) => at.slice(11, 16), unit: "kWh" };
const hours = ["2026-03-01T00:00:00Z", "2026-03-01T01:00:00Z", "2026-03-01T02:00:00Z"];
const line = { name: { zh: "用电", en: "electricity" }, values: [1, null, 3], low: [], high: [] };
const chart: Chart = { title: { zh: "一", en: "one" }, unit: "kWh", lines: [line], times: hours, names: [], marked: 2 };

type Series = { type: string; data: unknown[]; markPoint?: unknown; areaStyle?: unknown };
const seriesOf = (of: Chart): Series[] => optionOf(of, words, ink).series as Series[];

describe("the chart of an answer", () => {
  it("is a line over hours with its peak marked, and leaves gaps where nothing is known", () => {
    const [only] = seriesOf(chart);
    expect([only!.type, only!.data[1], Boolean(only!.markPoint)]).toEqual(["line", null, true]);
  });
  it("tells two lines apart by their colours", () => {
    const drawn = seriesOf({ ...chart, lines: [line, line] }) as unknown as { lineStyle: { color: string } }[];
    expect(drawn.map((one) => one.lineStyle.color)).toEqual([ink.accent, ink.strong]);
  });
  it("is columns over days", () => {
    const days = ["2026-03-01T16:00:00Z", "2026-03-02T16:00:00Z", "2026-03-03T16:00:00Z"];
    expect([isDaily(days), seriesOf({ ...chart, times: days })[0]!.type]).toEqual([true, "bar"]);
  });
  it("is bars for places, the first on top", () => {
    const of = { ...chart, times: [], names: [{ zh: "甲", en: "A" }, { zh: "乙", en: "B" }, { zh: "丙", en: "C" }], marked: null };
    const option = optionOf(of, words, ink) as { yAxis: { inverse: boolean; data: string[] } };
    expect([option.yAxis.inverse, option.yAxis.data]).toEqual([true, ["A", "B", "C"]]);
  });
  it("draws the stretch that is expected", () => {
    const of = { ...chart, lines: [{ ...line, values: [1, 2, 3], low: [0, 1, 2], high: [2, 4, 6] }] };
    const [low, between] = seriesOf(of);
    expect([low!.data, between!.data, Boolean(between!.areaStyle)]).toEqual([[0, 1, 2], [2, 3, 4], true]);
  });
  it("never puts a name into the tooltip as markup", () => {
    const of = { ...chart, lines: [{ ...line, name: { zh: "<b>", en: "<b>" } }] };
    const option = optionOf(of, words, ink) as { tooltip: { formatter: (rows: unknown[]) => string } };
    expect(option.tooltip.formatter([{ dataIndex: 0, seriesName: "", value: 1 }])).toContain("&#60;b&#62;:");
  });
  it("writes numbers as people read them", () => {
    expect([written(12345.6), written(3.456), written(0.123), written(null)]).toEqual(["12,346", "3.5", "0.12", "–"]);
  });
});
