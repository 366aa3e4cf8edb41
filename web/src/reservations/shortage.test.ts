import { expect, test } from "vitest";
import { drawnOf, shortageOption } from "./shortage";

const curve = [0.5, 0.2, 0.06, 0.0009, 0.0001, 0.00001];

test("rooms that can't be short any more are not drawn, those there are always are", () => {
  expect(drawnOf(curve, 2)).toHaveLength(4);
  expect(drawnOf(curve, 5)).toHaveLength(5);
  expect(drawnOf([0.9, 0.8], 9)).toHaveLength(2);
});

test("the number of rooms there are is marked once, with its chance in percent", () => {
  const colours = { ink: "#000", soft: "#000", line: "#000", panel: "#fff" };
  const { series } = shortageOption(curve.slice(0, 4), 3, (key) => key, colours) as { series: { name: string; data: (number | null)[] }[] };
  expect(series.map((one) => one.data)).toEqual([[50, 20, null, 0.09], [null, null, 6, null]]);
});

test("numbers that are as good as always short are not drawn", () => {
  const colours = { ink: "#000", soft: "#000", line: "#000", panel: "#fff" };
  const { series, xAxis } = shortageOption([1, 1, 0.9995, 0.5, 0.2], 2, (key) => key, colours, 3) as { series: { data: (number | null)[] }[]; xAxis: { data: string[] } };
  expect(xAxis.data).toEqual(["3", "4", "5"]);
  expect(series.map((one) => one.data)).toEqual([[99.95, 50, 20]]);
});
