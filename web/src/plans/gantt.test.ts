import { expect, test } from "vitest";
import { barsOf, ganttHeight, ganttOption, runsOf } from "./gantt";

const palette = { ink: "#000", soft: "#333", line: "#ccc", panel: "#fff" };

test("slots that are on become runs", () => {
  expect(runsOf([0, 1, 1, 0, 1])).toEqual([[1, 3], [4, 5]]);
  expect(runsOf([])).toEqual([]);
});
test("states a slot are bars of their device", () => {
  expect(barsOf("devices", [{ device: "pump", states: [1, 0, 1] }])).toEqual([
    { lane: "pump", label: "pump", start: 0, end: 1 },
    { lane: "pump", label: "pump", start: 2, end: 3 },
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
