import { expect, test } from "vitest";
import { barsOf, ganttHeight, ganttOption, runsOf } from "./gantt";

const palette = { ink: "#000", soft: "#333", line: "#ccc", panel: "#fff" };

test("slots that are on are runs, to the end of the last", () => {
  expect(runsOf("23-26 95-95")).toEqual([[23, 27], [95, 96]]);
  expect(runsOf("")).toEqual([]);
});
test("a device's runs are its bars, in the colour of its zone", () => {
  expect(barsOf("devices", [{ device: "pump", zone: "a", on: "0-0 2-4" }, { device: "fan", zone: "", on: "" }])).toEqual([
    { lane: "pump", label: "a", start: 0, end: 1 },
    { lane: "pump", label: "a", start: 2, end: 5 },
  ]);
});
test("stops are bars of whoever makes them, and what is left out is none", () => {
  expect(barsOf("rounds", [{ stop: "gate", staff: "li", begin: 5, end: 9 }, { stop: "roof", staff: null, begin: null, end: null }])).toEqual([{ lane: "li", label: "gate", start: 5, end: 9 }]);
});
test("rows without times have no bars", () => expect(barsOf("layout", [{ unit: "a", place: "1" }])).toEqual([]));
test("lanes come in their order, and names can't be markup", () => {
  const bars = barsOf("rounds", [{ stop: "<b>", staff: "li", begin: 0, end: 1 }, { stop: "b", staff: "wu", begin: 0, end: 1 }]);
  const option = ganttOption(bars, "s", palette) as { yAxis: { data: string[] }; tooltip: { formatter: (one: { dataIndex: number }) => string } };
  expect(option.yAxis.data).toEqual(["li", "wu"]);
  expect(option.tooltip.formatter({ dataIndex: 0 })).toBe("li<br>&lt;b>: 0 – 1");
  expect(ganttHeight(bars)).toBe(126);
});
