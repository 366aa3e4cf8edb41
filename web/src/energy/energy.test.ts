import { expect, test } from "vitest";
import type { EnergyCalendar, EnergyCurve, EnergyExpected, EnergyFlows } from "@/client/energy";
import { change, cited, csv, figure, money } from "./figures";
import { calendarOption, curveOption, flowsOption, labelsOf } from "./options";
import { bucketOf, clockIn, dateIn, earlier, firstOf, midnight, momentAt, momentOf, plusDays, spanOf, step, wallOf } from "./spans";

const palette = { ink: "#000", soft: "#555", line: "#ccc", panel: "#fff" };
const name = { zh: "楼", en: "House" };
const place = { id: "b", kind: "building" as const, name, area_m2: null };

test("a source in both languages is cited in one", () => {
  expect(cited("某公告 / Notice 33 (2022)", "en")).toBe("Notice 33 (2022)");
  expect(cited("某公告 / Notice 33 (2022)", "zh")).toBe("某公告 (2022)");
  expect(cited("Ember 2024 / IEA", "en")).toBe("Ember 2024 / IEA");
  expect(cited(null, "en")).toBe("");
});

test("midnight is that of the campus, also where the clock changes", () => {
  expect(midnight("2026-05-01", "Asia/Shanghai").toISOString()).toBe("2026-04-30T16:00:00.000Z");
  const hours = (date: string): number => (spanOf(date, "day", "Europe/Berlin").to.getTime() - spanOf(date, "day", "Europe/Berlin").from.getTime()) / 3_600_000;
  expect([hours("2026-03-29"), hours("2025-10-26"), hours("2026-05-01")]).toEqual([23, 25, 24]);
  expect(dateIn(new Date("2026-04-30T16:00:00Z"), "Asia/Shanghai")).toBe("2026-05-01");
});
test("weeks begin on Monday, months on the first, and steps go over their ends", () => {
  expect([firstOf("2026-05-10", "week"), firstOf("2026-05-10", "month"), firstOf("2026-05-10", "day")]).toEqual(["2026-05-04", "2026-05-01", "2026-05-10"]);
  expect([step("2026-01-31", "month", 1), step("2026-01-01", "month", -1), step("2026-01-01", "day", -1), step("2026-05-10", "week", 1)]).toEqual(["2026-02-01", "2025-12-01", "2025-12-31", "2026-05-11"]);
  expect(plusDays("2028-02-28", 1)).toBe("2028-02-29");
  expect(Object.keys(earlier("2026-05-10", "day", "UTC"))).toEqual(["yesterday", "lastWeek"]);
  expect(earlier("2026-05-10", "month", "UTC").before!.from.toISOString()).toBe("2026-04-01T00:00:00.000Z");
  expect([bucketOf("day"), bucketOf("month")]).toEqual(["hour", "day"]);
});
test("figures are short, and nothing is a dash", () => {
  expect([figure(1234.5, "en"), figure(12.34, "en"), figure(0.1234, "en"), figure(null, "en"), figure(Number.NaN, "en")]).toEqual(["1,235", "12.3", "0.12", "–", "–"]);
  expect([change(0.0341), change(-0.5), change(null)]).toEqual(["+3.4 %", "−50.0 %", "–"]);
  expect(money("1234.5", "CNY", "zh")).toContain("1,234.50");
});
test("CSV quotes what needs it and makes no formulas", () => {
  expect(csv([["a", 'say "x"', null, -1.5, "=1+1"]])).toBe("\ufeffa,\"say \"\"x\"\"\",,-1.5,'=1+1\r\n");
});

const bucket = (start: string, amount: number | null) => ({ start, end: new Date(Date.parse(start) + 3_600_000).toISOString(), amount, power: amount, covered: 1, estimated: 0 });
const now = { place, medium: "electricity", unit: "kWh", power_unit: "kW", note: null, buckets: [bucket("2026-05-01T00:00:00Z", 1), bucket("2026-05-01T01:00:00Z", null)] } as EnergyCurve;
test("the curve has its spans, and a band where something is expected", () => {
  const expected = { place, medium: "electricity", unit: "kWh", method: "ridge", note: null, reasons: [], hours: [{ start: "2026-05-01T01:00:00Z", mean: 3, low: 2, high: 5 }] } as EnergyExpected;
  const labels = labelsOf(now.buckets.map((b) => b.start), "Asia/Shanghai", false);
  expect(labels).toEqual(["08:00", "09:00"]);
  expect(labelsOf(["2026-05-01T20:00:00Z"], "Asia/Shanghai", true)).toEqual(["05-02"]);
  const option = curveOption({ now, others: { yesterday: now }, expected, labels, until: Infinity, word: (key) => key, palette });
  const series = option.series as { name?: string; data: (number | null)[] }[];
  expect(series.map((one) => one.name)).toEqual(["now", "yesterday", undefined, undefined, "expected"]);
  expect(series.map((one) => one.data[1])).toEqual([null, null, 2, 3, 3]);
  const unfinished = curveOption({ now, others: {}, expected: null, labels, until: Date.parse("2026-05-01T00:30:00Z"), word: (key) => key, palette });
  expect((unfinished.series as { data: (number | null)[] }[])[0]!.data).toEqual([null, null]);
  expect((option.legend as { data: string[] }).data).toEqual(["now", "yesterday", "expected"]);
});
test("flows keep their amounts, and names are no markup", () => {
  const flows = { place, medium: "electricity", unit: "kWh", scaled: [], note: null, nodes: [{ id: "supply:grid", kind: "supply", name, amount: 5 }, { id: "use:other", kind: "use", name: { en: "<b>" }, amount: 5 }], links: [{ source: "supply:grid", target: "use:other", amount: 5 }] } as EnergyFlows;
  const option = flowsOption(flows, (names) => names.en ?? "", palette, true);
  expect((option.series as { links: { value: number }[] }[])[0]!.links[0]!.value).toBe(5);
  const formatter = (option.tooltip as { formatter: (one: object) => string }).formatter;
  expect(formatter({ dataType: "node", name: "use:other", value: 5 })).toBe("&#60;b&#62;: 5 kWh");
});
test("the calendar leaves unknown hours empty", () => {
  const calendar = { place, medium: "electricity", unit: "kWh", note: null, days: [{ day: "2026-05-01", hours: [1, null, ...Array<number>(22).fill(2)], total: 45 }] } as EnergyCalendar;
  const option = calendarOption(calendar, palette);
  expect((option.series as { data: number[][] }[])[0]!.data).toHaveLength(23);
});

test("a clock of a campus is a moment and back, also over a change of clocks", () => {
  expect(wallOf(new Date("2026-03-01T23:05:00Z"), "Asia/Shanghai")).toBe("2026-03-02 07:05");
  expect(momentOf("2026-03-02 07:05", "Asia/Shanghai").toISOString()).toBe("2026-03-01T23:05:00.000Z");
  expect(momentAt("2026-03-02", "15:05", "Asia/Shanghai").toISOString()).toBe("2026-03-02T07:05:00.000Z");
  expect(momentAt("2026-10-25", "00:30", "Europe/Berlin").toISOString()).toBe("2026-10-24T22:30:00.000Z");
  expect(momentAt("2026-10-25", "12:00", "Europe/Berlin").toISOString()).toBe("2026-10-25T11:00:00.000Z");
  expect(clockIn(new Date("2026-10-25T11:00:00Z"), "Europe/Berlin")).toBe("12:00");
});
